// Classes, interfaces, traits and enums as a whole. Their members are in check_member.cpp.
#include "php_lex/keywords.h"
#include "php_parse/checker.h"

namespace banyan::php {

namespace {

constexpr std::uint32_t kOnClass = 1;

}  // namespace

bool Checker::is_reserved(std::string_view name) const {
  if (!is_reserved_class_name(name)) return false;
  if (is_relative_class(name)) return true;
  static constexpr std::pair<std::string_view, Feature> kTypes[] = {{"void", Feature::kVoidType},
                                                                    {"iterable", Feature::kIterableType},
                                                                    {"object", Feature::kObjectType},
                                                                    {"mixed", Feature::kMixedType},
                                                                    {"never", Feature::kNeverType}};
  for (const auto& [type, feature] : kTypes) {
    if (equals_ignoring_case(type, name)) return has(feature);
  }
  return has(Feature::kScalarTypes);
}

void Checker::check_class_declaration(NodeId node) {
  const NodeId name = child(node, class_slot::kName);
  const std::string full = names_->qualified(text(name));
  if (class_ != nullptr) complain(name, "class.nested", "Class declarations may not be nested");
  if (is_reserved(text(name))) {
    complain(name, "class.reserved", "Cannot use " + std::string(text(name)) + " as class name as it is reserved");
  }
  const std::string_view imported = names_->imported(SymbolKind::kClass, text(name));
  if (!imported.empty() && !equals_ignoring_case(imported, full)) {
    complain(name, "class.in-use", "Cannot declare class " + full + ": the name is already in use");
  }
  seen_[static_cast<int>(SymbolKind::kClass)].insert(full);
  check_class(node, full);
}

void Checker::check_class(NodeId node, std::string name) {
  ClassScope scope;
  scope.node = node;
  scope.kind = kind(node);
  scope.name = std::move(name);
  const NodeId modifiers = child(node, class_slot::kModifiers);
  if (modifiers) scope.modifiers = flags(modifiers);
  const NodeId extends = child(node, class_slot::kExtends);
  if (scope.kind == Kind::kInterface) {
    check_class_references(extends, "interface name");
  } else if (extends) {
    scope.has_parent = true;
    check_class_reference(extends, "class name");
  }
  ClassScope* const outer = class_;
  FunctionScope* const outer_function = function_;
  FunctionScope file;  // a class's constants and defaults belong to no function
  class_ = &scope;
  function_ = &file;
  check_attributes(child(node, class_slot::kAttributes), kOnClass);
  check_class_references(child(node, class_slot::kImplements), "interface name");
  const NodeId backing = child(node, class_slot::kBacking);
  if (backing) {
    const TypeInfo type = check_type(backing);
    scope.backing = type.bits;
    if (type.is_complex() || (type.bits != kTypeInt && type.bits != kTypeString)) {
      complain(backing, "enum.backing", "The backing type of an enum must be int or string");
    }
  }
  check_members(node);
  function_ = outer_function;
  class_ = outer;
}

void Checker::check_class_references(NodeId list, const char* what) {
  for (const NodeId name : children(list)) check_class_reference(name, what);
}

void Checker::check_class_reference(NodeId name, const char* what) {
  const std::string written = name_text(name);
  if (is_relative_class(written)) {
    complain(name, "class.reserved", "Cannot use " + written + " as " + what + ", as it is reserved");
  } else {
    check_scope_word(name);
  }
}

}  // namespace banyan::php
