// Property hooks and the adaptations of traits.
#include "php_parse/parser.h"

namespace banyan::php {

namespace {

bool is_hook_modifier(TokenKind kind) { return kind >= TokenKind::kAbstract && kind <= kLastModifier; }

}  // namespace

// { get => $this->a; final set(int $b) { ... } }
NodeId Parser::parse_hooks() {
  DepthScope depth(*this);
  ListScope list(*this);
  if (!depth.ok()) return list.finish(Kind::kList);
  advance();
  ++inner_;
  while (!ends_operand_list(TokenKind::kCloseBrace)) list.add(parse_hook());
  --inner_;
  expect(TokenKind::kCloseBrace);
  return list.finish(Kind::kList);
}

NodeId Parser::parse_hook() {
  const std::uint32_t first = position_;
  const NodeId attributes = at(TokenKind::kAttributeOpen) ? parse_attributes() : NodeId{};
  const NodeId modifiers = is_hook_modifier(kind()) ? parse_modifiers(is_hook_modifier) : NodeId{};
  std::uint16_t flags = accept(TokenKind::kAmpersand) ? kFlagReference : 0;
  const NodeId name = parse_identifier(false);
  const NodeId parameters = at(TokenKind::kOpenParen) ? parse_parameters() : NodeId{};
  NodeId body;
  if (at_terminator()) {
    flags |= kFlagNoBody;
    advance();
  } else if (accept(TokenKind::kDoubleArrow)) {
    body = parse_expression();
    expect_terminator();
  } else {
    body = parse_block();
  }
  return node(Kind::kPropertyHook, first, {attributes, modifiers, name, parameters, {}, {}, body}, flags);
}

// use A, B; or use A, B { A::f insteadof B; B::f as protected g; }
NodeId Parser::parse_trait_use() {
  const std::uint32_t first = position_;
  advance();
  const NodeId names = parse_name_list();
  if (!at(TokenKind::kOpenBrace)) {
    expect_terminator();
    return node(Kind::kTraitUse, first, {names, NodeId{}});
  }
  advance();
  ListScope list(*this);
  while (!ends_operand_list(TokenKind::kCloseBrace)) list.add(parse_trait_adaptation());
  const NodeId adaptations = list.finish(Kind::kList);
  expect(TokenKind::kCloseBrace);
  return node(Kind::kTraitUse, first, {names, adaptations});
}

NodeId Parser::parse_trait_adaptation() {
  const std::uint32_t first = position_;
  NodeId class_name;
  NodeId name;
  if ((at_name() || at(TokenKind::kStatic)) &&
      !(at_member_identifier() && peek() != TokenKind::kDoubleColon && peek() != TokenKind::kBackslash)) {
    class_name = parse_class_name();
    expect(TokenKind::kDoubleColon);
  }
  name = parse_identifier(true);
  const NodeId method = node(Kind::kTraitMethod, first, {class_name, name});
  if (at(TokenKind::kInsteadof) && class_name) {
    advance();
    const NodeId names = parse_name_list();
    expect_terminator();
    return node(Kind::kTraitPrecedence, first, {method, names});
  }
  expect(TokenKind::kAs);
  NodeId modifiers;
  NodeId alias;
  if (kind() >= TokenKind::kAbstract && kind() <= kLastModifier) {
    modifiers = token_node(Kind::kModifiers);
    const auto one = static_cast<std::uint16_t>(stream_.tokens[ast_.header(modifiers).first].kind);
    static constexpr std::uint16_t kFlags[] = {kFlagAbstract, kFlagFinal,  kFlagPrivate, kFlagProtected,
                                               kFlagPublic,   kFlagStatic, kFlagReadonly};
    ast_.set_flags(modifiers, kFlags[one - static_cast<std::uint16_t>(TokenKind::kAbstract)]);
    if (!at_terminator()) alias = parse_identifier(true);
  } else {
    alias = parse_identifier(true);
  }
  expect_terminator();
  return node(Kind::kTraitAlias, first, {method, modifiers, alias});
}

}  // namespace banyan::php
