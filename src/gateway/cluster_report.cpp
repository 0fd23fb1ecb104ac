#include "gateway/cluster_report.h"

#include "base/log.h"
#include "gateway/change_note.h"
#include "json/parse.h"

namespace banyan {
namespace {

using Force = CircuitBreaker::Force;

constexpr std::string_view kForces[] = {"none", "open", "closed"};  // as Force

void write_breaker(json::Writer& writer, const ClusterState& state, TimePoint now) {
  CircuitBreaker* breaker = state.breaker();
  writer.key("breaker");
  if (breaker == nullptr) {
    writer.null();
    return;
  }
  const CircuitBreaker::State current = breaker->state(now);
  const BreakerCounts counts = breaker->counts();
  writer.begin_object().key("state").string(breaker_state_name(current));
  writer.key("forced").string(kForces[static_cast<std::size_t>(breaker->forced())]);
  writer.key("open_left_s").number(static_cast<double>(breaker->open_left(now).count() / 1'000'000) / 1000.0);
  writer.key("opened").unsigned_integer(state.breaker_opened());
  writer.key("requests").unsigned_integer(counts.requests).key("failures").unsigned_integer(counts.failures);
  writer.key("slow").unsigned_integer(counts.slow);
  writer.key("consecutive_failures").unsigned_integer(counts.consecutive_failures).end_object();
}

void write_endpoints(json::Writer& writer, const ClusterEndpoints& endpoints, TimePoint now) {
  writer.key("endpoints").begin_array();
  for (std::size_t i = 0; i < endpoints.list.size(); ++i) {
    const EndpointSet& set = endpoints.set;
    writer.begin_object().key("address").string(endpoints.list[i].text);
    writer.key("weight").unsigned_integer(set[i].weight);
    writer.key("attempts").unsigned_integer(endpoints.list[i].attempts->total());
    writer.key("healthy").boolean(set.judge().healthy(i)).key("ejected").boolean(set.judge().ejected(i, now));
    writer.end_object();
  }
  writer.end_array();
}

void write_cluster(json::Writer& writer, const GatewayCluster& cluster, TimePoint now) {
  const ClusterState& state = *cluster.state;
  const PerWorker<ClusterCounts>& counts = state.counts();
  const std::shared_ptr<const ClusterEndpoints> endpoints = state.endpoints();
  writer.begin_object().key("name").string(cluster.config->name);
  writer.key("requests").unsigned_integer(counts.total(&ClusterCounts::requests));
  writer.key("under_way").integer(counts.total(&ClusterCounts::under_way));
  writer.key("retries").unsigned_integer(counts.total(&ClusterCounts::retries));
  writer.key("retries_refused").unsigned_integer(counts.total(&ClusterCounts::retries_refused));
  writer.key("hedges").unsigned_integer(counts.total(&ClusterCounts::hedges));
  writer.key("refused").unsigned_integer(counts.total(&ClusterCounts::refused));
  writer.key("fallbacks").unsigned_integer(counts.total(&ClusterCounts::fallbacks));
  writer.key("ejections").unsigned_integer(state.ejections());
  writer.key("panic").boolean(endpoints->set.settings().judged && endpoints->set.judge().panics(now));
  write_breaker(writer, state, now);
  write_endpoints(writer, *endpoints, now);
  writer.end_object();
}

void write_counter(MetricsText& text, const GatewaySnapshot& snapshot, Counter ClusterCounts::* counter,
                   std::string_view name, std::string_view help) {
  text.family(MetricKind::kCounter, name, help);
  for (const GatewayCluster& cluster : snapshot.clusters) {
    text.sample({{"cluster", cluster.config->name}}, cluster.state->counts().total(counter));
  }
}

// The samples of a family begun before.
void write_endpoint_gauge(MetricsText& text, const GatewaySnapshot& snapshot, TimePoint now,
                          bool (*value)(OutlierDetector& judge, std::size_t i, TimePoint now)) {
  for (const GatewayCluster& cluster : snapshot.clusters) {
    const std::shared_ptr<const ClusterEndpoints> endpoints = cluster.state->endpoints();
    for (std::size_t i = 0; i < endpoints->list.size(); ++i) {
      text.sample({{"cluster", cluster.config->name}, {"endpoint", endpoints->list[i].text}},
                  value(endpoints->set.judge(), i, now) ? 1 : 0);
    }
  }
}

}  // namespace

void write_clusters(json::Writer& writer, const GatewaySnapshot& snapshot, TimePoint now) {
  writer.begin_array();
  for (const GatewayCluster& cluster : snapshot.clusters) write_cluster(writer, cluster, now);
  writer.end_array();
}

void write_cluster_metrics(MetricsText& text, const GatewaySnapshot& snapshot, TimePoint now) {
  write_counter(text, snapshot, &ClusterCounts::requests, "banyan_cluster_requests_total",
                "Requests asked of a cluster, retries not counted.");
  write_counter(text, snapshot, &ClusterCounts::retries, "banyan_cluster_retries_total", "Attempts after the first.");
  write_counter(text, snapshot, &ClusterCounts::retries_refused, "banyan_cluster_retries_refused_total",
                "Retries the budget did not allow.");
  write_counter(text, snapshot, &ClusterCounts::hedges, "banyan_cluster_hedges_total",
                "Second attempts for requests whose first was slow.");
  write_counter(text, snapshot, &ClusterCounts::refused, "banyan_cluster_refused_total",
                "Requests the breaker refused.");
  write_counter(text, snapshot, &ClusterCounts::fallbacks, "banyan_cluster_fallbacks_total",
                "Requests for which a fallback was tried.");
  text.family(MetricKind::kCounter, "banyan_cluster_ejections_total", "Endpoints ejected.");
  for (const GatewayCluster& cluster : snapshot.clusters) {
    text.sample({{"cluster", cluster.config->name}}, cluster.state->ejections());
  }
  text.family(MetricKind::kGauge, "banyan_breaker_state", "0 closed, 1 open, 2 half open, as forced.");
  for (const GatewayCluster& cluster : snapshot.clusters) {
    if (CircuitBreaker* breaker = cluster.state->breaker()) {
      text.sample({{"cluster", cluster.config->name}}, static_cast<std::int64_t>(breaker->state(now)));
    }
  }
  text.family(MetricKind::kGauge, "banyan_endpoint_healthy", "0 while checks of health fail.");
  write_endpoint_gauge(text, snapshot, now,
                       [](OutlierDetector& judge, std::size_t i, TimePoint) { return judge.healthy(i); });
  text.family(MetricKind::kGauge, "banyan_endpoint_ejected", "1 while out of the turn for its failures.");
  write_endpoint_gauge(text, snapshot, now,
                       [](OutlierDetector& judge, std::size_t i, TimePoint time) { return judge.ejected(i, time); });
}

Result<void> force_breaker(const GatewaySnapshot& snapshot, std::string_view name, std::string_view body,
                           TimePoint now) {
  const GatewayCluster* found = nullptr;
  for (const GatewayCluster& cluster : snapshot.clusters) {
    if (cluster.config->name == name) found = &cluster;
  }
  if (found == nullptr) return Error(ErrorCode::kNotFound, "there is no cluster '" + std::string(name) + "'");
  CircuitBreaker* breaker = found->state->breaker();
  if (breaker == nullptr) {
    return Error(ErrorCode::kFailedPrecondition,
                 "the cluster has no breaker: give it the key 'breaker' in the configuration");
  }
  BANYAN_TRY(const ChangeNote note, read_change_note(body));
  const auto document = json::parse(body);
  const std::string_view wanted = document.ok() ? document->root()["force"].to_string().value_or("") : "";
  for (std::size_t i = 0; i < std::size(kForces); ++i) {
    if (wanted != kForces[i]) continue;
    breaker->force(static_cast<Force>(i), now);
    log_warn("breaker_forced", {{"cluster", name}, {"force", wanted}, {"by", note.named("admin API")}});
    return {};
  }
  return Error(ErrorCode::kInvalidArgument, R"(send {"force": "open"}, "closed" or "none")");
}

}  // namespace banyan
