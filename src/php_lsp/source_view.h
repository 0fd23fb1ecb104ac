// A file's tree as an editor asks about it: what stands at an offset, and what surrounds it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "php_check/names.h"
#include "php_parse/parse.h"

namespace banyan::php {

class SourceView {
 public:
  // Views of what the caller keeps.
  SourceView(const SyntaxTree& tree, std::string_view source) : tree_(tree), source_(source) {}

  const SyntaxTree& tree() const { return tree_; }
  NodeKind kind(NodeId node) const { return tree_.ast.kind(node); }
  NodeId child(NodeId node, std::uint32_t slot) const { return tree_.ast.child(node, slot); }
  std::span<const NodeId> children(NodeId node) const { return tree_.ast.children(node); }
  std::uint16_t flags(NodeId node) const { return tree_.ast.flags(node); }
  std::string_view text(NodeId node) const { return tree_.node_text(source_, node); }
  std::uint32_t begin(NodeId node) const;
  std::uint32_t end(NodeId node) const { return begin(node) + static_cast<std::uint32_t>(text(node).size()); }
  // "x" of $x, else empty.
  std::string_view variable(NodeId node) const;

  // From the file down to the innermost node whose text holds the offset; an offset at a node's end counts, so that a
  // cursor behind a name means the name.
  std::vector<NodeId> path_to(std::uint32_t offset) const;
  // The namespace and imports that hold at the offset.
  Names names_at(std::uint32_t offset) const;

  static bool is_function(NodeKind kind);
  static bool is_class(NodeKind kind);

 private:
  const SyntaxTree& tree_;
  std::string_view source_;
};

}  // namespace banyan::php
