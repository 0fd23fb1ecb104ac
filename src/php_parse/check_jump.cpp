// break, continue and goto: what a jump may cross.
#include <algorithm>

#include "php_parse/checker.h"

namespace banyan::php {

void Checker::enter_container(NodeId node, bool is_finally) { function_->containers.push_back({is_finally, node}); }

void Checker::leave_container() { function_->containers.pop_back(); }

void Checker::check_jump(NodeId node) {
  const std::string word = kind(node) == Kind::kBreak ? "break" : "continue";
  const NodeId operand = without_parentheses(child(node, 0));
  std::int64_t levels = 1;
  if (operand) {
    if (kind(operand) != Kind::kInteger) {
      return complain(operand, "jump.operand", word + " takes only a positive integer literal");
    }
    levels = literal_integer(operand).value_or(0);
    if (levels < 1) return complain(operand, "jump.operand", word + " takes only a positive integer literal");
  }
  const std::vector<JumpContainer>& containers = function_->containers;
  const auto is_loop = [](const JumpContainer& container) { return !container.is_finally; };
  const auto depth = std::count_if(containers.begin(), containers.end(), is_loop);
  if (depth == 0) return complain(node, "jump.outside", word + " is not inside of a loop or switch");
  if (levels > depth) {
    return complain(node, "jump.levels", "Cannot " + word + " " + std::to_string(levels) + " levels");
  }
  for (auto container = containers.rbegin(); container != containers.rend(); ++container) {
    if (container->is_finally) return complain(node, "jump.finally", "Cannot jump out of a finally block");
    if (--levels == 0) return;
  }
}

void Checker::check_gotos(FunctionScope& scope) {
  std::unordered_map<std::string_view, const JumpLabel*> labels;
  for (const JumpLabel& label : scope.labels) {
    if (!labels.emplace(label.name, &label).second) {
      complain(label.node, "goto.duplicate", "Label " + label.name + " is already defined");
    }
  }
  for (const JumpLabel& jump : scope.gotos) {
    const auto target = labels.find(jump.name);
    if (target != labels.end()) {
      check_goto_target(jump, *target->second);
    } else {
      complain(jump.node, "goto.undefined", "goto to the undefined label " + jump.name);
    }
  }
}

void Checker::check_goto_target(const JumpLabel& jump, const JumpLabel& target) {
  std::size_t common = 0;
  while (common < jump.path.size() && common < target.path.size() &&
         jump.path[common].node == target.path[common].node) {
    ++common;
  }
  const auto is_finally = [](const JumpContainer& container) { return container.is_finally; };
  if (std::any_of(jump.path.begin() + static_cast<std::ptrdiff_t>(common), jump.path.end(), is_finally)) {
    return complain(jump.node, "goto.finally", "Cannot jump out of a finally block");
  }
  if (target.path.size() > common) {
    complain(jump.node, "goto.into", "Cannot jump into a loop, a switch or a finally block");
  }
}

// Judged at the function's end, when it is known whether it is a generator.
void Checker::check_return(NodeId node) {
  function_->returns.push_back(node);
  visit(child(node, 0), reference_access(child(node, 0)));
}

// How a function's value is taken: one that returns by reference takes its variables to write to.
Access Checker::reference_access(NodeId value) const {
  return value && function_->by_reference && is_variable(value) ? Access::kWrite : Access::kRead;
}

}  // namespace banyan::php
