#include "config/gateway_checks.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "base/edit_distance.h"
#include "config/migrate_schema.h"
#include "config/transport_schema.h"
#include "config/units.h"
#include "config/upstream_checks.h"

namespace banyan {
namespace {

std::string quoted(std::string_view text) { return std::string("'").append(text).append("'"); }

std::string in_line(SourcePosition position) { return "in line " + std::to_string(position.line); }

bool is_set(const Address& address) { return !address.host.empty() || !address.path.empty(); }

// Reports every item whose key another before it has. `key` gives text, empty to leave the item out.
template <class T, class Key>
void check_unique(const std::vector<T>& items, Key key, const std::string& what, const std::string& hint,
                  Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string text = key(items[i]);
    const auto end = items.begin() + static_cast<std::ptrdiff_t>(i);
    const auto first = std::find_if(items.begin(), end, [&](const T& item) { return key(item) == text; });
    if (text.empty() || first == end) continue;
    diagnostics.error(items[i].position, what + quoted(text) + " is already given " + in_line(first->position), hint);
  }
}

std::string address_text(const Address& address) { return is_set(address) ? address.text() : ""; }

void check_listeners(const GatewayConfig& config, Diagnostics& diagnostics) {
  const auto address = [](const ListenerConfig& listener) { return address_text(listener.address); };
  check_unique(config.gateway.listen, address, "the address ", "listen on it once", diagnostics);
  for (const ListenerConfig& listener : config.gateway.listen) {
    check_listener_transport(config.gateway, listener, diagnostics);
  }
  if (!config.admin || !is_set(config.admin->listen)) return;
  const Address& admin = config.admin->listen;
  if (!admin.is_local()) {
    diagnostics.error(config.admin->position, "the admin API must not be reachable from other machines",
                      "listen on 127.0.0.1:" + std::to_string(admin.port) + " or a unix socket");
  }
  for (const ListenerConfig& listener : config.gateway.listen) {
    if (listener.address != admin) continue;
    diagnostics.error(config.admin->position, "the admin API and the gateway both listen on " + admin.text(),
                      "give the admin API an address of its own");
  }
}

void check_cluster(const ClusterConfig& cluster, Diagnostics& diagnostics) {
  const auto address = [](const EndpointConfig& endpoint) { return address_text(endpoint.address); };
  check_unique(cluster.endpoints, address, "the endpoint ", "name it once and raise its weight", diagnostics);
  check_cluster_transport(cluster, diagnostics);
  const auto idle = [](const EndpointConfig& endpoint) { return endpoint.weight == 0; };
  if (!cluster.endpoints.empty() && std::all_of(cluster.endpoints.begin(), cluster.endpoints.end(), idle)) {
    diagnostics.error(cluster.position, "every endpoint of the cluster " + quoted(cluster.name) + " has weight 0",
                      "give one of them at least 1");
  }
  const auto serves_base = [](const EndpointConfig& endpoint) { return endpoint.colour.empty(); };
  if (!cluster.endpoints.empty() && std::none_of(cluster.endpoints.begin(), cluster.endpoints.end(), serves_base)) {
    diagnostics.error(cluster.position, "every endpoint of the cluster " + quoted(cluster.name) + " has a colour",
                      "leave one without: requests of other colours go there");
  }
  check_upstreams(cluster, diagnostics);
}

class RouteChecks {
 public:
  RouteChecks(const GatewayConfig& config, Diagnostics& diagnostics) : config_(config), diagnostics_(diagnostics) {
    for (const ClusterConfig& cluster : config.clusters) names_.push_back(cluster.name);
  }

  void check() {
    check_unique(
        config_.routes, [](const RouteConfig& route) { return route.id; }, "the id ", "ids are unique: choose another",
        diagnostics_);
    for (const RouteConfig& route : config_.routes) check_route(route);
    if (diagnostics_.has_errors()) return;  // a condition or a name that was refused would mislead these two
    check_reachable();
    note_filters(config_.filters);
    for (const RouteConfig& route : config_.routes) note_filters(route.filters);
    check_unused();
  }

 private:
  void check_route(const RouteConfig& route) {
    for (const SplitConfig& share : route.split) refer(share.cluster, share.position);
    if (route.mirror) refer(route.mirror->cluster, route.mirror->position);
    if (route.migrate) refer(route.migrate->sandbox.cluster, route.migrate->sandbox.position);
    if (route.fallback) refer(route.fallback->cluster, route.fallback->position);
    check_retries(route, diagnostics_);
    if (route.mirror && route.files) {
      diagnostics_.error(route.mirror->position, "a route to files cannot be mirrored", "delete 'mirror' or 'static'");
    }
    check_unique(
        route.split, [](const SplitConfig& share) { return share.colour.empty() ? share.cluster : ""; }, "the cluster ",
        "give it one share, or each share a colour", diagnostics_);
    check_sum(route);
  }

  void refer(const std::string& cluster, SourcePosition position) {
    if (cluster.empty()) return;
    used_.insert(cluster);
    if (config_.cluster(cluster) != nullptr) return;
    const std::string_view nearest = nearest_name(cluster, names_);
    diagnostics_.error(position, "there is no cluster " + quoted(cluster),
                       nearest.empty() ? "add it under 'clusters'" : "did you mean " + quoted(nearest) + "?");
  }

  void check_sum(const RouteConfig& route) {
    std::int64_t sum = 0;
    for (const SplitConfig& share : route.split) {
      if (share.hundredths < 0) return;  // refused before
      sum += share.hundredths;
    }
    if (route.split.empty() || sum == kAllHundredths) return;
    const std::int64_t off = sum < kAllHundredths ? kAllHundredths - sum : sum - kAllHundredths;
    diagnostics_.error(
        route.split.front().position,
        "the shares of the route " + quoted(route.id) + " add up to " + format_percent(sum),
        "they must add up to 100%: " + std::string(sum < kAllHundredths ? "add " : "take away ") + format_percent(off));
  }

  void check_reachable() {
    const auto& routes = config_.routes;
    for (std::size_t later = 0; later < routes.size(); ++later) {
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        if (!covers(routes[earlier].match, routes[later].match)) continue;
        diagnostics_.warning(routes[later].position,
                             "the route " + quoted(routes[later].id) +
                                 " is never reached: " + quoted(routes[earlier].id) + " " +
                                 in_line(routes[earlier].position) + " takes all its requests",
                             "move it before that one or delete it");
        break;
      }
    }
  }

  void note_filters(const std::vector<FilterConfig>& filters) {
    for (const FilterConfig& filter : filters) used_.emplace(filter.type->cluster(filter.options.get()));
  }

  void check_unused() {
    for (const ClusterConfig& cluster : config_.clusters) {
      if (used_.contains(cluster.name)) continue;
      diagnostics_.warning(cluster.position, "no route uses the cluster " + quoted(cluster.name),
                           "delete it, or name it in a route");
    }
  }

  const GatewayConfig& config_;
  Diagnostics& diagnostics_;
  std::vector<std::string_view> names_;
  std::set<std::string, std::less<>> used_;
};

std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// Paths begin with '/'. A name covers any segment that is never empty; a literal only itself.
bool path_covers(std::string_view earlier, std::string_view later) {
  while (!earlier.empty() && !later.empty()) {
    const std::string_view a = take_segment(earlier);
    const std::string_view b = take_segment(later);
    if (a.starts_with(':') ? b.empty() : a != b) return false;
  }
  return earlier.empty() && later.empty();
}

bool place_covers(const MatchConfig& earlier, const MatchConfig& later) {
  if (earlier.path.empty() && earlier.prefix.empty()) return true;
  if (!earlier.path.empty()) return !later.path.empty() && path_covers(earlier.path, later.path);
  if (!later.prefix.empty()) return later.prefix.starts_with(earlier.prefix);
  const std::size_t name = later.path.find("/:");
  const std::string_view literal = std::string_view(later.path).substr(0, name == std::string::npos ? name : name + 1);
  return literal.starts_with(earlier.prefix);
}

bool host_covers(std::string_view earlier, std::string_view later) {
  if (earlier.empty() || earlier == later) return true;
  return earlier.starts_with("*.") && later.ends_with(earlier.substr(1));
}

bool methods_cover(const std::vector<std::string>& earlier, const std::vector<std::string>& later) {
  if (earlier.empty()) return true;
  return !later.empty() && std::all_of(later.begin(), later.end(), [&](const std::string& method) {
    return std::find(earlier.begin(), earlier.end(), method) != earlier.end();
  });
}

bool same_name(std::string_view a, std::string_view b, bool ignore_case) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return x == y || (ignore_case && ascii_lower(x) == ascii_lower(y)); });
}

// Each condition of the earlier must follow from one of the later.
bool conditions_cover(const std::vector<ConditionConfig>& earlier, const std::vector<ConditionConfig>& later,
                      bool ignore_case) {
  return std::all_of(earlier.begin(), earlier.end(), [&](const ConditionConfig& wanted) {
    return std::any_of(later.begin(), later.end(), [&](const ConditionConfig& given) {
      return same_name(wanted.name, given.name, ignore_case) && (!wanted.value || wanted.value == given.value);
    });
  });
}

void check_filters(const std::vector<FilterConfig>& filters, const GatewayConfig& config, Diagnostics& diagnostics) {
  for (const FilterConfig& filter : filters) {
    filter.type->check(filter.options.get(), filter.position, config, diagnostics);
  }
}

}  // namespace

bool covers(const MatchConfig& earlier, const MatchConfig& later) {
  return methods_cover(earlier.methods, later.methods) && host_covers(earlier.host, later.host) &&
         place_covers(earlier, later) && conditions_cover(earlier.headers, later.headers, true) &&
         conditions_cover(earlier.query, later.query, false);
}

void check_gateway_config(const GatewayConfig& config, Diagnostics& diagnostics) {
  check_listeners(config, diagnostics);
  for (const ClusterConfig& cluster : config.clusters) check_cluster(cluster, diagnostics);
  RouteChecks(config, diagnostics).check();
  check_migrations(config, diagnostics);
  check_filters(config.filters, config, diagnostics);
  for (const RouteConfig& route : config.routes) check_filters(route.filters, config, diagnostics);
}

}  // namespace banyan
