// Assignments: what may be written to, and what may be taken by reference.
#include <algorithm>

#include "php_parse/builtin_names.h"
#include "php_parse/checker.h"

namespace banyan::php {

bool Checker::is_variable(NodeId node) const {
  node = without_parentheses(node);
  switch (kind(node)) {
    case Kind::kVariable:
    case Kind::kVariableVariable:
    case Kind::kIndex:
    case Kind::kProperty:
    case Kind::kNullsafeProperty:
    case Kind::kStaticProperty:
      return true;
    default:
      return false;
  }
}

bool Checker::is_call(NodeId node) const {
  switch (kind(without_parentheses(node))) {
    case Kind::kCall:
    case Kind::kMethodCall:
    case Kind::kNullsafeMethodCall:
    case Kind::kStaticCall:
      return true;
    default:
      return false;
  }
}

bool Checker::can_write_to(NodeId node) const {
  node = without_parentheses(node);
  while (kind(node) == Kind::kIndex || kind(node) == Kind::kProperty) node = without_parentheses(child(node, 0));
  return (is_variable(node) || is_call(node)) && !is_short_circuited(node);
}

// What is neither a variable nor the result of a call has no place to write an element or property to.
void Checker::check_temporary(NodeId node) {
  if (is_inlined_call(node)) {
    complain(node, "write.builtin", "Cannot write to the result of a built-in function");
  } else if (!is_variable(node) && !is_call(node)) {
    complain(node, "write.temporary", "Cannot write to a temporary value");
  }
}

// A call that PHP compiles to an instruction of its own.
bool Checker::is_inlined_call(NodeId node) const {
  node = without_parentheses(node);
  if (kind(node) != Kind::kCall) return false;
  if (kind(child(node, 1)) != Kind::kArguments || children(child(node, 1)).size() != 1) return false;
  const std::string name = global_function(child(node, 0));
  const bool folded = name == "chr" || name == "ord";  // with a literal, they are one
  return (is_inlined_function(name) && !folded) || name == "assert";
}

bool Checker::is_short_circuited(NodeId node) const {
  while (node) {
    node = without_parentheses(node);
    switch (kind(node)) {
      case Kind::kNullsafeProperty:
      case Kind::kNullsafeMethodCall:
        return true;
      case Kind::kIndex:
      case Kind::kProperty:
      case Kind::kStaticProperty:
      case Kind::kMethodCall:
      case Kind::kStaticCall:
      case Kind::kClassConstant:
        node = child(node, 0);
        break;
      default:
        return false;
    }
  }
  return false;
}

void Checker::check_writable(NodeId node) {
  const NodeId target = without_parentheses(node);
  if (is_call(target)) {
    complain(node, "write.call", "Cannot write to the result of a call");
  } else if (is_short_circuited(target)) {
    complain(node, "write.nullsafe", "Cannot write through ?->");
  } else if (is_globals(target)) {
    complain(node, "globals.write", "$GLOBALS can only be written to as $GLOBALS[$name] = $value");
  }
}

// A target that is asked about before it is written to.
void Checker::check_readable(NodeId node) {
  node = without_parentheses(node);
  for (; kind(node) == Kind::kIndex || kind(node) == Kind::kProperty; node = without_parentheses(child(node, 0))) {
    if (kind(node) == Kind::kIndex && !child(node, 1)) complain(node, "index.read", "Cannot use [] for reading");
  }
}

void Checker::check_referenceable(NodeId node) {
  if (is_short_circuited(node)) complain(node, "reference.nullsafe", "Cannot take a reference of a ?-> chain");
}

void Checker::check_assignment(NodeId node) {
  const NodeId target = child(node, 0);
  const NodeId value = child(node, 1);
  if (kind(node) == Kind::kAssignReference) {
    check_assign_target(target, node);
    check_referenceable(value);
    if (is_globals(value)) complain(value, "globals.reference", "Cannot take a reference to $GLOBALS");
    if (is_inlined_call(value))
      complain(value, "write.builtin", "Cannot take a reference to what a built-in function gives");
    if (kind(value) == Kind::kNew) return visit(value);
    return visit(value, Access::kWrite);
  }
  const TokenKind op = ast_.header(node).op;
  if (kind(target) == Kind::kArray) {
    if (list_has_references(target)) {
      if (!is_variable(value) && !is_call(value)) {
        complain(value, "reference.value", "Cannot take a reference to this value");
      }
      check_referenceable(value);
      visit(value, Access::kWrite);
    } else {
      visit(value);
    }
    return check_list_target(target, flags(target));
  }
  const bool plain = op == TokenKind::kAssign || op == TokenKind::kCoalesceAssign;
  if (plain && is_this(target)) complain(target, "this.assign", "Cannot re-assign $this");
  if (op == TokenKind::kCoalesceAssign) check_readable(target);
  check_writable(target);
  visit(target, op == TokenKind::kAssign ? Access::kWrite : Access::kReadWrite);
  visit(value);
}

// A target that is assigned to by itself: of a reference, of foreach, inside of a list.
void Checker::check_assign_target(NodeId target, NodeId at) {
  if (is_this(target)) return complain(at, "this.assign", "Cannot re-assign $this");
  check_writable(target);
  visit(target, Access::kWrite);
}

bool Checker::list_has_references(NodeId list) const {
  for (const NodeId item : children(list)) {
    if ((flags(item) & kFlagReference) != 0) return true;
    const NodeId value = child(item, 1);
    if (value && kind(value) == Kind::kArray && list_has_references(value)) return true;
  }
  return false;
}

void Checker::check_list_target(NodeId list, std::uint16_t style) {
  const std::span<const NodeId> items = children(list);
  const auto filled = std::find_if(items.begin(), items.end(), [this](NodeId item) { return child(item, 1); });
  if (filled == items.end()) return complain(list, "list.empty", "Cannot use an empty list");
  const bool keyed = static_cast<bool>(child(*filled, 0));
  for (const NodeId item : items) check_list_item(item, keyed, style);
}

void Checker::check_list_item(NodeId item, bool keyed, std::uint16_t style) {
  const NodeId target = child(item, 1);
  if (!target) {
    if (keyed) complain(item, "list.empty-item", "Cannot use empty entries in a keyed list");
    return;
  }
  if ((flags(item) & kFlagSpread) != 0)
    return complain(item, "list.spread", "Cannot use ... in a list that is assigned to");
  if (static_cast<bool>(child(item, 0)) != keyed) {
    return complain(item, "list.mixed", "Cannot mix keyed and unkeyed entries in a list");
  }
  visit(child(item, 0));
  const NodeId inner = without_parentheses(target);
  if (kind(inner) != Kind::kArray) {
    if (!can_write_to(inner) && !is_short_circuited(inner)) {
      return complain(target, "list.target", "Assignments can only happen to writable values");
    }
    return check_assign_target(inner, target);
  }
  if ((flags(inner) & kFlagArraySyntax) != 0) {
    return complain(inner, "list.array", "Cannot assign to array(), use []");
  }
  if ((flags(inner) & kFlagListSyntax) != (style & kFlagListSyntax)) {
    return complain(inner, "list.style", "Cannot mix [] and list()");
  }
  check_list_target(inner, flags(inner));
}

}  // namespace banyan::php
