// Routes that are registered by calls: Laravel and Lumen, Slim, FastRoute, Symfony's PHP configuration.
//
//   Route::prefix('admin')->controller(C::class)->group(function () { Route::get('/users/{id}', 'show'); });
//   $app->group('/users', function (RouteCollectorProxy $group) { $group->get('/{id:\d+}', C::class . ':show'); });
//
// A chain of calls is read as a whole, from its first call to its last; the body of a group is read with what the
// chain said about prefix and controller. Sources: laravel.com/docs (Routing), slimframework.com/docs/v4 (Routing).
#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "php_endpoints/handler.h"
#include "php_endpoints/route_reader.h"
#include "php_parse/name_scope.h"

namespace banyan::php {

namespace {

constexpr std::size_t kGroupsMax = 10'000;

struct Group {
  PathPattern prefix;
  std::string controller;
  std::string router;  // the variable its closure calls the router
  Framework framework = Framework::kSlim;
};

struct Call {
  NodeId node;
  std::string name;  // in lower case
};

struct Resource {
  NodeId name;
  NodeId controller;
  bool is_api = false;
};

struct Action {
  std::string_view name;
  std::vector<std::string> methods;
  std::string_view tail;  // ":" stands for the resource's parameter
};

const std::vector<Action>& resource_actions() {
  static const std::vector<Action> kActions = {{"index", {"GET"}, ""},      {"create", {"GET"}, "create"},
                                               {"store", {"POST"}, ""},     {"show", {"GET"}, ":"},
                                               {"edit", {"GET"}, ":/edit"}, {"update", {"PATCH", "PUT"}, ":"},
                                               {"destroy", {"DELETE"}, ":"}};
  return kActions;
}

// "photos" has photos/{photo}.
std::string resource_parameter(std::string_view resource) {
  std::string name(resource);
  if (name.ends_with("ies")) {
    name.replace(name.size() - 3, 3, "y");
  } else if (name.ends_with('s') && !name.ends_with("ss")) {
    name.pop_back();
  }
  return name;
}

bool is_router_variable(std::string_view name) {
  static constexpr std::string_view kNames[] = {"app",   "router", "route", "routes", "r",
                                                "group", "api",    "slim",  "proxy"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

class Reader {
 public:
  Reader(const TreeView& view, std::vector<Endpoint>& out) : view_(view), out_(out) {
    Group file;
    if (view.path().ends_with("routes/api.php")) file.prefix = PathPattern::from_literal("/api");
    groups_.push_back(std::move(file));
  }

  void run() {
    open_ = {{view_.root(), 0}};
    while (!open_.empty()) {
      const auto [node, group] = open_.back();
      open_.pop_back();
      const NodeKind kind = view_.kind(node);
      const bool is_call = kind == NodeKind::kMethodCall || kind == NodeKind::kStaticCall;
      if (is_call) {
        read_chain(node, group);
      } else {
        push_children(node, group);
      }
    }
  }

 private:
  void push_children(NodeId node, std::size_t group) {
    const auto children = view_.children(node);
    for (auto one = children.rbegin(); one != children.rend(); ++one) {
      if (*one) open_.emplace_back(*one, group);
    }
  }

  void read_chain(NodeId outermost, std::size_t group) {
    std::vector<Call> chain;
    NodeId node = outermost;
    while (view_.kind(node) == NodeKind::kMethodCall) {
      chain.push_back({node, lowered(view_.member_name(node))});
      node = view_.bare(view_.child(node, 0));
    }
    if (view_.kind(node) == NodeKind::kStaticCall) chain.push_back({node, lowered(view_.member_name(node))});
    std::reverse(chain.begin(), chain.end());
    const auto framework = router_at(node, group);
    if (framework && read_calls(chain, group, *framework)) return;
    // No chain on a router: something inside of it may be one. The chain itself is not looked at again.
    for (auto call = chain.rbegin(); call != chain.rend(); ++call) push_children(view_.child(call->node, 2), group);
    push_children(node, group);
  }

  // Whose routes a chain that begins here would be.
  std::optional<Framework> router_at(NodeId node, std::size_t group) const {
    if (view_.kind(node) == NodeKind::kStaticCall) {
      const std::string_view owner = view_.text(view_.child(node, 0));
      return lowered(TreeView::last_part(owner)) == "route" ? std::optional(Framework::kLaravel) : std::nullopt;
    }
    const std::string_view name =
        view_.kind(node) == NodeKind::kProperty ? view_.member_name(node) : view_.variable(node);
    if (name.empty() || (name != groups_[group].router && !is_router_variable(name))) return std::nullopt;
    return groups_[group].framework;
  }

  bool read_calls(const std::vector<Call>& chain, std::size_t group, Framework framework) {
    Group inner = groups_[group];
    inner.framework = framework;
    bool known = false;
    for (std::size_t i = 0; i < chain.size(); ++i) {
      const Call& call = chain[i];
      if (call.name == "prefix") {
        inner.prefix = joined(inner.prefix, view_.argument(call.node, 0));
      } else if (call.name == "controller" && view_.argument_count(call.node) == 1) {
        inner.controller = view_.text_of(view_.argument(call.node, 0), {}).value_or("");
      } else if (call.name == "group") {
        known = enter_group(call.node, inner) || known;
      } else if (is_verb(call, framework)) {
        add_route(call, inner, std::span(chain).subspan(i + 1));
        known = true;
      } else if (call.name == "add" && read_symfony_route(chain, i, inner)) {
        known = true;
      }
    }
    return known;
  }

  PathPattern joined(const PathPattern& prefix, NodeId written) const {
    const auto text = view_.template_of(written, {});
    return text ? prefix.join(PathPattern::from_braces(*text).back()) : prefix;
  }

  // group(closure), group('/prefix', closure), group(['prefix' => ...], closure).
  bool enter_group(NodeId call, Group inner) {
    NodeId body = view_.bare(view_.argument(call, 0));
    if (view_.argument_count(call) > 1) {
      const NodeId prefix = body;
      body = view_.bare(view_.argument(call, 1));
      if (view_.kind(prefix) == NodeKind::kArray) {
        if (const NodeId value = view_.array_value(prefix, "prefix")) inner.prefix = joined(inner.prefix, value);
      } else {
        inner.prefix = joined(inner.prefix, prefix);
      }
    }
    const bool is_closure = view_.kind(body) == NodeKind::kClosure || view_.kind(body) == NodeKind::kArrowFunction;
    if (!is_closure || groups_.size() >= kGroupsMax) return false;
    const auto parameters = view_.children(view_.child(body, function_slot::kParameters));
    if (!parameters.empty()) inner.router = view_.variable(view_.child(parameters[0], parameter_slot::kVariable));
    groups_.push_back(std::move(inner));
    open_.emplace_back(view_.child(body, function_slot::kBody), groups_.size() - 1);
    return true;
  }

  bool is_verb(const Call& call, Framework framework) const {
    const std::size_t count = view_.argument_count(call.node);
    const std::string& name = call.name;
    if (name == "match" || name == "map" || name == "addroute") return count >= 3;
    if (framework == Framework::kLaravel) {
      static constexpr std::string_view kVerbs[] = {
          "get",         "post",      "put",          "patch",    "delete",
          "options",     "any",       "view",         "redirect", "resource",
          "apiresource", "resources", "apiresources", "fallback", "permanentredirect"};
      return count >= 1 && std::find(std::begin(kVerbs), std::end(kVerbs), name) != std::end(kVerbs);
    }
    if (name != "any" && !is_http_method(upper_case(name))) return false;
    return count >= 2 && looks_like_path(view_.argument(call.node, 0)) &&
           looks_like_handler(view_.argument(call.node, 1));
  }

  bool looks_like_path(NodeId node) const {
    const auto text = view_.template_of(node, {});
    return text && (text->empty() || text->starts_with('/') || text->starts_with('[') || text->starts_with('{'));
  }

  bool looks_like_handler(NodeId node) const {
    switch (view_.kind(view_.bare(node))) {
      case NodeKind::kClosure:
      case NodeKind::kArrowFunction:
      case NodeKind::kClassConstant:
      case NodeKind::kBinary:
      case NodeKind::kString:
        return true;
      case NodeKind::kArray: {
        const auto items = view_.children(view_.bare(node));
        return items.size() == 2 || static_cast<bool>(view_.array_value(view_.bare(node), "uses"));
      }
      default:
        return false;
    }
  }

  void add_route(const Call& call, const Group& group, std::span<const Call> later) {
    const std::string& name = call.name;
    if (name == "resource" || name == "apiresource") {
      add_resource({view_.argument(call.node, 0), view_.argument(call.node, 1), name == "apiresource"}, call, group,
                   later);
      return;
    }
    if (name == "resources" || name == "apiresources") {
      for (const NodeId item : view_.children(view_.bare(view_.argument(call.node, 0)))) {
        add_resource({view_.child(item, 0), view_.child(item, 1), name == "apiresources"}, call, group, later);
      }
      return;
    }
    const bool has_methods = name == "match" || name == "map" || name == "addroute";
    const std::size_t first = has_methods ? 1 : 0;
    std::vector<std::string> methods;
    if (has_methods) {
      methods = view_.texts_of(view_.argument(call.node, 0), {});
    } else if (name == "view") {
      methods = {"GET"};
    } else if (is_http_method(upper_case(name))) {
      methods = {name};
    }
    const NodeId path = name == "fallback" ? NodeId() : view_.argument(call.node, first);
    Handler handler =
        make_handler(view_, view_.argument(call.node, name == "fallback" ? 0 : first + 1), {}, group.controller);
    if (name == "view" || name.ends_with("redirect"))
      handler = {.file = view_.path(), .line = view_.line(call.node), .end_line = view_.end_line(call.node)};
    add(call.node, std::move(methods), path, std::move(handler), group);
  }

  void add(NodeId at, std::vector<std::string> methods, NodeId path, Handler handler, const Group& group) {
    std::vector<PathPattern> patterns(1);
    bool is_known = true;
    if (path) {
      const auto text = view_.template_of(path, {});
      if (!text) return;
      is_known = text->find(kUnknownBegin) == std::string::npos;
      patterns = PathPattern::from_braces(*text);
    } else {
      patterns[0].append_rest();
    }
    const bool is_lumen = handler.kind == HandlerKind::kMethod && view_.path().find("routes/") != std::string::npos;
    for (const PathPattern& pattern : patterns) {
      out_.push_back({.methods = method_set(methods),
                      .path = group.prefix.join(pattern),
                      .handler = handler,
                      .file = view_.path(),
                      .line = view_.line(at),
                      .framework = is_lumen ? Framework::kLaravel : group.framework,
                      .confidence = is_known ? Confidence::kCertain : Confidence::kGuess});
    }
  }

  void add_resource(const Resource& resource, const Call& call, const Group& group, std::span<const Call> later) {
    const auto name = view_.text_of(resource.name, {});
    if (!name) return;
    std::vector<std::string> only, except;
    for (const Call& one : later) {
      if (one.name == "only") only = view_.texts_of(view_.argument(one.node, 0), {});
      if (one.name == "except") except = view_.texts_of(view_.argument(one.node, 0), {});
    }
    PathPattern base = group.prefix;
    std::string parameter;
    for (std::size_t at = 0; at <= name->size();) {
      const std::size_t dot = std::min(name->find('.', at), name->size());
      if (!parameter.empty()) base = base.join(parameter_pattern(parameter));
      const std::string part = name->substr(at, dot - at);
      base = base.join(PathPattern::from_literal(part));
      parameter = resource_parameter(part.substr(part.rfind('/') + 1));
      at = dot + 1;
    }
    const std::string owner = view_.text_of(resource.controller, {}).value_or("?");
    const auto has = [](const std::vector<std::string>& list, std::string_view one) {
      return std::find(list.begin(), list.end(), one) != list.end();
    };
    for (const Action& action : resource_actions()) {
      if (resource.is_api && (action.name == "create" || action.name == "edit")) continue;
      if ((!only.empty() && !has(only, action.name)) || has(except, action.name)) continue;
      PathPattern path = base;
      if (action.tail.starts_with(':')) path = path.join(parameter_pattern(parameter));
      path = path.join(PathPattern::from_literal(action.tail.substr(action.tail.starts_with(':') ? 1 : 0)));
      out_.push_back({.methods = action.methods,
                      .path = std::move(path),
                      .handler = {.kind = HandlerKind::kMethod, .name = owner + "::" + std::string(action.name)},
                      .file = view_.path(),
                      .line = view_.line(call.node),
                      .framework = Framework::kLaravel,
                      .confidence = Confidence::kCertain});
    }
  }

  static PathPattern parameter_pattern(const std::string& name) {
    return PathPattern::from_literal("/" + (kUnknownBegin + name) + kUnknownEnd);
  }

  // $routes->add('name', '/path')->controller([C::class, 'm'])->methods(['GET']).
  bool read_symfony_route(const std::vector<Call>& chain, std::size_t at, const Group& group) {
    if (view_.argument_count(chain[at].node) != 2 || !looks_like_path(view_.argument(chain[at].node, 1))) return false;
    std::vector<std::string> methods;
    NodeId controller;
    for (std::size_t i = at + 1; i < chain.size(); ++i) {
      if (chain[i].name == "controller") controller = view_.argument(chain[i].node, 0);
      if (chain[i].name == "methods") methods = view_.texts_of(view_.argument(chain[i].node, 0), {});
    }
    if (!controller) return false;
    Group symfony = group;
    symfony.framework = Framework::kSymfony;
    add(chain[at].node, std::move(methods), view_.argument(chain[at].node, 1), make_handler(view_, controller, {}),
        symfony);
    return true;
  }

  const TreeView& view_;
  std::vector<Endpoint>& out_;
  std::vector<Group> groups_;
  std::vector<std::pair<NodeId, std::size_t>> open_;
};

}  // namespace

void read_registered_routes(const TreeView& view, std::vector<Endpoint>& out) { Reader(view, out).run(); }

}  // namespace banyan::php
