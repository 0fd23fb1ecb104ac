// Attributes: where the ones PHP itself defines may stand, and what any may have as arguments.
#include <algorithm>

#include "php_parse/checker.h"

namespace banyan::php {

namespace {

// Targets, as Attribute::TARGET_* numbers them.
enum Target : std::uint32_t {
  kOnClass = 1,
  kOnFunction = 2,
  kOnMethod = 4,
  kOnProperty = 8,
  kOnConstant = 16,
  kOnParameter = 32,
  kOnGlobalConstant = 64
};

// One of PHP's own; the last row of a name that the version has counts.
struct BuiltinAttribute {
  std::string_view name;
  std::uint32_t targets;
  PhpVersion since;
};

constexpr std::uint32_t kAnywhere = 0xFF;

constexpr BuiltinAttribute kBuiltinAttributes[] = {
    {"attribute", kOnClass, {8, 0}},
    {"returntypewillchange", kOnMethod, {8, 1}},
    {"allowdynamicproperties", kOnClass, {8, 2}},
    {"sensitiveparameter", kOnParameter, {8, 2}},
    {"override", kOnMethod, {8, 3}},
    {"override", kOnMethod | kOnProperty, {8, 5}},
    {"deprecated", kOnFunction | kOnMethod | kOnConstant, {8, 4}},
    {"deprecated", kOnClass | kOnFunction | kOnMethod | kOnConstant | kOnGlobalConstant, {8, 5}},
    {"nodiscard", kOnFunction | kOnMethod, {8, 5}},
    {"delayedtargetvalidation", kAnywhere, {8, 5}},
};

const BuiltinAttribute* find_attribute(std::string_view name, PhpVersion version) {
  const BuiltinAttribute* found = nullptr;
  for (const BuiltinAttribute& one : kBuiltinAttributes) {
    if (one.name == name && version >= one.since) found = &one;
  }
  return found;
}

}  // namespace

// `promoted`: what else the attributes may be meant for, where one declaration makes a parameter and a property.
void Checker::check_attributes(NodeId list, std::uint32_t target, std::uint32_t promoted) {
  if (!list) return;
  const bool delayed = has_attribute(list, "delayedtargetvalidation");
  std::unordered_set<std::string> seen;
  for (const NodeId group : children(list)) {
    for (const NodeId attribute : children(group)) {
      check_attribute_arguments(child(attribute, 1));
      const std::string name = names_->resolve_class(name_text(child(attribute, 0)));
      const BuiltinAttribute* const builtin = find_attribute(name, tree_.features.version());
      if (builtin == nullptr) continue;
      const bool fits = (builtin->targets & (target | promoted)) != 0;
      if (!fits && !delayed) complain(attribute, "attribute.target", "The attribute " + name + " cannot stand here");
      if (!fits) continue;
      if (!seen.insert(name).second)
        complain(attribute, "attribute.repeated", "The attribute " + name + " must not be repeated");
      if (target == kOnClass && !delayed && !fits_class(name)) {
        complain(attribute, "attribute.target", "The attribute " + name + " cannot stand here");
      }
    }
  }
}

// Whether PHP lets its attribute stand on the class being checked, which is one of a kind that may have attributes.
bool Checker::fits_class(std::string_view attribute) const {
  if (attribute == "deprecated") return class_->kind == Kind::kTrait;
  if (attribute == "attribute" && has(Feature::kConstantAttribute)) {
    const bool is_class = class_->kind == Kind::kClass || class_->kind == Kind::kAnonymousClass;
    return is_class && (class_->modifiers & kFlagAbstract) == 0;
  }
  if (attribute != "allowdynamicproperties") return true;
  if (class_->kind == Kind::kEnum) return !has(Feature::kPropertyHook);
  const bool is_class = class_->kind == Kind::kClass || class_->kind == Kind::kAnonymousClass;
  return is_class && (class_->modifiers & kFlagReadonly) == 0;
}

// `name` is in lower case.
bool Checker::has_attribute(NodeId list, std::string_view name) const {
  if (!list || find_attribute(name, tree_.features.version()) == nullptr) return false;
  for (const NodeId group : children(list)) {
    for (const NodeId attribute : children(group)) {
      if (names_->resolve_class(name_text(child(attribute, 0))) == name) return true;
    }
  }
  return false;
}

void Checker::check_attribute_arguments(NodeId arguments) {
  if (!arguments) return;
  if (kind(arguments) == Kind::kCallablePlaceholder) {
    return complain(arguments, "attribute.closure", "Cannot create a closure as attribute argument");
  }
  std::unordered_set<std::string_view> names;
  for (const NodeId argument : children(arguments)) {
    if ((flags(argument) & kFlagSpread) != 0) {
      complain(argument, "attribute.unpack", "Cannot unpack in the arguments of an attribute");
    }
    const NodeId name = child(argument, 0);
    if (name && !names.insert(text(name)).second) {
      complain(argument, "argument.duplicate", "Duplicate named parameter $" + std::string(text(name)));
    }
    if (!name && !names.empty())
      complain(argument, "argument.order", "Cannot use a positional argument after a named one");
    check_constant_expression(child(argument, 1), true);
  }
}

}  // namespace banyan::php
