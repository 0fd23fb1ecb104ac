// Files, blocks and the plain statements. Branches and loops are in parse_control.cpp.
#include "php_lex/keywords.h"
#include "php_parse/parser.h"

namespace banyan::php {

namespace {

bool ends_at_brace(TokenKind kind) { return kind == TokenKind::kCloseBrace; }
bool ends_nowhere(TokenKind) { return false; }

}  // namespace

NodeId Parser::parse_file() {
  ListScope list(*this);
  parse_statements_until(list, ends_nowhere);
  last_end_ = static_cast<std::uint32_t>(stream_.tokens.size());
  list.begin_at(0);
  return list.finish(Kind::kFile);
}

// Statements up to a token where `ends` says so, or the end of the file. What is no statement is stepped over.
void Parser::parse_statements_until(ListScope& list, bool (*ends)(TokenKind)) {
  while (!at_end() && !ends(kind())) {
    const std::uint32_t before = position_;
    const NodeId statement = parse_statement();
    if (position_ != before) list.add(statement);
    if (lost_ || position_ == before) {
      if (!lost_) unexpected();
      if (at_end() || (position_ != before && ends(kind()))) {
        lost_ = stopped_;
        continue;
      }
      const TokenKind last = last_end_ == 0 ? TokenKind::kEndOfFile : stream_.tokens[last_end_ - 1].kind;
      if (position_ != before && (last == TokenKind::kSemicolon || last == TokenKind::kCloseBrace)) {
        lost_ = stopped_;
        continue;
      }
      list.add(skip_to_statement());
    }
  }
}

NodeId Parser::parse_body_block(bool (*ends)(TokenKind)) {
  ListScope list(*this);
  ++inner_;
  parse_statements_until(list, ends);
  --inner_;
  return list.finish(Kind::kBlock);
}

// "{" statements "}".
NodeId Parser::parse_block() {
  DepthScope depth(*this);
  ListScope list(*this);
  if (!depth.ok() || !expect(TokenKind::kOpenBrace)) return list.finish(Kind::kBlock);
  ++inner_;
  parse_statements_until(list, ends_at_brace);
  --inner_;
  expect(TokenKind::kCloseBrace);
  return list.finish(Kind::kBlock);
}

NodeId Parser::parse_statement() {
  DepthScope depth(*this);
  if (!depth.ok()) return error_node();
  return parse_statement_inner();
}

NodeId Parser::parse_statement_inner() {
  switch (kind()) {
    case TokenKind::kOpenBrace:
      return parse_block();
    case TokenKind::kIf:
      return parse_if();
    case TokenKind::kWhile:
      return parse_while();
    case TokenKind::kDo:
      return parse_do_while();
    case TokenKind::kFor:
      return parse_for();
    case TokenKind::kForeach:
      return parse_foreach();
    case TokenKind::kSwitch:
      return parse_switch();
    case TokenKind::kBreak:
      return parse_jump(Kind::kBreak);
    case TokenKind::kContinue:
      return parse_jump(Kind::kContinue);
    case TokenKind::kReturn:
      return parse_jump(Kind::kReturn);
    case TokenKind::kGlobal:
      return parse_global();
    case TokenKind::kUnset:
      return parse_unset();
    case TokenKind::kEcho:
    case TokenKind::kOpenTagEcho:
      return parse_echo();
    case TokenKind::kInlineHtml:
      return token_node(Kind::kInlineHtml);
    case TokenKind::kSemicolon:
    case TokenKind::kCloseTag:
      return token_node(Kind::kEmptyStatement);
    case TokenKind::kDeclare:
      return parse_declare();
    case TokenKind::kTry:
      return parse_try();
    case TokenKind::kGoto:
      return parse_goto();
    case TokenKind::kHaltCompiler:
      return parse_halt_compiler();
    case TokenKind::kNamespace:
      return parse_namespace();
    case TokenKind::kUse:
      return parse_use();
    default:
      return parse_declaration_or_expression();
  }
}

NodeId Parser::parse_declaration_or_expression() {
  const std::uint32_t first = position_;
  switch (kind()) {
    case TokenKind::kAttributeOpen:
      return parse_attributed_statement();
    case TokenKind::kFunction:
      if (at_function_declaration()) return parse_function(first, {});
      break;
    case TokenKind::kStatic:
      if (peek() == TokenKind::kVariable) return parse_static_variables();
      break;
    case TokenKind::kConst:
      if (inner_ > 0) unexpected();
      return parse_constants(first, {}, {}, false);
    case TokenKind::kIdentifier:
      if (peek() == TokenKind::kColon) return parse_label();
      break;
    case TokenKind::kVoidCast: {
      advance();
      const NodeId expression = parse_expression();
      expect_terminator();
      return node(Kind::kVoidStatement, first, {expression});
    }
    default:
      if (at_class_declaration()) return parse_class_declaration(first, {});
      break;
  }
  return parse_expression_statement();
}

// A declaration, or an expression that begins with a closure.
NodeId Parser::parse_attributed_statement() {
  const std::uint32_t first = position_;
  const NodeId attributes = parse_attributes();
  if (lost_) return attributes;
  if (at_class_declaration()) return parse_class_declaration(first, attributes);
  if (at(TokenKind::kConst) && require(Feature::kConstantAttribute, "An attribute on a constant")) {
    return parse_constants(first, attributes, {}, false);
  }
  if (at_function_declaration()) return parse_function(first, attributes);
  const NodeId closure = parse_closure(first, attributes);
  const NodeId expression = parse_infix(closure, first, 0);
  expect_terminator();
  return node(Kind::kExpressionStatement, first, {expression});
}

// "function", perhaps "&", and a name: a declaration. Anything else is a closure.
bool Parser::at_function_declaration() const {
  if (!at(TokenKind::kFunction)) return false;
  TokenKind next = peek();
  if (next == TokenKind::kAmpersand) next = peek(2);
  return next == TokenKind::kIdentifier || next == TokenKind::kReadonly;
}

NodeId Parser::parse_expression_statement() {
  const std::uint32_t first = position_;
  statement_first_ = first;
  const NodeId expression = parse_expression();
  if (position_ == first) return expression;
  expect_terminator();
  return node(Kind::kExpressionStatement, first, {expression});
}

NodeId Parser::parse_echo() {
  ListScope list(*this);
  advance();
  do {
    list.add(parse_expression());
  } while (accept(TokenKind::kComma) && !lost_);
  expect_terminator();
  return list.finish(Kind::kEcho);
}

NodeId Parser::parse_global() {
  ListScope list(*this);
  advance();
  do {
    list.add(parse_simple_variable());
  } while (accept(TokenKind::kComma) && !lost_);
  expect_terminator();
  return list.finish(Kind::kGlobal);
}

NodeId Parser::parse_static_variables() {
  ListScope list(*this);
  advance();
  do {
    const std::uint32_t first = position_;
    if (!at(TokenKind::kVariable)) {
      unexpected("variable");
      break;
    }
    const NodeId variable = token_node(Kind::kVariable);
    const NodeId value = accept(TokenKind::kAssign) ? parse_expression() : NodeId{};
    list.add(node(Kind::kStaticVariable, first, {variable, value}));
  } while (accept(TokenKind::kComma) && !lost_);
  expect_terminator();
  return list.finish(Kind::kStaticVariables);
}

NodeId Parser::parse_unset() {
  ListScope list(*this);
  advance();
  expect(TokenKind::kOpenParen);
  do {
    if (at(TokenKind::kCloseParen) && !list.empty() && require(Feature::kCallTrailingComma, "A trailing comma")) break;
    list.add(parse_variable());
  } while (accept(TokenKind::kComma) && !lost_);
  expect(TokenKind::kCloseParen);
  expect_terminator();
  return list.finish(Kind::kUnset);
}

NodeId Parser::parse_jump(Kind kind) {
  const std::uint32_t first = position_;
  advance();
  const NodeId value = at_terminator() ? NodeId{} : parse_expression();
  expect_terminator();
  return node(kind, first, {value});
}

NodeId Parser::parse_goto() {
  const std::uint32_t first = position_;
  advance();
  const NodeId label = parse_identifier(false);
  expect_terminator();
  return node(Kind::kGoto, first, {label});
}

NodeId Parser::parse_label() {
  const std::uint32_t first = position_;
  const NodeId name = token_node(Kind::kIdentifier);
  advance();
  return node(Kind::kLabel, first, {name});
}

NodeId Parser::parse_halt_compiler() {
  const std::uint32_t first = position_;
  if (inner_ > 0) {
    complain(position_, "parse.halt-compiler", "__halt_compiler() can only be used from the outermost scope");
  }
  advance();
  expect(TokenKind::kOpenParen);
  expect(TokenKind::kCloseParen);
  expect_terminator();
  return node(Kind::kHaltCompiler, first, Children{});
}

// "namespace A;" speaks for what follows it; "namespace A { }" holds its statements.
NodeId Parser::parse_namespace() {
  const TokenKind next = peek();
  if (next == TokenKind::kBackslash && !has(Feature::kNameTokens)) return parse_expression_statement();
  const std::uint32_t first = position_;
  if (inner_ > 0) unexpected();
  advance();
  NodeId name;
  if (at(TokenKind::kQualifiedName) || (!has(Feature::kNameTokens) && at(TokenKind::kIdentifier))) {
    name = parse_name();
  } else if (!at(TokenKind::kOpenBrace)) {
    const std::uint32_t name_first = position_;
    const NodeId identifier = parse_identifier(has(Feature::kNameTokens));
    if (identifier) name = node(Kind::kName, name_first, Children{});
  }
  if (!at(TokenKind::kOpenBrace)) {
    expect_terminator();
    return node(Kind::kNamespace, first, {name, NodeId{}});
  }
  DepthScope depth(*this);
  if (!depth.ok()) return error_node();
  advance();
  ListScope list(*this);
  parse_statements_until(list, ends_at_brace);
  const NodeId body = list.finish(Kind::kBlock);
  expect(TokenKind::kCloseBrace);
  return node(Kind::kNamespace, first, {name, body}, kFlagBracketed);
}

// use A\B as C; use function f; use A\{B, function g as h};
NodeId Parser::parse_use() {
  const std::uint32_t first = position_;
  if (inner_ > 0) unexpected();
  advance();
  std::uint16_t flags = 0;
  if (at(TokenKind::kFunction)) flags = kFlagUseFunction;
  if (at(TokenKind::kConst)) flags = kFlagUseConstant;
  if (flags != 0) advance();
  ListScope items(*this);
  NodeId item = parse_use_item(false, false);
  NodeId prefix;
  if (at(TokenKind::kBackslash) && peek() == TokenKind::kOpenBrace && require(Feature::kGroupUse, "Group use")) {
    if (ast_.child(item, 1)) unexpected();
    prefix = ast_.child(item, 0);
    advance();
    advance();
    flags |= kFlagGroup;
    items.begin_at(position_);
    do {
      if (at(TokenKind::kCloseBrace) && !items.empty() && require(Feature::kGroupUseTrailingComma, "A trailing comma"))
        break;
      items.add(parse_use_item((flags & ~kFlagGroup) == 0, true));
    } while (accept(TokenKind::kComma) && !lost_);
  } else {
    items.add(item);
    while (accept(TokenKind::kComma) && !lost_) items.add(parse_use_item(false, false));
  }
  const NodeId list = items.finish(Kind::kList);
  if ((flags & kFlagGroup) != 0) expect(TokenKind::kCloseBrace);
  expect_terminator();
  return node(Kind::kUse, first, {prefix, list}, flags);
}

// `typed`: "function" or "const" may stand before the name.
NodeId Parser::parse_use_item(bool typed, bool grouped) {
  const std::uint32_t first = position_;
  std::uint16_t flags = 0;
  if (typed && at(TokenKind::kFunction)) flags = kFlagUseFunction;
  if (typed && at(TokenKind::kConst)) flags = kFlagUseConstant;
  if (flags != 0) advance();
  const NodeId name = parse_use_name(!grouped);
  const NodeId alias = accept(TokenKind::kAs) ? parse_identifier(false) : NodeId{};
  return node(Kind::kUseItem, first, {name, alias}, flags);
}

// Stops before the "\" of "\{".
NodeId Parser::parse_use_name(bool leading_separator) {
  const std::uint32_t first = position_;
  if (has(Feature::kNameTokens)) {
    const bool fits = at(TokenKind::kIdentifier) || at(TokenKind::kQualifiedName) ||
                      (leading_separator && at(TokenKind::kFullyQualifiedName));
    if (!fits) {
      unexpected("name");
      return error_node();
    }
    return token_node(Kind::kName);
  }
  if (leading_separator) accept(TokenKind::kBackslash);
  expect(TokenKind::kIdentifier);
  while (at(TokenKind::kBackslash) && peek() != TokenKind::kOpenBrace && !lost_) {
    advance();
    expect(TokenKind::kIdentifier);
  }
  return node(Kind::kName, first, Children{});
}

NodeId Parser::parse_declare() {
  const std::uint32_t first = position_;
  advance();
  expect(TokenKind::kOpenParen);
  ListScope list(*this);
  do {
    const std::uint32_t item_first = position_;
    const NodeId name = parse_identifier(false);
    expect(TokenKind::kAssign);
    const NodeId value = parse_expression();
    list.add(node(Kind::kConstantItem, item_first, {name, value}));
  } while (accept(TokenKind::kComma) && !lost_);
  const NodeId directives = list.finish(Kind::kList);
  expect(TokenKind::kCloseParen);
  const NodeId body = parse_loop_body(TokenKind::kEndDeclare);
  return node(Kind::kDeclare, first, {directives, body});
}

}  // namespace banyan::php
