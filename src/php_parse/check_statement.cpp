// Statements.
#include "php_parse/checker.h"

namespace banyan::php {

void Checker::check_statements(NodeId list) {
  for (const NodeId statement : children(list)) check_statement(statement);
}

void Checker::check_statement(NodeId node) {
  if (!node) return;
  switch (kind(node)) {
    case Kind::kBlock:
      return check_statements(node);
    case Kind::kExpressionStatement:
    case Kind::kVoidStatement:
      return visit(child(node, 0));
    case Kind::kEcho:
      return visit_list(node);
    case Kind::kIf:
      for (const NodeId branch : children(node)) {
        visit(child(branch, 0));
        check_statement(child(branch, 1));
      }
      return;
    case Kind::kWhile:
      visit(child(node, 0));
      return check_body(child(node, 1), true);
    case Kind::kDoWhile:
      check_body(child(node, 0), true);
      return visit(child(node, 1));
    case Kind::kFor:
      for (std::uint32_t slot = 0; slot < 3; ++slot) visit_list(child(node, slot));
      return check_body(child(node, 3), true);
    case Kind::kForeach:
      return check_foreach(node);
    case Kind::kSwitch:
      return check_switch(node);
    case Kind::kTry:
      return check_try(node);
    case Kind::kBreak:
    case Kind::kContinue:
      return check_jump(node);
    case Kind::kReturn:
      return check_return(node);
    case Kind::kGlobal:
      for (const NodeId variable : children(node)) {
        if (is_this(variable)) complain(variable, "this.global", "Cannot use $this as global variable");
        visit(variable, Access::kWrite);
      }
      return;
    case Kind::kStaticVariables:
      return check_static_variables(node);
    case Kind::kUnset:
      return check_unset(node);
    case Kind::kDeclare:
      return check_declare(node);
    case Kind::kGoto:
      function_->gotos.push_back({std::string(text(child(node, 0))), node, function_->containers});
      return;
    case Kind::kLabel:
      function_->labels.push_back({std::string(text(child(node, 0))), node, function_->containers});
      return;
    case Kind::kUse:
      return check_use(node);
    case Kind::kConstants:
      return check_global_constants(node);
    case Kind::kFunction:
      return check_function_declaration(node);
    case Kind::kClass:
    case Kind::kInterface:
    case Kind::kTrait:
    case Kind::kEnum:
      return check_class_declaration(node);
    default:
      return;
  }
}

void Checker::check_body(NodeId node, bool is_loop) {
  if (!node) return;
  if (is_loop) enter_container(node, false);
  check_statement(node);
  if (is_loop) leave_container();
}

void Checker::check_foreach(NodeId node) {
  const NodeId subject = child(node, 0);
  const NodeId key = child(node, 1);
  const NodeId value = child(node, 2);
  const bool reference = kind(value) == Kind::kArrayItem;
  const bool by_reference = reference || (kind(value) == Kind::kArray && list_has_references(value));
  visit(subject, by_reference && is_variable(subject) && can_write_to(subject) ? Access::kWrite : Access::kRead);
  if (key) {
    if (kind(key) == Kind::kArrayItem) {
      complain(key, "foreach.key", "The key of a foreach cannot be a reference");
    } else if (kind(key) == Kind::kArray) {
      complain(key, "foreach.key", "The key of a foreach cannot be a list");
    } else {
      check_assign_target(key, key);
    }
  }
  if (reference) {
    check_assign_target(child(value, 1), value);
  } else {
    check_foreach_value(value);
  }
  check_body(child(node, 3), true);
}

void Checker::check_foreach_value(NodeId value) {
  if (kind(value) == Kind::kArray) {
    check_list_target(value, flags(value));
  } else {
    check_assign_target(value, value);
  }
}

void Checker::check_switch(NodeId node) {
  visit(child(node, 0));
  enter_container(node, false);
  bool has_default = false;
  for (const NodeId one : children(child(node, 1))) {
    if ((flags(one) & kFlagDefault) != 0) {
      if (has_default) complain(one, "switch.default", "A switch may have only one default");
      has_default = true;
    }
    visit(child(one, 0));
    check_statements(child(one, 1));
  }
  leave_container();
}

void Checker::check_try(NodeId node) {
  if (children(child(node, 1)).empty() && !child(node, 2)) {
    complain(node, "try.alone", "Cannot use try without catch or finally");
  }
  check_statement(child(node, 0));
  for (const NodeId one : children(child(node, 1))) check_catch(one);
  if (!child(node, 2)) return;
  enter_container(child(node, 2), true);
  check_statement(child(node, 2));
  leave_container();
}

void Checker::check_catch(NodeId node) {
  for (const NodeId type : children(child(node, 0))) {
    if (is_relative_class(name_text(type))) complain(type, "catch.class", "Bad class name in a catch");
  }
  if (is_this(child(node, 1))) complain(child(node, 1), "this.assign", "Cannot re-assign $this");
  check_statement(child(node, 2));
}

void Checker::check_static_variables(NodeId node) {
  for (const NodeId item : children(node)) {
    if (is_this(child(item, 0))) complain(item, "this.static", "Cannot use $this as static variable");
    const std::string_view name = variable_name(child(item, 0));
    if (!function_->statics.insert(name).second && has(Feature::kDynamicStaticVariable)) {
      complain(item, "static.duplicate", "Duplicate declaration of static variable $" + std::string(name));
    }
    const NodeId value = child(item, 1);
    if (!value) continue;
    if (has(Feature::kDynamicStaticVariable)) {
      visit(value);
    } else {
      check_constant_expression(value, true);
    }
  }
}

void Checker::check_unset(NodeId node) {
  for (const NodeId variable : children(node)) {
    if (is_this(variable)) {
      complain(variable, "this.unset", "Cannot unset $this");
      continue;
    }
    check_writable(variable);
    visit(variable, Access::kUnset);
  }
}

}  // namespace banyan::php
