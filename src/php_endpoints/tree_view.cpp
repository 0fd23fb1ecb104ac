#include "php_endpoints/tree_view.h"

#include <algorithm>
#include <utility>

#include "php_endpoints/path_pattern.h"
#include "php_parse/name_scope.h"

namespace banyan::php {

namespace {

constexpr int kEvaluationDepthMax = 16;
constexpr std::size_t kTextBytesMax = 4096;

std::string unknown(std::string_view name) { return kUnknownBegin + std::string(name) + kUnknownEnd; }

// The value of a quoted literal, escapes of double quotes resolved as far as paths and names need it.
std::string literal_value(std::string_view quoted) {
  if (quoted.starts_with('b') || quoted.starts_with('B')) quoted.remove_prefix(1);
  if (quoted.size() < 2) return {};
  const bool is_double = quoted.front() == '"';
  quoted = quoted.substr(1, quoted.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    const char c = quoted[i];
    const char next = i + 1 < quoted.size() ? quoted[i + 1] : '\0';
    const bool is_escape = c == '\\' && (next == '\\' || (is_double ? next == '"' || next == '$' : next == '\''));
    out += is_escape ? next : c;
    if (is_escape) ++i;
  }
  std::replace(out.begin(), out.end(), kUnknownBegin, ' ');
  return out;
}

std::string parent_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

}  // namespace

TreeView::TreeView(const SyntaxTree& tree, std::string_view source, std::string path)
    : tree_(tree), source_(source), path_(std::move(path)), lines_(source) {
  read_names();
}

std::uint32_t TreeView::line(NodeId node) const {
  const NodeHeader header = tree_.ast.header(node);
  return header.first < tree_.stream.tokens.size() ? lines_.at(tree_.stream.tokens[header.first].offset).line : 0;
}

std::uint32_t TreeView::end_line(NodeId node) const {
  const std::string_view node_text = text(node);
  if (node_text.empty()) return line(node);
  const auto last = static_cast<std::size_t>(node_text.data() - source_.data()) + node_text.size() - 1;
  return lines_.at(static_cast<std::uint32_t>(last)).line;
}

std::string_view TreeView::doc_comment(NodeId node) const {
  std::uint32_t token = tree_.ast.header(node).first;
  while (token > 0) {
    const TokenKind before = tree_.stream.tokens[--token].kind;
    if (before == TokenKind::kDocComment) return tree_.token_text(source_, token);
    if (before != TokenKind::kWhitespace && before != TokenKind::kComment) break;
  }
  return {};
}

std::string_view TreeView::variable(NodeId node) const {
  return kind(node) == NodeKind::kVariable && text(node).size() > 1 ? text(node).substr(1) : std::string_view();
}

std::string_view TreeView::member_name(NodeId node) const {
  NodeId name;
  switch (kind(node)) {
    case NodeKind::kMethodCall:
    case NodeKind::kNullsafeMethodCall:
    case NodeKind::kStaticCall:
    case NodeKind::kProperty:
    case NodeKind::kNullsafeProperty:
    case NodeKind::kClassConstant:
      name = child(node, 1);
      break;
    default:
      return {};
  }
  return kind(name) == NodeKind::kIdentifier ? text(name) : std::string_view();
}

NodeId TreeView::bare(NodeId node) const {
  while (kind(node) == NodeKind::kParenthesized || (kind(node) == NodeKind::kUnary && op(node) == TokenKind::kAt)) {
    node = child(node, 0);
  }
  return node;
}

NodeId TreeView::argument(NodeId call, std::size_t index, std::string_view name) const {
  const NodeKind call_kind = kind(call);
  const bool has_object = call_kind == NodeKind::kMethodCall || call_kind == NodeKind::kNullsafeMethodCall ||
                          call_kind == NodeKind::kStaticCall;
  std::size_t position = 0;
  for (const NodeId one : children(child(call, has_object ? 2 : 1))) {
    if (kind(one) != NodeKind::kArgument) return {};
    const NodeId given_name = child(one, 0);
    if (given_name ? (!name.empty() && text(given_name) == name) : position == index) return child(one, 1);
    ++position;
  }
  return {};
}

std::size_t TreeView::argument_count(NodeId call) const {
  const NodeKind call_kind = kind(call);
  return children(child(call, call_kind == NodeKind::kCall || call_kind == NodeKind::kNew ? 1 : 2)).size();
}

NodeId TreeView::array_value(NodeId array, std::string_view key) const {
  if (kind(array) != NodeKind::kArray) return {};
  for (const NodeId item : children(array)) {
    if (kind(item) != NodeKind::kArrayItem) continue;
    const NodeId item_key = child(item, 0);
    if (kind(item_key) == NodeKind::kString && literal_value(text(item_key)) == key) return child(item, 1);
  }
  return {};
}

std::string_view TreeView::last_part(std::string_view name) { return name.substr(name.rfind('\\') + 1); }

std::string TreeView::class_name(NodeId name, NodeId scope_class) const {
  if (is_relative_class(text(name)) && lowered(text(name)) != "parent") return declared_name(scope_class);
  return class_name(text(name));
}

std::string TreeView::class_name(std::string_view written) const {
  if (written.starts_with('\\')) return std::string(written.substr(1));
  const std::size_t slash = written.find('\\');
  const std::string first = lowered(written.substr(0, slash));
  const std::string tail = slash == written.npos ? "" : std::string(written.substr(slash));
  if (first == "namespace" && !tail.empty()) return namespace_.empty() ? tail.substr(1) : namespace_ + tail;
  if (const auto found = imports_.find(first); found != imports_.end()) return found->second + tail;
  return namespace_.empty() ? std::string(written) : namespace_ + "\\" + std::string(written);
}

std::string TreeView::declared_name(NodeId class_like) const {
  const std::string name(text(child(class_like, class_slot::kName)));
  if (!class_like || name.empty()) return "?";
  return namespace_.empty() ? name : namespace_ + "\\" + name;
}

std::string TreeView::function_name(std::string_view written) const {
  if (written.starts_with('\\')) return std::string(written.substr(1));
  return namespace_.empty() ? std::string(written) : namespace_ + "\\" + std::string(written);
}

void TreeView::read_names() {
  std::vector<NodeId> statements(children(root()).begin(), children(root()).end());
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const NodeId statement = statements[i];
    if (kind(statement) == NodeKind::kNamespace) {
      if (namespace_.empty()) namespace_ = text(child(statement, 0));
      const auto body = children(child(statement, 1));
      statements.insert(statements.end(), body.begin(), body.end());
    } else if (kind(statement) == NodeKind::kUse && flags(statement) == 0) {
      read_use(statement);
    } else if (kind(statement) == NodeKind::kUse && (flags(statement) & (kFlagUseFunction | kFlagUseConstant)) == 0) {
      read_use(statement);
    }
  }
}

void TreeView::read_use(NodeId use) {
  const std::string prefix(text(child(use, 0)));
  for (const NodeId item : children(child(use, 1))) {
    std::string full(text(child(item, 0)));
    if (!prefix.empty()) full = prefix + (prefix.ends_with('\\') ? "" : "\\") + full;
    if (full.starts_with('\\')) full.erase(0, 1);
    const NodeId alias = child(item, 1);
    imports_.emplace(lowered(alias ? text(alias) : last_part(full)), full);
  }
}

void TreeView::note(std::string key, NodeId value) const {
  const auto [found, is_new] = constants_.emplace(std::move(key), value);
  if (!is_new && text(found->second) != text(value)) found->second = NodeId();
}

void TreeView::read_constants() const {
  constants_read_ = true;
  std::vector<std::pair<NodeId, NodeId>> open = {{root(), NodeId()}};
  while (!open.empty()) {
    auto [node, scope_class] = open.back();
    open.pop_back();
    switch (kind(node)) {
      case NodeKind::kClass:
      case NodeKind::kAnonymousClass:
      case NodeKind::kTrait:
      case NodeKind::kInterface:
      case NodeKind::kEnum:
        scope_class = node;
        break;
      case NodeKind::kAssign: {
        const NodeId target = child(node, 0);
        if (!variable(target).empty()) note(std::string(text(target)), child(node, 1));
        if (kind(target) == NodeKind::kProperty && variable(child(target, 0)) == "this") {
          note(key_of_class(scope_class) + "->" + std::string(member_name(target)), child(node, 1));
        }
        break;
      }
      case NodeKind::kPropertyItem:
        if (child(node, 1)) {
          note(key_of_class(scope_class) + "->" + std::string(variable(child(node, 0))), child(node, 1));
        }
        break;
      case NodeKind::kConstantItem:
        note((scope_class ? key_of_class(scope_class) + "::" : "") + std::string(text(child(node, 0))), child(node, 1));
        break;
      case NodeKind::kCall:
        if (lowered(last_part(text(child(node, 0)))) == "define" && kind(argument(node, 0)) == NodeKind::kString) {
          note(literal_value(text(argument(node, 0))), argument(node, 1));
        }
        break;
      default:
        break;
    }
    for (const NodeId one : children(node)) {
      if (one) open.emplace_back(one, scope_class);
    }
  }
}

std::optional<std::string> TreeView::look_up(const std::string& key, NodeId scope_class, int depth) const {
  if (!constants_read_) read_constants();
  const auto found = constants_.find(key);
  if (found == constants_.end() || !found->second) return std::nullopt;
  return evaluate(found->second, scope_class, depth + 1);
}

std::optional<std::string> TreeView::evaluate_call(NodeId call, NodeId scope_class, int depth) const {
  const std::string name = lowered(last_part(text(child(call, 0))));
  const auto inner = [&] { return evaluate(argument(call, 0), scope_class, depth + 1); };
  if (name == "dirname") {
    std::optional<std::string> path = inner();
    const std::string levels(text(argument(call, 1)));
    if (path) *path = parent_folder(*path);
    for (int i = 1; path && i < (levels.size() == 1 ? levels[0] - '0' : 1); ++i) *path = parent_folder(*path);
    return path;
  }
  if (name == "trim" || name == "untrailingslashit" || name == "strtolower" || name == "realpath") return inner();
  return unknown(name);
}

std::optional<std::string> TreeView::magic_constant(const std::string& name, NodeId scope_class) const {
  if (name == "__dir__") return parent_folder(path_);
  if (name == "__file__") return path_;
  if (name == "__class__") return declared_name(scope_class);
  return std::nullopt;
}

std::optional<std::string> TreeView::evaluate(NodeId expression, NodeId scope_class, int depth) const {
  expression = bare(expression);
  if (!expression || depth > kEvaluationDepthMax) return std::nullopt;
  switch (kind(expression)) {
    case NodeKind::kString:
      return literal_value(text(expression));
    case NodeKind::kInteger:
      return std::string(text(expression));
    case NodeKind::kStringText:
      return std::string(text(expression));
    case NodeKind::kInterpolated: {
      std::string out;
      for (const NodeId part : children(expression)) {
        const auto value = evaluate(part, scope_class, depth + 1);
        if (!value || out.size() > kTextBytesMax) return std::nullopt;
        out += *value;
      }
      return out;
    }
    case NodeKind::kMagicConstant:
      return magic_constant(lowered(text(expression)), scope_class);
    case NodeKind::kConstant: {
      const std::string name(last_part(text(expression)));
      if (name == "DIRECTORY_SEPARATOR") return "/";
      return look_up(name, scope_class, depth).value_or(unknown(name));
    }
    case NodeKind::kVariable:
      return look_up(std::string(text(expression)), scope_class, depth).value_or(unknown(variable(expression)));
    case NodeKind::kProperty: {
      const std::string name(member_name(expression));
      if (variable(child(expression, 0)) != "this") return unknown(name);
      return look_up(key_of_class(scope_class) + "->" + name, scope_class, depth).value_or(unknown(name));
    }
    case NodeKind::kClassConstant: {
      const NodeId class_node = child(expression, 0);
      const std::string name(member_name(expression));
      if (lowered(name) == "class") return class_name(class_node, scope_class);
      if (is_relative_class(text(class_node)) || class_name(class_node, scope_class) == declared_name(scope_class)) {
        return look_up(key_of_class(scope_class) + "::" + name, scope_class, depth).value_or(unknown(name));
      }
      return unknown(name);
    }
    case NodeKind::kCall:
      return evaluate_call(expression, scope_class, depth);
    case NodeKind::kMethodCall:
    case NodeKind::kStaticCall:
      return unknown(member_name(expression));
    case NodeKind::kBinary:
      break;
    default:
      return std::nullopt;
  }
  // Concatenations lean left and may be long: their parts are collected, last one first.
  std::vector<NodeId> parts;
  while (kind(expression) == NodeKind::kBinary && op(expression) == TokenKind::kDot) {
    parts.push_back(child(expression, 1));
    expression = bare(child(expression, 0));
  }
  if (kind(expression) == NodeKind::kBinary) return std::nullopt;
  parts.push_back(expression);
  std::string out;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    const auto value = evaluate(*part, scope_class, depth + 1);
    out += value ? *value : unknown("value");
    if (out.size() > kTextBytesMax) return std::nullopt;
  }
  return out;
}

std::optional<std::string> TreeView::template_of(NodeId expression, NodeId scope_class) const {
  return evaluate(expression, scope_class, 0);
}

std::optional<std::string> TreeView::text_of(NodeId expression, NodeId scope_class) const {
  std::optional<std::string> value = evaluate(expression, scope_class, 0);
  if (value && value->find(kUnknownBegin) != std::string::npos) value.reset();
  return value;
}

std::vector<std::string> TreeView::texts_of(NodeId expression, NodeId scope_class) const {
  expression = bare(expression);
  std::vector<std::string> result;
  if (kind(expression) != NodeKind::kArray) {
    if (auto value = text_of(expression, scope_class)) result.push_back(std::move(*value));
    return result;
  }
  for (const NodeId item : children(expression)) {
    if (auto value = text_of(child(item, 1), scope_class)) result.push_back(std::move(*value));
  }
  return result;
}

}  // namespace banyan::php
