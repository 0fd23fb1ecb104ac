// Endpoints that WordPress and its plugins register: REST routes, admin-ajax.php and admin-post.php actions, rewrite
// rules and pages of the admin menu. Sources: developer.wordpress.org (register_rest_route, wp_ajax_{$action},
// admin_post_{$action}, add_rewrite_rule, add_menu_page).
#include <algorithm>
#include <utility>

#include "php_endpoints/handler.h"
#include "php_endpoints/route_reader.h"
#include "php_parse/name_scope.h"

namespace banyan::php {

namespace {

// The value of WP_REST_Server's constants.
std::vector<std::string> rest_methods(std::string_view constant) {
  if (constant == "READABLE") return {"GET"};
  if (constant == "CREATABLE") return {"POST"};
  if (constant == "EDITABLE") return {"PATCH", "POST", "PUT"};
  if (constant == "DELETABLE") return {"DELETE"};
  return {};
}

class Reader {
 public:
  Reader(const TreeView& view, std::vector<Endpoint>& out) : view_(view), out_(out) {}

  void read_call(NodeId call, NodeId scope_class) {
    const std::string name = lowered(TreeView::last_part(view_.text(view_.child(call, 0))));
    if (name == "register_rest_route") {
      read_rest_route(call, scope_class);
    } else if (name == "add_action") {
      read_action(call, scope_class);
    } else if (name == "add_rewrite_rule") {
      read_rewrite_rule(call, scope_class);
    } else if (name.starts_with("add_") && name.ends_with("_page")) {
      read_menu_page(call, name, scope_class);
    }
  }

  // wp-admin/admin-ajax.php lists the actions of WordPress itself: $core_actions_get = array('fetch-list', ...).
  void read_core_actions(NodeId assignment) {
    const std::string_view name = view_.variable(view_.child(assignment, 0));
    if (!name.starts_with("core_actions_")) return;
    const NodeId array = view_.bare(view_.child(assignment, 1));
    if (view_.kind(array) != NodeKind::kArray) return;
    for (const NodeId item : view_.children(array)) {
      const auto action = view_.text_of(view_.child(item, 1), {});
      if (!action) continue;
      std::string function = "wp_ajax_" + *action;
      std::replace(function.begin(), function.end(), '-', '_');
      std::vector<std::string> methods;
      if (name == "core_actions_get") methods = {"GET"};
      if (name == "core_actions_post") methods = {"POST"};
      add(item, {.methods = std::move(methods),
                 .path = PathPattern::from_literal("/wp-admin/admin-ajax.php"),
                 .query = "action=" + *action,
                 .handler = {.kind = HandlerKind::kFunction, .name = std::move(function)},
                 .confidence = Confidence::kCertain});
    }
  }

 private:
  void add(NodeId at, Endpoint endpoint) {
    endpoint.file = view_.path();
    endpoint.line = view_.line(at);
    endpoint.framework = Framework::kWordPress;
    out_.push_back(std::move(endpoint));
  }

  std::vector<std::string> methods_of(NodeId value, NodeId scope_class) const {
    value = view_.bare(value);
    if (!value) return {"GET"};
    if (view_.kind(value) == NodeKind::kClassConstant) return rest_methods(view_.member_name(value));
    std::vector<std::string> result;
    for (const std::string& text : view_.texts_of(value, scope_class)) {
      for (std::size_t at = 0; at <= text.size();) {  // "GET, POST"
        const std::size_t end = std::min(text.find_first_of(", ", at), text.size());
        if (end > at) result.push_back(text.substr(at, end - at));
        at = end + 1;
      }
    }
    return result;
  }

  void read_rest_route(NodeId call, NodeId scope_class) {
    const auto space = view_.template_of(view_.argument(call, 0), scope_class);
    const auto route = view_.template_of(view_.argument(call, 1), scope_class);
    if (!space || !route) return;
    PathPattern path = PathPattern::from_literal("/wp-json/" + *space);
    const bool is_known = (*space + *route).find(kUnknownBegin) == std::string::npos;
    // WordPress holds the route as an expression that must match from the beginning to the end.
    const auto tail = PathPattern::from_regex("^" + std::string(route->starts_with('/') ? "" : "/") + *route + "$");
    path = path.join(tail ? *tail : PathPattern::from_literal(*route));
    const NodeId options = view_.bare(view_.argument(call, 2));
    std::vector<NodeId> lists;
    if (view_.array_value(options, "callback")) lists.push_back(options);
    for (const NodeId item : view_.children(options)) {
      const NodeId value = view_.bare(view_.child(item, 1));
      if (!view_.child(item, 0) && view_.array_value(value, "callback")) lists.push_back(value);
    }
    for (const NodeId list : lists) {
      add(list, {.methods = method_set(methods_of(view_.array_value(list, "methods"), scope_class)),
                 .path = path,
                 .handler = make_handler(view_, view_.array_value(list, "callback"), scope_class),
                 .confidence = is_known ? Confidence::kCertain : Confidence::kGuess});
    }
  }

  void read_action(NodeId call, NodeId scope_class) {
    const auto hook = view_.text_of(view_.argument(call, 0), scope_class);
    if (!hook) return;
    static constexpr std::pair<std::string_view, std::string_view> kHooks[] = {
        {"wp_ajax_nopriv_", "/wp-admin/admin-ajax.php"},
        {"wp_ajax_", "/wp-admin/admin-ajax.php"},
        {"admin_post_nopriv_", "/wp-admin/admin-post.php"},
        {"admin_post_", "/wp-admin/admin-post.php"}};
    for (const auto& [prefix, file] : kHooks) {
      if (!hook->starts_with(prefix) || hook->size() == prefix.size()) continue;
      add(call, {.path = PathPattern::from_literal(file),
                 .query = "action=" + hook->substr(prefix.size()),
                 .handler = make_handler(view_, view_.argument(call, 1), scope_class),
                 .confidence = Confidence::kCertain});
      return;
    }
  }

  void read_rewrite_rule(NodeId call, NodeId scope_class) {
    const auto regex = view_.template_of(view_.argument(call, 0), scope_class);
    if (!regex || regex->find(kUnknownBegin) != std::string::npos) return;
    const auto path = PathPattern::from_regex(regex->starts_with('^') ? *regex : "^" + *regex);
    if (!path) return;
    add(call, {.methods = {},
               .path = *path,
               .handler = {.kind = HandlerKind::kFile, .name = "index.php", .file = "index.php"},
               .confidence = Confidence::kLikely});
  }

  // add_menu_page(title, menu title, capability, slug, callback); add_submenu_page has the parent's slug before these.
  void read_menu_page(NodeId call, const std::string& name, NodeId scope_class) {
    const std::size_t slug_at = name == "add_submenu_page" ? 4 : 3;
    const auto slug = view_.text_of(view_.argument(call, slug_at), scope_class);
    const NodeId callback = view_.argument(call, slug_at + 1);
    if (!slug || slug->ends_with(".php") || !callback) return;
    add(call, {.path = PathPattern::from_literal("/wp-admin/admin.php"),
               .query = "page=" + *slug,
               .handler = make_handler(view_, callback, scope_class),
               .confidence = Confidence::kLikely});
  }

  const TreeView& view_;
  std::vector<Endpoint>& out_;
};

}  // namespace

void read_wordpress_routes(const TreeView& view, std::vector<Endpoint>& out) {
  Reader reader(view, out);
  const bool is_core_ajax = view.path().ends_with("admin-ajax.php");
  walk_tree(view, view.root(), {}, [&](NodeId node, NodeId scope_class) {
    if (view.kind(node) == NodeKind::kCall) reader.read_call(node, scope_class);
    if (is_core_ajax && view.kind(node) == NodeKind::kAssign) reader.read_core_actions(node);
  });
}

}  // namespace banyan::php
