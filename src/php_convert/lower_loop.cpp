// Loops, switch and the jumps out of them.
//
// What is assigned in a loop's body may not be after it; a switch is seen as branches. Jumps name what they leave by a
// number, so that printers decide whether a label is needed.
#include "php_convert/lowering.h"

namespace banyan::php {

using hir::Block;
using hir::ExprPtr;
using hir::Rep;
using hir::StmtKind;

void FunctionLowering::fill_loop(hir::Stmt& stmt, const std::function<void()>& body) {
  const std::int32_t number = jump_count_++;
  stmt.target = number;
  const Assigned before = assigned_;
  jumps_.push_back({number, false, tries_});
  Block* const outer = std::exchange(out_, &stmt.body);
  body();
  out_ = outer;
  jumps_.pop_back();
  assigned_ = before;
  reachable_ = true;
}

void FunctionLowering::body_statements(NodeId body) {
  if (!body) return;
  if (kind(body) == Kind::kBlock) {
    statements(children(body));
  } else {
    statement(body);
  }
}

static bool is_always_true(const ExprPtr& test) {
  return test == nullptr || (test->kind == hir::ExprKind::kBool && test->integer != 0);
}

void FunctionLowering::lower_while(NodeId node) {
  forget_unset(node, assigned_);
  ExprPtr test = condition(child(node, 0));
  const bool endless = is_always_true(test);
  const std::int32_t number = jump_count_;
  hir::Stmt& stmt = emit(StmtKind::kLoop, node);
  if (!endless) stmt.expr = std::move(test);
  fill_loop(stmt, [&] { body_statements(child(node, 1)); });
  reachable_ = !endless || was_left_.contains(number);
}

void FunctionLowering::lower_do(NodeId node) {
  forget_unset(node, assigned_);
  hir::Stmt& stmt = emit(StmtKind::kDoLoop, node);
  const std::int32_t number = jump_count_++;
  stmt.target = number;
  jumps_.push_back({number, false, tries_});
  const Assigned before = assigned_;
  Block* const outer = std::exchange(out_, &stmt.body);
  body_statements(child(node, 0));
  const bool jumped = was_left_.contains(number) || was_continued_.contains(number);
  if (jumped) assigned_ = before;
  const bool reaches = reachable_ || was_continued_.contains(number);
  reachable_ = true;
  out_ = outer;
  stmt.expr = condition(child(node, 1));
  jumps_.pop_back();
  const bool endless = is_always_true(stmt.expr);
  reachable_ = was_left_.contains(number) || (reaches && !endless);
}

// Several conditions of one loop: all are worked out, the last decides.
void FunctionLowering::leave_unless(const std::vector<NodeId>& tests, std::int32_t loop) {
  for (std::size_t i = 0; i + 1 < tests.size(); ++i) expression_statement(tests[i]);
  ExprPtr fails = native_not(condition(tests.back()));
  hir::Stmt& stmt = emit(StmtKind::kIf, tests.back());
  stmt.expr = std::move(fails);
  const auto leave = [&] {
    emit(StmtKind::kBreak, tests.back()).target = loop;
    was_left_.insert(loop);
    reachable_ = false;
  };
  fill_branches(stmt, leave, [] {});
}

void FunctionLowering::lower_for(NodeId node) {
  for (const NodeId one : children(child(node, 0))) expression_statement(one);
  forget_unset(node, assigned_);
  const std::vector<NodeId> tests(children(child(node, 1)).begin(), children(child(node, 1)).end());
  const std::int32_t number = jump_count_;
  const bool several = tests.size() > 1;
  ExprPtr test = tests.size() == 1 ? condition(tests[0]) : nullptr;
  const bool endless = !several && is_always_true(test);
  hir::Stmt& stmt = emit(StmtKind::kLoop, node);
  if (!endless) stmt.expr = std::move(test);
  fill_loop(stmt, [&] {
    if (several) leave_unless(tests, number);
    const Assigned before = assigned_;
    body_statements(child(node, 3));
    if (was_continued_.contains(number)) assigned_ = before;
    reachable_ = true;
    Block* const body = std::exchange(out_, &stmt.step);
    for (const NodeId one : children(child(node, 2))) expression_statement(one);
    out_ = body;
  });
  reachable_ = !endless || was_left_.contains(number);
}

// What foreach by reference goes over: the loop holds a reference to it, as what it was found in may change meanwhile.
ExprPtr FunctionLowering::walked_reference(NodeId subject) {
  const std::string name = variable_name(subject);
  if (!name.empty() && name != "this" && name != "GLOBALS" && !is_superglobal(name)) {
    const std::int32_t slot = variable(name);
    function_.variables[static_cast<std::size_t>(slot)].holds_references = true;
    if (!is_assigned(slot)) emit_expression(runtime("UpdatedPlace", Rep::kValue, place(slot), literal(name)), subject);
  }
  // A call gives the very reference where it returns one.
  return is_place(subject) || kind(subject) == Kind::kVariableVariable ? reference_of(subject)
                                                                       : value_or_reference(subject);
}

void FunctionLowering::lower_foreach(NodeId node) {
  const NodeId subject = plain(child(node, 0));
  const NodeId key = child(node, 1);
  const NodeId target = child(node, 2);
  const bool by_reference = kind(target) == Kind::kArrayItem && (flags(target) & kFlagReference) != 0;
  ExprPtr iterated;
  if (by_reference) {
    iterated = runtime("IterateRef", Rep::kValue, walked_reference(subject), scope());
  } else {
    ExprPtr made = expression(subject);
    iterated = made->rep == Rep::kArray
                   ? method("Iter", Rep::kValue, std::move(made))
                   : runtime("Iterate", Rep::kValue, convert(std::move(made), Rep::kValue), scope());
  }
  forget_unset(child(node, 3), assigned_);
  hir::Stmt& stmt = emit(StmtKind::kForeach, node);
  const std::int32_t iterator = temporary(Rep::kValue);
  function_.variables[static_cast<std::size_t>(iterator)].captured = true;  // the loop declares it
  stmt.variable = iterator;
  stmt.text = "iterator";
  stmt.expr = told(std::move(iterated));
  const auto step = [&](const char* what) {
    ExprPtr made = make(hir::ExprKind::kVariable, Rep::kValue, {});
    made->variable = iterator;
    return method(what, Rep::kValue, std::move(made));
  };
  fill_loop(stmt, [&] {
    if (by_reference) {
      shared_.program.refers_to_properties = true;  // the subject may be an object
      bind_reference(child(target, 1), step("Ref"));
    } else {
      ExprPtr made = assign_to(target, step("Value"), false);
      if (made != nullptr) emit_expression(std::move(made), target);
    }
    if (key) {
      ExprPtr made = assign_to(key, step("Key"), false);
      if (made != nullptr) emit_expression(std::move(made), key);
    }
    body_statements(child(node, 3));
  });
}

void FunctionLowering::lower_jump(NodeId node) {
  std::int64_t levels = 1;
  if (const NodeId given = child(node, 0)) levels = integer_value(given).value_or(1);
  if (levels < 1 || static_cast<std::size_t>(levels) > jumps_.size()) return refuse(node, "jump-levels");
  const Jump& jump = jumps_[jumps_.size() - static_cast<std::size_t>(levels)];
  const bool leaves = kind(node) == Kind::kBreak || jump.is_switch;
  hir::Stmt& stmt = emit(leaves ? StmtKind::kBreak : StmtKind::kContinue, node);
  stmt.target = jump.number;
  (leaves ? was_left_ : was_continued_).insert(jump.number);
  reachable_ = false;
}

void FunctionLowering::lower_switch(NodeId node) {
  ExprPtr subject = expression(child(node, 0));
  const std::int32_t held = temporary(subject->rep);
  hir::Stmt& keep = emit(StmtKind::kAssign, node);
  keep.variable = held;
  keep.expr = std::move(subject);
  const std::vector<NodeId> arms(children(child(node, 1)).begin(), children(child(node, 1)).end());
  forget_unset(child(node, 1), assigned_);
  hir::Stmt& stmt = emit(StmtKind::kSwitch, node);
  const std::int32_t number = jump_count_++;
  stmt.target = number;
  jumps_.push_back({number, true, tries_});
  Block* const outer = out_;
  const Assigned before = assigned_;
  Assigned after;
  bool joined = false;
  bool has_default = false;
  bool fell = false;
  for (std::size_t i = 0; i < arms.size(); ++i) {
    hir::Case one;
    const bool is_default = (flags(arms[i]) & kFlagDefault) != 0;
    has_default = has_default || is_default;
    assigned_ = before;
    reachable_ = true;
    if (!is_default) one.conditions.push_back(case_condition(held, child(arms[i], 0)));
    one.is_default = is_default;
    out_ = &one.body;
    body_statements(child(arms[i], 1));
    const bool last = i + 1 == arms.size();
    one.falls_through = reachable_ && !last;
    fell = fell || one.falls_through;
    if (reachable_ && last) {
      after = joined ? assigned_both(after, assigned_) : assigned_;
      joined = true;
    }
    stmt.cases.push_back(std::move(one));
  }
  out_ = outer;
  jumps_.pop_back();
  const bool left = was_left_.contains(number);
  assigned_ = !joined || left || fell || !has_default ? before : after;
  if (left && has_default && !fell) assigned_ = before;
  reachable_ = left || joined || !has_default || arms.empty();
}

ExprPtr FunctionLowering::case_condition(std::int32_t held, NodeId node) {
  ExprPtr subject = make(hir::ExprKind::kVariable, function_.variables[static_cast<std::size_t>(held)].rep, node);
  subject->variable = held;
  if (subject->rep == Rep::kBool && kind(plain(node)) != Kind::kConstant) {
    return comparison(TokenKind::kEqual, std::move(subject), convert(expression(node), Rep::kBool));
  }
  return comparison(TokenKind::kEqual, std::move(subject), expression(node));
}

}  // namespace banyan::php
