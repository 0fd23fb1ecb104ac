// What follows an operand: elements, properties, calls and scopes.
#include "php_parse/parser.h"

namespace banyan::php {

Parser::Operand Parser::parse_suffixes(Operand operand, std::uint32_t first) {
  while (!lost_) {
    switch (kind_) {
      case TokenKind::kOpenBracket:
        if ((operand.suffixes & kIndexed) == 0) return operand;
        operand = parse_index(operand.node, first);
        break;
      case TokenKind::kOpenBrace:
        if ((operand.suffixes & kAssigned) == 0 || !has(Feature::kBraceIndex)) return operand;
        operand = parse_index(operand.node, first);
        break;
      case TokenKind::kArrow:
      case TokenKind::kNullsafeArrow:
        if ((operand.suffixes & kIndexed) == 0) return operand;
        operand = parse_member_access(operand.node, first);
        break;
      case TokenKind::kDoubleColon:
        if ((operand.suffixes & kScoped) == 0) return operand;
        operand = parse_scope(operand.node, first);
        break;
      case TokenKind::kOpenParen: {
        if ((operand.suffixes & kCalled) == 0) return operand;
        const NodeId arguments = parse_arguments();
        operand = {node(Kind::kCall, first, {operand.node, arguments}), kAll};
        break;
      }
      default:
        return operand;
    }
  }
  return operand;
}

// $a[1], $a[] and, before PHP 8, $a{1}.
Parser::Operand Parser::parse_index(NodeId base, std::uint32_t first) {
  const bool braces = at(TokenKind::kOpenBrace);
  const TokenKind close = braces ? TokenKind::kCloseBrace : TokenKind::kCloseBracket;
  advance();
  const NodeId index = at(close) && !braces ? NodeId{} : parse_expression();
  expect(close);
  return {node(Kind::kIndex, first, {base, index}, braces ? kFlagBraces : 0), kAll};
}

Parser::Operand Parser::parse_member_access(NodeId object, std::uint32_t first) {
  const bool nullsafe = at(TokenKind::kNullsafeArrow);
  advance();
  const NodeId name = parse_property_name();
  if (!at(TokenKind::kOpenParen)) {
    return {node(nullsafe ? Kind::kNullsafeProperty : Kind::kProperty, first, {object, name}), kAll};
  }
  const NodeId arguments = parse_arguments();
  return {node(nullsafe ? Kind::kNullsafeMethodCall : Kind::kMethodCall, first, {object, name, arguments}), kAll};
}

// A name, {expression}, or a variable that holds the name.
NodeId Parser::parse_property_name() {
  if (at(TokenKind::kIdentifier)) return token_node(Kind::kIdentifier);
  if (at(TokenKind::kOpenBrace)) {
    const std::uint32_t first = position_;
    advance();
    const NodeId expression = parse_expression();
    expect(TokenKind::kCloseBrace);
    return node(Kind::kParenthesized, first, {expression}, kFlagBraces);
  }
  return parse_simple_variable();
}

// A::B, A::class, A::$b, A::b(), A::$b(), A::{b}() and since 8.3 A::{b}.
Parser::Operand Parser::parse_scope(NodeId scope, std::uint32_t first) {
  advance();
  if (at(TokenKind::kVariable) || at(TokenKind::kDollar)) {
    const NodeId name = parse_simple_variable();
    if (!at(TokenKind::kOpenParen)) return {node(Kind::kStaticProperty, first, {scope, name}), kAll};
    const NodeId arguments = parse_arguments();
    return {node(Kind::kStaticCall, first, {scope, name, arguments}), kAll};
  }
  const bool braces = at(TokenKind::kOpenBrace);
  NodeId name;
  if (braces) {
    name = parse_property_name();
  } else if (at(TokenKind::kClass)) {
    name = token_node(Kind::kIdentifier);
  } else {
    name = parse_identifier(true);
  }
  if (at(TokenKind::kOpenParen)) {
    const NodeId arguments = parse_arguments();
    return {node(Kind::kStaticCall, first, {scope, name, arguments}), kAll};
  }
  if (braces) require(Feature::kDynamicClassConstant, "A computed class constant");
  return {node(Kind::kClassConstant, first, {scope, name}), kIndexed | kScoped};
}

// $a, $$a, ${expression}.
NodeId Parser::parse_simple_variable() {
  DepthScope depth(*this);
  if (!depth.ok()) return error_node();
  if (at(TokenKind::kVariable)) return token_node(Kind::kVariable);
  const std::uint32_t first = position_;
  if (!expect(TokenKind::kDollar)) return error_node();
  if (accept(TokenKind::kOpenBrace)) {
    const NodeId expression = parse_expression();
    expect(TokenKind::kCloseBrace);
    return node(Kind::kVariableVariable, first, {expression}, kFlagBraces);
  }
  const NodeId name = parse_simple_variable();
  return node(Kind::kVariableVariable, first, {name});
}

NodeId Parser::parse_arguments() {
  DepthScope depth(*this);
  ListScope list(*this);
  if (!depth.ok()) return list.finish(Kind::kArguments);
  advance();
  if (at(TokenKind::kEllipsis) && peek() == TokenKind::kCloseParen) {
    require(Feature::kFirstClassCallable, "A first-class callable");
    advance();
    advance();
    return list.finish(Kind::kCallablePlaceholder);
  }
  while (!ends_operand_list(TokenKind::kCloseParen)) {
    list.add(parse_argument());
    if (!accept(TokenKind::kComma)) break;
    if (at(TokenKind::kCloseParen)) require(Feature::kCallTrailingComma, "A trailing comma after arguments");
  }
  expect(TokenKind::kCloseParen);
  return list.finish(Kind::kArguments);
}

NodeId Parser::parse_argument() {
  const std::uint32_t first = position_;
  if (accept(TokenKind::kEllipsis)) {
    const NodeId value = parse_expression();
    return node(Kind::kArgument, first, {NodeId{}, value}, kFlagSpread);
  }
  NodeId name;
  if ((at(TokenKind::kIdentifier) || is_semi_reserved(kind_)) && peek() == TokenKind::kColon &&
      has(Feature::kNamedArgument)) {
    name = token_node(Kind::kIdentifier);
    advance();
  }
  const NodeId value = parse_expression();
  return node(Kind::kArgument, first, {name, value});
}

}  // namespace banyan::php
