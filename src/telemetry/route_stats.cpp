#include "telemetry/route_stats.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace banyan {
namespace {

constexpr Duration kTick = std::chrono::seconds(1);
constexpr Duration kLatencyWindow = std::chrono::seconds(60);

constexpr std::array<std::string_view, StatusCounts::kKinds> kLabels = {
    "none", "1xx", "2xx", "3xx", "4xx", "5xx",  // the position is what status_kind() counts on
    "101",  "200", "201", "202", "204", "206", "301", "302", "303", "304", "307", "308", "400", "401", "403",
    "404",  "405", "406", "408", "409", "410", "411", "412", "413", "414", "415", "416", "417", "421", "422",
    "425",  "426", "428", "429", "431", "451", "499", "500", "501", "502", "503", "504", "505", "507"};
constexpr std::size_t kClasses = 6;

constexpr int kStatusMax = 599;
constexpr auto kKindOfStatus = [] {
  std::array<std::uint8_t, kStatusMax + 1> kinds{};
  for (std::size_t status = 100; status <= kStatusMax; ++status)
    kinds[status] = static_cast<std::uint8_t>(status / 100);
  for (std::size_t kind = kClasses; kind < kLabels.size(); ++kind) {
    const std::string_view text = kLabels[kind];
    const int status = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    kinds[static_cast<std::size_t>(status)] = static_cast<std::uint8_t>(kind);
  }
  return kinds;
}();

std::size_t status_kind(int status) {
  if (status == 0) return 0;
  return status < 100 || status > kStatusMax ? 5 : kKindOfStatus[static_cast<std::size_t>(status)];
}

bool is_error(int status) { return status < 100 || status >= 500; }

std::optional<double> milliseconds(std::optional<Duration> value) {
  if (!value) return std::nullopt;
  return std::round(static_cast<double>(value->count()) / 1000) / 1000;
}

// How many requests there were at past ticks, for rates.
class RateWindow {
 public:
  explicit RateWindow(TimePoint now) { marks_[0].time = now; }

  void tick(TimePoint now, std::uint64_t count) {
    if (now - marks_[newest_].time < kTick * 9 / 10) return;
    newest_ = (newest_ + 1) % marks_.size();
    marks_[newest_] = {now, count};
    kept_ = std::min(kept_ + 1, marks_.size());
  }

  // Over the last `window`, or as much of it as there is; at least a second, so that a start does not look like a rush.
  double rate(TimePoint now, std::uint64_t count, Duration window) const {
    const Mark* from = &marks_[newest_];
    for (std::size_t back = 1; back < kept_ && now - from->time < window; ++back) {
      from = &marks_[(newest_ + marks_.size() - back) % marks_.size()];
    }
    const Duration passed = std::max(now - from->time, Duration(kTick));
    return static_cast<double>(count - from->count) / std::chrono::duration<double>(passed).count();
  }

 private:
  struct Mark {
    TimePoint time{};
    std::uint64_t count = 0;
  };
  std::array<Mark, 12> marks_{};
  std::size_t newest_ = 0;
  std::size_t kept_ = 1;
};

}  // namespace

void StatusCounts::add(int status) { kinds_[status_kind(status)].add(); }

std::uint64_t StatusCounts::total() const {
  std::uint64_t total = 0;
  for (const Counter& kind : kinds_) total += kind.value();
  return total;
}

std::string_view StatusCounts::label(std::size_t kind) { return kLabels[kind]; }

struct RouteStats::Requests {
  Requests(std::size_t workers, TimePoint now) : by_status(workers), window(now) {}

  std::uint64_t total() const {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < by_status.size(); ++i) total += by_status[i].total();
    return total;
  }

  PerWorker<StatusCounts> by_status;
  RateWindow window;
};

struct RouteStats::Cluster {
  struct Slot {
    Counter errors;
    Histogram latency;
  };

  Cluster(std::string_view cluster, std::size_t workers, TimePoint now)
      : name(cluster), slots(workers), newer_time(now) {}

  void tick(TimePoint now) {
    if (now - newer_time < kLatencyWindow) return;
    older = newer;
    newer = slots.merged(&Slot::latency);
    newer_time = now;
  }

  ClusterFigures figures() const {
    const HistogramCounts all = slots.merged(&Slot::latency);
    const HistogramCounts recent = all.since(older);
    return {.name = name,
            .requests = all.count(),
            .errors = slots.total(&Slot::errors),
            .p50_ms = milliseconds(recent.quantile(0.5)),
            .p99_ms = milliseconds(recent.quantile(0.99))};
  }

  std::string name;
  PerWorker<Slot> slots;
  HistogramCounts older;  // at least kLatencyWindow ago, or of the beginning
  HistogramCounts newer;  // at newer_time
  TimePoint newer_time;
};

struct RouteStats::Mirror {
  Mirror(std::string_view mirror, std::size_t workers) : cluster(mirror), slots(workers) {}

  // `compared` is counted before `different`, and read after it.
  MirrorFigures figures() const {
    MirrorFigures figures;
    figures.cluster = cluster;
    figures.different = slots.total(&MirrorCounts::different);
    figures.compared = slots.total(&MirrorCounts::compared);
    figures.dropped = slots.total(&MirrorCounts::dropped);
    figures.errors = slots.total(&MirrorCounts::errors);
    figures.sent = slots.total(&MirrorCounts::sent);
    return figures;
  }

  std::string cluster;
  PerWorker<MirrorCounts> slots;
};

RouteStats::RouteStats(const RouteStatsSpec& spec, std::size_t workers, TimePoint now, const RouteStats* previous)
    : id_(spec.id), requests_(previous != nullptr ? previous->requests_ : std::make_shared<Requests>(workers, now)) {
  BANYAN_CHECK(requests_->by_status.size() == workers);
  for (const std::string_view name : spec.clusters) clusters_.push_back(previous_cluster(previous, name));
  for (std::size_t i = 0; i < clusters_.size(); ++i) {
    if (clusters_[i] == nullptr) clusters_[i] = std::make_shared<Cluster>(spec.clusters[i], workers, now);
  }
  for (const RouteStatsSpec::Labels& one : spec.labels) labels_.emplace_back(one.cluster, one.colour);
  if (spec.mirror.empty()) return;
  const bool kept = previous != nullptr && previous->mirror_ != nullptr && previous->mirror_->cluster == spec.mirror;
  mirror_ = kept ? previous->mirror_ : std::make_shared<Mirror>(spec.mirror, workers);
}

RouteStats::~RouteStats() = default;

std::shared_ptr<RouteStats::Cluster> RouteStats::previous_cluster(const RouteStats* previous, std::string_view name) {
  if (previous == nullptr) return nullptr;
  const auto found = std::find_if(previous->clusters_.begin(), previous->clusters_.end(),
                                  [&](const auto& cluster) { return cluster->name == name; });
  return found == previous->clusters_.end() ? nullptr : *found;
}

void RouteStats::record(std::size_t worker, std::optional<std::size_t> cluster, int status, Duration duration) {
  requests_->by_status[worker].add(status);
  if (!cluster) return;
  BANYAN_CHECK(*cluster < clusters_.size());
  Cluster::Slot& slot = clusters_[*cluster]->slots[worker];
  slot.latency.record(duration);
  if (is_error(status)) slot.errors.add();
}

MirrorCounts& RouteStats::mirror(std::size_t worker) {
  BANYAN_CHECK(mirror_ != nullptr);
  return mirror_->slots[worker];
}

void RouteStats::tick(TimePoint now) {
  requests_->window.tick(now, requests_->total());
  for (const auto& cluster : clusters_) cluster->tick(now);
}

RouteFigures RouteStats::snapshot(TimePoint now) const {
  RouteFigures figures;
  figures.id = id_;
  figures.requests = requests_->total();
  figures.rate_1s = requests_->window.rate(now, figures.requests, std::chrono::seconds(1));
  figures.rate_10s = requests_->window.rate(now, figures.requests, std::chrono::seconds(10));
  for (const auto& cluster : clusters_) figures.clusters.push_back(cluster->figures());
  if (mirror_ != nullptr) figures.mirror = mirror_->figures();
  return figures;
}

void write_route_status(json::Writer& out, const RouteFigures& figures) {
  const auto number_or_null = [&](std::optional<double> value) { value ? out.number(*value) : out.null(); };
  out.begin_object().key("id").string(figures.id).key("requests").unsigned_integer(figures.requests);
  out.key("rate").number(std::round(figures.rate_10s * 100) / 100).key("clusters").begin_object();
  for (const ClusterFigures& cluster : figures.clusters) {
    out.key(cluster.name).begin_object().key("requests").unsigned_integer(cluster.requests).key("p50_ms");
    number_or_null(cluster.p50_ms);
    out.key("p99_ms");
    number_or_null(cluster.p99_ms);
    out.key("errors").unsigned_integer(cluster.errors).end_object();
  }
  out.end_object();
  if (figures.mirror) {
    const MirrorFigures& mirror = *figures.mirror;
    out.key("mirror").begin_object().key("cluster").string(mirror.cluster).key("sent").unsigned_integer(mirror.sent);
    out.key("compared").unsigned_integer(mirror.compared).key("different").unsigned_integer(mirror.different);
    out.key("dropped").unsigned_integer(mirror.dropped).key("errors").unsigned_integer(mirror.errors).end_object();
  }
  out.end_object();
}

void RouteStats::write_requests(MetricsText& out) const {
  for (std::size_t kind = 0; kind < StatusCounts::kKinds; ++kind) {
    const std::uint64_t count =
        requests_->by_status.total([kind](const StatusCounts& s) -> const Counter& { return s.kind(kind); });
    if (count > 0) out.sample({{"route", id_}, {"status", StatusCounts::label(kind)}}, count);
  }
}

std::vector<MetricLabel> RouteStats::labels_of(std::size_t cluster) const {
  if (labels_.empty()) return {{"route", id_}, {"cluster", clusters_[cluster]->name}};
  return {{"route", id_}, {"cluster", labels_[cluster].first}, {"colour", labels_[cluster].second}};
}

void RouteStats::write_latencies(MetricsText& out) const {
  for (std::size_t i = 0; i < clusters_.size(); ++i) {
    out.histogram(std::span<const MetricLabel>(labels_of(i)), clusters_[i]->slots.merged(&Cluster::Slot::latency));
  }
}

void RouteStats::write_errors(MetricsText& out) const {
  for (std::size_t i = 0; i < clusters_.size(); ++i) {
    out.sample(std::span<const MetricLabel>(labels_of(i)), clusters_[i]->slots.total(&Cluster::Slot::errors));
  }
}

void RouteStats::write_mirrors(MetricsText& out) const {
  if (mirror_ == nullptr) return;
  const MirrorFigures figures = mirror_->figures();
  const auto sample = [&](std::string_view result, std::uint64_t count) {
    out.sample({{"route", id_}, {"cluster", figures.cluster}, {"result", result}}, count);
  };
  sample("same", figures.compared - std::min(figures.different, figures.compared));
  sample("different", figures.different);
  sample("dropped", figures.dropped);
  sample("error", figures.errors);
}

void write_route_metrics(MetricsText& out, std::span<const std::shared_ptr<RouteStats>> routes) {
  using enum MetricKind;
  out.family(kCounter, "banyan_requests_total", "Requests by route and status of the answer.");
  for (const auto& route : routes) route->write_requests(out);
  out.family(kHistogram, "banyan_request_duration_seconds",
             "From the request's head being read to the last byte of the answer being written.");
  for (const auto& route : routes) route->write_latencies(out);
  out.family(kCounter, "banyan_request_errors_total", "Requests answered with 5xx or not at all.");
  for (const auto& route : routes) route->write_errors(out);
  out.family(kCounter, "banyan_mirror_requests_total", "Requests copied to a mirror, by what came of it.");
  for (const auto& route : routes) route->write_mirrors(out);
}

}  // namespace banyan
