// assert(), whose message is the source of what failed as PHP's compiler writes it anew: zend_ast_export() of PHP 8.2.
#include <algorithm>

#include "php_convert/lowering.h"
#include "php_rules/literal_value.h"

namespace banyan::php {

using hir::ExprPtr;
using hir::Rep;

namespace {

// An operator as it is shown, and how tightly it and its sides bind.
struct Shown {
  TokenKind op;
  std::string_view text;
  int own;
  int left;
  int right;
};

constexpr Shown kShown[] = {
    {TokenKind::kOrOr, " || ", 120, 120, 121},          {TokenKind::kLogicalOr, " || ", 120, 120, 121},
    {TokenKind::kAndAnd, " && ", 130, 130, 131},        {TokenKind::kLogicalAnd, " && ", 130, 130, 131},
    {TokenKind::kCoalesce, " ?? ", 110, 111, 110},      {TokenKind::kIdentical, " === ", 170, 171, 171},
    {TokenKind::kNotIdentical, " !== ", 170, 171, 171}, {TokenKind::kEqual, " == ", 170, 171, 171},
    {TokenKind::kNotEqual, " != ", 170, 171, 171},      {TokenKind::kLess, " < ", 180, 181, 181},
    {TokenKind::kLessEqual, " <= ", 180, 181, 181},     {TokenKind::kGreater, " > ", 180, 181, 181},
    {TokenKind::kGreaterEqual, " >= ", 180, 181, 181},  {TokenKind::kPlus, " + ", 200, 200, 201},
    {TokenKind::kMinus, " - ", 200, 200, 201},          {TokenKind::kStar, " * ", 210, 210, 211},
    {TokenKind::kSlash, " / ", 210, 210, 211},          {TokenKind::kPercent, " % ", 210, 210, 211},
};

}  // namespace

// The expression as PHP shows it; nothing where that is not known. One that binds less tightly than `outer` stands in
// parentheses.
std::optional<std::string> FunctionLowering::shown(NodeId given, int outer) const {
  const NodeId node = plain(given);
  switch (kind(node)) {
    case Kind::kVariable:
    case Kind::kName:
    case Kind::kIdentifier:
    case Kind::kInteger:
      if (kind(node) == Kind::kInteger && !integer_value(node)) return std::nullopt;
      return kind(node) == Kind::kInteger ? std::to_string(*integer_value(node)) : text_of(node);
    case Kind::kConstant:
      return shown(child(node, 0), 0);
    case Kind::kString: {
      std::string out = "'";
      for (const char c : string_literal_value(text(node)).value_or("")) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
      }
      return out + "'";
    }
    case Kind::kUnary: {
      const TokenKind op = ast_.header(node).op;
      const char sign = op == TokenKind::kBang ? '!' : op == TokenKind::kMinus ? '-' : '\0';
      const auto operand = shown(child(node, 0), 241);
      if (sign == '\0' || !operand) return std::nullopt;
      return outer > 240 ? "(" + (sign + *operand) + ")" : sign + *operand;
    }
    case Kind::kBinary:
      return shown_binary(node, outer);
    case Kind::kInstanceof:
      return shown_parts({{child(node, 0), 0}, {child(node, 1), 0}}, " instanceof ");
    case Kind::kClassConstant:
    case Kind::kStaticProperty:
      return shown_parts({{child(node, 0), 0}, {child(node, 1), 0}}, "::");
    case Kind::kProperty:
      return shown_parts({{child(node, 0), 0}, {child(node, 1), 0}}, "->");
    default:
      return shown_list(node);
  }
}

std::optional<std::string> FunctionLowering::shown_binary(NodeId node, int outer) const {
  const auto* const found = std::ranges::find(kShown, ast_.header(node).op, &Shown::op);
  if (found == std::end(kShown)) return std::nullopt;
  const auto left = shown(child(node, 0), found->left);
  const auto right = shown(child(node, 1), found->right);
  if (!left || !right) return std::nullopt;
  const std::string out = *left + std::string(found->text) + *right;
  return outer > found->own ? "(" + out + ")" : out;
}

std::optional<std::string> FunctionLowering::shown_parts(const std::vector<std::pair<NodeId, int>>& parts,
                                                         std::string_view between) const {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = shown(parts[i].first, parts[i].second);
    if (!part) return std::nullopt;
    out += (i == 0 ? "" : std::string(between)) + *part;
  }
  return out;
}

// What has a list in it: elements, arguments, variables.
std::optional<std::string> FunctionLowering::shown_list(NodeId node) const {
  const auto listed = [&](NodeId of, std::uint32_t value) {
    std::vector<std::pair<NodeId, int>> parts;
    for (const NodeId one : children(of)) {
      const bool plain_item = !child(one, 0) && flags(one) == 0 && child(one, value);
      if (!plain_item) return std::optional<std::string>();
      parts.emplace_back(child(one, value), 80);
    }
    return shown_parts(parts, ", ");
  };
  std::optional<std::string> head;
  switch (kind(node)) {
    case Kind::kIndex:
      if (!child(node, 1)) return std::nullopt;
      head = shown(child(node, 0), 260);
      if (const auto key = shown(child(node, 1), 0); head && key) return *head + "[" + *key + "]";
      return std::nullopt;
    case Kind::kArray:
      head = listed(node, 1);
      if (!head || !text(node).starts_with('[')) return std::nullopt;
      return "[" + *head + "]";
    case Kind::kEmpty:
      head = shown(child(node, 0), 0);
      return head ? std::optional("empty(" + *head + ")") : std::nullopt;
    case Kind::kIsset:
      if (children(node).size() != 1) return std::nullopt;
      head = shown(children(node)[0], 0);
      return head ? std::optional("isset(" + *head + ")") : std::nullopt;
    case Kind::kCall:
      head = shown(child(node, 0), 0);
      break;
    case Kind::kMethodCall:
      head = shown_parts({{child(node, 0), 0}, {child(node, 1), 0}}, "->");
      break;
    case Kind::kStaticCall:
      head = shown_parts({{child(node, 0), 0}, {child(node, 1), 0}}, "::");
      break;
    default:
      return std::nullopt;
  }
  const NodeId arguments = child(node, kind(node) == Kind::kCall ? 1 : 2);
  if (!head || kind(arguments) != Kind::kArguments) return std::nullopt;
  const auto given = listed(arguments, 1);
  return given ? std::optional(*head + "(" + *given + ")") : std::nullopt;
}

// assert(), as PHP has it where assertions are compiled.
ExprPtr FunctionLowering::assertion(NodeId node) {
  const auto list = children(child(node, 1));
  if (list.empty() || list.size() > 2 || has_spread(child(node, 1))) return refused(node, "builtin-missing:assert");
  const NodeId asserted = child(list[0], 1);
  if (list.size() == 2) {
    ExprPtr holds = condition(asserted);
    return runtime("Assert", Rep::kBool, std::move(holds), value(child(list[1], 1)));
  }
  const auto source = shown(asserted, 0);
  if (!source) return refused(node, "builtin-missing:assert");
  return runtime("Assert", Rep::kBool, condition(asserted), convert(literal("assert(" + *source + ")"), Rep::kValue));
}

}  // namespace banyan::php
