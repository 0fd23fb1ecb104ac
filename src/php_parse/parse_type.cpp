// Types and names.
#include "php_parse/parser.h"

namespace banyan::php {

bool Parser::at_name() const {
  switch (kind()) {
    case TokenKind::kIdentifier:
    case TokenKind::kQualifiedName:
    case TokenKind::kFullyQualifiedName:
    case TokenKind::kRelativeName:
      return true;
    case TokenKind::kBackslash:
      return !has(Feature::kNameTokens);
    case TokenKind::kNamespace:
      return !has(Feature::kNameTokens) && peek() == TokenKind::kBackslash;
    default:
      return false;
  }
}

// Before PHP 8 the parts of a name are tokens of their own, with white space allowed between them.
NodeId Parser::parse_name() {
  const std::uint32_t first = position_;
  if (!at_name()) {
    unexpected("name");
    return error_node();
  }
  if (has(Feature::kNameTokens)) return token_node(Kind::kName);
  if (accept(TokenKind::kNamespace) || at(TokenKind::kBackslash)) expect(TokenKind::kBackslash);
  expect(TokenKind::kIdentifier);
  while (at(TokenKind::kBackslash) && peek() == TokenKind::kIdentifier) {
    advance();
    advance();
  }
  return node(Kind::kName, first, Children{});
}

// A name or "static".
NodeId Parser::parse_class_name() {
  if (at(TokenKind::kStatic)) return token_node(Kind::kName);
  return parse_name();
}

bool Parser::at_member_identifier() const {
  return at(TokenKind::kIdentifier) || (is_semi_reserved(kind()) && has(Feature::kSemiReservedNames));
}

NodeId Parser::parse_identifier(bool reserved_allowed) {
  if (at(TokenKind::kIdentifier) || (reserved_allowed && at_member_identifier())) return token_node(Kind::kIdentifier);
  unexpected("identifier");
  return error_node();
}

// The name of a class: never a word of the language.
NodeId Parser::parse_declared_name() { return parse_identifier(false); }

bool Parser::at_type(bool allow_static) const {
  switch (kind()) {
    case TokenKind::kQuestion:
    case TokenKind::kArray:
    case TokenKind::kCallable:
      return true;
    case TokenKind::kOpenParen:
      return has(Feature::kDnfType);
    case TokenKind::kStatic:
      return allow_static;
    default:
      return at_name();
  }
}

NodeId Parser::parse_simple_type(bool allow_static) {
  const std::uint32_t first = position_;
  NodeId name;
  if (at(TokenKind::kArray) || at(TokenKind::kCallable) || (at(TokenKind::kStatic) && allow_static)) {
    if (at(TokenKind::kStatic)) require(Feature::kStaticReturnType, "The type static");
    name = token_node(Kind::kName);
  } else {
    name = parse_name();
  }
  return node(Kind::kNamedType, first, {name});
}

// A simple type, or an intersection in parentheses as it may stand in a union.
NodeId Parser::parse_type_element(bool allow_static) {
  if (!at(TokenKind::kOpenParen)) return parse_simple_type(allow_static);
  ListScope list(*this);
  require(Feature::kDnfType, "An intersection inside of a union");
  advance();
  list.add(parse_simple_type(allow_static));
  do {
    if (at(TokenKind::kAmpersand) && ampersand_before_variable()) unexpected("type");
    expect(TokenKind::kAmpersand);
    list.add(parse_simple_type(allow_static));
  } while (at(TokenKind::kAmpersand) && !lost_);
  expect(TokenKind::kCloseParen);
  return list.finish(Kind::kIntersectionType);
}

NodeId Parser::parse_type(bool allow_static) {
  DepthScope depth(*this);
  if (!depth.ok()) return error_node();
  const std::uint32_t first = position_;
  if (at(TokenKind::kQuestion)) {
    require(Feature::kNullableTypes, "A nullable type");
    advance();
    const NodeId type = parse_simple_type(allow_static);
    return node(Kind::kNullableType, first, {type});
  }
  ListScope list(*this);
  const bool parenthesized = at(TokenKind::kOpenParen);
  list.add(parse_type_element(allow_static));
  if (at(TokenKind::kPipe)) {
    require(Feature::kUnionType, "A union type");
    while (accept(TokenKind::kPipe) && !lost_) list.add(parse_type_element(allow_static));
    return list.finish(Kind::kUnionType);
  }
  if (parenthesized) unexpected("|");
  if (at(TokenKind::kAmpersand) && !ampersand_before_variable() && has(Feature::kIntersectionType)) {
    while (at(TokenKind::kAmpersand) && !ampersand_before_variable() && !lost_) {
      advance();
      list.add(parse_simple_type(allow_static));
    }
    return list.finish(Kind::kIntersectionType);
  }
  const NodeId only = gathered_.back();
  gathered_.pop_back();
  return only;
}

}  // namespace banyan::php
