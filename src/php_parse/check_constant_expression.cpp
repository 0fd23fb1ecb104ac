// Constant expressions: what may stand in defaults, constants and attribute arguments.
#include "php_lex/keywords.h"
#include "php_parse/checker.h"

namespace banyan::php {

bool Checker::is_constant_node(NodeId node) const {
  switch (kind(node)) {
    case Kind::kInteger:
    case Kind::kFloat:
    case Kind::kString:
    case Kind::kMagicConstant:
    case Kind::kConstant:
    case Kind::kClassConstant:
    case Kind::kArray:
    case Kind::kArrayItem:
    case Kind::kTernary:
    case Kind::kIndex:
    case Kind::kParenthesized:
    case Kind::kNew:
      return true;
    case Kind::kProperty:
    case Kind::kNullsafeProperty:
      return has(Feature::kEnumInConstant);
    case Kind::kHeredoc:
      return children(node).empty() || (children(node).size() == 1 && kind(children(node)[0]) == Kind::kStringText);
    case Kind::kBinary:
      return ast_.header(node).op != TokenKind::kPipeArrow;
    case Kind::kUnary:
      return ast_.header(node).op != TokenKind::kAt;
    case Kind::kCast:
      return has(Feature::kClosureInConstant);
    case Kind::kCall:
    case Kind::kStaticCall: {
      const NodeId arguments = child(node, kind(node) == Kind::kCall ? 1 : 2);
      return has(Feature::kClosureInConstant) && kind(arguments) == Kind::kCallablePlaceholder;
    }
    case Kind::kClosure:
      return has(Feature::kClosureInConstant) && child(node, function_slot::kModifiers) &&
             !child(node, function_slot::kUses);
    default:
      return false;
  }
}

void Checker::check_constant_expression(NodeId node, bool new_allowed) {
  // Left operands are followed in a loop: a long chain of operators is deep on that side only.
  while (node) {
    if (!is_constant_node(node)) {
      return complain(node, "constant.expression", "A constant expression cannot contain this operation");
    }
    check_constant_parts(node, new_allowed);
    const Kind what = kind(node);
    const bool chained = what == Kind::kBinary || what == Kind::kIndex || what == Kind::kProperty ||
                         what == Kind::kNullsafeProperty || what == Kind::kParenthesized || what == Kind::kUnary ||
                         what == Kind::kTernary || what == Kind::kCast;
    node = chained ? child(node, 0) : NodeId{};
  }
}

// Everything but the operand on the left.
void Checker::check_constant_parts(NodeId node, bool new_allowed) {
  switch (kind(node)) {
    case Kind::kBinary:
      return check_constant_expression(child(node, 1), new_allowed);
    case Kind::kTernary:
      check_ternary(node);
      check_constant_expression(child(node, 1), new_allowed);
      return check_constant_expression(child(node, 2), new_allowed);
    case Kind::kIndex:
      if (!child(node, 1)) return complain(node, "index.read", "Cannot use [] for reading");
      return check_constant_expression(child(node, 1), new_allowed);
    case Kind::kProperty:
    case Kind::kNullsafeProperty:
      if (kind(child(node, 1)) != Kind::kIdentifier) check_constant_expression(child(node, 1), new_allowed);
      return;
    case Kind::kArray:
      if ((flags(node) & kFlagListSyntax) != 0)
        complain(node, "list.alone", "Cannot use list() as standalone expression");
      for (const NodeId item : children(node)) {
        if (!child(item, 1)) complain(node, "array.empty-item", "Cannot use empty array elements in arrays");
        if ((flags(item) & kFlagReference) != 0) {
          complain(item, "constant.expression", "A constant expression cannot contain a reference");
          continue;
        }
        check_constant_expression(child(item, 0), new_allowed);
        check_constant_expression(child(item, 1), new_allowed);
      }
      return check_known_array(node);
    case Kind::kClassConstant: {
      const NodeId scope = without_parentheses(child(node, 0));
      if (kind(scope) != Kind::kName && kind(scope) != Kind::kString) {
        return complain(node, "constant.class", "A constant expression cannot have a computed class name");
      }
      if (equals_ignoring_case(text(scope), "static")) {
        complain(node, "constant.static", "static:: is not allowed in a constant expression");
      }
      // What parent and self are is asked for only by ::class before the program runs.
      if (kind(scope) == Kind::kName && equals_ignoring_case(text(child(node, 1)), "class")) check_scope_word(scope);
      return;
    }
    case Kind::kNew:
      if (!new_allowed || !has(Feature::kNewInInitializer)) {
        return complain(node, "constant.new", "new is not supported here");
      }
      return check_constant_new(node);
    case Kind::kClosure:
      return check_function(node, 0);
    case Kind::kCall: {
      const Kind callee = kind(without_parentheses(child(node, 0)));
      if (callee == Kind::kName || callee == Kind::kString) return;
      return complain(node, "constant.expression", "A constant expression cannot have a computed function name");
    }
    case Kind::kStaticCall:
      if (equals_ignoring_case(text(child(node, 0)), "static")) {
        complain(node, "constant.static", "static:: is not allowed in a constant expression");
      }
      return;
    case Kind::kCast:
      if (ast_.header(node).op == TokenKind::kUnsetCast) {
        complain(node, "cast.unset", "The (unset) cast is no longer supported");
      }
      return;
    default:
      return;
  }
}

void Checker::check_constant_new(NodeId node) {
  const NodeId name = child(node, 0);
  if (kind(name) == Kind::kAnonymousClass) {
    return complain(node, "constant.new", "Cannot use an anonymous class in a constant expression");
  }
  if (kind(name) != Kind::kName) {
    return complain(node, "constant.new", "Cannot use a computed class name in a constant expression");
  }
  if (equals_ignoring_case(text(name), "static")) {
    complain(node, "constant.static", "static is not allowed in a constant expression");
  }
  const NodeId arguments = child(node, 1);
  if (!arguments) return;
  if (kind(arguments) == Kind::kCallablePlaceholder) {
    return complain(arguments, "constant.expression", "Cannot create a closure from new");
  }
  bool named = false;
  for (const NodeId argument : children(arguments)) {
    if ((flags(argument) & kFlagSpread) != 0) {
      complain(argument, "constant.unpack", "Cannot unpack arguments in a constant expression");
    }
    if (!child(argument, 0) && named) {
      complain(argument, "argument.order", "Cannot use a positional argument after a named one");
    }
    named = named || static_cast<bool>(child(argument, 0));
    check_constant_expression(child(argument, 1), true);
  }
}

}  // namespace banyan::php
