// Where variables are declared: PHP's belong to the whole function, a Go programmer declares them where they begin.
//
// A variable is declared with its first assignment where that is a statement of the innermost block which holds all its
// uses; else without a value before the first statement that uses it. In a loop only the former will do, since what a
// variable holds outlives the round.
#include <algorithm>

#include "php_convert/go_printer.h"

namespace banyan::php {

using hir::Block;
using hir::StmtKind;

void GoPrinter::mentions(const Expr& e, Use& use, bool as_target) const {
  if (e.variable >= 0) {
    use.mentioned.insert(e.variable);
    if (!as_target) use.read.insert(e.variable);
  }
  if (e.kind == ExprKind::kLambda) {
    for (const hir::Capture& one : program_.functions[static_cast<std::size_t>(e.function)].captures) {
      use.mentioned.insert(one.outer);
      use.read.insert(one.outer);
    }
  }
  for (const auto& one : e.children) mentions(*one, use);
  mentions(e.body, use);
}

void GoPrinter::mentions(const Stmt& s, Use& use) const {
  if (s.variable >= 0 && s.kind != StmtKind::kForeach) {
    use.mentioned.insert(s.variable);
    if (s.kind != StmtKind::kAssign && s.kind != StmtKind::kDeclare && s.kind != StmtKind::kBind) {
      use.read.insert(s.variable);
    }
    if (s.kind == StmtKind::kAssign && variable(s.variable).storage == hir::Storage::kBox) use.read.insert(s.variable);
  }
  if (s.expr != nullptr) {
    const bool was_read = use.read.contains(s.variable);
    mentions(*s.expr, use);
    const bool reads_itself = s.kind == StmtKind::kAssign && variable(s.variable).storage != hir::Storage::kBox;
    if (reads_itself && !was_read && !counts_own_reads_) use.read.erase(s.variable);
  }
  if (s.key != nullptr) mentions(*s.key, use);
  mentions(s.init, use);
  mentions(s.step, use);
  mentions(s.body, use);
  mentions(s.otherwise, use);
  for (const hir::Case& one : s.cases) {
    for (const auto& test : one.conditions) mentions(*test, use);
    mentions(one.body, use);
  }
  for (const hir::Catch& one : s.catches) {
    if (one.variable >= 0) {
      use.mentioned.insert(one.variable);
      if (variable(one.variable).storage == hir::Storage::kBox) use.read.insert(one.variable);
    }
    mentions(one.body, use);
  }
}

void GoPrinter::mentions(const Block& block, Use& use) const {
  for (const auto& one : block) mentions(*one, use);
}

bool GoPrinter::starts_with_assignment(const Block& block, std::int32_t index) const {
  for (const auto& s : block) {
    Use use;
    mentions(*s, use);
    if (!use.mentioned.contains(index)) continue;
    if (s->kind == StmtKind::kIf || s->kind == StmtKind::kSwitch || s->kind == StmtKind::kLoop ||
        s->kind == StmtKind::kForeach || s->kind == StmtKind::kTry || s->kind == StmtKind::kDoLoop) {
      return false;
    }
    Use value;
    if (s->expr != nullptr) mentions(*s->expr, value);
    return s->kind == StmtKind::kAssign && s->variable == index && !value.mentioned.contains(index);
  }
  return false;
}

void GoPrinter::declare_before(Block& block, std::size_t at, std::int32_t index) const {
  auto made = std::make_unique<Stmt>();
  made->kind = StmtKind::kDeclare;
  made->variable = index;
  if (!read_.contains(index)) made->text = "unread";
  block.insert(block.begin() + static_cast<std::ptrdiff_t>(at), std::move(made));
}

// Whether the variable lives in one part of the statement only, and was placed there.
bool GoPrinter::place_inside(Stmt& s, std::int32_t index) {
  std::vector<Block*> parts = {&s.init, &s.step, &s.body, &s.otherwise};
  for (hir::Case& one : s.cases) parts.push_back(&one.body);
  for (hir::Catch& one : s.catches) parts.push_back(&one.body);
  Use head;
  if (s.expr != nullptr) mentions(*s.expr, head);
  for (const hir::Case& one : s.cases) {
    for (const auto& test : one.conditions) mentions(*test, head);
  }
  for (const hir::Catch& one : s.catches) {
    if (one.variable >= 0) head.mentioned.insert(one.variable);
  }
  if (head.mentioned.contains(index) || s.variable == index) return false;
  Block* only = nullptr;
  for (Block* part : parts) {
    Use use;
    mentions(*part, use);
    if (!use.mentioned.contains(index)) continue;
    if (only != nullptr) return false;
    only = part;
  }
  if (only == nullptr || only == &s.step || only == &s.init) return false;
  for (hir::Case& one : s.cases) {
    if (only == &one.body && one.falls_through) return false;
  }
  const bool loop = s.kind == StmtKind::kLoop || s.kind == StmtKind::kDoLoop || s.kind == StmtKind::kForeach;
  if (loop && !starts_with_assignment(*only, index)) return false;
  if (loop && variable(index).may_be_undefined) return false;
  place(*only, {index}, loop);
  return true;
}

// "i := 0" right before the only loop that uses it becomes part of the loop's head.
void GoPrinter::move_into_loop(Block& block, const std::vector<std::size_t>& where, std::int32_t index) const {
  if (where.size() != 2 || where[1] != where[0] + 1) return;
  Stmt& loop = *block[where[1]];
  const hir::Variable& v = variable(index);
  const bool fits = loop.kind == StmtKind::kLoop && loop.init.empty() && loop.step.size() == 1 &&
                    v.storage == hir::Storage::kLocal && v.rep != Rep::kValue && read_.contains(index);
  if (!fits || loop.step[0]->kind != StmtKind::kAssign) return;
  loop.init.push_back(std::move(block[where[0]]));
  block.erase(block.begin() + static_cast<std::ptrdiff_t>(where[0]));
}

void GoPrinter::place(Block& block, std::set<std::int32_t> variables, bool in_loop) {
  static_cast<void>(in_loop);
  for (const std::int32_t index : variables) {
    std::vector<std::size_t> where;
    for (std::size_t i = 0; i < block.size(); ++i) {
      Use use;
      mentions(*block[i], use);
      if (use.mentioned.contains(index)) where.push_back(i);
    }
    if (where.empty()) continue;
    Stmt& first = *block[where[0]];
    if (where.size() == 1 && place_inside(first, index)) continue;
    Use value;
    if (first.expr != nullptr) mentions(*first.expr, value);
    if (first.kind == StmtKind::kAssign && first.variable == index && !value.mentioned.contains(index)) {
      first.text = read_.contains(index) ? "declare" : "declare unread";
      move_into_loop(block, where, index);
    } else {
      declare_before(block, where[0], index);
    }
  }
}

void GoPrinter::place_variables(hir::Function& f) {
  Use all;
  mentions(f.body, all);
  read_ = all.read;
  std::set<std::int32_t> local;
  for (const std::int32_t index : all.mentioned) {
    const hir::Variable& v = f.variables[static_cast<std::size_t>(index)];
    if (v.is_parameter || v.captured || is_global(f, v)) continue;
    if (f.has_scope && v.storage == hir::Storage::kBox && !v.name.empty()) continue;
    local.insert(index);
  }
  place(f.body, local, false);
}

bool GoPrinter::is_global(const hir::Function& f, const hir::Variable& v) const {
  return f.is_main && v.storage == hir::Storage::kBox &&
         (program_.uses_globals || program_.global_names.contains(v.name));
}

}  // namespace banyan::php
