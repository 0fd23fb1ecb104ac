#include "config/upstream_checks.h"

#include <algorithm>

namespace banyan {

void check_upstreams(const ClusterConfig& cluster, Diagnostics& diagnostics) {
  const std::string name = "the cluster '" + cluster.name + "' ";
  const bool hashed = cluster.hash.has_value();
  if (cluster.balance == Balance::kMaglev && !hashed) {
    diagnostics.error(cluster.position, name + "balances by maglev and has no 'hash'",
                      "say what stays together: 'hash: header:x-user-id', or ip");
  } else if (cluster.balance != Balance::kMaglev && hashed) {
    diagnostics.error(cluster.position, name + "has a 'hash' and does not use it", "write 'balance: maglev' too");
  }
  if (cluster.balance == Balance::kMaglev && cluster.endpoints.size() > 655) {
    diagnostics.error(cluster.position, name + "has more than 655 endpoints, too many for maglev",
                      "write 'balance: least_request'");
  }
  if (!cluster.health) return;
  const bool fastcgi = cluster.protocol == ClusterProtocol::kFastcgi;
  const HealthConfig::Type type = cluster.health->type;
  if (type == HealthConfig::Type::kFpm && !fastcgi) {
    diagnostics.error(cluster.position, name + "is checked by pings of php-fpm and is none",
                      "write 'health: {type: http}'");
  } else if (type == HealthConfig::Type::kHttp && fastcgi) {
    diagnostics.error(cluster.position, name + "speaks FastCGI and is checked over HTTP",
                      "write 'health: {type: fpm}', and set ping.path in php-fpm's pool");
  } else if (type == HealthConfig::Type::kTcp && !cluster.health->path.empty()) {
    diagnostics.error(cluster.position, name + "is checked by connecting, for which there is no 'path'", "delete it");
  }
  if (type == HealthConfig::Type::kGrpc && cluster.protocol != ClusterProtocol::kHttp2) {
    diagnostics.error(cluster.position, name + "is checked over gRPC and does not speak HTTP/2",
                      "write 'protocol: http2', or 'health: {type: http}'");
  } else if (type == HealthConfig::Type::kGrpc && !cluster.health->path.empty()) {
    diagnostics.error(cluster.position, name + "is checked over gRPC, for which there is no 'path'",
                      "delete it, and name a 'service' if it is not the whole server");
  }
  if (type != HealthConfig::Type::kGrpc && !cluster.health->service.empty()) {
    diagnostics.error(cluster.position, name + "has a 'service' under 'health', which only gRPC asks for",
                      "write 'health: {type: grpc}', or delete it");
  }
  if (type != HealthConfig::Type::kGrpc && type != HealthConfig::Type::kHttp && !cluster.health->host.empty()) {
    diagnostics.error(cluster.position, name + "has a 'host' under 'health', which only a request of HTTP carries",
                      "delete it");
  }
  if (type != HealthConfig::Type::kHttp && !cluster.health->build.empty()) {
    diagnostics.error(cluster.position, name + "has a 'build' under 'health', which only an answer of HTTP can tell",
                      "delete it, and name a header under 'migrate'");
  }
}

void check_retries(const RouteConfig& route, Diagnostics& diagnostics) {
  const std::string name = "the route '" + route.id + "' ";
  if (route.files && (route.retries || route.fallback || route.hedge || route.safe)) {
    diagnostics.error(route.position, name + "serves files, which are neither retried nor replaced",
                      "delete 'retries', 'fallback', 'hedge' and 'safe'");
  }
  if (route.retries && route.retries->on_timeout && route.retries->try_timeout == Duration{}) {
    diagnostics.error(route.retries->position, name + "is retried on a timeout and has none",
                      "write 'try_timeout: 500ms' or the like");
  }
  if (!route.fallback || route.fallback->cluster.empty()) return;
  const bool own = std::any_of(route.split.begin(), route.split.end(),
                               [&](const SplitConfig& share) { return share.cluster == route.fallback->cluster; });
  if (own && route.split.size() == 1) {
    diagnostics.error(route.fallback->position, name + "falls back to the cluster that failed", "name another one");
  }
}

}  // namespace banyan
