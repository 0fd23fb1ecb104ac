// The walk over expressions.
#include "php_lex/keywords.h"
#include "php_parse/checker.h"

namespace banyan::php {

void Checker::visit_list(NodeId list) {
  for (const NodeId node : children(list)) visit(node);
}

// Whether the node leans on another at its left, and with which access that one is visited.
bool Checker::is_chain(NodeId node, Access access, NodeId* base, Access* base_access) const {
  *base = child(node, 0);
  *base_access = Access::kRead;
  switch (kind(node)) {
    case Kind::kIndex:
    case Kind::kProperty:
    case Kind::kNullsafeProperty:
      *base_access = access;
      return true;
    case Kind::kBinary:
      *base_access = ast_.header(node).op == TokenKind::kCoalesce ? Access::kIsset : Access::kRead;
      return true;
    case Kind::kParenthesized:
      *base_access = access;
      return true;
    case Kind::kMethodCall:
    case Kind::kNullsafeMethodCall:
    case Kind::kStaticCall:
    case Kind::kStaticProperty:
    case Kind::kClassConstant:
    case Kind::kCall:
    case Kind::kInstanceof:
    case Kind::kTernary:
    case Kind::kPostfixUpdate:
      return kind(node) != Kind::kPostfixUpdate;
    default:
      return false;
  }
}

void Checker::visit(NodeId node, Access access) {
  if (!node) return;
  NodeId base;
  Access base_access;
  if (!is_chain(node, access, &base, &base_access)) return visit_leaf(node, access);
  std::vector<std::pair<NodeId, Access>> links;
  while (node && is_chain(node, access, &base, &base_access)) {
    links.emplace_back(node, access);
    node = base;
    access = base_access;
  }
  if (node) visit_leaf(node, access);
  for (auto link = links.rbegin(); link != links.rend(); ++link) visit_chain_link(link->first, link->second);
}

// The node's own checks and what is not at its left.
void Checker::visit_chain_link(NodeId node, Access access) {
  switch (kind(node)) {
    case Kind::kIndex:
      return check_index(node, access);
    case Kind::kProperty:
    case Kind::kNullsafeProperty:
      if (access == Access::kWrite || access == Access::kReadWrite || access == Access::kUnset) {
        check_temporary(without_parentheses(child(node, 0)));
      }
      if (kind(child(node, 1)) != Kind::kIdentifier) visit(child(node, 1));
      return;
    case Kind::kBinary:
      if (ast_.header(node).op == TokenKind::kPipeArrow && kind(child(node, 1)) == Kind::kArrowFunction) {
        complain(child(node, 1), "pipe.arrow", "An arrow function behind |> needs parentheses");
      }
      if (!is_decided(node)) visit(child(node, 1));
      return;
    case Kind::kTernary:
      return check_ternary(node);
    case Kind::kInstanceof:
      return check_class_operand(child(node, 1));
    case Kind::kMethodCall:
    case Kind::kNullsafeMethodCall:
      check_method_name(child(node, 1));
      if (kind(child(node, 2)) == Kind::kCallablePlaceholder && is_short_circuited(node)) {
        complain(node, "callable.nullsafe", "Cannot combine ?-> with the creation of a closure");
      }
      return check_arguments(child(node, 2));
    case Kind::kStaticCall:
      check_class_operand(child(node, 0));
      check_method_name(child(node, 1));
      return check_arguments(child(node, 2));
    case Kind::kStaticProperty:
      // parent::$a::get() in a hook is the hook that is overridden, and asks for no parent before the program runs.
      if (kind(function_->node) != Kind::kPropertyHook) check_class_operand(child(node, 0));
      return visit(child(node, 1));
    case Kind::kClassConstant:
      return check_class_constant(node);
    case Kind::kCall:
      return check_arguments(child(node, 1), child(node, 0));
    default:
      return;
  }
}

void Checker::visit_leaf(NodeId node, Access) {
  switch (kind(node)) {
    case Kind::kVariableVariable:
      return visit(child(node, 0));
    case Kind::kInterpolated:
    case Kind::kHeredoc:
    case Kind::kShellCommand:
      return visit_interpolated(node);
    case Kind::kArray:
      return check_array(node);
    case Kind::kAssign:
    case Kind::kAssignReference:
      return check_assignment(node);
    case Kind::kPrefixUpdate:
    case Kind::kPostfixUpdate:
      check_writable(child(node, 0));
      return visit(child(node, 0), Access::kReadWrite);
    case Kind::kIsset:
      return check_isset(node);
    case Kind::kEmpty:
      return visit(child(node, 0), is_variable(child(node, 0)) ? Access::kIsset : Access::kRead);
    case Kind::kMatch:
      return check_match(node);
    case Kind::kNew:
      return check_new(node);
    case Kind::kExit:
      if (child(node, 0) && kind(child(node, 0)) != Kind::kArguments) return visit(child(node, 0));
      return check_arguments(child(node, 0));
    case Kind::kClosure:
    case Kind::kArrowFunction:
      check_attributes(child(node, function_slot::kAttributes), 2);
      return check_function(node, 0);
    default:
      return visit_operator(node);
  }
}

void Checker::visit_operator(NodeId node) {
  switch (kind(node)) {
    case Kind::kYield:
    case Kind::kYieldFrom:
      if (!function_->node) complain(node, "yield.outside", "yield can only be used inside a function");
      function_->is_generator = true;
      if (kind(node) == Kind::kYieldFrom && function_->by_reference) {
        complain(node, "yield.reference", "Cannot use yield from in a generator by reference");
      }
      if (kind(node) == Kind::kYield && function_->by_reference && child(node, 1)) check_referenceable(child(node, 1));
      visit(child(node, 0));
      return visit(child(node, 1), kind(node) == Kind::kYield ? reference_access(child(node, 1)) : Access::kRead);
    case Kind::kCast:
      if (ast_.header(node).op == TokenKind::kUnsetCast && !has(Feature::kUnsetCast)) {
        complain(node, "cast.unset", "The (unset) cast is no longer supported");
      }
      return visit(child(node, 0));
    case Kind::kUnary:
    case Kind::kInclude:
    case Kind::kEval:
    case Kind::kPrint:
    case Kind::kThrow:
    case Kind::kClone:
      return visit(child(node, 0));
    default:
      return;
  }
}

void Checker::visit_interpolated(NodeId node) {
  for (const NodeId part : children(node)) {
    if (kind(part) != Kind::kStringText) visit(part);
  }
}

void Checker::check_index(NodeId node, Access access) {
  const NodeId index = child(node, 1);
  const NodeId base = without_parentheses(child(node, 0));
  if (access == Access::kWrite || access == Access::kReadWrite || access == Access::kUnset) check_temporary(base);
  if (index) {
    if (kind(index) != Kind::kIdentifier) visit(index);
    return;
  }
  if (is_globals(base)) {
    complain(node, "globals.append", "Cannot append to $GLOBALS");
  } else if (access == Access::kRead || access == Access::kIsset) {
    complain(node, "index.read", "Cannot use [] for reading");
  } else if (access == Access::kUnset) {
    complain(node, "index.unset", "Cannot use [] for unsetting");
  }
}

// Whether the right side of && or || can never be reached: PHP does not compile it then.
bool Checker::is_decided(NodeId node) const {
  const TokenKind op = ast_.header(node).op;
  const bool is_and = op == TokenKind::kAndAnd || op == TokenKind::kLogicalAnd;
  if (!is_and && op != TokenKind::kOrOr && op != TokenKind::kLogicalOr) return false;
  const NodeId left = without_parentheses(child(node, 0));
  const std::uint32_t bits = literal_type(left);
  if ((bits & kTypeTrue) != 0) return !is_and;
  if ((bits & (kTypeFalse | kTypeNull)) != 0) return is_and;
  if ((bits & kTypeInt) == 0 || kind(left) != Kind::kInteger) return false;
  return (text(left) == "0") == is_and;
}

// An array that is read: as a target of an assignment it does not come here.
void Checker::check_array(NodeId node) {
  if ((flags(node) & kFlagListSyntax) != 0) {
    return complain(node, "list.alone", "Cannot use list() as standalone expression");
  }
  for (const NodeId item : children(node)) {
    const NodeId value = child(item, 1);
    if (!value) {
      complain(node, "array.empty-item", "Cannot use empty array elements in arrays");
      continue;
    }
    visit(child(item, 0));
    if ((flags(item) & kFlagReference) != 0) {
      check_writable(value);
      visit(value, Access::kWrite);
    } else {
      visit(value);
    }
  }
  check_known_array(node);
}

// An array of which all is known is made before the program runs, and refused there if it cannot be.
void Checker::check_known_array(NodeId node) {
  for (const NodeId item : children(node)) {
    const NodeId key = child(item, 0);
    const NodeId value = child(item, 1);
    const bool is_spread = value && (flags(item) & kFlagSpread) != 0;
    const bool spreads_other = is_spread && (fold(value).type & kTypeArray) == 0;
    const bool keyed_by_array = key && kind(without_parentheses(key)) == Kind::kArray;
    if ((!spreads_other && !keyed_by_array) || fold(node).type == 0) continue;
    if (spreads_other) return complain(value, "array.spread", "Only arrays and Traversables can be unpacked");
    return complain(key, "array.key", "An array cannot be the key of an element");
  }
}

// Without parentheses a ternary may not be the condition of another since PHP 8, but for a ?: b ?: c.
void Checker::check_ternary(NodeId node) {
  const NodeId condition = child(node, 0);
  const bool short_form = (flags(node) & kFlagShort) != 0;
  if (kind(condition) == Kind::kTernary && !has(Feature::kNestedTernary)) {
    const bool inner_short = (flags(condition) & kFlagShort) != 0;
    if (!(short_form && inner_short)) {
      complain(node, "ternary.nested", "Nested ?: needs parentheses");
    }
  }
}

void Checker::check_isset(NodeId node) {
  for (const NodeId operand : children(node)) {
    if (!is_variable(operand)) {
      complain(operand, "isset.expression", "Cannot use isset() on the result of an expression");
      continue;
    }
    visit(operand, Access::kIsset);
  }
}

void Checker::check_match(NodeId node) {
  visit(child(node, 0));
  bool has_default = false;
  for (const NodeId arm : children(child(node, 1))) {
    if ((flags(arm) & kFlagDefault) != 0) {
      if (has_default) complain(arm, "match.default", "A match may have only one default arm");
      has_default = true;
    }
    visit_list(child(arm, 0));
    visit(child(arm, 1));
  }
}

void Checker::check_new(NodeId node) {
  const NodeId class_node = child(node, 0);
  if (kind(class_node) == Kind::kAnonymousClass) {
    const NodeId given = child(class_node, class_slot::kArguments);
    if (given && kind(given) == Kind::kCallablePlaceholder) {
      complain(given, "callable.new", "Cannot create a closure from new");
    }
    check_arguments(given);
    return check_class(class_node, {});
  }
  check_class_operand(class_node);
  if (kind(class_node) != Kind::kName) visit(class_node);
  const NodeId arguments = child(node, 1);
  if (arguments && kind(arguments) == Kind::kCallablePlaceholder) {
    return complain(node, "callable.new", "Cannot create a closure from new");
  }
  check_arguments(arguments);
}

}  // namespace banyan::php
