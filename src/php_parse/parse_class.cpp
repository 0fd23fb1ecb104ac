// Classes, interfaces, traits, enums and what stands in them. Hooks and trait adaptations are in parse_member.cpp.
#include "php_parse/parser.h"

namespace banyan::php {

namespace {

bool is_class_modifier(TokenKind kind) {
  return kind == TokenKind::kAbstract || kind == TokenKind::kFinal || kind == TokenKind::kReadonly;
}

bool is_member_modifier(TokenKind kind) {
  return (kind >= TokenKind::kAbstract && kind <= kLastModifier) ||
         (kind >= TokenKind::kPublicSet && kind <= TokenKind::kPrivateSet);
}

std::uint16_t modifier_flag(TokenKind kind) {
  switch (kind) {
    case TokenKind::kAbstract:
      return kFlagAbstract;
    case TokenKind::kFinal:
      return kFlagFinal;
    case TokenKind::kPrivate:
      return kFlagPrivate;
    case TokenKind::kProtected:
      return kFlagProtected;
    case TokenKind::kPublic:
      return kFlagPublic;
    case TokenKind::kStatic:
      return kFlagStatic;
    case TokenKind::kReadonly:
      return kFlagReadonly;
    case TokenKind::kPublicSet:
      return kFlagPublicSet;
    case TokenKind::kProtectedSet:
      return kFlagProtectedSet;
    case TokenKind::kPrivateSet:
      return kFlagPrivateSet;
    default:
      return kFlagVar;
  }
}

constexpr std::uint16_t kVisibility = kFlagPublic | kFlagProtected | kFlagPrivate;
constexpr std::uint16_t kSetVisibility = kFlagPublicSet | kFlagProtectedSet | kFlagPrivateSet;

// Why the modifier cannot be added to those before it; null where it can.
const char* modifier_conflict(std::uint16_t before, std::uint16_t added) {
  if ((added & kVisibility) != 0 && (before & kVisibility) != 0)
    return "Multiple access type modifiers are not allowed";
  if ((added & kSetVisibility) != 0 && (before & kSetVisibility) != 0) {
    return "Multiple access type modifiers are not allowed";
  }
  if ((before & added) != 0) return "A modifier stands twice";
  const std::uint16_t both = before | added;
  if ((both & kFlagAbstract) != 0 && (both & kFlagFinal) != 0) return "abstract and final exclude each other";
  return nullptr;
}

}  // namespace

NodeId Parser::parse_modifiers(bool (*allowed)(TokenKind)) {
  const std::uint32_t first = position_;
  std::uint16_t flags = 0;
  while (allowed(kind())) {
    const std::uint16_t added = modifier_flag(kind());
    if (const char* conflict = modifier_conflict(flags, added)) complain(position_, "parse.modifiers", conflict);
    flags |= added;
    advance();
  }
  return node(Kind::kModifiers, first, Children{}, flags);
}

bool Parser::at_class_declaration() const {
  switch (kind()) {
    case TokenKind::kClass:
    case TokenKind::kInterface:
    case TokenKind::kTrait:
    case TokenKind::kEnum:
    case TokenKind::kAbstract:
    case TokenKind::kFinal:
      return true;
    case TokenKind::kReadonly: {
      const TokenKind next = peek();
      return next == TokenKind::kClass || is_class_modifier(next);
    }
    default:
      return false;
  }
}

NodeId Parser::parse_class_declaration(std::uint32_t first, NodeId attributes) {
  NodeId modifiers;
  if (is_class_modifier(kind())) {
    modifiers = parse_modifiers(is_class_modifier);
    if ((ast_.flags(modifiers) & kFlagReadonly) != 0) require(Feature::kReadonlyClass, "A readonly class");
    if (!at(TokenKind::kClass)) unexpected("class");
  }
  Kind kind = Kind::kClass;
  if (at(TokenKind::kInterface)) kind = Kind::kInterface;
  if (at(TokenKind::kTrait)) kind = Kind::kTrait;
  if (at(TokenKind::kEnum)) kind = Kind::kEnum;
  advance();
  const NodeId name = parse_declared_name();
  NodeId backing;
  if (kind == Kind::kEnum && accept(TokenKind::kColon)) backing = parse_type(true);
  NodeId extends;
  if ((kind == Kind::kClass || kind == Kind::kInterface) && accept(TokenKind::kExtends)) {
    extends = kind == Kind::kInterface ? parse_name_list() : parse_class_name();
  }
  NodeId implements;
  if ((kind == Kind::kClass || kind == Kind::kEnum) && accept(TokenKind::kImplements)) implements = parse_name_list();
  const NodeId members = parse_members();
  return node(kind, first, {attributes, modifiers, name, {}, backing, extends, implements, members});
}

// Behind "new" and its attributes and modifiers.
NodeId Parser::parse_anonymous_class(std::uint32_t first, NodeId attributes) {
  NodeId modifiers;
  if (at(TokenKind::kReadonly) || at(TokenKind::kFinal) || at(TokenKind::kAbstract)) {
    require(Feature::kReadonlyAnonymousClass, "A readonly anonymous class");
    modifiers = parse_modifiers(is_class_modifier);
    if ((ast_.flags(modifiers) & (kFlagAbstract | kFlagFinal)) != 0) {
      complain(first, "parse.modifiers", "An anonymous class may only be readonly");
    }
  }
  require(Feature::kAnonymousClasses, "An anonymous class");
  expect(TokenKind::kClass);
  const NodeId arguments = at(TokenKind::kOpenParen) ? parse_arguments() : NodeId{};
  const NodeId extends = accept(TokenKind::kExtends) ? parse_class_name() : NodeId{};
  const NodeId implements = accept(TokenKind::kImplements) ? parse_name_list() : NodeId{};
  const NodeId members = parse_members();
  return node(Kind::kAnonymousClass, first, {attributes, modifiers, {}, arguments, {}, extends, implements, members});
}

NodeId Parser::parse_name_list() {
  ListScope list(*this);
  do {
    list.add(parse_class_name());
  } while (accept(TokenKind::kComma) && !lost_);
  return list.finish(Kind::kList);
}

NodeId Parser::parse_members() {
  DepthScope depth(*this);
  ListScope list(*this);
  if (!depth.ok() || !expect(TokenKind::kOpenBrace)) return list.finish(Kind::kList);
  ++inner_;
  while (!at(TokenKind::kCloseBrace) && !at_end()) {
    const std::uint32_t before = position_;
    const NodeId member = parse_member();
    if (position_ != before) list.add(member);
    if (!lost_ && position_ != before) continue;
    if (!lost_) unexpected();
    if (at_end() || (position_ != before && at(TokenKind::kCloseBrace))) break;
    list.add(skip_to_statement());
  }
  --inner_;
  lost_ = stopped_;
  expect(TokenKind::kCloseBrace);
  return list.finish(Kind::kList);
}

NodeId Parser::parse_member() {
  const std::uint32_t first = position_;
  if (at(TokenKind::kUse)) return parse_trait_use();
  const NodeId attributes = at(TokenKind::kAttributeOpen) ? parse_attributes() : NodeId{};
  if (at(TokenKind::kCase)) return parse_enum_case(first, attributes);
  NodeId modifiers;
  if (at(TokenKind::kVar)) {
    modifiers = token_node(Kind::kModifiers, kFlagVar);
    return parse_properties(first, attributes, modifiers);
  }
  if (is_member_modifier(kind())) modifiers = parse_modifiers(is_member_modifier);
  if (at(TokenKind::kConst)) {
    if (modifiers) require(Feature::kClassConstantModifiers, "A modifier of a class constant");
    return parse_constants(first, attributes, modifiers, true);
  }
  if (at(TokenKind::kFunction)) return parse_method(first, attributes, modifiers);
  if (!modifiers) {
    unexpected("a member");
    return error_node();
  }
  return parse_properties(first, attributes, modifiers);
}

NodeId Parser::parse_method(std::uint32_t first, NodeId attributes, NodeId modifiers) {
  advance();
  std::uint16_t flags = accept(TokenKind::kAmpersand) ? kFlagReference : 0;
  const NodeId name = parse_identifier(true);
  const NodeId parameters = parse_parameters();
  const NodeId type = parse_return_type();
  NodeId body;
  if (at_terminator()) {
    flags |= kFlagNoBody;
    advance();
  } else {
    body = parse_block();
  }
  return node(Kind::kMethod, first, {attributes, modifiers, name, parameters, {}, type, body}, flags);
}

NodeId Parser::parse_properties(std::uint32_t first, NodeId attributes, NodeId modifiers) {
  NodeId type;
  if (at_type(false)) {
    require(Feature::kTypedProperty, "A typed property");
    type = parse_type(false);
  }
  ListScope list(*this);
  bool hooked = false;
  do {
    const NodeId item = parse_property_item();
    hooked = static_cast<bool>(ast_.child(item, 2));
    if (hooked && !list.empty()) complain(last_end_ - 1, "parse.hooked-list", "A property with hooks stands alone");
    list.add(item);
  } while (!hooked && accept(TokenKind::kComma) && !lost_);
  const NodeId items = list.finish(Kind::kList);
  if (!hooked) expect_terminator();
  return node(Kind::kProperties, first, {attributes, modifiers, type, items});
}

NodeId Parser::parse_property_item() {
  const std::uint32_t first = position_;
  if (!at(TokenKind::kVariable)) {
    unexpected("variable");
    return node(Kind::kPropertyItem, first, {NodeId{}, NodeId{}, NodeId{}});
  }
  const NodeId variable = token_node(Kind::kVariable);
  const NodeId value = accept(TokenKind::kAssign) ? parse_expression() : NodeId{};
  const NodeId hooks = at(TokenKind::kOpenBrace) && has(Feature::kPropertyHook) ? parse_hooks() : NodeId{};
  return node(Kind::kPropertyItem, first, {variable, value, hooks});
}

NodeId Parser::parse_enum_case(std::uint32_t first, NodeId attributes) {
  if (!has(Feature::kEnum)) {
    unexpected("a member");
    return error_node();
  }
  advance();
  const NodeId name = parse_identifier(true);
  const NodeId value = accept(TokenKind::kAssign) ? parse_expression() : NodeId{};
  expect_terminator();
  return node(Kind::kEnumCase, first, {attributes, name, value});
}

}  // namespace banyan::php
