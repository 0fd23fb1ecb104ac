// Which of a service's routes a request is for. Pure.
//
// Method and path decide together: PUT /users/:name answers PUT /users/me although GET /users/me is a route, and two
// methods of a path may call its parts differently. Of several that match, the one with literal segments is taken,
// whatever the order they were added in; GET answers HEAD where no route of its own does.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/router.h"

namespace banyan::service {

struct Route;

class RouteTable {
 public:
  // `routes` outlive it and stay where they are. kInvalidArgument: two of one method and path, or a path that is none.
  static Result<RouteTable> compile(const std::deque<Route>& routes);

  struct Found {
    Router::Match match;           // of `route`; false: it is not of this method
    const Route* route = nullptr;  // null: no path matches
    std::string allow;             // the methods of the path, where that is not among them: "GET, HEAD"
  };
  // `path` is normalised, and lives as long as what is found.
  Found find(Method method, std::string_view name, std::string_view path) const;

 private:
  explicit RouteTable(Router router) : router_(std::move(router)) {}
  Router router_;
  std::vector<const Route*> routes_;  // by the router's rules
  std::vector<std::string> methods_;  // of all, each once
};

}  // namespace banyan::service
