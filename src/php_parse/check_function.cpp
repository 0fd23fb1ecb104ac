// Functions, methods and closures: parameters, what they return, what they yield.
#include <algorithm>

#include "php_lex/keywords.h"
#include "php_parse/builtin_names.h"
#include "php_parse/checker.h"

namespace banyan::php {

namespace {

enum AttributeTarget : std::uint32_t { kOnFunction = 2, kOnMethod = 4, kOnProperty = 8, kOnParameter = 32 };

constexpr std::uint16_t kPromoting = kFlagPublic | kFlagProtected | kFlagPrivate | kFlagReadonly | kFlagFinal |
                                     kFlagPublicSet | kFlagProtectedSet | kFlagPrivateSet;

}  // namespace

// At the top of the file, where a function is there before the file runs.
void Checker::check_top_function(NodeId node) {
  const NodeId name = child(node, function_slot::kName);
  const std::string full = names_->qualified(text(name));
  const bool is_php = is_inlined_function(full) || is_added_function(full, tree_.features.version());
  if (is_php || !functions_.emplace(full, NodeId{}).second) {
    complain(name, "function.duplicate", "Cannot redeclare " + full + "()");
  }
  check_function_declaration(node);
  functions_[full] = node;
}

void Checker::check_function_declaration(NodeId node) {
  const NodeId name = child(node, function_slot::kName);
  const std::string full = names_->qualified(text(name));
  const std::string_view imported = names_->imported(SymbolKind::kFunction, text(name));
  if (!imported.empty() && !equals_ignoring_case(imported, full)) {
    complain(name, "function.in-use", "Cannot declare function " + full + ": the name is already in use");
  }
  if (full == "__autoload" && has(Feature::kNameTokens)) {
    complain(name, "function.autoload", "__autoload() is no longer supported, use spl_autoload_register()");
  }
  if (equals_ignoring_case(text(name), "assert") && has(Feature::kNameTokens)) {
    complain(name, "function.assert", "assert() cannot be defined: it has special semantics");
  }
  seen_[static_cast<int>(SymbolKind::kFunction)].insert(full);
  check_attributes(child(node, function_slot::kAttributes), kOnFunction);
  ClassScope* const outer_class = class_;
  class_ = nullptr;
  check_function(node, 0);
  class_ = outer_class;
}

// The function's own scope. For methods `modifiers` are theirs.
void Checker::check_function(NodeId node, std::uint16_t modifiers) {
  FunctionScope scope;
  scope.node = node;
  scope.is_closure = kind(node) == Kind::kClosure || kind(node) == Kind::kArrowFunction;
  scope.by_reference = (flags(node) & kFlagReference) != 0;
  FunctionScope* const outer = function_;
  function_ = &scope;
  scope.return_type =
      kind(node) == Kind::kPropertyHook ? hook_return_ : check_type(child(node, function_slot::kReturnType));
  const NodeId attributes = child(node, function_slot::kAttributes);
  if (has_attribute(attributes, "nodiscard")) {
    const std::string_view name = text(child(node, function_slot::kName));
    const bool is_special = kind(node) == Kind::kMethod &&
                            (equals_ignoring_case(name, "__construct") || equals_ignoring_case(name, "__clone"));
    const bool gives = !is_special && (scope.return_type.bits & (kTypeVoid | kTypeNever)) == 0;
    if (!gives || kind(node) == Kind::kPropertyHook) {
      complain(attributes, "attribute.no-discard", "NoDiscard needs a function that gives something back");
    }
  }
  check_parameters(node, modifiers);
  check_closure_uses(node);
  const NodeId body = child(node, function_slot::kBody);
  if (body && kind(body) == Kind::kBlock) {
    check_statements(body);
  } else if (body) {
    visit(body, reference_access(body));
    const bool never = (scope.return_type.bits & kTypeNever) != 0;
    if (!never && kind(node) == Kind::kArrowFunction) scope.returns.push_back(node);
  }
  check_function_end(scope);
  function_ = outer;
}

void Checker::check_parameters(NodeId node, std::uint16_t modifiers) {
  std::unordered_set<std::string_view> names;
  const NodeId list = child(node, function_slot::kParameters);
  bool after_variadic = false;
  for (const NodeId parameter : children(list)) {
    if (after_variadic) complain(parameter, "parameter.variadic", "Only the last parameter can be variadic");
    after_variadic = (flags(parameter) & kFlagVariadic) != 0;
    check_parameter(parameter, names);
    const NodeId promotion = child(parameter, parameter_slot::kModifiers);
    if (promotion || child(parameter, parameter_slot::kHooks)) {
      const std::size_t before = tree_.diagnostics.size();
      const TypeInfo type = check_type(child(parameter, parameter_slot::kType));
      tree_.diagnostics.resize(before);
      check_promotion(parameter, node, modifiers, type);
    }
  }
}

void Checker::check_parameter(NodeId parameter, std::unordered_set<std::string_view>& names) {
  const std::string_view name = variable_name(child(parameter, parameter_slot::kVariable));
  const NodeId value = child(parameter, parameter_slot::kDefault);
  const NodeId promotion = child(parameter, parameter_slot::kModifiers);
  if (is_superglobal(name))
    complain(parameter, "parameter.superglobal", "Cannot re-assign auto-global variable " + std::string(name));
  if (name == "this") complain(parameter, "parameter.this", "Cannot use $this as parameter");
  if (!names.insert(name).second)
    complain(parameter, "parameter.duplicate", "Redefinition of parameter $" + std::string(name));
  check_attributes(child(parameter, parameter_slot::kAttributes), kOnParameter, promotion ? kOnProperty : 0);
  if (value) {
    if ((flags(parameter) & kFlagVariadic) != 0) {
      complain(value, "parameter.variadic", "A variadic parameter cannot have a default value");
    }
    check_constant_expression(value, true);
  }
  TypeInfo type = check_type(child(parameter, parameter_slot::kType));
  if (!type.set) return;
  const bool null_default = value && fold(value).type == kTypeNull;
  const bool intersects = std::any_of(type.classes.begin(), type.classes.end(),
                                      [](const std::vector<std::string>& names) { return names.size() > 1; });
  if (null_default && !promotion && (!intersects || has(Feature::kDnfType))) {
    if ((type.bits & kTypeVoid) == 0) type.bits |= kTypeNull;
  }
  if ((type.bits & (kTypeVoid | kTypeNever)) != 0) {
    complain(parameter, "parameter.type", "void and never cannot be the type of a parameter");
  }
  if (value && !default_fits(type, value)) {
    complain(value, "parameter.default", "The default value of $" + std::string(name) + " does not fit its type");
  }
}

void Checker::check_promotion(NodeId parameter, NodeId function, std::uint16_t modifiers, const TypeInfo& type) {
  const NodeId variable = child(parameter, parameter_slot::kVariable);
  const std::string name(variable_name(variable));
  const std::uint16_t own = flags(child(parameter, parameter_slot::kModifiers));
  const bool constructor = class_ != nullptr && kind(function) == Kind::kMethod &&
                           equals_ignoring_case(text(child(function, function_slot::kName)), "__construct");
  if ((own & kPromoting) == 0 && !child(parameter, parameter_slot::kHooks)) return;
  if (!constructor) {
    return complain(parameter, "promotion.place", "Cannot declare a promoted property outside a constructor");
  }
  if ((modifiers & kFlagAbstract) != 0 || class_->kind == Kind::kInterface) {
    return complain(parameter, "promotion.abstract", "Cannot declare a promoted property in an abstract constructor");
  }
  if ((flags(parameter) & kFlagVariadic) != 0) {
    complain(parameter, "promotion.variadic", "A promoted property cannot be variadic");
  }
  if (!class_->properties.insert(name).second) {
    complain(parameter, "property.duplicate", "Cannot redeclare $" + name);
  }
  if ((type.bits & kTypeCallable) != 0) complain(parameter, "property.type", "A property cannot be callable");
  const bool readonly = ((own | class_->modifiers) & kFlagReadonly) != 0;
  if (readonly && !type.set)
    complain(parameter, "property.readonly", "The readonly property $" + name + " must have a type");
  const NodeId hooks = child(parameter, parameter_slot::kHooks);
  if (hooks) check_hooks(hooks, {name, type, own});  // a default is the parameter's, not the property's
  const std::uint16_t sets = kFlagPublicSet | kFlagProtectedSet | kFlagPrivateSet;
  if ((own & sets) != 0 && !type.set) {
    complain(parameter, "property.set-visibility", "A property with asymmetric visibility must have a type");
  }
  if (is_weaker_than_set(own)) {
    complain(parameter, "property.set-visibility", "A property cannot be written to from where it cannot be read");
  }
}

void Checker::check_closure_uses(NodeId node) {
  const NodeId uses = child(node, function_slot::kUses);
  if (!uses) return;
  std::unordered_set<std::string_view> parameters;
  for (const NodeId parameter : children(child(node, function_slot::kParameters))) {
    parameters.insert(variable_name(child(parameter, parameter_slot::kVariable)));
  }
  std::unordered_set<std::string_view> names;
  for (const NodeId use : children(uses)) {
    const std::string_view name = variable_name(child(use, 0));
    if (name == "this") complain(use, "closure.this", "Cannot use $this as lexical variable");
    if (is_superglobal(name)) complain(use, "closure.superglobal", "Cannot use auto-global as lexical variable");
    function_->statics.insert(name);
    if (!names.insert(name).second) {
      complain(use, "closure.duplicate", "Cannot use variable $" + std::string(name) + " twice");
    }
    if (parameters.contains(name)) {
      complain(use, "closure.parameter", "Cannot use lexical variable $" + std::string(name) + " as a parameter name");
    }
  }
}

void Checker::check_function_end(FunctionScope& scope) {
  check_gotos(scope);
  if (scope.is_generator) {
    check_generator_type(scope);
    return;
  }
  for (const NodeId node : scope.returns) check_return_value(node, scope);
}

// `node` is a return, or an arrow function for what it returns by itself.
void Checker::check_return_value(NodeId node, const FunctionScope& scope) {
  const bool arrow = kind(node) == Kind::kArrowFunction;
  const NodeId value = arrow ? child(node, function_slot::kBody) : child(node, 0);
  if (scope.by_reference && value) check_referenceable(value);
  const TypeInfo& type = scope.return_type;
  if (!type.set) return;
  if ((type.bits & kTypeVoid) != 0) {
    if (value) complain(node, "return.void", "A void function must not return a value");
  } else if ((type.bits & kTypeNever) != 0) {
    complain(node, "return.never", "A never-returning function must not return");
  } else if (!value) {
    complain(node, "return.missing", "A function with return type must return a value");
  }
}

void Checker::check_generator_type(const FunctionScope& scope) {
  const TypeInfo& type = scope.return_type;
  if (!type.set || (type.bits & kTypeObject) != 0) return;
  const auto fits = [](const std::string& name) {
    return name == "traversable" || name == "iterator" || name == "generator";
  };
  // Of an intersection alone any part will do, of one within a union none.
  const bool alone = type.classes.size() == 1 && type.bits == 0;
  for (const std::vector<std::string>& names : type.classes) {
    if ((names.size() == 1 || alone) && std::any_of(names.begin(), names.end(), fits)) return;
  }
  const NodeId written = child(scope.node, function_slot::kReturnType);
  complain(written ? written : scope.node, "generator.type",
           "The return type of a generator must be a supertype of Generator");
}

}  // namespace banyan::php
