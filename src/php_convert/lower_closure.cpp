// Closures, arrow functions, generators' yields, and the start of every function: parameters and captured variables.
#include <algorithm>

#include "php_convert/lowering.h"

namespace banyan::php {

using hir::ExprKind;
using hir::ExprPtr;
using hir::Rep;

ExprPtr FunctionLowering::lower_closure(NodeId node) {
  const auto it = shared_.function_of_node.find({index_, node.value});
  if (it == shared_.function_of_node.end()) return refused(node, "closure");
  hir::Function& inner = shared_.program.functions[static_cast<std::size_t>(it->second)];
  if (inner.is_rebindable && (names_own_class(child(node, function_slot::kParameters)) ||
                              names_own_class(child(node, function_slot::kReturnType)))) {
    return refused(node, "closure-bind");
  }
  std::vector<std::string> used;
  std::set<std::string> by_reference;
  if (kind(node) == Kind::kArrowFunction) {
    std::set<std::string> free;
    free_variables(node, free);
    for (const std::string& name : free) {
      if (slots_.contains(name)) used.push_back(name);
    }
  } else {
    for (const NodeId use : children(child(node, function_slot::kUses))) {
      used.push_back(variable_name(child(use, 0)));
      if ((flags(use) & kFlagReference) != 0) by_reference.insert(variable_name(child(use, 0)));
    }
  }
  std::vector<hir::Capture> captures;
  for (const std::string& name : used) {
    hir::Capture one;
    one.outer = variable(name);
    one.name = name;
    one.by_reference = by_reference.contains(name);
    if (one.by_reference) {
      ExprPtr shared = reference_of_variable(name);
      one.defines = shared->kind != ExprKind::kBox;
      function_.variables[static_cast<std::size_t>(one.outer)].kept = true;
    } else {
      one.assigned = is_assigned(one.outer);
      if (!one.assigned) {
        hir::Variable& v = function_.variables[static_cast<std::size_t>(one.outer)];
        if (!v.may_be_undefined) shared_.changed = true;
        v.may_be_undefined = true;
        grow(one.outer, Rep::kValue);
        one.warns = kind(node) == Kind::kClosure;
      }
    }
    if (function_.variables[static_cast<std::size_t>(one.outer)].rep == Rep::kNumber) grow(one.outer, Rep::kValue);
    one.rep = function_.variables[static_cast<std::size_t>(one.outer)].rep;
    captures.push_back(std::move(one));
  }
  const bool differs = captures.size() != inner.captures.size() ||
                       !std::equal(captures.begin(), captures.end(), inner.captures.begin(),
                                   [](const hir::Capture& a, const hir::Capture& b) {
                                     return a.outer == b.outer && a.rep == b.rep && a.assigned == b.assigned;
                                   });
  if (differs) shared_.changed = true;
  inner.captures = std::move(captures);
  if (has_this()) uses_this_ = true;
  if (!inner.is_static && has_this()) inner.uses_this = true;
  ExprPtr out = make(ExprKind::kLambda, Rep::kValue, node);
  out->function = it->second;
  // Defaults of parameters are made with the closure.
  for (const NodeId parameter : children(child(node, function_slot::kParameters))) {
    if (const NodeId given = child(parameter, parameter_slot::kDefault)) out->children.push_back(copied_value(given));
  }
  return out;
}

// Whether self, static or parent is written there, which would become another class with the closure's.
bool FunctionLowering::names_own_class(NodeId node) const {
  if (!node) return false;
  const Kind what = kind(node);
  if ((what == Kind::kName || what == Kind::kIdentifier) && is_relative_class(lowered(text(node)))) return true;
  const auto list = children(node);
  return std::any_of(list.begin(), list.end(), [&](NodeId one) { return names_own_class(one); });
}

ExprPtr FunctionLowering::reference_of_variable(const std::string& name) {
  const std::int32_t slot = variable(name);
  const bool assigned = is_assigned(slot);
  ExprPtr out = box(slot);
  if (assigned) return out;
  hir::Variable& v = function_.variables[static_cast<std::size_t>(slot)];
  if (!v.may_be_undefined) shared_.changed = true;
  v.may_be_undefined = true;
  mark_assigned(slot);
  return method("Defined", Rep::kValue, std::move(out));
}

void FunctionLowering::bind_captures() {
  for (hir::Capture& one : function_.captures) {
    one.inner = variable(one.name);
    hir::Variable& v = function_.variables[static_cast<std::size_t>(one.inner)];
    v.captured = true;
    if (one.by_reference) {
      box(one.inner);
      mark_assigned(one.inner);
      continue;
    }
    grow(one.inner, one.rep);
    if (one.assigned || one.warns) {
      mark_assigned(one.inner);
    } else if (!v.may_be_undefined) {
      v.may_be_undefined = true;
      shared_.changed = true;
    }
  }
}

void FunctionLowering::bind_parameters() {
  const auto list = children(child(node_, function_slot::kParameters));
  if (function_.parameters.empty()) declare_parameters(shared_, index_);
  for (std::size_t i = 0; i < list.size(); ++i) {
    hir::Parameter& spec = function_.parameters[i];
    spec.variable = variable(spec.name);
    hir::Variable& v = function_.variables[static_cast<std::size_t>(spec.variable)];
    v.is_parameter = true;
    mark_assigned(spec.variable);
    if (spec.variadic) {
      grow(spec.variable, Rep::kArray);
      if (spec.by_reference && v.storage == hir::Storage::kBox) v.storage = hir::Storage::kLocal;
    } else if (spec.by_reference) {
      box(spec.variable);
    } else {
      grow(spec.variable, spec.rep);
    }
    const NodeId given = child(list[i], parameter_slot::kDefault);
    if (given && !function_.is_closure) spec.default_value = convert(constant_expression(given), Rep::kValue);
    promote(list[i], spec);
  }
}

// A constructor's parameter that is a property too.
void FunctionLowering::promote(NodeId parameter, const hir::Parameter& spec) {
  const std::uint16_t modifiers = ast_.flags(child(parameter, parameter_slot::kModifiers));
  const bool promoted = child(parameter, parameter_slot::kModifiers) &&
                        (modifiers & (kFlagPublic | kFlagProtected | kFlagPrivate | kFlagReadonly)) != 0;
  if (!promoted || function_.class_index < 0) return;
  uses_this_ = true;
  ExprPtr object = runtime("Self", Rep::kValue, verbatim("this"));
  if (spec.by_reference) {
    emit_expression(runtime("BindProp", Rep::kNull, std::move(object), literal(spec.name), scope(), box(spec.variable)),
                    parameter);
    return;
  }
  emit_expression(runtime("SetProp", Rep::kValue, std::move(object), literal(spec.name), scope(),
                          convert(copied(load(spec.variable, parameter)), Rep::kValue)),
                  parameter);
}

ExprPtr FunctionLowering::lower_yield(NodeId node) {
  if (!function_.is_generator) return refused(node, "yield-outside-function");
  if (kind(node) == Kind::kYieldFrom) {
    return method("From", Rep::kValue, verbatim("generator"), value(child(node, 0)));
  }
  const NodeId key = child(node, 0);
  const NodeId given = child(node, 1);
  ExprPtr key_value = key ? value(key) : nullptr;
  const bool refers = given && function_.by_reference;
  ExprPtr yielded = !given                      ? convert(null(), Rep::kValue)
                    : refers && is_place(given) ? reference_of(given)
                    : refers                    ? runtime("YieldedValue", Rep::kValue, value_or_reference(plain(given)))
                                                : copied_value(given);
  if (key_value != nullptr) {
    return method("Pair", Rep::kValue, verbatim("generator"), std::move(key_value), std::move(yielded));
  }
  return method("Value", Rep::kValue, verbatim("generator"), std::move(yielded));
}

void FunctionLowering::declare_function(NodeId node) {
  const auto it = shared_.function_of_node.find({0, node.value});
  if (it == shared_.function_of_node.end()) return;  // declared before the code runs
  emit_expression(runtime("DeclareFunction", Rep::kNull, literal(function_key(it->second))), node);
}

void FunctionLowering::declare_class_here(NodeId node) {
  const auto it = shared_.class_of_node.find(node.value);
  if (it == shared_.class_of_node.end()) return refuse(node, "class-declared-twice");
  const hir::Class& declared = shared_.program.classes[static_cast<std::size_t>(it->second)];
  if (!declared.is_early && reachable_)
    emit_expression(runtime("DeclareClass", Rep::kNull, verbatim(declared.target)), node);
  if (!declared.deprecations.empty() && reachable_)
    emit_expression(runtime("Complain", Rep::kNull, verbatim(declared.target)), node);
}

}  // namespace banyan::php
