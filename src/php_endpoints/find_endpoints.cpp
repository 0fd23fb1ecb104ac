#include "php_endpoints/find_endpoints.h"

#include <algorithm>
#include <utility>

#include "php_endpoints/handler.h"
#include "php_endpoints/route_reader.h"
#include "php_parse/name_scope.h"

namespace banyan::php {

namespace {

bool mentions(std::string_view source, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [source](std::string_view word) { return source.find(word) != source.npos; });
}

bool is_declaration(NodeKind kind) {
  switch (kind) {
    case NodeKind::kFunction:
    case NodeKind::kClass:
    case NodeKind::kInterface:
    case NodeKind::kTrait:
    case NodeKind::kEnum:
    case NodeKind::kConstants:
    case NodeKind::kUse:
    case NodeKind::kDeclare:
    case NodeKind::kEmptyStatement:
    case NodeKind::kReturn:
    case NodeKind::kHaltCompiler:
      return true;
    default:
      return false;
  }
}

// `defined('ABSPATH') || exit;`, `if (!defined('X')) { die; }`, `if (PHP_SAPI !== 'cli') exit;`: the file refuses to be
// asked for, or is no page.
bool is_guard(const TreeView& view, NodeId statement) {
  const std::string text = lowered(view.text(statement));
  if (text.size() > 600) return false;
  const bool asks = text.find("defined(") != text.npos || text.find("defined (") != text.npos ||
                    text.find("php_sapi") != text.npos || text.find("class_exists(") != text.npos ||
                    text.find("function_exists(") != text.npos;
  const bool ends = text.find("exit") != text.npos || text.find("die") != text.npos || text.find("return") != text.npos;
  return asks && ends;
}

// What the file does outside of its functions and classes.
class TopLevel {
 public:
  TopLevel(const TreeView& view, FileEndpoints& out) : view_(view), out_(out) {}

  void read() {
    std::vector<NodeId> open(view_.children(view_.root()).begin(), view_.children(view_.root()).end());
    std::size_t statement_count = 0;
    for (std::size_t i = 0; i < open.size(); ++i) {
      const NodeId statement = open[i];
      const NodeKind kind = view_.kind(statement);
      if (kind == NodeKind::kNamespace) {
        const auto body = view_.children(view_.child(statement, 1));
        open.insert(open.end(), body.begin(), body.end());
        continue;
      }
      if (is_declaration(kind)) continue;
      if (statement_count < 5 && is_guard(view_, statement)) out_.guarded = true;
      ++statement_count;
      if (kind == NodeKind::kInlineHtml && view_.text(statement).starts_with("#!")) out_.guarded = true;
      read_statement(statement);
    }
  }

 private:
  void read_statement(NodeId statement) {
    std::vector<NodeId> open = {statement};
    while (!open.empty()) {
      const NodeId node = open.back();
      open.pop_back();
      switch (view_.kind(node)) {
        case NodeKind::kFunction:
        case NodeKind::kClass:
        case NodeKind::kInterface:
        case NodeKind::kTrait:
        case NodeKind::kEnum:
        case NodeKind::kClosure:
          continue;
        case NodeKind::kCall:
        case NodeKind::kMethodCall:
        case NodeKind::kStaticCall:
        case NodeKind::kNew:
          out_.runs = true;
          break;
        case NodeKind::kEcho:
        case NodeKind::kPrint:
        case NodeKind::kInclude:
        case NodeKind::kExit:
          out_.runs = out_.answers = true;
          break;
        case NodeKind::kInlineHtml:
          if (view_.text(node).find_first_not_of(" \t\r\n") != std::string_view::npos) out_.runs = out_.answers = true;
          break;
        case NodeKind::kVariable: {
          const std::string_view name = view_.variable(node);
          if (name.starts_with('_') && is_superglobal(name)) out_.runs = out_.answers = true;
          if (name == "argv" || name == "argc") out_.guarded = true;
          break;
        }
        default:
          break;
      }
      for (const NodeId one : view_.children(node)) {
        if (one) open.push_back(one);
      }
    }
  }

  const TreeView& view_;
  FileEndpoints& out_;
};

}  // namespace

std::string upper_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  }
  return result;
}

bool is_http_method(std::string_view upper) {
  static constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};
  return std::find(std::begin(kMethods), std::end(kMethods), upper) != std::end(kMethods);
}

std::vector<std::string> method_set(std::vector<std::string> methods) {
  for (std::string& method : methods) method = upper_case(method);
  std::erase_if(methods, [](const std::string& method) { return method.empty(); });
  if (std::find(methods.begin(), methods.end(), "ANY") != methods.end()) return {};
  std::sort(methods.begin(), methods.end());
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  return methods;
}

FileEndpoints find_endpoints(const std::string& path, std::string_view source, const SyntaxTree& tree) {
  FileEndpoints out;
  out.path = path;
  const TreeView view(tree, source, path);
  out.lines = static_cast<std::uint32_t>(std::count(source.begin(), source.end(), '\n')) + 1;
  TopLevel(view, out).read();
  walk_tree(view, view.root(), {}, [&](NodeId node, NodeId) {
    if (view.kind(node) != NodeKind::kInclude) return;
    if (std::string included = included_path(view, node); !included.empty())
      out.includes.push_back(std::move(included));
  });
  // A word that every such route has keeps the readers away from files that have none.
  if (mentions(source, {"->get(", "->post(", "->put(", "->patch(", "->delete(", "->any(", "->map(", "->add(",
                        "->addRoute(", "Route::", "->match(", "->group("})) {
    read_registered_routes(view, out.endpoints);
  }
  if (mentions(source, {"Route", "@Get", "@Post", "[Get", "[Post"})) read_attribute_routes(view, out.endpoints);
  if (mentions(source,
               {"register_rest_route", "wp_ajax_", "admin_post_", "add_rewrite_rule", "_page", "core_actions_"})) {
    read_wordpress_routes(view, out.endpoints);
  }
  if (mentions(source,
               {"REQUEST_URI", "PATH_INFO", "_GET", "_POST", "_REQUEST", "REDIRECT_URL", "getPathInfo", "getUri"})) {
    read_front_controller(view, out.endpoints, out.of_file);
  }
  if (out.endpoints.size() > kEndpointsPerFileMax) out.endpoints.resize(kEndpointsPerFileMax);
  return out;
}

}  // namespace banyan::php
