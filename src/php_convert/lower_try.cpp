// try, catch and finally.
#include "php_convert/lowering.h"

namespace banyan::php {

using hir::Block;
using hir::StmtKind;

void FunctionLowering::lower_try(NodeId node) {
  Assigned before = assigned_;
  hir::Stmt& stmt = emit(StmtKind::kTry, node);
  Block* const outer = std::exchange(out_, &stmt.body);
  ++tries_;
  statements(children(child(node, 0)));
  Assigned after = assigned_;
  bool reaches = reachable_;
  forget_unset(child(node, 0), before);
  for (const NodeId handler : children(child(node, 1))) {
    hir::Catch one;
    for (const NodeId type : children(child(handler, 0))) one.classes.push_back(class_written(type));
    assigned_ = before;
    reachable_ = true;
    if (const NodeId held = child(handler, 1)) {
      one.variable = variable(variable_name(held));
      grow(one.variable, hir::Rep::kValue);
      mark_assigned(one.variable);
    }
    out_ = &one.body;
    statements(children(child(handler, 2)));
    if (reachable_) after = reaches ? assigned_both(after, assigned_) : assigned_;
    reaches = reaches || reachable_;
    stmt.catches.push_back(std::move(one));
  }
  assigned_ = reaches ? after : before;
  reachable_ = true;
  if (const NodeId last = child(node, 2)) {
    forget_unset(child(node, 1), before);
    assigned_ = before;
    out_ = &stmt.otherwise;
    stmt.text = "finally";
    statements(children(last));
    if (!reachable_) reaches = false;
    for (std::size_t i = 0; i < after.size() && reaches; ++i) {
      if (after[i]) mark_assigned(static_cast<std::int32_t>(i));
    }
  }
  --tries_;
  out_ = outer;
  reachable_ = reaches;
}

}  // namespace banyan::php
