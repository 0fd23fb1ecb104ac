#include "php_check/names.h"

namespace banyan::php {

namespace {

std::string_view last_part(std::string_view name) {
  const std::size_t separator = name.rfind('\\');
  return separator == std::string_view::npos ? name : name.substr(separator + 1);
}

std::string_view without_root(std::string_view name) {
  if (name.starts_with('\\')) name.remove_prefix(1);
  return name;
}

}  // namespace

std::string key_of_constant(std::string_view full_name) {
  full_name = without_root(full_name);
  const std::size_t separator = full_name.rfind('\\');
  if (separator == std::string_view::npos) return std::string(full_name);
  return lowered(full_name.substr(0, separator)) + std::string(full_name.substr(separator));
}

std::string Names::text(NodeId name) const {
  const std::string_view written = tree_->node_text(source_, name);
  if (written.find_first_of(" \t\r\n#/") == std::string_view::npos) return std::string(written);
  const NodeHeader header = tree_->ast.header(name);
  std::string out;
  for (std::uint32_t token = header.first; token < header.end; ++token) {
    if (!is_trivia(tree_->stream.tokens[token].kind)) out += tree_->token_text(source_, token);
  }
  return out;
}

void Names::enter_namespace(NodeId node) {
  const NodeId name = tree_->ast.child(node, 0);
  written_ = name ? text(name) : "";
  scope_ = NameScope(written_);
}

void Names::enter_use(NodeId node) {
  const NodeId prefix = tree_->ast.child(node, 0);
  const std::string start = prefix ? text(prefix) + "\\" : "";
  const std::uint16_t outer = tree_->ast.flags(node);
  for (const NodeId item : tree_->ast.children(tree_->ast.child(node, 1))) {
    const std::uint16_t flags = outer | tree_->ast.flags(item);
    const std::string full = start + text(tree_->ast.child(item, 0));
    const NodeId alias = tree_->ast.child(item, 1);
    const std::string short_name(alias ? std::string(tree_->node_text(source_, alias)) : std::string(last_part(full)));
    const SymbolKind kind = (flags & kFlagUseFunction) != 0 && (flags & kFlagUseConstant) == 0 ? SymbolKind::kFunction
                            : (flags & kFlagUseConstant) != 0                                  ? SymbolKind::kConstant
                                                                                               : SymbolKind::kClass;
    scope_.import(kind, short_name, without_root(full));
  }
}

std::string Names::qualified(std::string_view name) const {
  return written_.empty() ? std::string(name) : written_ + "\\" + std::string(name);
}

ResolvedName Names::resolve(SymbolKind kind, std::string_view written) const {
  const auto keyed = [kind](std::string_view name) {
    return kind == SymbolKind::kConstant ? key_of_constant(name) : lowered(without_root(name));
  };
  if (written.starts_with('\\')) return {keyed(written), {}};
  const std::size_t separator = written.find('\\');
  if (separator == std::string_view::npos) {
    const std::string_view full = scope_.imported(kind, written);
    if (!full.empty()) return {keyed(full), {}};
    if (written_.empty()) return {keyed(written), {}};
    return {keyed(qualified(written)), keyed(written)};
  }
  const std::string first = lowered(written.substr(0, separator));
  if (first == "namespace") return {keyed(qualified(written.substr(separator + 1))), {}};
  const std::string_view full = scope_.imported(SymbolKind::kClass, first);
  if (!full.empty()) return {keyed(std::string(full) + std::string(written.substr(separator))), {}};
  return {keyed(qualified(written)), {}};
}

}  // namespace banyan::php
