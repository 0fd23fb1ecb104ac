// A file's tree with what readers of routes ask of it: names resolved, constant texts put together, lines.
//
// Routes are registered with texts that are rarely written in one piece: "/" . $this->rest_base . "/(?P<id>\d+)". A
// text is therefore computed from literals, concatenations, constants, and variables and properties that have one value
// in the whole file; what stays unknown becomes a parameter (path_pattern.h). Nothing is followed into other files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "php_parse/parse.h"

namespace banyan::php {

class TreeView {
 public:
  // `tree` and `source` must outlive the view. `path` is the file's, relative to the code base, with slashes.
  TreeView(const SyntaxTree& tree, std::string_view source, std::string path);

  const std::string& path() const { return path_; }
  NodeId root() const { return tree_.ast.root(); }
  NodeKind kind(NodeId node) const { return tree_.ast.kind(node); }
  std::uint16_t flags(NodeId node) const { return tree_.ast.flags(node); }
  TokenKind op(NodeId node) const { return tree_.ast.header(node).op; }
  NodeId child(NodeId node, std::uint32_t slot) const { return tree_.ast.child(node, slot); }
  std::span<const NodeId> children(NodeId node) const { return tree_.ast.children(node); }
  std::string_view text(NodeId node) const { return tree_.node_text(source_, node); }
  std::uint32_t line(NodeId node) const;
  std::uint32_t end_line(NodeId node) const;
  // The doc comment before a declaration; empty where there is none.
  std::string_view doc_comment(NodeId node) const;

  // "x" of $x; empty for everything else.
  std::string_view variable(NodeId node) const;
  // The method's or property's written name; empty where it is computed.
  std::string_view member_name(NodeId node) const;
  // Without parentheses and @ around it.
  NodeId bare(NodeId node) const;
  // The arguments of a call of any kind, `new` and attributes included: the value with that name, else at that
  // position; none where there is neither.
  NodeId argument(NodeId call, std::size_t index, std::string_view name = {}) const;
  std::size_t argument_count(NodeId call) const;
  // The value of an item of an array literal with that text as its key; none where there is none.
  NodeId array_value(NodeId array, std::string_view key) const;

  // The last part of a written name: Route of \App\Route.
  static std::string_view last_part(std::string_view name);
  // The full name of a class as written in a node, without a leading backslash; self and static give `scope_class`.
  std::string class_name(NodeId name, NodeId scope_class) const;
  std::string class_name(std::string_view written) const;
  // The full name of a declared class or of a function called by that name.
  std::string declared_name(NodeId class_like) const;
  std::string function_name(std::string_view written) const;

  // The text of a constant expression inside of the class; nothing where it is none at all. Unknown parts are marked
  // as kUnknownBegin NAME kUnknownEnd.
  std::optional<std::string> template_of(NodeId expression, NodeId scope_class) const;
  // The same, but nothing if a part is unknown.
  std::optional<std::string> text_of(NodeId expression, NodeId scope_class) const;
  // The texts of a list literal, or of a single text.
  std::vector<std::string> texts_of(NodeId expression, NodeId scope_class) const;

 private:
  void read_names();
  void read_use(NodeId use);
  void read_constants() const;
  void note(std::string key, NodeId value) const;
  std::optional<std::string> evaluate(NodeId expression, NodeId scope_class, int depth) const;
  std::optional<std::string> evaluate_call(NodeId call, NodeId scope_class, int depth) const;
  std::optional<std::string> magic_constant(const std::string& name, NodeId scope_class) const;
  std::optional<std::string> look_up(const std::string& key, NodeId scope_class, int depth) const;
  std::string key_of_class(NodeId scope_class) const { return std::to_string(scope_class.value); }

  const SyntaxTree& tree_;
  std::string_view source_;
  std::string path_;
  LineTable lines_;
  std::string namespace_;
  std::unordered_map<std::string, std::string> imports_;  // alias in lower case to full name
  // "$x", "CLASS->x", "CLASS::X", "X" to the one value, or to none where there are several. Read when first asked for.
  mutable std::unordered_map<std::string, NodeId> constants_;
  mutable bool constants_read_ = false;
};

}  // namespace banyan::php
