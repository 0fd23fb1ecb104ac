#include "service/route_table.h"

#include <algorithm>
#include <map>
#include <utility>

#include "service/service.h"

namespace banyan::service {
namespace {

// The path without its names: what two routes must not share. Segments that match anything come after literal ones.
std::string shape_of(std::string_view path) {
  std::string shape;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/', 1));
    shape += segment.starts_with("/:") ? "/\xff" : segment;
    path.remove_prefix(segment.size());
  }
  return shape;
}

void add(std::vector<std::string>& methods, std::string_view method) {
  if (std::ranges::find(methods, method) == methods.end()) methods.emplace_back(method);
}

}  // namespace

Result<RouteTable> RouteTable::compile(const std::deque<Route>& routes) {
  // "" for HEAD: before GET, which answers it otherwise.
  std::map<std::pair<std::string, std::string_view>, const Route*> sorted;
  std::vector<std::string> methods;
  for (const Route& route : routes) {
    const std::string_view method = route.method == "HEAD" ? std::string_view() : route.method;
    if (!sorted.emplace(std::pair(shape_of(route.path), method), &route).second)
      return Error(ErrorCode::kInvalidArgument, "two routes for " + route.method + " " + route.path);
    add(methods, route.method);
    if (route.method == "GET") add(methods, "HEAD");
  }
  std::vector<RouteRule> rules;
  std::vector<const Route*> by_rule;
  for (const auto& [key, route] : sorted) {
    RouteRule& rule = rules.emplace_back();
    rule.path = route->path;
    rule.methods = {route->method};
    if (route->method == "GET") rule.methods.emplace_back("HEAD");
    by_rule.push_back(route);
  }
  BANYAN_TRY(Router router, Router::compile(rules));
  RouteTable table(std::move(router));
  table.routes_ = std::move(by_rule);
  table.methods_ = std::move(methods);
  return table;
}

RouteTable::Found RouteTable::find(Method method, std::string_view name, std::string_view path) const {
  Found found{.match = router_.match({.method = method, .method_name = name, .path = path}), .route = {}, .allow = {}};
  if (found.match) {
    found.route = routes_[found.match.rule];
    return found;
  }
  for (const std::string& other : methods_) {
    const Router::Match match = router_.match({.method = method_from_name(other), .method_name = other, .path = path});
    if (!match) continue;
    if (found.route == nullptr) found.route = routes_[match.rule];
    found.allow += (found.allow.empty() ? "" : ", ") + other;
  }
  return found;
}

}  // namespace banyan::service
