#include "php_parse/checker.h"

#include <algorithm>
#include <tuple>

namespace banyan::php {

Checker::Checker(SyntaxTree& tree, std::string_view source) : tree_(tree), ast_(tree.ast), source_(source) {}

void Checker::run() {
  FunctionScope file;
  function_ = &file;
  check_top_statements(ast_.root(), true);
  check_gotos(file);
  function_ = nullptr;
  std::sort(tree_.diagnostics.begin(), tree_.diagnostics.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.offset, a.message) < std::tie(b.offset, b.message);
  });
}

void Checker::complain(NodeId node, const char* code, std::string message) {
  if (tree_.diagnostics.size() >= kDiagnosticsMax) return;
  const NodeHeader header = ast_.header(node);
  const std::uint32_t offset = tree_.stream.tokens[header.first].offset;
  tree_.diagnostics.push_back({offset, static_cast<std::uint32_t>(text(node).size()), code, std::move(message)});
}

std::string Checker::name_text(NodeId node) const {
  const NodeHeader header = ast_.header(node);
  std::string name;
  for (std::uint32_t token = header.first; token < header.end; ++token) {
    if (!is_trivia(tree_.stream.tokens[token].kind)) name += tree_.token_text(source_, token);
  }
  return name;
}

std::string_view Checker::variable_name(NodeId node) const {
  node = without_parentheses(node);
  if (!node || kind(node) != Kind::kVariable) return {};
  return text(node).substr(1);
}

NodeId Checker::without_parentheses(NodeId node) const {
  while (node && kind(node) == Kind::kParenthesized) node = child(node, 0);
  return node;
}

}  // namespace banyan::php
