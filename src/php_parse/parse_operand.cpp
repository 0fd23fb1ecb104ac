// What operators stand between: literals, names, parentheses, new, match and the functions that are words.
#include "php_parse/parser.h"

namespace banyan::php {

Parser::Operand Parser::parse_primary() {
  switch (kind_) {
    case TokenKind::kVariable:
      return {token_node(Kind::kVariable), kAll};
    case TokenKind::kDollar:
      return {parse_simple_variable(), kAll};
    case TokenKind::kInteger:
      return {token_node(Kind::kInteger), kNothing};
    case TokenKind::kFloat:
      return {token_node(Kind::kFloat), kNothing};
    case TokenKind::kStringLiteral:
      return {token_node(Kind::kString), kDereferenced};
    case TokenKind::kIdentifier:
    case TokenKind::kQualifiedName:
    case TokenKind::kFullyQualifiedName:
    case TokenKind::kRelativeName:
      return parse_name_primary();
    case TokenKind::kOpenParen: {
      const std::uint32_t first = position_;
      advance();
      const NodeId expression = parse_expression();
      expect(TokenKind::kCloseParen);
      return {node(Kind::kParenthesized, first, {expression}), kDereferenced};
    }
    case TokenKind::kOpenBracket:
      return parse_array(TokenKind::kCloseBracket, 0);
    case TokenKind::kNew:
      return parse_new();
    default:
      return parse_other_primary();
  }
}

Parser::Operand Parser::parse_other_primary() {
  const std::uint32_t first = position_;
  switch (kind_) {
    case TokenKind::kQuote: {
      const NodeId string = parse_interpolated(Kind::kInterpolated, TokenKind::kQuote);
      return {string, has(Feature::kNameTokens) ? kDereferenced : kNothing};
    }
    case TokenKind::kHeredocStart:
      return {parse_heredoc(), kNothing};
    case TokenKind::kBacktick:
      return {parse_interpolated(Kind::kShellCommand, TokenKind::kBacktick), kNothing};
    case TokenKind::kAttributeOpen: {
      const NodeId attributes = parse_attributes();
      return {parse_closure(first, attributes), kNothing};
    }
    case TokenKind::kFunction:
    case TokenKind::kFn:
      return {parse_closure(first, {}), kNothing};
    case TokenKind::kStatic:
      return parse_static_primary();
    case TokenKind::kBackslash:
      if (at_name()) return parse_name_primary();
      break;
    default:
      if (is_magic_constant(kind_)) {
        return {token_node(Kind::kMagicConstant), has(Feature::kNameTokens) ? kIndexed : kNothing};
      }
      return parse_keyword_primary();
  }
  unexpected("expression");
  return {error_node(), kNothing};
}

Parser::Operand Parser::parse_keyword_primary() {
  switch (kind_) {
    case TokenKind::kArray:
      if (peek() == TokenKind::kOpenParen) return parse_array(TokenKind::kCloseParen, kFlagArraySyntax);
      break;
    case TokenKind::kList:
      return {parse_list_target(), kNothing};
    case TokenKind::kIsset:
      return {parse_isset(), kNothing};
    case TokenKind::kEmpty:
      return {parse_parenthesized_operand(Kind::kEmpty), kNothing};
    case TokenKind::kEval:
      return {parse_parenthesized_operand(Kind::kEval), kNothing};
    case TokenKind::kExit:
      return {parse_exit(), kNothing};
    case TokenKind::kMatch:
      return {parse_match(), kNothing};
    case TokenKind::kNamespace:
      if (at_name()) return parse_name_primary();
      break;
    case TokenKind::kReadonly:
      if (peek() == TokenKind::kOpenParen) {
        const std::uint32_t first = position_;
        const NodeId name = token_node(Kind::kName);
        const NodeId arguments = parse_arguments();
        return {node(Kind::kCall, first, {name, arguments}), kAll};
      }
      break;
    default:
      break;
  }
  unexpected("expression");
  return {error_node(), kNothing};
}

// A name is a function before "(", a class before "::" and else a constant.
Parser::Operand Parser::parse_name_primary() {
  const std::uint32_t first = position_;
  const NodeId name = parse_name();
  if (at(TokenKind::kOpenParen)) {
    const NodeId arguments = parse_arguments();
    return {node(Kind::kCall, first, {name, arguments}), kAll};
  }
  if (at(TokenKind::kDoubleColon)) return parse_scope(name, first);
  return {node(Kind::kConstant, first, {name}), kIndexed};
}

// static::, static function and static fn.
Parser::Operand Parser::parse_static_primary() {
  const std::uint32_t first = position_;
  const TokenKind next = peek();
  if (next == TokenKind::kFunction || next == TokenKind::kFn) return {parse_closure(first, {}), kNothing};
  const NodeId name = token_node(Kind::kName);
  if (at(TokenKind::kDoubleColon)) return parse_scope(name, first);
  unexpected("::");
  return {name, kNothing};
}

NodeId Parser::parse_parenthesized_operand(Kind kind) {
  const std::uint32_t first = position_;
  advance();
  expect(TokenKind::kOpenParen);
  const NodeId operand = parse_expression();
  expect(TokenKind::kCloseParen);
  return node(kind, first, {operand});
}

NodeId Parser::parse_isset() {
  ListScope list(*this);
  advance();
  expect(TokenKind::kOpenParen);
  do {
    if (at(TokenKind::kCloseParen) && !list.empty() && require(Feature::kCallTrailingComma, "A trailing comma")) break;
    list.add(parse_expression());
  } while (accept(TokenKind::kComma) && !lost_);
  expect(TokenKind::kCloseParen);
  return list.finish(Kind::kIsset);
}

// exit; exit(); exit($a); since 8.4 any arguments, as of a function.
NodeId Parser::parse_exit() {
  const std::uint32_t first = position_;
  advance();
  if (!at(TokenKind::kOpenParen)) return node(Kind::kExit, first, {NodeId{}});
  if (has(Feature::kExitFunction)) {
    const NodeId arguments = parse_arguments();
    return node(Kind::kExit, first, {arguments}, kFlagWithArguments);
  }
  advance();
  const NodeId value = at(TokenKind::kCloseParen) ? NodeId{} : parse_expression();
  expect(TokenKind::kCloseParen);
  return node(Kind::kExit, first, {value}, kFlagWithArguments);
}

Parser::Operand Parser::parse_new() {
  DepthScope depth(*this);
  if (!depth.ok()) return {error_node(), kNothing};
  const std::uint32_t first = position_;
  advance();
  const Suffix called = has(Feature::kNewWithoutParentheses) ? kDereferenced : kNothing;
  const std::uint32_t class_first = position_;
  const NodeId attributes = at(TokenKind::kAttributeOpen) ? parse_attributes() : NodeId{};
  if (attributes || at(TokenKind::kClass) || at(TokenKind::kReadonly) || at(TokenKind::kFinal) ||
      at(TokenKind::kAbstract)) {
    const NodeId anonymous = parse_anonymous_class(class_first, attributes);
    return {node(Kind::kNew, first, {anonymous, NodeId{}}), called};
  }
  const NodeId name = parse_class_reference();
  if (!at(TokenKind::kOpenParen)) return {node(Kind::kNew, first, {name, NodeId{}}), kNothing};
  const NodeId arguments = parse_arguments();
  return {node(Kind::kNew, first, {name, arguments}), called};
}

// What may follow new and instanceof: a name, a variable with elements and properties but no calls, or (expression).
NodeId Parser::parse_class_reference() {
  const std::uint32_t first = position_;
  if (at(TokenKind::kStatic) || at_name()) {
    const NodeId name = parse_class_name();
    if (!at(TokenKind::kDoubleColon)) return name;
    advance();
    const NodeId variable = parse_simple_variable();
    return parse_class_reference_suffixes(node(Kind::kStaticProperty, first, {name, variable}), first);
  }
  if (at(TokenKind::kOpenParen) && has(Feature::kNameTokens)) {
    advance();
    const NodeId expression = parse_expression();
    expect(TokenKind::kCloseParen);
    return node(Kind::kParenthesized, first, {expression});
  }
  return parse_class_reference_suffixes(parse_simple_variable(), first);
}

NodeId Parser::parse_class_reference_suffixes(NodeId base, std::uint32_t first) {
  while (!lost_) {
    if (at(TokenKind::kOpenBracket) || (at(TokenKind::kOpenBrace) && has(Feature::kBraceIndex))) {
      base = parse_index(base, first).node;
    } else if (at(TokenKind::kArrow) || at(TokenKind::kNullsafeArrow)) {
      const Kind kind = at(TokenKind::kArrow) ? Kind::kProperty : Kind::kNullsafeProperty;
      advance();
      const NodeId name = parse_property_name();
      base = node(kind, first, {base, name});
    } else if (at(TokenKind::kDoubleColon)) {
      advance();
      const NodeId variable = parse_simple_variable();
      base = node(Kind::kStaticProperty, first, {base, variable});
    } else {
      break;
    }
  }
  return base;
}

NodeId Parser::parse_match() {
  const std::uint32_t first = position_;
  advance();
  const NodeId subject = parse_condition();
  expect(TokenKind::kOpenBrace);
  ListScope list(*this);
  while (!ends_operand_list(TokenKind::kCloseBrace)) {
    list.add(parse_match_arm());
    if (!accept(TokenKind::kComma)) break;
  }
  const NodeId arms = list.finish(Kind::kList);
  expect(TokenKind::kCloseBrace);
  return node(Kind::kMatch, first, {subject, arms});
}

NodeId Parser::parse_match_arm() {
  const std::uint32_t first = position_;
  NodeId conditions;
  std::uint16_t flags = 0;
  const TokenKind next = peek();
  if (at(TokenKind::kDefault) && (next == TokenKind::kDoubleArrow || next == TokenKind::kComma)) {
    flags = kFlagDefault;
    advance();
    accept(TokenKind::kComma);
  } else {
    ListScope list(*this);
    do {
      if (at(TokenKind::kDoubleArrow) && !list.empty()) break;
      list.add(parse_expression());
    } while (accept(TokenKind::kComma) && !lost_);
    conditions = list.finish(Kind::kList);
  }
  expect(TokenKind::kDoubleArrow);
  const NodeId body = parse_expression();
  return node(Kind::kMatchArm, first, {conditions, body}, flags);
}

// At "[" or at the word before "(".
Parser::Operand Parser::parse_array(TokenKind close, std::uint16_t flags) {
  DepthScope depth(*this);
  ListScope list(*this);
  if (!depth.ok()) return {list.finish(Kind::kArray), kNothing};
  if (close == TokenKind::kCloseParen) advance();
  expect(close == TokenKind::kCloseParen ? TokenKind::kOpenParen : TokenKind::kOpenBracket);
  while (!ends_operand_list(close)) {
    list.add(parse_array_item());
    if (!accept(TokenKind::kComma)) break;
  }
  expect(close);
  return {list.finish(Kind::kArray, flags), kDereferenced};
}

// An item with neither key nor value stands for nothing between two commas: lists skip it, arrays may not have it.
NodeId Parser::parse_array_item() {
  const std::uint32_t first = position_;
  if (at(TokenKind::kComma)) {
    return node(Kind::kArrayItem, last_end_, {NodeId{}, NodeId{}});
  }
  if (accept(TokenKind::kEllipsis)) {
    const NodeId value = parse_expression();
    return node(Kind::kArrayItem, first, {NodeId{}, value}, kFlagSpread);
  }
  NodeId key;
  if (!at(TokenKind::kAmpersand)) {
    const NodeId value = parse_expression();
    if (!accept(TokenKind::kDoubleArrow)) return node(Kind::kArrayItem, first, {NodeId{}, value});
    key = value;
  }
  if (accept(TokenKind::kAmpersand)) {
    const NodeId variable = parse_variable();
    return node(Kind::kArrayItem, first, {key, variable}, kFlagReference);
  }
  const NodeId value = parse_expression();
  return node(Kind::kArrayItem, first, {key, value});
}

// list(...), alone as it may stand inside of another list and in foreach, or with its assignment. That it stands alone
// elsewhere is for compile_checks to refuse.
NodeId Parser::parse_list_target() {
  const std::uint32_t first = position_;
  const NodeId list = parse_array(TokenKind::kCloseParen, kFlagListSyntax).node;
  if (!at(TokenKind::kAssign)) return list;
  return parse_assignment(list, first);
}

}  // namespace banyan::php
