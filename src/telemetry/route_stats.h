// What happened on each route, and on each cluster within it: for GET /status and GET /metrics (docs/admin-api.md).
//
// Workers count into slots of their own (telemetry/metrics.h). A RouteStats lives from the configuration its route
// first appears in to the last request of the last one: a reload builds new ones that share the counters of what kept
// its name, so that figures go on where the route does.
//
// Rates and quantiles are of a window, which needs earlier totals to subtract: one thread calls tick() once a second
// and is the only one to call snapshot(). Memory: 3 KiB for each cluster of a route and 1.6 KiB for each worker there;
// 0.5 KiB for each worker and route.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "json/write.h"
#include "telemetry/metrics.h"
#include "telemetry/metrics_text.h"

namespace banyan {

// Answers by status code: those in everyday use have a counter each, the others share one for each class.
class StatusCounts {
 public:
  static constexpr std::size_t kKinds = 50;

  // 0 is a request that got no answer. What is no status code counts as 5xx, as RFC 9110 section 15 has it.
  void add(int status);
  const Counter& kind(std::size_t kind) const { return kinds_[kind]; }
  std::uint64_t total() const;
  // "200", "4xx", or "none" for no answer; `kind` < kKinds.
  static std::string_view label(std::size_t kind);

 private:
  std::array<Counter, kKinds> kinds_;
};

struct MirrorCounts {
  Counter sent;       // copies
  Counter compared;   // of which were compared
  Counter different;  // of which disagreed
  Counter dropped;    // not sent or not compared, for lack of memory or a body over the limit
  Counter errors;     // no answer within the timeout, or a broken one
};

// The figures of a route as plain values.
struct ClusterFigures {
  std::string_view name;
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;
  std::optional<double> p50_ms;  // over the last 60 to 120 s
  std::optional<double> p99_ms;
};
struct MirrorFigures {
  std::string_view cluster;
  std::uint64_t sent = 0;
  std::uint64_t compared = 0;
  std::uint64_t different = 0;
  std::uint64_t dropped = 0;
  std::uint64_t errors = 0;
};
// Views live as long as the RouteStats.
struct RouteFigures {
  std::string_view id;
  std::uint64_t requests = 0;
  double rate_1s = 0;  // requests a second
  double rate_10s = 0;
  std::vector<ClusterFigures> clusters;
  std::optional<MirrorFigures> mirror;
};

// What a RouteStats counts. `clusters` are the names of those requests are sent to, in order; `mirror` is "" for none.
// `labels` are empty, or say of each of them in metrics what its cluster and its colour are.
struct RouteStatsSpec {
  struct Labels {
    std::string_view cluster;
    std::string_view colour;
  };
  std::string_view id;
  std::vector<std::string_view> clusters;
  std::string_view mirror;
  std::vector<Labels> labels;
};

class RouteStats {
 public:
  // `previous` is null, or the same route's of the configuration before: counters of clusters and mirror that kept
  // their names are shared with it. `workers` must not change.
  RouteStats(const RouteStatsSpec& spec, std::size_t workers, TimePoint now, const RouteStats* previous = nullptr);
  ~RouteStats();

  const std::string& id() const { return id_; }

  // Counts one finished request; called on worker `worker`. `cluster` is the index in the spec's clusters of the one it
  // was sent to, nothing where the gateway answered by itself; `status` 0 where there was no answer. 5xx and 0 are
  // errors. About 10 ns.
  void record(std::size_t worker, std::optional<std::size_t> cluster, int status, Duration duration);
  // The mirror's counters; only where the spec has a mirror, and on worker `worker`.
  MirrorCounts& mirror(std::size_t worker);

  // Both by one thread only.
  void tick(TimePoint now);
  RouteFigures snapshot(TimePoint now) const;

 private:
  friend void write_route_metrics(MetricsText& out, std::span<const std::shared_ptr<RouteStats>> routes);
  struct Requests;
  struct Cluster;
  struct Mirror;
  static std::shared_ptr<Cluster> previous_cluster(const RouteStats* previous, std::string_view name);
  void write_requests(MetricsText& out) const;
  void write_latencies(MetricsText& out) const;
  void write_errors(MetricsText& out) const;
  void write_mirrors(MetricsText& out) const;
  std::vector<MetricLabel> labels_of(std::size_t cluster) const;

  std::string id_;
  std::shared_ptr<Requests> requests_;
  std::vector<std::shared_ptr<Cluster>> clusters_;
  std::vector<std::pair<std::string, std::string>> labels_;  // cluster and colour; empty where there are no colours
  std::shared_ptr<Mirror> mirror_;
};

// The object docs/admin-api.md has in "routes".
void write_route_status(json::Writer& out, const RouteFigures& figures);

// banyan_requests_total{route,status}, banyan_request_duration_seconds{route,cluster},
// banyan_request_errors_total{route,cluster} and banyan_mirror_requests_total{route,cluster,result}; those by cluster
// with the label `colour` where the route has colours. Ids must differ; that of requests without a route is "".
void write_route_metrics(MetricsText& out, std::span<const std::shared_ptr<RouteStats>> routes);

}  // namespace banyan
