#include "php_rules/file_names.h"

namespace banyan::php {

namespace {

std::string_view last_part(std::string_view name) {
  const std::size_t separator = name.rfind('\\');
  return separator == std::string_view::npos ? name : name.substr(separator + 1);
}

std::string_view without_root(std::string_view name) { return name.starts_with('\\') ? name.substr(1) : name; }

}  // namespace

FileNames::FileNames(const SyntaxTree& tree, std::string_view source) : tree_(tree), source_(source) {
  collect_functions();
}

void FileNames::collect_functions() {
  std::string current;
  const auto collect = [&](NodeId node) {
    if (!node || tree_.ast.kind(node) != NodeKind::kFunction || current.empty()) return;
    const NodeId name = tree_.ast.child(node, function_slot::kName);
    if (name) functions_.insert(current + "\\" + lowered(tree_.node_text(source_, name)));
  };
  // What belongs to "namespace A;" stands behind it, what belongs to "namespace A { }" in its body.
  for (const NodeId node : tree_.ast.children(tree_.ast.root())) {
    collect(node);
    if (!node || tree_.ast.kind(node) != NodeKind::kNamespace) continue;
    const NodeId name = tree_.ast.child(node, 0);
    current = name ? lowered(without_root(tree_.node_text(source_, name))) : std::string();
    for (const NodeId inner : tree_.ast.children(tree_.ast.child(node, 1))) collect(inner);
  }
}

void FileNames::enter(NodeId node) {
  if (tree_.ast.kind(node) == NodeKind::kUse) return import(node);
  const NodeId name = tree_.ast.child(node, 0);
  scope_ = NameScope(name ? without_root(tree_.node_text(source_, name)) : std::string_view());
}

void FileNames::import(NodeId use) {
  const NodeId prefix = tree_.ast.child(use, 0);
  std::string before;
  if (prefix) before = std::string(without_root(tree_.node_text(source_, prefix))) + "\\";
  for (const NodeId item : tree_.ast.children(tree_.ast.child(use, 1))) {
    if (!item || !tree_.ast.child(item, 0)) continue;
    const auto flags = static_cast<std::uint16_t>(tree_.ast.flags(use) | tree_.ast.flags(item));
    const std::string full = before + std::string(without_root(tree_.node_text(source_, tree_.ast.child(item, 0))));
    const NodeId alias = tree_.ast.child(item, 1);
    const SymbolKind kind = (flags & kFlagUseFunction) != 0   ? SymbolKind::kFunction
                            : (flags & kFlagUseConstant) != 0 ? SymbolKind::kConstant
                                                              : SymbolKind::kClass;
    scope_.import(kind, alias ? tree_.node_text(source_, alias) : last_part(full), full);
  }
}

std::string FileNames::function(std::string_view written) const {
  if (written.find('\\') != std::string_view::npos) return scope_.resolve_class(written);
  const std::string_view imported = scope_.imported(SymbolKind::kFunction, written);
  if (!imported.empty()) return std::string(imported);
  if (!scope_.current().empty()) {
    std::string own = scope_.qualified(written);
    if (functions_.contains(own)) return own;
  }
  return lowered(written);
}

std::string FileNames::constant(std::string_view written) const {
  if (written.starts_with('\\')) return std::string(written.substr(1));
  if (written.find('\\') != std::string_view::npos) return scope_.resolve_class(written);
  const std::string_view imported = scope_.imported(SymbolKind::kConstant, written);
  return std::string(imported.empty() ? written : imported);
}

}  // namespace banyan::php
