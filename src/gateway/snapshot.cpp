#include "gateway/snapshot.h"

#include <utility>

#include "gateway/upstream_transport.h"

namespace banyan {
namespace {

RouteRule rule_of(const RouteConfig& route) {
  RouteRule rule;
  rule.methods = route.match.methods;
  rule.host = route.match.host;
  rule.path = route.match.path;
  rule.prefix = route.match.prefix;
  for (const ConditionConfig& header : route.match.headers) rule.headers.push_back({header.name, header.value});
  for (const ConditionConfig& query : route.match.query) rule.query.push_back({query.name, query.value});
  return rule;
}

// A line of numbers that belong together.
void append(std::string& text, std::initializer_list<std::int64_t> numbers) {
  text += '\n';
  for (const std::int64_t number : numbers) text += std::to_string(number) + ' ';
}

// How endpoints are chosen and judged, in a form that is equal where it means the same.
std::string balancing_text(const ClusterConfig& cluster, const std::string& zone) {
  std::string text = '\n' + zone + '\n' + (cluster.hash ? cluster.hash->text() : "");
  append(text, {static_cast<int>(cluster.balance), cluster.slow_start.count(), cluster.panic_percent,
                cluster.retry_budget.percent, cluster.retry_budget.at_least});
  if (const auto& health = cluster.health) {
    append(text, {static_cast<int>(health->type), health->interval.count(), health->timeout.count(),
                  health->healthy_after, health->unhealthy_after, health->expect_min, health->expect_max});
    for (const std::string* one : {&health->path, &health->host, &health->service, &health->build}) text += '\n' + *one;
  }
  if (const auto& outlier = cluster.outlier) {
    append(text, {1, outlier->consecutive_failures, outlier->base_ejection.count(), outlier->ejection_max.count(),
                  outlier->ejected_percent_max});
  }
  if (const auto& breaker = cluster.breaker) {
    append(text, {2, breaker->consecutive_failures, breaker->failure_rate, breaker->slow_rate,
                  breaker->slow_after.count(), breaker->requests_min, breaker->interval.count(),
                  breaker->bucket.count(), breaker->open_for.count(), breaker->half_open_requests});
  }
  return text;
}

// Everything that decides whether connections and their count may be carried over.
std::string identity_of(const ClusterConfig& cluster, const std::string& zone) {
  std::string text = cluster.name + '\n' + std::to_string(static_cast<int>(cluster.protocol));
  for (const EndpointConfig& endpoint : cluster.endpoints) {
    text += '\n' + endpoint.address.text() + ' ' + std::to_string(endpoint.weight) + ' ' + endpoint.colour + ' ' +
            endpoint.zone;
  }
  text += balancing_text(cluster, zone);
  text += transport_identity(cluster);
  text += '\n' + std::to_string(cluster.connect_timeout.count()) + '\n' + cluster.root + '\n' + cluster.fallback;
  for (const std::string& name : cluster.index) text += "\nindex " + name;
  for (const std::string& name : cluster.scripts) text += "\nscript " + name;
  for (const NameValueConfig& param : cluster.params) text += "\nparam " + param.name + '=' + param.value;
  return text + '\n' + std::to_string(cluster.connections_max);
}

ConcurrencySettings settings_of(const ConcurrencyConfig& config) {
  return {static_cast<std::uint32_t>(config.min), static_cast<std::uint32_t>(config.max),
          static_cast<std::uint32_t>(config.initial), static_cast<std::uint32_t>(config.headroom_hundredths),
          config.period};
}

RetryRules rules_of_retries(const std::optional<RetriesConfig>& config) {
  RetryRules rules;
  if (!config) return rules;
  rules.attempts_max = static_cast<std::uint32_t>(config->attempts);
  rules.on_unreachable = config->on_connect;
  rules.on_broken = config->on_reset;
  rules.on_timeout = config->on_timeout;
  for (const std::int64_t status : config->on_status) rules.statuses.push_back(static_cast<int>(status));
  rules.try_timeout = config->try_timeout;
  rules.backoff = config->backoff;
  rules.same_endpoint_again = true;
  return rules;
}

class SnapshotMaker {
 public:
  SnapshotMaker(GatewaySnapshot& made, const GatewaySnapshot* previous) : made_(made), previous_(previous) {}

  Result<void> add_cluster(const ClusterConfig& config, std::size_t workers, TimePoint now) {
    const std::string& zone = made_.config.gateway.zone;
    GatewayCluster cluster;
    cluster.config = &config;
    cluster.identity = identity_of(config, zone);
    BANYAN_TRY(cluster.tls, load_upstream_tls(config));
    const GatewayCluster* old = previous_cluster(cluster.identity);
    const GatewayCluster* same_name = previous_named(config.name);
    const ClusterState* known = same_name == nullptr ? nullptr : same_name->state.get();
    cluster.state = old != nullptr ? old->state : std::make_shared<ClusterState>(config, zone, workers, known, now);
    if (config.concurrency) cluster.concurrency = concurrency_of(config, now);
    if (config.protocol == ClusterProtocol::kFastcgi) {
      cluster.scripts.index = config.index;
      cluster.scripts.fallback = config.fallback;
      cluster.scripts.scripts = config.scripts;
      cluster.fpm = old != nullptr ? old->fpm
                                   : std::make_shared<FpmConnections>(static_cast<std::size_t>(config.connections_max));
    }
    made_.clusters.push_back(std::move(cluster));
    return {};
  }

  Result<void> add_route(const RouteConfig& config, std::size_t workers, TimePoint now) {
    GatewayRoute route;
    route.config = &config;
    RouteStatsSpec spec{config.id, {}, {}, {}};
    std::vector<std::string> names;
    for (std::size_t i = 0; i < config.split.size(); ++i) names.push_back(target_name(config, i));
    for (std::size_t i = 0; i < config.split.size(); ++i) {
      const SplitConfig& split = config.split[i];
      route.clusters.push_back(index_of(split.cluster));
      spec.clusters.push_back(names[i]);
      if (config.decides()) spec.labels.push_back({split.cluster, split.colour_name()});
    }
    if (config.decides()) route.gray = std::make_unique<const GrayProgram>(config);
    if (config.mirror) {
      route.mirror_cluster = index_of(config.mirror->cluster);
      spec.mirror = config.mirror->cluster;
      json::CompareOptions options;
      options.ignored = config.mirror->ignore;
      options.differences_max = 1;
      BANYAN_TRY(json::Comparer comparer, json::Comparer::open(options));
      route.comparer = std::make_shared<json::Comparer>(std::move(comparer));
    }
    if (config.migrate) {
      const std::string& sandbox = config.migrate->sandbox.cluster;
      if (!sandbox.empty()) route.mirror_cluster = index_of(sandbox);
      BANYAN_TRY(route.migration, make_migration(made_.config, config, previous_migration(config.id)));
    }
    route.retries = rules_of_retries(config.retries);
    if (config.fallback && !config.fallback->cluster.empty())
      route.fallback_cluster = index_of(config.fallback->cluster);
    route.stats = std::make_shared<RouteStats>(spec, workers, now, previous_stats(config.id));
    made_.routes.push_back(std::move(route));
    return {};
  }

  Result<void> add_filters(std::size_t workers) {
    const FilterSet* previous = previous_ == nullptr ? nullptr : &previous_->filters;
    BANYAN_TRY(const FilterChain everywhere, made_.filters.add(made_.config.filters, "", previous, workers));
    for (GatewayRoute& route : made_.routes) {
      route.filters = everywhere;
      BANYAN_TRY(FilterChain own, made_.filters.add(route.config->filters, route.config->id, previous, workers));
      for (FilterInstance& filter : own) route.filters.push_back(std::move(filter));
    }
    return {};
  }

 private:
  // What has been learned of a cluster outlives changes of anything but the rules it was learned by.
  std::shared_ptr<ConcurrencyLimit> concurrency_of(const ClusterConfig& config, TimePoint now) const {
    for (std::size_t i = 0; previous_ != nullptr && i < previous_->clusters.size(); ++i) {
      const GatewayCluster& old = previous_->clusters[i];
      if (old.config->name == config.name && old.config->concurrency == config.concurrency) return old.concurrency;
    }
    return std::make_shared<ConcurrencyLimit>(settings_of(*config.concurrency), now);
  }
  std::size_t index_of(std::string_view name) const {
    for (std::size_t i = 0; i < made_.clusters.size(); ++i) {
      if (made_.clusters[i].config->name == name) return i;
    }
    BANYAN_CHECK(false);  // the loader has checked it
    return 0;
  }
  const GatewayCluster* previous_cluster(std::string_view identity) const {
    if (previous_ == nullptr) return nullptr;
    for (const GatewayCluster& cluster : previous_->clusters) {
      if (cluster.identity == identity) return &cluster;
    }
    return nullptr;
  }
  const GatewayCluster* previous_named(std::string_view name) const {
    if (previous_ == nullptr) return nullptr;
    for (const GatewayCluster& cluster : previous_->clusters) {
      if (cluster.config->name == name) return &cluster;
    }
    return nullptr;
  }
  const RouteStats* previous_stats(std::string_view id) const {
    if (previous_ == nullptr) return nullptr;
    for (const GatewayRoute& route : previous_->routes) {
      if (route.config->id == id) return route.stats.get();
    }
    return nullptr;
  }

  const Migration* previous_migration(std::string_view id) const {
    if (previous_ == nullptr) return nullptr;
    for (const GatewayRoute& route : previous_->routes) {
      if (route.config->id == id) return route.migration.get();
    }
    return nullptr;
  }

  GatewaySnapshot& made_;
  const GatewaySnapshot* previous_;
};

Result<std::shared_ptr<LogSink>> open_access_log(const AccessLogConfig& config, const GatewaySnapshot* previous) {
  if (previous != nullptr && previous->config.gateway.access_log.file == config.file &&
      previous->config.gateway.access_log.format == config.format) {
    return previous->access_log;
  }
  if (config.file == kAccessLogOff) return std::shared_ptr<LogSink>();
  BANYAN_TRY(std::unique_ptr<LogSink> sink, LogSink::open(config.file, {config.format, nullptr}));
  return std::shared_ptr<LogSink>(std::move(sink));
}

}  // namespace

Result<std::shared_ptr<const GatewaySnapshot>> make_snapshot(GatewayConfig config, const GatewaySnapshot* previous,
                                                             std::size_t workers, TimePoint now) {
  auto snapshot = std::make_shared<GatewaySnapshot>();
  snapshot->revision = previous == nullptr ? 1 : previous->revision + 1;
  snapshot->config = std::move(config);
  BANYAN_TRY(snapshot->access_log, open_access_log(snapshot->config.gateway.access_log, previous));
  if (snapshot->config.uses_colours()) {
    snapshot->colours.emplace(snapshot->config.gray.value_or(GraySection{}).header);
  }
  if (snapshot->config.ledger) {
    BANYAN_TRY(snapshot->sample_mask, Mask::parse(snapshot->config.ledger->mask));
  }
  SnapshotMaker maker(*snapshot, previous);
  for (const ClusterConfig& cluster : snapshot->config.clusters) {
    BANYAN_TRY_VOID(maker.add_cluster(cluster, workers, now));
  }
  std::vector<RouteRule> rules;
  for (const RouteConfig& route : snapshot->config.routes) {
    BANYAN_TRY_VOID(maker.add_route(route, workers, now));
    rules.push_back(rule_of(route));
  }
  BANYAN_TRY_VOID(maker.add_filters(workers));
  BANYAN_TRY(Router router, Router::compile(rules));
  snapshot->router = std::make_unique<Router>(std::move(router));
  return std::shared_ptr<const GatewaySnapshot>(std::move(snapshot));
}

}  // namespace banyan
