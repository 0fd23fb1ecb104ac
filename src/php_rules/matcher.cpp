#include "php_rules/matcher.h"

#include <algorithm>

#include "php_lex/keywords.h"
#include "php_rules/literal_value.h"

namespace banyan::php {

namespace {

enum class FlagRule { kEqual, kAtLeast, kIgnored };

FlagRule flag_rule(NodeKind kind) {
  switch (kind) {
    case NodeKind::kArgument:
    case NodeKind::kArrayItem:
    case NodeKind::kTernary:
    case NodeKind::kCase:
    case NodeKind::kMatchArm:
    case NodeKind::kUse:
    case NodeKind::kUseItem:
      return FlagRule::kEqual;
    case NodeKind::kNew:
    case NodeKind::kExit:
    case NodeKind::kVariable:
    case NodeKind::kVariableVariable:
    case NodeKind::kProperty:
    case NodeKind::kNullsafeProperty:
    case NodeKind::kNamespace:
      return FlagRule::kIgnored;
    default:
      return FlagRule::kAtLeast;
  }
}

bool flags_fit(NodeKind kind, std::uint16_t pattern, std::uint16_t code) {
  const FlagRule rule = flag_rule(kind);
  if (rule == FlagRule::kEqual) return pattern == code;
  return rule == FlagRule::kIgnored || (pattern & code) == pattern;
}

// Kinds whose slots count only where the pattern fills them.
bool is_declaration(NodeKind kind) {
  return (kind >= NodeKind::kFunction && kind <= NodeKind::kParameter) ||
         (kind >= NodeKind::kClass && kind <= NodeKind::kEnumCase);
}

bool is_list(NodeKind kind) { return node_child_names(kind) == "*"; }

std::string_view without_root(std::string_view name) { return name.starts_with('\\') ? name.substr(1) : name; }

bool is_word_constant(std::string_view name) {
  return equals_ignoring_case(name, "true") || equals_ignoring_case(name, "false") ||
         equals_ignoring_case(name, "null");
}

}  // namespace

NodeId without_parentheses(const Ast& ast, NodeId node) {
  while (node && ast.kind(node) == NodeKind::kParenthesized && ast.flags(node) == 0) node = ast.child(node, 0);
  return node;
}

const Binding* find_binding(const Bindings& bindings, std::string_view name) {
  const auto found =
      std::find_if(bindings.begin(), bindings.end(), [name](const Binding& binding) { return binding.name == name; });
  return found == bindings.end() ? nullptr : &*found;
}

std::string_view code_text(const SyntaxTree& tree, std::string_view source, NodeId first, NodeId last) {
  const std::vector<Token>& tokens = tree.stream.tokens;
  std::uint32_t begin = tree.ast.header(first).first;
  std::uint32_t end = tree.ast.header(last).end;
  while (begin < end && is_trivia(tokens[begin].kind)) ++begin;
  while (begin < end && is_trivia(tokens[end - 1].kind)) --end;
  begin = std::min(begin, static_cast<std::uint32_t>(tokens.size()) - 1);
  const std::uint32_t offset = tokens[begin].offset;
  return source.substr(offset, begin < end ? tokens[end].offset - offset : 0);
}

std::string_view binding_text(const CodeView& code, const Binding& binding) {
  return binding.first ? code_text(code.tree, code.source, binding.first, binding.last) : std::string_view();
}

bool Matcher::match(const Pattern& pattern, NodeId node, Bindings& bindings) {
  pattern_ = &pattern;
  bindings_ = &bindings;
  steps_ = 0;
  const std::size_t bound = bindings.size();
  if (match_node(pattern.root(), node)) return true;
  bindings.resize(bound);
  return false;
}

bool Matcher::contains(const Pattern& pattern, NodeId node, const Bindings& bindings) {
  std::vector<NodeId> nodes = {node};
  for (std::size_t i = 0; i < nodes.size() && i < kSearchNodesMax; ++i) {
    Bindings local = bindings;
    if (match(pattern, nodes[i], local)) return true;
    for (const NodeId child : tree_.ast.children(nodes[i])) {
      if (child) nodes.push_back(child);
    }
  }
  return false;
}

bool Matcher::match_node(NodeId pattern, NodeId node) {
  if (++steps_ > kStepsMax) return false;
  const PatternRole role = pattern_->role(pattern);
  if (role == PatternRole::kMetavariable) return node && bind(pattern_->name(pattern), node, node);
  if (role == PatternRole::kEllipsis) return true;
  pattern = without_parentheses(pattern_->ast(), pattern);
  if (pattern_->role(pattern) == PatternRole::kMetavariable) return match_node(pattern, node);
  node = without_parentheses(tree_.ast, node);
  if (!node || tree_.ast.kind(node) != pattern_->ast().kind(pattern)) return false;
  return match_kind(pattern, node);
}

bool Matcher::match_kind(NodeId pattern, NodeId node) {
  const NodeHeader wanted = pattern_->ast().header(pattern);
  const NodeHeader found = tree_.ast.header(node);
  if (wanted.op != found.op || !flags_fit(wanted.kind, wanted.flags, found.flags)) return false;
  if (is_list(wanted.kind)) return match_list(pattern_->ast().children(pattern), tree_.ast.children(node));
  if (node_child_names(wanted.kind).empty()) return match_leaf(pattern, node);
  return match_slots(pattern, node);
}

bool Matcher::match_leaf(NodeId pattern, NodeId node) const {
  const std::string_view wanted = pattern_->text(pattern);
  const std::string_view found = text(node);
  switch (tree_.ast.kind(node)) {
    case NodeKind::kModifiers:
      return true;  // by their flags
    case NodeKind::kString: {
      const auto value = string_literal_value(wanted);
      return value == "..." || value == string_literal_value(found);
    }
    case NodeKind::kInteger:
      return wanted == found || integer_literal_value(wanted) == integer_literal_value(found);
    case NodeKind::kMagicConstant:
      return equals_ignoring_case(wanted, found);
    case NodeKind::kIdentifier:
    case NodeKind::kName:
      return equals_ignoring_case(without_root(wanted), without_root(found));
    default:
      return wanted == found;
  }
}

bool Matcher::match_slots(NodeId pattern, NodeId node) {
  const std::span<const NodeId> wanted = pattern_->ast().children(pattern);
  const std::span<const NodeId> found = tree_.ast.children(node);
  const std::size_t count = std::max(wanted.size(), found.size());
  const bool optional = is_declaration(pattern_->ast().kind(pattern));
  for (std::uint32_t slot = 0; slot < count; ++slot) {
    const NodeId p = slot < wanted.size() ? wanted[slot] : NodeId{};
    const NodeId c = slot < found.size() ? found[slot] : NodeId{};
    if (!p) {
      const bool no_arguments = c && tree_.ast.kind(c) == NodeKind::kArguments && tree_.ast.children(c).empty();
      if (c && !optional && !no_arguments) return false;
    } else if (!match_slot(pattern, slot, p, c)) {
      return false;
    }
  }
  return true;
}

bool Matcher::match_slot(NodeId parent, std::uint32_t slot, NodeId pattern, NodeId node) {
  const NodeKind parent_kind = pattern_->ast().kind(parent);
  const NodeKind kind = pattern_->ast().kind(pattern);
  if (!node && kind == NodeKind::kArguments) return match_list(pattern_->ast().children(pattern), {});
  const bool same_kind = node && tree_.ast.kind(node) == kind && pattern_->role(pattern) == PatternRole::kNone;
  if (same_kind && kind == NodeKind::kName && slot == 0) return match_name(parent_kind, pattern, node);
  if (same_kind && kind == NodeKind::kName) return match_name(NodeKind::kClass, pattern, node);
  if (same_kind && kind == NodeKind::kIdentifier) return match_identifier(parent_kind, pattern, node);
  return match_node(pattern, node);
}

// An ellipsis takes as few as will do; what was bound on a way that leads nowhere is unbound.
bool Matcher::match_list(std::span<const NodeId> pattern, std::span<const NodeId> nodes) {
  if (++steps_ > kStepsMax) return false;
  while (!pattern.empty() && !(pattern[0] && pattern_->role(pattern[0]) == PatternRole::kEllipsis)) {
    if (nodes.empty() || static_cast<bool>(pattern[0]) != static_cast<bool>(nodes[0])) return false;
    if (pattern[0] && !match_node(pattern[0], nodes[0])) return false;
    pattern = pattern.subspan(1);
    nodes = nodes.subspan(1);
  }
  if (pattern.empty()) return nodes.empty();
  const std::string_view name = pattern_->name(pattern[0]);
  const std::size_t bound = bindings_->size();
  for (std::size_t taken = 0; taken <= nodes.size() && steps_ <= kStepsMax; ++taken) {
    const NodeId first = taken == 0 ? NodeId{} : nodes[0];
    const NodeId last = taken == 0 ? NodeId{} : nodes[taken - 1];
    if (name.empty() || bind(name, first, last)) {
      if (match_list(pattern.subspan(1), nodes.subspan(taken))) return true;
    }
    bindings_->resize(bound);
  }
  return false;
}

bool Matcher::match_name(NodeKind parent, NodeId pattern, NodeId node) const {
  const std::string_view wanted = without_root(pattern_->text(pattern));
  const std::string_view found = text(node);
  switch (parent) {
    case NodeKind::kCall:
      return code_.names.function(found) == lowered(wanted);
    case NodeKind::kConstant:
      if (is_word_constant(wanted)) return equals_ignoring_case(wanted, without_root(found));
      return code_.names.constant(found) == wanted;
    case NodeKind::kUse:
    case NodeKind::kUseItem:
    case NodeKind::kNamespace:
      return equals_ignoring_case(wanted, without_root(found));
    default:
      return code_.names.class_name(found) == lowered(wanted);
  }
}

bool Matcher::match_identifier(NodeKind parent, NodeId pattern, NodeId node) const {
  const std::string_view wanted = pattern_->text(pattern);
  const std::string_view found = text(node);
  switch (parent) {
    case NodeKind::kProperty:
    case NodeKind::kNullsafeProperty:
    case NodeKind::kConstantItem:
    case NodeKind::kLabel:
    case NodeKind::kGoto:
    case NodeKind::kArgument:
      return wanted == found;
    case NodeKind::kClassConstant:
      return wanted == found || (equals_ignoring_case(wanted, "class") && equals_ignoring_case(found, "class"));
    default:
      return equals_ignoring_case(wanted, found);
  }
}

bool Matcher::bind(std::string_view name, NodeId first, NodeId last) {
  if (const Binding* const bound = find_binding(*bindings_, name)) return same_code(*bound, first, last);
  bindings_->push_back({name, first, last});
  return true;
}

// The same tokens, whatever stands between them.
bool Matcher::same_code(const Binding& bound, NodeId first, NodeId last) const {
  if (!bound.first || !first) return !bound.first && !first;
  std::uint32_t a = tree_.ast.header(bound.first).first;
  std::uint32_t b = tree_.ast.header(first).first;
  const std::uint32_t a_end = tree_.ast.header(bound.last).end;
  const std::uint32_t b_end = tree_.ast.header(last).end;
  const auto skip = [this](std::uint32_t& at, std::uint32_t end) {
    while (at < end && is_trivia(tree_.stream.tokens[at].kind)) ++at;
    return at < end;
  };
  for (int compared = 0; compared < kSearchNodesMax; ++compared) {
    const bool more_a = skip(a, a_end);
    const bool more_b = skip(b, b_end);
    if (!more_a || !more_b) return more_a == more_b;
    if (tree_.token_text(code_.source, a++) != tree_.token_text(code_.source, b++)) return false;
  }
  return false;
}

}  // namespace banyan::php
