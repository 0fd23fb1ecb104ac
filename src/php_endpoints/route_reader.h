// Who reads which routes from a tree. Private to find_endpoints.
#pragma once

#include <string>
#include <vector>

#include "php_endpoints/endpoint.h"
#include "php_endpoints/tree_view.h"

namespace banyan::php {

// Route::get(...), $app->group(...): routes that are calls on a router (registered_routes.cpp).
void read_registered_routes(const TreeView& view, std::vector<Endpoint>& out);
// #[Route] and @Route of classes and methods (attribute_routes.cpp).
void read_attribute_routes(const TreeView& view, std::vector<Endpoint>& out);
// register_rest_route(), wp_ajax_ hooks, rewrite rules, pages of the admin menu (wordpress_routes.cpp).
void read_wordpress_routes(const TreeView& view, std::vector<Endpoint>& out);
// Conditions on the request's path (front_controller.cpp). `of_file` takes those on $_GET['action'] and its like.
void read_front_controller(const TreeView& view, std::vector<Endpoint>& out, std::vector<Endpoint>& of_file);

// Upper case, ordered, each once; "ANY" makes it empty.
std::vector<std::string> method_set(std::vector<std::string> methods);
bool is_http_method(std::string_view upper_case);
std::string upper_case(std::string_view text);

// Every node from `from` down, in the order of the file, with the class around it: visit(node, scope_class).
template <class Visit>
void walk_tree(const TreeView& view, NodeId from, NodeId scope_class, Visit visit) {
  std::vector<std::pair<NodeId, NodeId>> open = {{from, scope_class}};
  while (!open.empty()) {
    auto [node, owner] = open.back();
    open.pop_back();
    visit(node, owner);
    switch (view.kind(node)) {
      case NodeKind::kClass:
      case NodeKind::kAnonymousClass:
      case NodeKind::kTrait:
      case NodeKind::kInterface:
      case NodeKind::kEnum:
        owner = node;
        break;
      default:
        break;
    }
    const auto children = view.children(node);
    for (auto one = children.rbegin(); one != children.rend(); ++one) {
      if (*one) open.emplace_back(*one, owner);
    }
  }
}

}  // namespace banyan::php
