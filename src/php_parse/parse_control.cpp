// Branches, loops and try, each with its alternative syntax (if (...): ... endif;).
#include "php_parse/parser.h"

namespace banyan::php {

namespace {

bool ends_if_branch(TokenKind kind) {
  return kind == TokenKind::kElseIf || kind == TokenKind::kElse || kind == TokenKind::kEndIf;
}
bool ends_case(TokenKind kind) {
  return kind == TokenKind::kCase || kind == TokenKind::kDefault || kind == TokenKind::kCloseBrace ||
         kind == TokenKind::kEndSwitch;
}

template <TokenKind kEnd>
bool ends_at(TokenKind kind) {
  return kind == kEnd;
}

bool (*ending_predicate(TokenKind end))(TokenKind) {
  switch (end) {
    case TokenKind::kEndFor:
      return ends_at<TokenKind::kEndFor>;
    case TokenKind::kEndForeach:
      return ends_at<TokenKind::kEndForeach>;
    case TokenKind::kEndWhile:
      return ends_at<TokenKind::kEndWhile>;
    case TokenKind::kEndDeclare:
      return ends_at<TokenKind::kEndDeclare>;
    default:
      return ends_at<TokenKind::kCloseBrace>;
  }
}

}  // namespace

NodeId Parser::parse_condition() {
  expect(TokenKind::kOpenParen);
  const NodeId condition = parse_expression();
  expect(TokenKind::kCloseParen);
  return condition;
}

// A statement, or ":" statements `end` ";".
NodeId Parser::parse_loop_body(TokenKind end) {
  if (!at(TokenKind::kColon)) {
    ++inner_;
    const NodeId body = parse_statement();
    --inner_;
    return body;
  }
  advance();
  const NodeId body = parse_body_block(ending_predicate(end));
  expect(end);
  expect_terminator();
  return body;
}

// A list of branches: all in the brace form or all in the colon form, as the first one is.
NodeId Parser::parse_if() {
  ListScope list(*this);
  bool colon_form = false;
  if (!parse_if_branch(list, &colon_form, true)) return list.finish(Kind::kIf);
  while (at(TokenKind::kElseIf) && !lost_) parse_if_branch(list, &colon_form, false);
  if (at(TokenKind::kElse) && !lost_) parse_else(list, colon_form);
  if (colon_form) {
    expect(TokenKind::kEndIf);
    expect_terminator();
  }
  return list.finish(Kind::kIf);
}

bool Parser::parse_if_branch(ListScope& list, bool* colon_form, bool first) {
  const std::uint32_t begin = position_;
  advance();
  const NodeId condition = parse_condition();
  const bool colon = at(TokenKind::kColon);
  if (first) *colon_form = colon;
  if (colon != *colon_form) unexpected(*colon_form ? ":" : "statement");
  NodeId body;
  if (colon) {
    advance();
    body = parse_body_block(ends_if_branch);
  } else {
    ++inner_;
    body = parse_statement();
    --inner_;
  }
  list.add(node(Kind::kIfBranch, begin, {condition, body}));
  return !lost_;
}

bool Parser::parse_else(ListScope& list, bool colon_form) {
  const std::uint32_t begin = position_;
  advance();
  NodeId body;
  if (colon_form) {
    expect(TokenKind::kColon);
    body = parse_body_block(ends_if_branch);
  } else {
    ++inner_;
    body = parse_statement();
    --inner_;
  }
  list.add(node(Kind::kIfBranch, begin, {NodeId{}, body}));
  return !lost_;
}

NodeId Parser::parse_while() {
  const std::uint32_t first = position_;
  advance();
  const NodeId condition = parse_condition();
  const NodeId body = parse_loop_body(TokenKind::kEndWhile);
  return node(Kind::kWhile, first, {condition, body});
}

NodeId Parser::parse_do_while() {
  const std::uint32_t first = position_;
  advance();
  ++inner_;
  const NodeId body = parse_statement();
  --inner_;
  expect(TokenKind::kWhile);
  const NodeId condition = parse_condition();
  expect_terminator();
  return node(Kind::kDoWhile, first, {body, condition});
}

NodeId Parser::parse_for() {
  const std::uint32_t first = position_;
  advance();
  expect(TokenKind::kOpenParen);
  const NodeId init = parse_for_expressions(TokenKind::kSemicolon);
  const NodeId condition = parse_for_expressions(TokenKind::kSemicolon);
  const NodeId step = parse_for_expressions(TokenKind::kCloseParen);
  const NodeId body = parse_loop_body(TokenKind::kEndFor);
  return node(Kind::kFor, first, {init, condition, step, body});
}

NodeId Parser::parse_for_expressions(TokenKind end) {
  ListScope list(*this);
  const bool empty = end == TokenKind::kSemicolon ? at_terminator() : at(end);
  if (!empty) {
    do {
      if (at(TokenKind::kVoidCast)) advance();
      list.add(parse_expression());
    } while (accept(TokenKind::kComma) && !lost_);
  }
  const NodeId expressions = list.finish(Kind::kList);
  end == TokenKind::kSemicolon ? expect_terminator() : expect(end);
  return expressions;
}

NodeId Parser::parse_foreach() {
  const std::uint32_t first = position_;
  advance();
  expect(TokenKind::kOpenParen);
  const NodeId subject = parse_expression();
  expect(TokenKind::kAs);
  NodeId key;
  NodeId value = parse_foreach_target();
  if (accept(TokenKind::kDoubleArrow)) {
    key = value;
    value = parse_foreach_target();
  }
  expect(TokenKind::kCloseParen);
  const NodeId body = parse_loop_body(TokenKind::kEndForeach);
  return node(Kind::kForeach, first, {subject, key, value, body});
}

// variable, &variable, list(...) or [...]. The reference is an array item, as inside of lists.
NodeId Parser::parse_foreach_target() {
  const std::uint32_t first = position_;
  if (accept(TokenKind::kAmpersand)) {
    const NodeId variable = parse_variable();
    return node(Kind::kArrayItem, first, {NodeId{}, variable}, kFlagReference);
  }
  if (at(TokenKind::kList)) return parse_list_target();
  const Operand operand = parse_suffixes(parse_primary(), first);
  const bool is_list = ast_.kind(operand.node) == Kind::kArray && (ast_.flags(operand.node) & kFlagArraySyntax) == 0;
  if (!is_list && (operand.suffixes & kAssigned) == 0) unexpected("a variable to assign to");
  return operand.node;
}

NodeId Parser::parse_switch() {
  const std::uint32_t first = position_;
  advance();
  const NodeId subject = parse_condition();
  const bool colon_form = at(TokenKind::kColon);
  if (!colon_form) {
    expect(TokenKind::kOpenBrace);
  } else {
    advance();
  }
  if (at_terminator()) advance();
  ListScope list(*this);
  while (!lost_ && (at(TokenKind::kCase) || at(TokenKind::kDefault))) list.add(parse_case());
  const NodeId cases = list.finish(Kind::kList);
  expect(colon_form ? TokenKind::kEndSwitch : TokenKind::kCloseBrace);
  if (colon_form) expect_terminator();
  return node(Kind::kSwitch, first, {subject, cases});
}

NodeId Parser::parse_case() {
  const std::uint32_t first = position_;
  const bool is_default = at(TokenKind::kDefault);
  advance();
  const NodeId condition = is_default ? NodeId{} : parse_expression();
  if (at(TokenKind::kColon) || at_terminator()) {
    advance();
  } else {
    unexpected(":");
  }
  const NodeId body = parse_body_block(ends_case);
  return node(Kind::kCase, first, {condition, body}, is_default ? kFlagDefault : 0);
}

// The finally block, where there is one, is the third child.
NodeId Parser::parse_try() {
  const std::uint32_t first = position_;
  advance();
  const NodeId body = parse_block();
  ListScope list(*this);
  while (at(TokenKind::kCatch) && !lost_) list.add(parse_catch());
  const NodeId catches = list.finish(Kind::kList);
  const NodeId finally = accept(TokenKind::kFinally) ? parse_block() : NodeId{};
  return node(Kind::kTry, first, {body, catches, finally});
}

NodeId Parser::parse_catch() {
  const std::uint32_t first = position_;
  advance();
  expect(TokenKind::kOpenParen);
  ListScope list(*this);
  list.add(parse_class_name());
  while (at(TokenKind::kPipe) && !lost_ && require(Feature::kMultiCatch, "Catching several types at once")) {
    advance();
    list.add(parse_class_name());
  }
  const NodeId types = list.finish(Kind::kList);
  NodeId variable;
  if (at(TokenKind::kVariable)) {
    variable = token_node(Kind::kVariable);
  } else if (!at(TokenKind::kCloseParen) || !require(Feature::kCatchWithoutVariable, "A catch without a variable")) {
    unexpected("variable");
  }
  expect(TokenKind::kCloseParen);
  const NodeId body = parse_block();
  return node(Kind::kCatch, first, {types, variable, body});
}

}  // namespace banyan::php
