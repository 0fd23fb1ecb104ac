#include "php_convert/lower_lines.h"

#include <utility>

namespace banyan::php {

namespace {

using hir::ExprKind;
using hir::ExprPtr;
using hir::Rep;

class Lines {
 public:
  explicit Lines(const std::function<std::uint32_t(std::uint32_t)>& line_of) : line_of_(line_of) {}

  void tell(const hir::Block& block, std::uint32_t line) {
    for (const hir::StmtPtr& one : block) tell(*one, one->offset == 0 ? line : line_of_(one->offset));
  }

 private:
  void tell(hir::Stmt& s, std::uint32_t line) {
    // Other statements tell the line of each part.
    const bool has_head = s.kind == hir::StmtKind::kLoop || s.kind == hir::StmtKind::kDoLoop ||
                          s.kind == hir::StmtKind::kForeach || s.kind == hir::StmtKind::kSwitch;
    if (has_head) tell(s.expr, line);
    if (has_head) tell(s.key, line);
    if (!has_head) tell_within(s.expr);
    for (const hir::Block* one : {&s.init, &s.step, &s.body, &s.otherwise}) tell(*one, line);
    for (hir::Case& one : s.cases) {
      for (ExprPtr& condition : one.conditions) tell(condition, line);
      tell(one.body, line);
    }
    for (const hir::Catch& one : s.catches) tell(one.body, line);
  }

  void tell_within(const ExprPtr& e) {
    if (e == nullptr) return;
    for (const ExprPtr& one : e->children) tell_within(one);
    tell(e->body, line_of_(e->offset));
  }

  void tell(ExprPtr& e, std::uint32_t line) {
    if (e == nullptr) return;
    for (ExprPtr& one : e->children) tell(one, line);
    tell(e->body, line);
    const bool makes = e->kind == ExprKind::kRuntime && (e->text == "New" || e->text == "NewWith");
    if (!makes || e->offset == 0 || line_of_(e->offset) == line) return;
    auto number = std::make_unique<hir::Expr>();
    number->kind = ExprKind::kInt;
    number->rep = Rep::kInt;
    number->integer = line_of_(e->offset);
    auto told = std::make_unique<hir::Expr>();
    told->kind = ExprKind::kRuntime;
    told->text = "OnLine";
    told->offset = e->offset;
    told->children.push_back(std::move(number));
    told->children.push_back(std::move(e));
    e = std::move(told);
  }

  const std::function<std::uint32_t(std::uint32_t)>& line_of_;
};

}  // namespace

void tell_lines_of_new(hir::Program& program, const std::function<std::uint32_t(std::uint32_t)>& line_of) {
  Lines lines(line_of);
  for (const hir::Function& one : program.functions) lines.tell(one.body, one.line);
}

}  // namespace banyan::php
