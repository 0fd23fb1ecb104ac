// Holds a pattern against a node of a file's tree.
//
// Limits: one match takes at most kStepsMax steps, over all ways to divide arguments between ellipses; a search in a
// node's inside looks at kSearchNodesMax nodes. What is beyond does not match: the tree may be anybody's.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "php_rules/file_names.h"
#include "php_rules/pattern.h"

namespace banyan::php {

// The file being looked at.
struct CodeView {
  const SyntaxTree& tree;
  std::string_view source;
  const FileNames& names;
};

// What a metavariable stands for: one node, or a run of them for an ellipsis. None where the run is empty.
struct Binding {
  std::string_view name;  // lives with the pattern
  NodeId first;
  NodeId last;
};
using Bindings = std::vector<Binding>;

class Matcher {
 public:
  static constexpr int kStepsMax = 20'000;
  static constexpr int kSearchNodesMax = 10'000;

  explicit Matcher(const CodeView& code) : code_(code), tree_(code.tree) {}

  // Whether the node is what the pattern describes. `bindings` holds what is bound already, and on success what the
  // pattern bound too; else it is as it was.
  bool match(const Pattern& pattern, NodeId node, Bindings& bindings);
  // Whether the node or one inside of it is.
  bool contains(const Pattern& pattern, NodeId node, const Bindings& bindings);

 private:
  bool match_node(NodeId pattern, NodeId node);
  bool match_kind(NodeId pattern, NodeId node);
  bool match_leaf(NodeId pattern, NodeId node) const;
  bool match_slots(NodeId pattern, NodeId node);
  bool match_slot(NodeId parent, std::uint32_t slot, NodeId pattern, NodeId node);
  bool match_list(std::span<const NodeId> pattern, std::span<const NodeId> nodes);
  bool match_name(NodeKind parent, NodeId pattern, NodeId node) const;
  bool match_identifier(NodeKind parent, NodeId pattern, NodeId node) const;
  bool bind(std::string_view name, NodeId first, NodeId last);
  bool same_code(const Binding& bound, NodeId first, NodeId last) const;
  std::string_view text(NodeId node) const { return tree_.node_text(code_.source, node); }

  const CodeView& code_;
  const SyntaxTree& tree_;
  const Pattern* pattern_ = nullptr;
  Bindings* bindings_ = nullptr;
  int steps_ = 0;
};

// The binding of a metavariable; null where it has none.
const Binding* find_binding(const Bindings& bindings, std::string_view name);
// The code from the first token of one node to the last of another, without trivia at its ends; a view of the source
// even where it is empty, as for an item left out of a list.
std::string_view code_text(const SyntaxTree& tree, std::string_view source, NodeId first, NodeId last);
// The code a metavariable stands for; of an ellipsis that took nothing, a view of nothing.
std::string_view binding_text(const CodeView& code, const Binding& binding);

// The expression inside of any number of parentheses.
NodeId without_parentheses(const Ast& ast, NodeId node);

}  // namespace banyan::php
