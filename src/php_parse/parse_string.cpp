// Strings with interpolation: "...", `...` and heredocs.
#include "php_parse/parser.h"

namespace banyan::php {

NodeId Parser::parse_interpolated(Kind kind, TokenKind close) {
  DepthScope depth(*this);
  ListScope list(*this);
  if (!depth.ok()) return list.finish(kind);
  advance();
  while (!ends_operand_list(close)) list.add(parse_string_part());
  expect(close);
  return list.finish(kind);
}

NodeId Parser::parse_heredoc() {
  DepthScope depth(*this);
  ListScope list(*this);
  if (!depth.ok()) return list.finish(Kind::kHeredoc);
  const bool nowdoc = text().find('\'') != std::string_view::npos;
  advance();
  while (!ends_operand_list(TokenKind::kHeredocEnd)) list.add(parse_string_part());
  expect(TokenKind::kHeredocEnd);
  return list.finish(Kind::kHeredoc, nowdoc ? kFlagNowdoc : 0);
}

NodeId Parser::parse_string_part() {
  switch (kind_) {
    case TokenKind::kStringText:
      return token_node(Kind::kStringText);
    case TokenKind::kVariable:
      return parse_string_variable();
    case TokenKind::kDollarBrace:
      return parse_dollar_brace();
    case TokenKind::kBraceDollar: {
      const std::uint32_t first = position_;
      advance();
      const NodeId variable = parse_variable();
      expect(TokenKind::kCloseBrace);
      return node(Kind::kParenthesized, first, {variable}, kFlagBraces);
    }
    default:
      unexpected("string content");
      return error_node();
  }
}

// $a, $a[b], $a[1], $a[-1], $a[$b], $a->b: the simple forms, where a name in brackets needs no quotes.
NodeId Parser::parse_string_variable() {
  const std::uint32_t first = position_;
  const NodeId variable = token_node(Kind::kVariable, kFlagInString);
  if (at(TokenKind::kArrow) || at(TokenKind::kNullsafeArrow)) {
    const Kind kind = at(TokenKind::kArrow) ? Kind::kProperty : Kind::kNullsafeProperty;
    advance();
    const NodeId name = parse_identifier(false);
    return node(kind, first, {variable, name}, kFlagInString);
  }
  if (!accept(TokenKind::kOpenBracket)) return variable;
  const std::uint32_t index_first = position_;
  NodeId index;
  if (at(TokenKind::kIdentifier)) {
    index = token_node(Kind::kIdentifier);
  } else if (at(TokenKind::kVariable)) {
    index = token_node(Kind::kVariable);
  } else {
    if (at(TokenKind::kMinus) && require(Feature::kNegativeStringOffset, "A negative offset in a string")) advance();
    expect(TokenKind::kNumberInString);
    index = node(Kind::kInteger, index_first, Children{}, kFlagInString);
  }
  expect(TokenKind::kCloseBracket);
  return node(Kind::kIndex, first, {variable, index}, kFlagInString);
}

// ${name}, ${name[expression]}, ${expression}.
NodeId Parser::parse_dollar_brace() {
  const std::uint32_t first = position_;
  advance();
  NodeId inner;
  if (at(TokenKind::kVariableName)) {
    const std::uint32_t name_first = position_;
    inner = token_node(Kind::kIdentifier);
    if (accept(TokenKind::kOpenBracket)) {
      const NodeId index = parse_expression();
      expect(TokenKind::kCloseBracket);
      inner = node(Kind::kIndex, name_first, {inner, index}, kFlagInString);
    }
  } else {
    inner = parse_expression();
  }
  expect(TokenKind::kCloseBrace);
  return node(Kind::kVariableVariable, first, {inner}, kFlagBraces | kFlagInString);
}

}  // namespace banyan::php
