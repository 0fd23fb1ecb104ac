#include "php_parse/syntax_dump.h"

#include <algorithm>
#include <vector>

#include "base/json_text.h"

namespace banyan::php {

namespace {

struct FlagName {
  std::uint16_t flag;
  std::string_view name;
};

constexpr FlagName kModifierNames[] = {
    {kFlagPublic, "public"},           {kFlagProtected, "protected"},
    {kFlagPrivate, "private"},         {kFlagStatic, "static"},
    {kFlagAbstract, "abstract"},       {kFlagFinal, "final"},
    {kFlagReadonly, "readonly"},       {kFlagVar, "var"},
    {kFlagPublicSet, "public(set)"},   {kFlagProtectedSet, "protected(set)"},
    {kFlagPrivateSet, "private(set)"},
};
constexpr FlagName kFunctionNames[] = {{kFlagReference, "reference"}, {kFlagNoBody, "no_body"}};
constexpr FlagName kItemNames[] = {{kFlagReference, "reference"}, {kFlagSpread, "spread"}};
constexpr FlagName kParameterNames[] = {{kFlagReference, "reference"}, {kFlagVariadic, "variadic"}};
constexpr FlagName kUseNames[] = {{kFlagUseFunction, "function"}, {kFlagUseConstant, "const"}, {kFlagGroup, "group"}};
constexpr FlagName kArrayNames[] = {{kFlagListSyntax, "list"}, {kFlagArraySyntax, "array"}};
constexpr FlagName kStringNames[] = {{kFlagBraces, "braces"}, {kFlagInString, "in_string"}};

std::span<const FlagName> flag_names(NodeKind kind) {
  static constexpr FlagName kBracketed[] = {{kFlagBracketed, "braces"}};
  static constexpr FlagName kNowdoc[] = {{kFlagNowdoc, "nowdoc"}};
  static constexpr FlagName kShort[] = {{kFlagShort, "short"}};
  static constexpr FlagName kDefault[] = {{kFlagDefault, "default"}};
  static constexpr FlagName kArguments[] = {{kFlagWithArguments, "with_arguments"}};
  switch (kind) {
    case NodeKind::kModifiers:
      return kModifierNames;
    case NodeKind::kFunction:
    case NodeKind::kMethod:
    case NodeKind::kClosure:
    case NodeKind::kArrowFunction:
    case NodeKind::kPropertyHook:
      return kFunctionNames;
    case NodeKind::kArrayItem:
    case NodeKind::kArgument:
      return kItemNames;
    case NodeKind::kParameter:
    case NodeKind::kClosureUse:
      return kParameterNames;
    case NodeKind::kUse:
    case NodeKind::kUseItem:
      return kUseNames;
    case NodeKind::kArray:
      return kArrayNames;
    case NodeKind::kNamespace:
      return kBracketed;
    case NodeKind::kHeredoc:
      return kNowdoc;
    case NodeKind::kTernary:
      return kShort;
    case NodeKind::kCase:
    case NodeKind::kMatchArm:
      return kDefault;
    case NodeKind::kExit:
      return kArguments;
    case NodeKind::kVariable:
    case NodeKind::kVariableVariable:
    case NodeKind::kIndex:
    case NodeKind::kProperty:
    case NodeKind::kNullsafeProperty:
    case NodeKind::kInteger:
    case NodeKind::kParenthesized:
      return kStringNames;
    default:
      return {};
  }
}

std::vector<std::string_view> slot_names(NodeKind kind) {
  std::vector<std::string_view> names;
  std::string_view rest = node_child_names(kind);
  while (!rest.empty() && rest != "*") {
    const std::size_t space = rest.find(' ');
    names.push_back(rest.substr(0, space));
    rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
  }
  return names;
}

// A node on the way down, and which child comes next.
struct Step {
  NodeId node;
  std::uint32_t next = 0;
  bool any = false;  // a child was printed
};

void append_node_line(std::string& out, const SyntaxTree& tree, std::string_view source, NodeId node) {
  const NodeHeader header = tree.ast.header(node);
  out += node_kind_name(header.kind);
  if (header.op != TokenKind::kWhitespace) out.append(" ").append(token_kind_text(header.op));
  for (const FlagName& flag : flag_names(header.kind)) {
    if ((header.flags & flag.flag) != 0) out.append(" [").append(flag.name).append("]");
  }
  if (header.count == 0 && header.end > header.first) {
    out += ' ';
    append_json_string(out, tree.node_text(source, node));
  }
  out += '\n';
}

void append_json_head(std::string& out, const SyntaxTree& tree, std::string_view source, NodeId node) {
  const NodeHeader header = tree.ast.header(node);
  const std::uint32_t start =
      tree.stream.tokens[std::min<std::size_t>(header.first, tree.stream.tokens.size() - 1)].offset;
  const std::size_t end = start + tree.node_text(source, node).size();
  out.append("{\"kind\":\"").append(node_kind_name(header.kind)).append("\",\"start\":").append(std::to_string(start));
  out.append(",\"end\":").append(std::to_string(end));
  if (header.op != TokenKind::kWhitespace) {
    out += ",\"op\":";
    append_json_string(out, token_kind_text(header.op));
  }
  bool any = false;
  for (const FlagName& flag : flag_names(header.kind)) {
    if ((header.flags & flag.flag) == 0) continue;
    out.append(any ? ",\"" : ",\"flags\":[\"").append(flag.name).append("\"");
    any = true;
  }
  if (any) out += ']';
  if (header.count == 0 && header.end > header.first) {
    out += ",\"text\":";
    append_json_string(out, tree.node_text(source, node));
  }
}

}  // namespace

std::string dump_text(const SyntaxTree& tree, std::string_view source) {
  std::string out;
  append_node_line(out, tree, source, tree.ast.root());
  std::vector<Step> steps = {{tree.ast.root()}};
  while (!steps.empty()) {
    Step& step = steps.back();
    const std::span<const NodeId> children = tree.ast.children(step.node);
    if (step.next == children.size()) {
      steps.pop_back();
      continue;
    }
    const std::uint32_t slot = step.next++;
    const NodeId child = children[slot];
    if (!child) continue;
    out.append(steps.size() * 2, ' ');
    const std::vector<std::string_view> names = slot_names(tree.ast.kind(step.node));
    if (slot < names.size()) out.append(names[slot]).append(": ");
    append_node_line(out, tree, source, child);
    steps.push_back({child});
  }
  return out;
}

std::string dump_json(const SyntaxTree& tree, std::string_view source) {
  std::string out;
  append_json_head(out, tree, source, tree.ast.root());
  std::vector<Step> steps = {{tree.ast.root()}};
  while (!steps.empty()) {
    Step& step = steps.back();
    const std::span<const NodeId> children = tree.ast.children(step.node);
    const bool is_list = node_child_names(tree.ast.kind(step.node)) == "*";
    if (step.next == children.size()) {
      if (step.any) out += is_list ? ']' : '}';
      out += '}';
      steps.pop_back();
      continue;
    }
    const std::uint32_t slot = step.next++;
    const NodeId child = children[slot];
    if (!child) continue;
    out += step.any ? "," : is_list ? ",\"children\":[" : ",\"children\":{";
    step.any = true;
    if (!is_list) out.append("\"").append(slot_names(tree.ast.kind(step.node))[slot]).append("\":");
    append_json_head(out, tree, source, child);
    steps.push_back({child});
  }
  return out;
}

std::optional<std::string> print_tree(const SyntaxTree& tree, std::string_view source) {
  std::string out;
  std::uint32_t token = 0;  // the next one to print
  const auto print_until = [&](std::uint32_t end) {
    for (; token < end; ++token) out += tree.token_text(source, token);
  };
  struct Open {
    std::uint32_t end;
    std::vector<NodeId> children;  // last first
  };
  const auto open = [&tree](NodeId node) {
    Open opened{tree.ast.header(node).end, {}};
    for (const NodeId child : tree.ast.children(node)) {
      if (child && tree.ast.header(child).end > tree.ast.header(child).first) opened.children.push_back(child);
    }
    std::sort(opened.children.begin(), opened.children.end(),
              [&tree](NodeId a, NodeId b) { return tree.ast.header(a).first > tree.ast.header(b).first; });
    return opened;
  };
  std::vector<Open> stack;
  stack.push_back(open(tree.ast.root()));
  while (!stack.empty()) {
    Open& top = stack.back();
    if (top.children.empty()) {
      print_until(top.end);
      stack.pop_back();
      continue;
    }
    const NodeHeader child = tree.ast.header(top.children.back());
    if (child.first < token || child.end > top.end) return std::nullopt;
    print_until(child.first);
    const NodeId node = top.children.back();
    top.children.pop_back();
    stack.push_back(open(node));
  }
  return out;
}

}  // namespace banyan::php
