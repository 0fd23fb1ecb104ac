// Which functions and methods of a file take references, for the other files of its project.
#include "php_convert/convert.h"
#include "php_parse/name_scope.h"

namespace banyan::php {

namespace {

void add_reference_takers(const SyntaxTree& tree, std::string_view source, NodeId node, std::vector<std::string>& out) {
  const Ast& ast = tree.ast;
  if (ast.kind(node) == NodeKind::kFunction || ast.kind(node) == NodeKind::kMethod) {
    for (const NodeId parameter : ast.children(ast.child(node, function_slot::kParameters))) {
      if ((ast.flags(parameter) & kFlagReference) == 0) continue;
      out.push_back(lowered(tree.node_text(source, ast.child(node, function_slot::kName))));
      break;
    }
  }
  for (const NodeId one : ast.children(node)) {
    if (one) add_reference_takers(tree, source, one, out);
  }
}

}  // namespace

std::vector<std::string> reference_takers(std::string_view source, const ParseOptions& options) {
  const SyntaxTree tree = parse(source, options);
  std::vector<std::string> out;
  add_reference_takers(tree, source, tree.ast.root(), out);
  return out;
}

}  // namespace banyan::php
