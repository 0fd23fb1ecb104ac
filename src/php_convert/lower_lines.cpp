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
    tell(s.expr, line);
    tell(s.key, line);
    for (const hir::Block* one : {&s.init, &s.step, &s.body, &s.otherwise}) tell(*one, line);
    for (hir::Case& one : s.cases) {
      for (ExprPtr& condition : one.conditions) tell(condition, line);
      tell(one.body, line);
    }
    for (const hir::Catch& one : s.catches) tell(one.body, line);
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
