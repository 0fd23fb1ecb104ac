#include "service/admission.h"

#include <algorithm>

namespace banyan::service {
namespace {

constexpr std::uint32_t kConcurrencyMin = 4;
constexpr std::uint32_t kConcurrencyInitial = 32;

}  // namespace

Admission::Admission(const AdmissionSettings& settings, const MemoryBudget& memory, TimePoint now)
    : requests_max_(settings.requests_max), memory_(memory) {
  if (!settings.concurrency_max) return;
  const std::uint32_t max = *settings.concurrency_max;
  concurrency_.emplace(
      ConcurrencySettings{
          .min = std::min(kConcurrencyMin, max), .max = max, .initial = std::min(kConcurrencyInitial, max)},
      now);
}

std::string_view Admission::enter(Priority priority) {
  if (priority != Priority::kHigh && memory_.above_soft_limit()) {
    refused_.memory.fetch_add(1, std::memory_order_relaxed);
    return "memory";
  }
  if (under_way_.fetch_add(1, std::memory_order_relaxed) >= requests_max_) {
    under_way_.fetch_sub(1, std::memory_order_relaxed);
    refused_.requests.fetch_add(1, std::memory_order_relaxed);
    return "requests";
  }
  if (concurrency_ && !concurrency_->enter(priority)) {
    under_way_.fetch_sub(1, std::memory_order_relaxed);
    return "concurrency";
  }
  return "";
}

void Admission::leave(ConcurrencyLimit::Outcome outcome, Duration took, TimePoint now) {
  if (concurrency_) concurrency_->leave(outcome, took, now);
  under_way_.fetch_sub(1, std::memory_order_relaxed);
}

void Admission::write_metrics(MetricsText& out) const {
  out.family(MetricKind::kGauge, "banyan_service_requests_under_way", "Requests that are being answered.");
  out.sample({}, under_way_.load(std::memory_order_relaxed));
  out.family(MetricKind::kCounter, "banyan_service_shed_total", "Requests refused with 503, by what was lacking.");
  out.sample({{"reason", "memory"}}, refused_.memory.load(std::memory_order_relaxed));
  out.sample({{"reason", "requests"}}, refused_.requests.load(std::memory_order_relaxed));
  const ConcurrencyFigures figures = concurrency_ ? concurrency_->figures() : ConcurrencyFigures{};
  out.sample({{"reason", "concurrency"}}, figures.refused);
  out.family(MetricKind::kGauge, "banyan_service_memory_bytes", "Memory of the process, as it counts for its limit.");
  out.sample({}, memory_.used());
  out.family(MetricKind::kCounter, "banyan_service_memory_refused_total",
             "Buffers, bodies and answers there was no memory for.");
  out.sample({}, memory_.refused());
  if (!concurrency_) return;
  out.family(MetricKind::kGauge, "banyan_service_concurrency_limit", "Requests taken at once, as their latency says.");
  out.sample({}, figures.limit);
  out.family(MetricKind::kGauge, "banyan_service_concurrency_baseline_seconds",
             "Latency taken for that of the idle service.");
  out.sample({}, std::chrono::duration<double>(figures.baseline).count());
}

}  // namespace banyan::service
