#include "php_parse/ast.h"

#include <cstring>

namespace banyan::php {

NodeId Ast::add(const NodeHeader& header, std::span<const NodeId> children) {
  const NodeId node{static_cast<std::uint32_t>(words_.size())};
  words_.resize(words_.size() + kHeaderWords + children.size());
  std::uint32_t* const words = words_.data() + node.value;
  std::memcpy(words, &header, sizeof header);
  words[3] = static_cast<std::uint32_t>(children.size());
  if (!children.empty()) std::memcpy(words + kHeaderWords, children.data(), children.size_bytes());
  return node;
}

void Ast::set_flags(NodeId node, std::uint16_t flags) {
  NodeHeader changed = header(node);
  changed.flags = flags;
  std::memcpy(words_.data() + node.value, &changed, sizeof changed);
}

void Ast::set_child(NodeId node, std::uint32_t slot, NodeId child) {
  words_[node.value + kHeaderWords + slot] = child.value;
}

std::string_view node_kind_name(NodeKind kind) {
  static constexpr std::string_view kNames[] = {
#define X(name, text, children) text,
#include "php_parse/node_kinds.def"
#undef X
  };
  return kNames[static_cast<unsigned>(kind)];
}

std::string_view node_child_names(NodeKind kind) {
  static constexpr std::string_view kChildren[] = {
#define X(name, text, children) children,
#include "php_parse/node_kinds.def"
#undef X
  };
  return kChildren[static_cast<unsigned>(kind)];
}

}  // namespace banyan::php
