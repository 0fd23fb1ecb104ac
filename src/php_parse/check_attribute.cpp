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
  kOnParameter = 32
};

struct BuiltinAttribute {
  std::string_view name;
  std::uint32_t targets;
  PhpVersion since;
};

constexpr BuiltinAttribute kBuiltinAttributes[] = {
    {"attribute", kOnClass, {8, 0}},
    {"returntypewillchange", kOnMethod, {8, 1}},
    {"allowdynamicproperties", kOnClass, {8, 2}},
    {"sensitiveparameter", kOnParameter, {8, 2}},
    {"override", kOnMethod, {8, 3}},
    {"deprecated", kOnFunction | kOnMethod | kOnConstant, {8, 4}},
    {"nodiscard", kOnFunction | kOnMethod, {8, 5}},
};

}  // namespace

// `promoted`: what else the attributes may be meant for, where one declaration makes a parameter and a property.
void Checker::check_attributes(NodeId list, std::uint32_t target, std::uint32_t promoted) {
  if (!list) return;
  std::unordered_set<std::string> seen;
  for (const NodeId group : children(list)) {
    for (const NodeId attribute : children(group)) {
      check_attribute_arguments(child(attribute, 1));
      const std::string name = names_->resolve_class(name_text(child(attribute, 0)));
      const auto builtin = std::find_if(std::begin(kBuiltinAttributes), std::end(kBuiltinAttributes),
                                        [&](const BuiltinAttribute& candidate) {
                                          return candidate.name == name && tree_.features.version() >= candidate.since;
                                        });
      if (builtin == std::end(kBuiltinAttributes)) continue;
      if ((builtin->targets & (target | promoted)) == 0) {
        if (target != 0) complain(attribute, "attribute.target", "The attribute " + name + " cannot stand here");
        continue;
      }
      if (!seen.insert(name).second)
        complain(attribute, "attribute.repeated", "The attribute " + name + " must not be repeated");
      if (name != "allowdynamicproperties" || class_ == nullptr) continue;
      const bool fits = class_->kind == Kind::kClass || class_->kind == Kind::kAnonymousClass;
      if (!fits || (class_->modifiers & kFlagReadonly) != 0) {
        complain(attribute, "attribute.target", "Cannot apply AllowDynamicProperties here");
      }
    }
  }
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
