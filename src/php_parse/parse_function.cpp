// Functions, closures, parameters and attributes.
#include "php_parse/parser.h"

namespace banyan::php {

namespace {

bool is_parameter_modifier(TokenKind kind) {
  return (kind >= TokenKind::kFinal && kind <= TokenKind::kPublic) || kind == TokenKind::kReadonly ||
         (kind >= TokenKind::kPublicSet && kind <= TokenKind::kPrivateSet);
}

}  // namespace

// #[A, B(1)] #[C]
NodeId Parser::parse_attributes() {
  ListScope list(*this);
  while (at(TokenKind::kAttributeOpen) && !lost_) list.add(parse_attribute_group());
  return list.finish(Kind::kList);
}

NodeId Parser::parse_attribute_group() {
  DepthScope depth(*this);
  ListScope list(*this);
  if (!depth.ok()) return list.finish(Kind::kAttributeGroup);
  advance();
  do {
    if (at(TokenKind::kCloseBracket) && !list.empty()) break;
    const std::uint32_t first = position_;
    const NodeId name = parse_class_name();
    const NodeId arguments = at(TokenKind::kOpenParen) ? parse_arguments() : NodeId{};
    list.add(node(Kind::kAttribute, first, {name, arguments}));
  } while (accept(TokenKind::kComma) && !lost_);
  expect(TokenKind::kCloseBracket);
  return list.finish(Kind::kAttributeGroup);
}

NodeId Parser::parse_function(std::uint32_t first, NodeId attributes) {
  advance();
  const bool reference = accept(TokenKind::kAmpersand);
  const NodeId name = token_node(Kind::kIdentifier);
  const NodeId parameters = parse_parameters();
  const NodeId type = parse_return_type();
  const NodeId body = parse_block();
  return node(Kind::kFunction, first, {attributes, {}, name, parameters, {}, type, body},
              reference ? kFlagReference : 0);
}

// function () use ($a) { } and fn () => expression, each perhaps after "static".
NodeId Parser::parse_closure(std::uint32_t first, NodeId attributes) {
  DepthScope depth(*this);
  if (!depth.ok()) return error_node();
  NodeId modifiers;
  if (at(TokenKind::kStatic)) modifiers = token_node(Kind::kModifiers, kFlagStatic);
  const bool arrow = at(TokenKind::kFn);
  if (!arrow && !at(TokenKind::kFunction)) {
    unexpected("function");
    return error_node();
  }
  advance();
  const std::uint16_t flags = accept(TokenKind::kAmpersand) ? kFlagReference : 0;
  const NodeId parameters = parse_parameters();
  const NodeId uses = !arrow && at(TokenKind::kUse) ? parse_closure_uses() : NodeId{};
  const NodeId type = parse_return_type();
  NodeId body;
  if (arrow) {
    expect(TokenKind::kDoubleArrow);
    body = parse_expression();
  } else {
    body = parse_block();
  }
  return node(arrow ? Kind::kArrowFunction : Kind::kClosure, first,
              {attributes, modifiers, {}, parameters, uses, type, body}, flags);
}

NodeId Parser::parse_parameters() {
  ListScope list(*this);
  expect(TokenKind::kOpenParen);
  while (!ends_operand_list(TokenKind::kCloseParen)) {
    list.add(parse_parameter());
    if (!accept(TokenKind::kComma)) break;
    if (at(TokenKind::kCloseParen)) require(Feature::kParameterTrailingComma, "A trailing comma after parameters");
  }
  expect(TokenKind::kCloseParen);
  return list.finish(Kind::kList);
}

NodeId Parser::parse_parameter() {
  const std::uint32_t first = position_;
  const NodeId attributes = at(TokenKind::kAttributeOpen) ? parse_attributes() : NodeId{};
  NodeId modifiers;
  if (is_parameter_modifier(kind())) {
    require(Feature::kPromotedProperty, "A promoted constructor parameter");
    if (at(TokenKind::kFinal)) require(Feature::kFinalPromotion, "A final promoted property");
    modifiers = parse_modifiers(is_parameter_modifier);
  }
  const NodeId type = at_type(false) ? parse_type(false) : NodeId{};
  std::uint16_t flags = 0;
  if (at(TokenKind::kAmpersand)) {
    if (!ampersand_before_variable()) unexpected("variable");
    advance();
    flags |= kFlagReference;
  }
  if (accept(TokenKind::kEllipsis)) flags |= kFlagVariadic;
  NodeId variable;
  if (at(TokenKind::kVariable)) {
    variable = token_node(Kind::kVariable);
  } else {
    unexpected("variable");
  }
  const NodeId value = accept(TokenKind::kAssign) ? parse_expression() : NodeId{};
  const NodeId hooks = at(TokenKind::kOpenBrace) && has(Feature::kPropertyHook) ? parse_hooks() : NodeId{};
  return node(Kind::kParameter, first, {attributes, modifiers, type, variable, value, hooks}, flags);
}

NodeId Parser::parse_return_type() {
  if (!at(TokenKind::kColon)) return {};
  require(Feature::kReturnTypes, "A return type");
  advance();
  return parse_type(true);
}

NodeId Parser::parse_closure_uses() {
  ListScope list(*this);
  advance();
  expect(TokenKind::kOpenParen);
  do {
    if (at(TokenKind::kCloseParen) && !list.empty() && require(Feature::kParameterTrailingComma, "A trailing comma"))
      break;
    const std::uint32_t first = position_;
    const bool reference = accept(TokenKind::kAmpersand);
    if (!at(TokenKind::kVariable)) {
      unexpected("variable");
      break;
    }
    const NodeId variable = token_node(Kind::kVariable);
    list.add(node(Kind::kClosureUse, first, {variable}, reference ? kFlagReference : 0));
  } while (accept(TokenKind::kComma) && !lost_);
  expect(TokenKind::kCloseParen);
  return list.finish(Kind::kList);
}

// const A = 1, B = 2; inside of a class perhaps with a type before the first name.
NodeId Parser::parse_constants(std::uint32_t first, NodeId attributes, NodeId modifiers, bool in_class) {
  advance();
  NodeId type;
  if (in_class) {
    const bool plain = at_member_identifier() && peek() == TokenKind::kAssign;
    if (!plain && at_type(true)) {
      require(Feature::kTypedClassConstant, "A typed class constant");
      type = parse_type(true);
    }
  }
  ListScope list(*this);
  do {
    const std::uint32_t item_first = position_;
    const NodeId name = parse_identifier(in_class);
    expect(TokenKind::kAssign);
    const NodeId value = parse_expression();
    list.add(node(Kind::kConstantItem, item_first, {name, value}));
  } while (accept(TokenKind::kComma) && !lost_);
  const NodeId items = list.finish(Kind::kList);
  expect_terminator();
  return node(Kind::kConstants, first, {attributes, modifiers, type, items});
}

}  // namespace banyan::php
