// Calls and class names in expressions.
#include <algorithm>

#include "php_lex/keywords.h"
#include "php_parse/builtin_names.h"
#include "php_parse/checker.h"

namespace banyan::php {

// The name in lower case of the function that is called, where it is sure to be one in no namespace; else empty.
std::string Checker::global_function(NodeId callee) const {
  if (!callee || kind(callee) != Kind::kName) return {};
  std::string name = lowered(name_text(callee));
  if (name.starts_with('\\')) return name.substr(1);
  const bool is_sure = names_->current().empty() && names_->imported(SymbolKind::kFunction, name).empty();
  return is_sure ? name : std::string();
}

// A function at the top of this file, above.
NodeId Checker::known_function(const std::string& name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? NodeId{} : found->second;
}

Access Checker::argument_access(NodeId value, NodeId function, std::size_t index) const {
  if (!is_variable(value) || is_short_circuited(value)) return Access::kRead;
  if (!function) return Access::kArgument;
  const std::span<const NodeId> parameters = children(child(function, function_slot::kParameters));
  if (parameters.empty()) return Access::kRead;
  const bool variadic = (flags(parameters.back()) & kFlagVariadic) != 0;
  if (index >= parameters.size() && !variadic) return Access::kRead;
  const NodeId parameter = parameters[std::min(index, parameters.size() - 1)];
  return (flags(parameter) & kFlagReference) != 0 ? Access::kWrite : Access::kRead;
}

void Checker::check_arguments(NodeId arguments, NodeId callee) {
  if (!arguments) return;
  const std::string name = global_function(callee);
  const NodeId function = known_function(name);
  const bool by_value = is_inlined_function(name) && has(Feature::kScalarTypes);
  std::size_t index = 0;
  bool named = false;
  bool unpacked = false;
  for (const NodeId argument : children(arguments)) {
    const NodeId value = child(argument, 1);
    if ((flags(argument) & kFlagSpread) != 0) {
      if (named) complain(argument, "argument.order", "Cannot unpack arguments after a named one");
      unpacked = true;
    } else if (child(argument, 0)) {
      named = true;
    } else if (unpacked || named) {
      complain(argument, "argument.order", "Cannot use a positional argument after a named or unpacked one");
    }
    const bool is_read = by_value || (flags(argument) & kFlagSpread) != 0;
    visit(value, is_read ? Access::kRead : argument_access(value, named || unpacked ? NodeId{} : function, index));
    ++index;
  }
}

// The part after -> or :: of a call: an identifier, a variable or an expression in braces.
void Checker::check_method_name(NodeId name) {
  if (kind(name) == Kind::kIdentifier) return;
  const NodeId value = without_parentheses(name);
  const std::uint32_t bits = literal_type(value);
  if (bits != 0 && (bits & kTypeString) == 0)
    complain(name, "call.method-name", "The name of a method must be a string");
  visit(name);
}

// What stands for a class in new, instanceof and before "::".
void Checker::check_class_operand(NodeId node) {
  if (kind(node) == Kind::kName) return check_scope_word(node);
  const std::uint32_t bits = literal_type(node);
  if (bits != 0 && (bits & kTypeString) == 0) complain(node, "class.illegal", "Illegal class name");
}

void Checker::check_class_constant(NodeId node) {
  const NodeId scope = child(node, 0);
  const NodeId name = child(node, 1);
  if (kind(name) != Kind::kIdentifier) visit(name);
  if (!equals_ignoring_case(text(name), "class") || kind(scope) == Kind::kName) return check_class_operand(scope);
  if (!has(Feature::kClassOnObject) && kind(without_parentheses(scope)) != Kind::kString) {
    return complain(node, "class.on-object", "::class on an object needs PHP 8.0 or newer");
  }
  if (fold(scope).type != 0 && kind(without_parentheses(scope)) != Kind::kString) {
    complain(node, "class.illegal", "Cannot use ::class on a value that is no object");
  }
}

// self, parent and static need a class around them, where that can be known, and take no qualification.
void Checker::check_scope_word(NodeId name) {
  const std::string written = name_text(name);
  constexpr std::string_view kNamespace = "namespace\\";
  if (written.starts_with('\\') && is_relative_class(std::string_view(written).substr(1))) {
    return complain(name, "class.invalid", written + " is an invalid class name");
  }
  if (written.size() > kNamespace.size() &&
      equals_ignoring_case(std::string_view(written).substr(0, kNamespace.size()), kNamespace) &&
      is_relative_class(std::string_view(written).substr(kNamespace.size()))) {
    return complain(name, "class.invalid", written + " is an invalid class name");
  }
  if (!is_relative_class(written) || !scope_is_known()) return;
  if (class_ == nullptr) {
    complain(name, "scope.class", "Cannot use " + written + " when no class scope is active");
  } else if (equals_ignoring_case(written, "parent") && !class_->has_parent) {
    complain(name, "scope.parent", "Cannot use parent when the class has no parent");
  }
}

// Closures may be bound to a class, files included inside of a method, traits used anywhere: what their self means is
// not known here.
bool Checker::scope_is_known() const {
  if (function_ == nullptr || function_->is_closure) return false;
  if (class_ == nullptr) return static_cast<bool>(function_->node);
  return class_->kind != Kind::kTrait;
}

}  // namespace banyan::php
