#include "php_rules/rule_condition.h"

#include <algorithm>
#include <optional>
#include <string>

#include "php_lex/keywords.h"
#include "php_rules/literal_value.h"

namespace banyan::php {

namespace {

constexpr std::size_t kPiecesMax = 1000;

template <class T>
bool is_among(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// A string as its pieces: texts, and nothing for what is computed.
using Pieces = std::vector<std::optional<std::string>>;

// One node on the way through a string; what it consists of is put back on the stack, last first.
void take_apart(const CodeView& code, NodeId node, std::vector<NodeId>& stack, Pieces& pieces) {
  const Ast& ast = code.tree.ast;
  const auto text = [&] { return code.tree.node_text(code.source, node); };
  switch (ast.kind(node)) {
    case NodeKind::kString:
      pieces.push_back(string_literal_value(text()));
      return;
    case NodeKind::kStringText:
      pieces.emplace_back(text());
      return;
    case NodeKind::kBinary:
      if (ast.header(node).op != TokenKind::kDot) break;
      stack.push_back(ast.child(node, 1));
      stack.push_back(ast.child(node, 0));
      return;
    case NodeKind::kInterpolated:
    case NodeKind::kHeredoc: {
      const std::span<const NodeId> parts = ast.children(node);
      const std::size_t count = std::min(parts.size(), kPiecesMax);
      for (std::size_t i = count; i-- > 0;) stack.push_back(parts[i]);
      return;
    }
    case NodeKind::kParenthesized:
      if (ast.flags(node) != 0) break;
      stack.push_back(ast.child(node, 0));
      return;
    default:
      break;
  }
  pieces.emplace_back(std::nullopt);
}

Pieces pieces_of(const CodeView& code, NodeId node) {
  Pieces pieces;
  std::vector<NodeId> stack = {node};
  while (!stack.empty() && pieces.size() < kPiecesMax && stack.size() < 2 * kPiecesMax) {
    const NodeId next = stack.back();
    stack.pop_back();
    if (next) take_apart(code, next, stack, pieces);
  }
  if (!stack.empty()) pieces.emplace_back(std::nullopt);
  for (auto& piece : pieces) {
    if (piece) piece = lowered(*piece);
  }
  return pieces;
}

bool string_fits(const Condition& asked, const CodeView& code, NodeId node) {
  if (asked.starts.empty() && asked.ends.empty() && asked.contains.empty()) return true;
  const Pieces pieces = pieces_of(code, node);
  if (pieces.empty()) return false;
  const auto any = [](const std::vector<std::string>& wanted, const auto& fits) {
    return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), fits);
  };
  const auto& front = pieces.front();
  const auto& back = pieces.back();
  const auto skip_blanks = [](std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return text;
  };
  return any(asked.starts,
             [&](const std::string& w) { return front && skip_blanks(*front).starts_with(lowered(w)); }) &&
         any(asked.ends, [&](const std::string& w) { return back && back->ends_with(lowered(w)); }) &&
         any(asked.contains, [&](const std::string& w) {
           return std::any_of(pieces.begin(), pieces.end(),
                              [&](const auto& piece) { return piece && piece->find(lowered(w)) != std::string::npos; });
         });
}

// What names the node: of a call what is called, of a declaration its own name.
NodeId naming_node(const Ast& ast, NodeId node) {
  switch (ast.kind(node)) {
    case NodeKind::kCall:
    case NodeKind::kConstant:
    case NodeKind::kNew:
    case NodeKind::kNamedType:
    case NodeKind::kAttribute:
      return ast.child(node, 0);
    case NodeKind::kMethodCall:
    case NodeKind::kNullsafeMethodCall:
    case NodeKind::kStaticCall:
    case NodeKind::kProperty:
    case NodeKind::kNullsafeProperty:
    case NodeKind::kStaticProperty:
    case NodeKind::kClassConstant:
      return ast.child(node, 1);
    case NodeKind::kFunction:
    case NodeKind::kMethod:
      return ast.child(node, function_slot::kName);
    case NodeKind::kClass:
    case NodeKind::kInterface:
    case NodeKind::kTrait:
    case NodeKind::kEnum:
      return ast.child(node, class_slot::kName);
    case NodeKind::kParameter:
      return ast.child(node, parameter_slot::kVariable);
    default:
      return node;
  }
}

bool is_named(const CodeView& code, NodeId node, const std::vector<std::string>& names) {
  const NodeId name = naming_node(code.tree.ast, node);
  if (!name) return false;
  std::string_view text = code.tree.node_text(code.source, name);
  const NodeKind kind = code.tree.ast.kind(name);
  if (kind == NodeKind::kVariable) text.remove_prefix(1);
  return std::any_of(names.begin(), names.end(), [&](const std::string& wanted) {
    if (kind == NodeKind::kIdentifier || kind == NodeKind::kVariable) return equals_ignoring_case(wanted, text);
    if (kind != NodeKind::kName) return false;
    const std::string full = lowered(wanted);
    return code.names.function(text) == full || code.names.class_name(text) == full;
  });
}

// Kinds that give something only when the code runs.
bool is_computed(NodeKind kind) {
  switch (kind) {
    case NodeKind::kVariable:
    case NodeKind::kVariableVariable:
    case NodeKind::kCall:
    case NodeKind::kMethodCall:
    case NodeKind::kNullsafeMethodCall:
    case NodeKind::kStaticCall:
    case NodeKind::kStaticProperty:
    case NodeKind::kNew:
    case NodeKind::kClosure:
    case NodeKind::kArrowFunction:
    case NodeKind::kInclude:
    case NodeKind::kEval:
    case NodeKind::kYield:
    case NodeKind::kYieldFrom:
    case NodeKind::kShellCommand:
      return true;
    default:
      return false;
  }
}

// Whether one of the nodes below this one fits, as far as is looked; nothing where there are too many to tell.
template <class Fits>
std::optional<bool> any_below(const Ast& ast, NodeId node, const Fits& fits) {
  std::vector<NodeId> nodes = {node};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i == Matcher::kSearchNodesMax) return std::nullopt;
    if (i > 0 && fits(ast.kind(nodes[i]))) return true;
    for (const NodeId child : ast.children(nodes[i])) {
      if (child) nodes.push_back(child);
    }
  }
  return false;
}

bool is_literal(const Ast& ast, NodeId node) {
  return !is_computed(ast.kind(node)) && any_below(ast, node, is_computed) == false;
}

bool has_kind(const Condition& asked, const Ast& ast, NodeId node) {
  if (asked.has_kinds.empty()) return true;
  return any_below(ast, node, [&asked](NodeKind kind) { return is_among(asked.has_kinds, kind); }) == true;
}

bool integer_fits(const Condition& asked, const CodeView& code, NodeId node) {
  if (!asked.min && !asked.max) return true;
  const Ast& ast = code.tree.ast;
  const bool negative = ast.kind(node) == NodeKind::kUnary && ast.header(node).op == TokenKind::kMinus;
  const NodeId number = negative ? ast.child(node, 0) : node;
  if (!number || ast.kind(number) != NodeKind::kInteger) return false;
  const auto value = integer_literal_value(code.tree.node_text(code.source, number));
  if (!value) return false;
  const std::int64_t signed_value = negative ? -*value : *value;
  return (!asked.min || signed_value >= *asked.min) && (!asked.max || signed_value <= *asked.max);
}

bool value_fits(const Condition& asked, const CodeView& code, NodeId node) {
  if (asked.values.empty()) return true;
  if (code.tree.ast.kind(node) != NodeKind::kString) return false;
  const auto value = string_literal_value(code.tree.node_text(code.source, node));
  return value && is_among(asked.values, *value);
}

bool kind_fits(const Condition& asked, const Ast& ast, NodeId node) {
  return (asked.kinds.empty() || is_among(asked.kinds, ast.kind(node))) && !is_among(asked.not_kinds, ast.kind(node));
}

bool type_fits(const Condition& asked, NodeId node, const TypeOracle& type_of) {
  if (asked.type_bits == 0) return true;
  const std::uint32_t bits = type_of ? type_of(node) : 0;
  return bits != 0 && (bits & ~asked.type_bits) == 0;
}

}  // namespace

bool holds(const ReadyCondition& condition, const CodeView& code, const Bindings& bindings, const TypeOracle& type_of) {
  const Condition& asked = *condition.asked;
  const Binding* const binding = find_binding(bindings, asked.variable);
  if (binding == nullptr || !binding->first || binding->first != binding->last) return false;
  const NodeId node = without_parentheses(code.tree.ast, binding->first);
  if (!node || !kind_fits(asked, code.tree.ast, node)) return false;
  if (!asked.names.empty() && !is_named(code, node, asked.names)) return false;
  if (!asked.not_names.empty() && is_named(code, node, asked.not_names)) return false;
  if (!asked.texts.empty() && !is_among(asked.texts, std::string(binding_text(code, *binding)))) return false;
  if (!value_fits(asked, code, node) || !integer_fits(asked, code, node)) return false;
  if (!string_fits(asked, code, node)) return false;
  if (asked.literal && *asked.literal != is_literal(code.tree.ast, node)) return false;
  if (!type_fits(asked, node, type_of) || !has_kind(asked, code.tree.ast, node)) return false;
  Matcher matcher(code);
  const auto found = [&](const Pattern& pattern) { return matcher.contains(pattern, node, bindings); };
  return (condition.has.empty() || std::any_of(condition.has.begin(), condition.has.end(), found)) &&
         std::none_of(condition.has_not.begin(), condition.has_not.end(), found);
}

}  // namespace banyan::php
