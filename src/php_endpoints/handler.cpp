#include "php_endpoints/handler.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace banyan::php {

namespace {

constexpr std::size_t kCallsMax = 200;

std::string without_unknown(std::string text) {
  const std::size_t end = text.rfind(kUnknownEnd);
  return end == std::string::npos ? text : text.substr(end + 1);
}

// The full name of what a call calls; empty where it is computed.
std::string called_name(const TreeView& view, NodeId call, NodeId scope_class) {
  switch (view.kind(call)) {
    case NodeKind::kCall:
      return view.kind(view.child(call, 0)) == NodeKind::kName ? view.function_name(view.text(view.child(call, 0)))
                                                               : "";
    case NodeKind::kStaticCall: {
      const NodeId class_node = view.child(call, 0);
      if (view.kind(class_node) != NodeKind::kName || view.member_name(call).empty()) return "";
      return view.class_name(class_node, scope_class) + "::" + std::string(view.member_name(call));
    }
    case NodeKind::kMethodCall: {
      const NodeId object = view.bare(view.child(call, 0));
      const std::string name(view.member_name(call));
      if (name.empty()) return "";
      if (view.variable(object) == "this") return view.declared_name(scope_class) + "::" + name;
      if (view.kind(object) == NodeKind::kNew && view.kind(view.child(object, 0)) == NodeKind::kName) {
        return view.class_name(view.child(object, 0), scope_class) + "::" + name;
      }
      return "";
    }
    default:
      return "";
  }
}

void collect_calls(const TreeView& view, NodeId from, NodeId scope_class, std::vector<std::string>& calls) {
  std::unordered_set<std::string> seen(calls.begin(), calls.end());
  std::vector<NodeId> open = {from};
  while (!open.empty() && calls.size() < kCallsMax) {
    const NodeId node = open.back();
    open.pop_back();
    if (std::string name = called_name(view, node, scope_class); !name.empty() && seen.insert(name).second) {
      calls.push_back(std::move(name));
    }
    const auto children = view.children(node);
    for (auto one = children.rbegin(); one != children.rend(); ++one) {
      if (*one) open.push_back(*one);
    }
  }
}

Handler named(std::string name) {
  const HandlerKind kind = name.find("::") == std::string::npos ? HandlerKind::kFunction : HandlerKind::kMethod;
  return {.kind = kind, .name = std::move(name)};
}

Handler closure_handler(const TreeView& view, NodeId node, NodeId scope_class) {
  Handler handler{.file = view.path(), .line = view.line(node), .end_line = view.end_line(node)};
  collect_calls(view, node, scope_class, handler.calls);
  return handler;
}

// [C::class, 'm'], [$this, 'm'], [new C, 'm'].
Handler pair_handler(const TreeView& view, NodeId array, NodeId scope_class) {
  const auto items = view.children(array);
  if (const NodeId uses = view.array_value(array, "uses")) return make_handler(view, uses, scope_class);
  if (items.size() < 2) {
    return items.empty() ? Handler{.kind = HandlerKind::kMethod, .name = "?"}
                         : make_handler(view, view.child(items[0], 1), scope_class);
  }
  const NodeId object = view.bare(view.child(items[0], 1));
  const std::string method = view.text_of(view.child(items[1], 1), scope_class).value_or("?");
  std::string owner = "?";
  if (view.variable(object) == "this") {
    owner = view.declared_name(scope_class);
  } else if (view.kind(object) == NodeKind::kNew) {
    owner = view.class_name(view.child(object, 0), scope_class);
  } else if (const auto text = view.text_of(object, scope_class)) {
    owner = text->starts_with('\\') ? text->substr(1) : *text;
  }
  return named(owner + "::" + method);
}

// Statements that end a branch and say nothing about who answers.
bool is_end_of_branch(const TreeView& view, NodeId statement) {
  switch (view.kind(statement)) {
    case NodeKind::kBreak:
    case NodeKind::kEmptyStatement:
    case NodeKind::kContinue:
      return true;
    case NodeKind::kReturn:
      return !view.child(statement, 0);
    case NodeKind::kExpressionStatement:
      return view.kind(view.child(statement, 0)) == NodeKind::kExit;
    default:
      return false;
  }
}

// The expression a statement is about: of `echo f();`, `return f();`, `f();` it is f().
NodeId only_expression(const TreeView& view, NodeId statement) {
  switch (view.kind(statement)) {
    case NodeKind::kExpressionStatement:
    case NodeKind::kReturn:
      return view.bare(view.child(statement, 0));
    case NodeKind::kEcho: {
      return view.children(statement).size() == 1 ? view.bare(view.children(statement)[0]) : NodeId();
    }
    default:
      return view.bare(statement);
  }
}

}  // namespace

Handler make_handler(const TreeView& view, NodeId written, NodeId scope_class, std::string_view controller) {
  written = view.bare(written);
  switch (view.kind(written)) {
    case NodeKind::kClosure:
    case NodeKind::kArrowFunction:
      return closure_handler(view, written, scope_class);
    case NodeKind::kArray:
      return pair_handler(view, written, scope_class);
    case NodeKind::kClassConstant:
      if (view.member_name(written) == "class") {
        return named(view.class_name(view.child(written, 0), scope_class) + "::__invoke");
      }
      break;
    case NodeKind::kCall:
    case NodeKind::kStaticCall:
    case NodeKind::kMethodCall:  // f(...), C::m(...)
      if (std::string name = called_name(view, written, scope_class); !name.empty()) return named(std::move(name));
      break;
    default:
      break;
  }
  const auto text = view.text_of(written, scope_class);
  if (!text) return {.kind = HandlerKind::kMethod, .name = "?"};
  for (const std::string_view separator : {"@", "::", ":"}) {
    const std::size_t at = text->find(separator);
    if (at == std::string::npos) continue;
    std::string owner = text->substr(0, at);
    if (owner.starts_with('\\')) owner.erase(0, 1);
    return named(owner + "::" + text->substr(at + separator.size()));
  }
  if (!controller.empty()) return named(std::string(controller) + "::" + *text);
  return named(text->starts_with('\\') ? text->substr(1) : *text);
}

Handler code_handler(const TreeView& view, std::span<const NodeId> statements, NodeId scope_class) {
  std::vector<NodeId> work;
  for (const NodeId statement : statements) {
    if (statement && !is_end_of_branch(view, statement)) work.push_back(statement);
  }
  if (work.size() == 1) {
    const NodeId expression = only_expression(view, work[0]);
    if (view.kind(expression) == NodeKind::kInclude) {
      if (std::string path = included_path(view, expression); !path.empty()) {
        return {.kind = HandlerKind::kFile, .name = path, .file = path};
      }
    }
    if (std::string name = called_name(view, expression, scope_class); !name.empty()) return named(std::move(name));
  }
  Handler handler{.file = view.path()};
  if (work.empty()) return handler;
  handler.line = view.line(work.front());
  handler.end_line = view.end_line(work.back());
  for (const NodeId statement : work) collect_calls(view, statement, scope_class, handler.calls);
  return handler;
}

std::string included_path(const TreeView& view, NodeId include) {
  const NodeId operand = view.bare(view.child(include, 0));
  std::string path = without_unknown(view.template_of(operand, {}).value_or(""));
  // "a/b/../c" and what climbs above the code base.
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string part = path.substr(at, end - at);
    if (part == ".." && !parts.empty()) {
      parts.pop_back();
    } else if (!part.empty() && part != "." && part != "..") {
      parts.push_back(part);
    }
    at = end + 1;
  }
  std::string clean;
  for (const std::string& part : parts) clean += (clean.empty() ? "" : "/") + part;
  return clean;
}

}  // namespace banyan::php
