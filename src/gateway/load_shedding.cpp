#include "gateway/load_shedding.h"

#include <utility>

namespace banyan {
namespace {

bool says_overload(int status) { return status == 503 || status == 504; }

}  // namespace

void ConcurrencySlot::answered(int status) {
  took_ = now() - start_;
  told_ = true;
  outcome_ = says_overload(status) ? ConcurrencyLimit::Outcome::kOverload : ConcurrencyLimit::Outcome::kAnswered;
  if (status == 101) leave();
}

void ConcurrencySlot::leave() {
  if (std::exchange(entered_, false)) limit_.leave(outcome_, took_, now());
}

void ConcurrencySlot::failed(ErrorCode code) {
  if (told_ || (code != ErrorCode::kDeadlineExceeded && code != ErrorCode::kResourceExhausted)) return;
  told_ = true;
  outcome_ = ConcurrencyLimit::Outcome::kOverload;
}

void write_concurrency_metrics(MetricsText& out, const GatewaySnapshot& snapshot) {
  std::vector<std::pair<std::string_view, ConcurrencyFigures>> all;
  for (const GatewayCluster& cluster : snapshot.clusters) {
    if (cluster.concurrency != nullptr) all.emplace_back(cluster.config->name, cluster.concurrency->figures());
  }
  if (all.empty()) return;
  out.family(MetricKind::kGauge, "banyan_concurrency_limit", "Requests a cluster takes at once, as its latency says.");
  for (const auto& [name, figures] : all) out.sample({{"cluster", name}}, figures.limit);
  out.family(MetricKind::kGauge, "banyan_concurrency_in_flight", "Requests under way to a cluster that has a limit.");
  for (const auto& [name, figures] : all) out.sample({{"cluster", name}}, figures.in_flight);
  out.family(MetricKind::kGauge, "banyan_concurrency_baseline_seconds", "Latency taken for that of the idle cluster.");
  for (const auto& [name, figures] : all) {
    out.sample({{"cluster", name}}, std::chrono::duration<double>(figures.baseline).count());
  }
  out.family(MetricKind::kCounter, "banyan_concurrency_refused_total", "Requests refused by a cluster's limit.");
  for (const auto& [name, figures] : all) out.sample({{"cluster", name}}, figures.refused);
}

}  // namespace banyan
