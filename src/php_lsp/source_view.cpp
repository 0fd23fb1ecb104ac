#include "php_lsp/source_view.h"

namespace banyan::php {

std::uint32_t SourceView::begin(NodeId node) const {
  const std::string_view own = text(node);
  if (!own.empty()) return static_cast<std::uint32_t>(own.data() - source_.data());
  const std::uint32_t first = tree_.ast.header(node).first;
  return first < tree_.stream.tokens.size() ? tree_.stream.tokens[first].offset : 0;
}

std::string_view SourceView::variable(NodeId node) const {
  const std::string_view own = text(node);
  return kind(node) == NodeKind::kVariable && own.starts_with('$') ? own.substr(1) : std::string_view();
}

std::vector<NodeId> SourceView::path_to(std::uint32_t offset) const {
  std::vector<NodeId> path = {tree_.ast.root()};
  while (true) {
    NodeId best;
    for (const NodeId one : children(path.back())) {
      if (!one || text(one).empty() || begin(one) > offset || end(one) < offset) continue;
      // Two nodes may touch at the offset: a name that ends there is meant, else the one that begins there.
      const NodeKind before = kind(best);
      const bool is_name =
          before == NodeKind::kName || before == NodeKind::kIdentifier || before == NodeKind::kVariable;
      if (!best || !is_name || begin(one) < offset) best = one;
    }
    if (!best) return path;
    path.push_back(best);
  }
}

Names SourceView::names_at(std::uint32_t offset) const {
  Names names(tree_, source_);
  std::vector<NodeId> open(children(tree_.ast.root()).begin(), children(tree_.ast.root()).end());
  for (std::size_t i = 0; i < open.size(); ++i) {
    const NodeId statement = open[i];
    if (begin(statement) > offset) break;
    if (kind(statement) == NodeKind::kUse) names.enter_use(statement);
    if (kind(statement) != NodeKind::kNamespace) continue;
    names.enter_namespace(statement);
    const NodeId body = child(statement, 1);
    if (!body || end(statement) < offset) continue;
    open.assign(children(body).begin(), children(body).end());
    i = static_cast<std::size_t>(-1);
  }
  return names;
}

bool SourceView::is_function(NodeKind kind) {
  return kind == NodeKind::kFunction || kind == NodeKind::kMethod || kind == NodeKind::kClosure ||
         kind == NodeKind::kArrowFunction || kind == NodeKind::kPropertyHook;
}

bool SourceView::is_class(NodeKind kind) {
  return kind == NodeKind::kClass || kind == NodeKind::kAnonymousClass || kind == NodeKind::kInterface ||
         kind == NodeKind::kTrait || kind == NodeKind::kEnum;
}

}  // namespace banyan::php
