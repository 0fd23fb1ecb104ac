// Routes written beside the method that answers: Symfony's #[Route('/x', methods: ['GET'])], the same as a docblock
// (@Route("/x", methods={"GET"})), and the shorthands of FOSRestBundle (@Get("/x")). Those of a class are the prefix of
// its methods', or name the class's __invoke. Source: symfony.com/doc (Routing).
#include <algorithm>
#include <utility>

#include "php_endpoints/route_reader.h"
#include "php_parse/name_scope.h"

namespace banyan::php {

namespace {

struct WrittenRoute {
  std::vector<std::string> paths;
  std::vector<std::string> methods;
  NodeId at;
};

// What stands in double quotes.
std::vector<std::string> quoted_texts(std::string_view text) {
  std::vector<std::string> result;
  while (true) {
    const std::size_t open = text.find('"');
    if (open == text.npos) return result;
    const std::size_t close = text.find('"', open + 1);
    if (close == text.npos) return result;
    result.emplace_back(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
}

// From "(" to the ")" that closes it, without them.
std::string_view in_parentheses(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return text.substr(1, i - 1);
  }
  return {};
}

// The value of name= in an annotation's arguments: a quoted text or what stands in braces.
std::string_view annotation_value(std::string_view arguments, std::string_view name) {
  std::size_t at = arguments.find(std::string(name) + "=");
  if (at == arguments.npos) return {};
  at += name.size() + 1;
  const std::string_view value = arguments.substr(at);
  const std::size_t end = value.starts_with('{') ? value.find('}') : value.find('"', 1);
  return end == value.npos ? std::string_view() : value.substr(0, end + 1);
}

class Reader {
 public:
  Reader(const TreeView& view, std::vector<Endpoint>& out) : view_(view), out_(out) {}

  void read_class(NodeId node) {
    const std::vector<WrittenRoute> own = routes_of(node);
    bool any = false;
    for (const NodeId member : view_.children(view_.child(node, class_slot::kMembers))) {
      if (view_.kind(member) != NodeKind::kMethod) continue;
      for (const WrittenRoute& route : routes_of(member)) {
        add(own, route, view_.declared_name(node) + "::" + std::string(view_.text(view_.child(member, 2))));
        any = true;
      }
    }
    if (any || !has_method(node, "__invoke")) return;
    for (const WrittenRoute& route : own) add({}, route, view_.declared_name(node) + "::__invoke");
  }

 private:
  bool has_method(NodeId node, std::string_view name) const {
    for (const NodeId member : view_.children(view_.child(node, class_slot::kMembers))) {
      if (view_.kind(member) == NodeKind::kMethod && lowered(view_.text(view_.child(member, 2))) == name) return true;
    }
    return false;
  }

  void add(const std::vector<WrittenRoute>& prefixes, const WrittenRoute& route, const std::string& handler) {
    std::vector<std::string> bases;
    std::vector<std::string> methods = route.methods;
    for (const WrittenRoute& prefix : prefixes) {
      bases.insert(bases.end(), prefix.paths.begin(), prefix.paths.end());
      if (methods.empty()) methods = prefix.methods;
    }
    if (bases.empty()) bases.emplace_back();
    for (const std::string& base : bases) {
      for (const std::string& path : route.paths) {
        const PathPattern prefix = PathPattern::from_braces(base).front();
        for (const PathPattern& pattern : PathPattern::from_braces(path)) {
          out_.push_back({.methods = method_set(methods),
                          .path = prefix.join(pattern),
                          .handler = {.kind = HandlerKind::kMethod, .name = handler},
                          .file = view_.path(),
                          .line = view_.line(route.at),
                          .framework = Framework::kSymfony,
                          .confidence = Confidence::kCertain});
        }
      }
    }
  }

  std::vector<WrittenRoute> routes_of(NodeId declaration) const {
    std::vector<WrittenRoute> routes;
    for (const NodeId group : view_.children(view_.child(declaration, 0))) {
      for (const NodeId attribute : view_.children(group)) read_attribute(attribute, routes);
    }
    if (const std::string_view comment = view_.doc_comment(declaration); comment.find('@') != comment.npos) {
      read_annotations(comment, declaration, routes);
    }
    return routes;
  }

  // The methods that the name of an attribute stands for; false where it is no route.
  static bool is_route_name(std::string_view name, std::vector<std::string>& methods) {
    const std::string_view last = TreeView::last_part(name);
    if (last == "Route") return true;
    if (last == "Get" || last == "Post" || last == "Put" || last == "Patch" || last == "Delete") {
      methods = {upper_case(last)};
      return true;
    }
    return false;
  }

  void read_attribute(NodeId attribute, std::vector<WrittenRoute>& routes) const {
    WrittenRoute route{.at = attribute};
    if (!is_route_name(view_.text(view_.child(attribute, 0)), route.methods)) return;
    NodeId path = view_.argument(attribute, 0, "path");
    if (!path) path = named_argument(attribute, "path");
    route.paths = view_.texts_of(path, {});
    if (const NodeId methods = named_argument(attribute, "methods")) route.methods = view_.texts_of(methods, {});
    if (!route.paths.empty()) routes.push_back(std::move(route));
  }

  NodeId named_argument(NodeId attribute, std::string_view name) const {
    for (const NodeId one : view_.children(view_.child(attribute, 1))) {
      if (view_.child(one, 0) && view_.text(view_.child(one, 0)) == name) return view_.child(one, 1);
    }
    return {};
  }

  void read_annotations(std::string_view comment, NodeId declaration, std::vector<WrittenRoute>& routes) const {
    std::vector<std::string> extra_methods;
    for (std::size_t at = comment.find('@'); at != comment.npos; at = comment.find('@', at + 1)) {
      std::string_view name = comment.substr(at + 1);
      const std::size_t end = name.find_first_of("( \t\r\n*");
      if (end == name.npos || name[end] != '(') continue;
      const std::string_view arguments = in_parentheses(name.substr(end));
      name = name.substr(0, end);
      if (name == "Method") extra_methods = quoted_texts(arguments);
      WrittenRoute route{.at = declaration};
      if (!is_route_name(name, route.methods)) continue;
      std::string_view path = annotation_value(arguments, "path");
      if (path.empty() && arguments.starts_with('"')) path = arguments.substr(0, arguments.find('"', 1) + 1);
      if (path.empty() && arguments.starts_with('{')) path = arguments.substr(0, arguments.find('}') + 1);
      route.paths = quoted_texts(path);
      if (const auto methods = annotation_value(arguments, "methods"); !methods.empty()) {
        route.methods = quoted_texts(methods);
      }
      if (!route.paths.empty()) routes.push_back(std::move(route));
    }
    for (WrittenRoute& route : routes) {
      if (route.methods.empty()) route.methods = extra_methods;
    }
  }

  const TreeView& view_;
  std::vector<Endpoint>& out_;
};

}  // namespace

void read_attribute_routes(const TreeView& view, std::vector<Endpoint>& out) {
  Reader reader(view, out);
  walk_tree(view, view.root(), {}, [&](NodeId node, NodeId) {
    if (view.kind(node) == NodeKind::kClass) reader.read_class(node);
  });
}

}  // namespace banyan::php
