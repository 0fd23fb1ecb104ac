// Expressions by precedence climbing.
//
// PHP's grammar tells variables from other expressions, and only a variable may stand before an assignment; an
// assignment therefore binds as soon as its variable is read, whatever operator stands before it: !$a = f() is
// !($a = f()). Prefix operators of low precedence (include, print, throw) may stand anywhere an operand may and then
// take all that binds tighter than they do.
#include <array>

#include "php_parse/parser.h"

namespace banyan::php {

namespace {

// How tight the operators bind, loosest first: the precedence table of zend_language_parser.y.
enum Power : int {
  kAnyPower = 0,
  kIncludePower = 3,
  kOrPower = 4,
  kXorPower = 5,
  kAndPower = 6,
  kPrintPower = 7,
  kYieldPower = 8,
  kDoubleArrowPower = 9,
  kYieldFromPower = 10,
  kAssignPower = 11,
  kTernaryPower = 12,
  kCoalescePower = 13,
  kOrOrPower = 14,
  kAndAndPower = 15,
  kBitOrPower = 16,
  kBitXorPower = 17,
  kBitAndPower = 18,
  kEqualityPower = 19,
  kComparisonPower = 20,
  kPipePower = 21,
  kConcatPower = 22,
  kShiftPower = 23,
  kSumPower = 24,
  kProductPower = 25,
  kNotPower = 26,
  kInstanceofPower = 27,
  kSignPower = 28,
  kPowerPower = 29,
};

constexpr std::array<std::uint8_t, 256> make_powers() {
  std::array<std::uint8_t, 256> powers = {};
  const auto set = [&powers](std::initializer_list<TokenKind> kinds, int power) {
    for (const TokenKind kind : kinds) powers[static_cast<unsigned>(kind)] = static_cast<std::uint8_t>(power);
  };
  set({TokenKind::kLogicalOr}, kOrPower);
  set({TokenKind::kLogicalXor}, kXorPower);
  set({TokenKind::kLogicalAnd}, kAndPower);
  set({TokenKind::kQuestion}, kTernaryPower);
  set({TokenKind::kCoalesce}, kCoalescePower);
  set({TokenKind::kOrOr}, kOrOrPower);
  set({TokenKind::kAndAnd}, kAndAndPower);
  set({TokenKind::kPipe}, kBitOrPower);
  set({TokenKind::kCaret}, kBitXorPower);
  set({TokenKind::kAmpersand}, kBitAndPower);
  set({TokenKind::kEqual, TokenKind::kNotEqual, TokenKind::kIdentical, TokenKind::kNotIdentical, TokenKind::kSpaceship},
      kEqualityPower);
  set({TokenKind::kLess, TokenKind::kLessEqual, TokenKind::kGreater, TokenKind::kGreaterEqual}, kComparisonPower);
  set({TokenKind::kPipeArrow}, kPipePower);
  set({TokenKind::kDot}, kConcatPower);
  set({TokenKind::kShiftLeft, TokenKind::kShiftRight}, kShiftPower);
  set({TokenKind::kPlus, TokenKind::kMinus}, kSumPower);
  set({TokenKind::kStar, TokenKind::kSlash, TokenKind::kPercent}, kProductPower);
  set({TokenKind::kInstanceof}, kInstanceofPower);
  set({TokenKind::kPower}, kPowerPower);
  return powers;
}

constexpr std::array<std::uint8_t, 256> kPowers = make_powers();

constexpr bool binds_once(int power) { return power == kEqualityPower || power == kComparisonPower; }
constexpr bool binds_right(int power) { return power == kCoalescePower || power == kPowerPower; }

}  // namespace

// 0 for what is no infix operator.
int Parser::infix_power(TokenKind kind) const {
  if (kind == TokenKind::kDot && !has(Feature::kLowConcat)) return kSumPower;
  return kPowers[static_cast<unsigned>(kind)];
}

// An expression of operators that bind at least as tight as `power`.
NodeId Parser::parse_expression(int power) {
  DepthScope depth(*this);
  if (!depth.ok()) return error_node();
  const std::uint32_t first = position_;
  const NodeId operand = parse_operand();
  return infix_power(kind_) == 0 ? operand : parse_infix(operand, first, power);
}

NodeId Parser::parse_infix(NodeId left, std::uint32_t first, int power) {
  int taken_once = 0;  // the power of the comparison just read: a second one may not follow
  while (true) {
    const TokenKind op = kind_;
    const int binds = infix_power(op);
    if (binds == 0 || binds < power) return left;
    if (binds == taken_once) {
      unexpected("parentheses around one of the comparisons");
      return left;
    }
    taken_once = binds_once(binds) ? binds : 0;
    if (op == TokenKind::kQuestion) {
      left = parse_ternary(left, first);
      continue;
    }
    advance();
    if (op == TokenKind::kInstanceof) {
      const NodeId class_name = parse_class_reference();
      left = node(Kind::kInstanceof, first, {left, class_name});
      continue;
    }
    const NodeId right = parse_expression(binds_right(binds) ? binds : binds + 1);
    left = node(Kind::kBinary, first, {left, right}, 0, op);
    if (lost_) return left;
  }
}

NodeId Parser::parse_ternary(NodeId condition, std::uint32_t first) {
  advance();
  if (accept(TokenKind::kColon)) {
    const NodeId otherwise = parse_expression(kTernaryPower + 1);
    return node(Kind::kTernary, first, {condition, NodeId{}, otherwise}, kFlagShort);
  }
  const NodeId then = parse_expression();
  expect(TokenKind::kColon);
  const NodeId otherwise = parse_expression(kTernaryPower + 1);
  return node(Kind::kTernary, first, {condition, then, otherwise});
}

NodeId Parser::parse_prefix(Kind kind, int power) {
  const std::uint32_t first = position_;
  const TokenKind op = kind_;
  advance();
  const NodeId operand = parse_expression(power);
  return node(kind, first, {operand}, 0, op);
}

NodeId Parser::parse_operand() {
  switch (kind_) {
    case TokenKind::kBang:
      return parse_prefix(Kind::kUnary, kNotPower + 1);
    case TokenKind::kPlus:
    case TokenKind::kMinus:
    case TokenKind::kTilde:
    case TokenKind::kAt:
      return parse_prefix(Kind::kUnary, kSignPower + 1);
    case TokenKind::kVoidCast:
      unexpected("the start of a statement before (void)");
      return error_node();
    case TokenKind::kIntCast:
    case TokenKind::kFloatCast:
    case TokenKind::kStringCast:
    case TokenKind::kArrayCast:
    case TokenKind::kObjectCast:
    case TokenKind::kBoolCast:
    case TokenKind::kUnsetCast:
      return parse_prefix(Kind::kCast, kSignPower + 1);
    case TokenKind::kInclude:
    case TokenKind::kIncludeOnce:
    case TokenKind::kRequire:
    case TokenKind::kRequireOnce:
      return parse_prefix(Kind::kInclude, kIncludePower + 1);
    case TokenKind::kPrint:
      return parse_prefix(Kind::kPrint, kPrintPower + 1);
    case TokenKind::kYieldFrom:
      return parse_prefix(Kind::kYieldFrom, kYieldFromPower + 1);
    case TokenKind::kYield:
      return parse_yield();
    case TokenKind::kThrow:
      return parse_throw();
    case TokenKind::kClone:
      return parse_clone();
    case TokenKind::kIncrement:
    case TokenKind::kDecrement:
      return parse_update();
    default:
      break;
  }
  const std::uint32_t first = position_;
  const Operand operand = parse_suffixes(parse_primary(), first);
  if (at(TokenKind::kAssign) && ast_.kind(operand.node) == Kind::kArray) return parse_assignment(operand.node, first);
  if ((operand.suffixes & kAssigned) == 0) return operand.node;
  if (is_assignment(kind_)) return parse_assignment(operand.node, first);
  if (at(TokenKind::kIncrement) || at(TokenKind::kDecrement)) {
    const TokenKind op = kind_;
    advance();
    return node(Kind::kPostfixUpdate, first, {operand.node}, 0, op);
  }
  return operand.node;
}

// ++$a and --$a.
NodeId Parser::parse_update() {
  DepthScope depth(*this);
  if (!depth.ok()) return error_node();
  const std::uint32_t first = position_;
  const TokenKind op = kind_;
  advance();
  const NodeId variable = parse_variable();
  return node(Kind::kPrefixUpdate, first, {variable}, 0, op);
}

// The target is read; at the operator.
NodeId Parser::parse_assignment(NodeId target, std::uint32_t first) {
  const TokenKind op = kind_;
  advance();
  const bool to_list = ast_.kind(target) == Kind::kArray;
  if (to_list && (ast_.flags(target) & kFlagArraySyntax) != 0) unexpected("[] in place of array() before =");
  if (op == TokenKind::kAssign && at(TokenKind::kAmpersand) && !to_list) {
    advance();
    const bool news = at(TokenKind::kNew) && !has(Feature::kUniformVariableSyntax);
    const NodeId value = news ? parse_operand() : parse_variable();
    return node(Kind::kAssignReference, first, {target, value});
  }
  const NodeId value = parse_expression(kAssignPower + 1);
  return node(Kind::kAssign, first, {target, value}, 0, op);
}

// What may be assigned to, by the grammar: variables, their elements and properties, and calls.
NodeId Parser::parse_variable() {
  const std::uint32_t first = position_;
  const Operand operand = parse_suffixes(parse_primary(), first);
  if ((operand.suffixes & kAssigned) == 0) unexpected("variable");
  return operand.node;
}

NodeId Parser::parse_yield() {
  const std::uint32_t first = position_;
  advance();
  if (!starts_expression()) return node(Kind::kYield, first, {NodeId{}, NodeId{}});
  NodeId value = parse_expression(kYieldPower + 1);
  NodeId key;
  if (accept(TokenKind::kDoubleArrow)) {
    key = value;
    value = parse_expression(kDoubleArrowPower + 1);
  }
  return node(Kind::kYield, first, {key, value});
}

// Before PHP 8 a statement of its own.
NodeId Parser::parse_throw() {
  const std::uint32_t first = position_;
  if (first != statement_first_) require(Feature::kThrowExpression, "throw inside of an expression");
  advance();
  const NodeId operand = parse_expression(kAnyPower);
  return node(Kind::kThrow, first, {operand});
}

// clone $a, and since 8.5 clone($a, ["b" => 1]) and clone(...).
NodeId Parser::parse_clone() {
  const std::uint32_t first = position_;
  if (has(Feature::kCloneWith) && peek() == TokenKind::kOpenParen) {
    const NodeId name = token_node(Kind::kName);
    const NodeId arguments = parse_arguments();
    const Operand operand = parse_suffixes({node(Kind::kCall, first, {name, arguments}), kDereferenced}, first);
    return operand.node;
  }
  return parse_prefix(Kind::kClone, kPowerPower + 1);
}

// Whether an expression can begin at the token: what a bare yield is told by.
bool Parser::starts_expression() const {
  switch (kind_) {
    case TokenKind::kCloseParen:
    case TokenKind::kCloseBracket:
    case TokenKind::kCloseBrace:
    case TokenKind::kComma:
    case TokenKind::kSemicolon:
    case TokenKind::kCloseTag:
    case TokenKind::kColon:
    case TokenKind::kDoubleArrow:
    case TokenKind::kAs:
    case TokenKind::kEndOfFile:
      return false;
    case TokenKind::kPlus:
    case TokenKind::kMinus:
      return true;
    default:
      return infix_power(kind_) == 0;
  }
}

}  // namespace banyan::php
