// Whether there is room for a request: requests at once, memory, and what the service can do at a time as its latency
// says (traffic/concurrency_limit.h). What has no room is refused at once, the less important first.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "net/buffer_pool.h"
#include "telemetry/metrics_text.h"
#include "traffic/concurrency_limit.h"

namespace banyan::service {

struct AdmissionSettings {
  std::size_t requests_max = 10'000;  // under way at once
  // Where it is set, the limit of requests under way follows their latency, up to so many.
  std::optional<std::uint32_t> concurrency_max;
};

// Thread-safe.
class Admission {
 public:
  Admission(const AdmissionSettings& settings, const MemoryBudget& memory, TimePoint now);

  // "": there is room, and leave() must follow. Else what there is too little of: "requests", "memory", "concurrency".
  std::string_view enter(Priority priority);
  // `took` until the handler was done.
  void leave(ConcurrencyLimit::Outcome outcome, Duration took, TimePoint now);

  // banyan_service_requests_under_way, _shed_total{reason}, _memory_bytes, _memory_refused_total; and of adaptive
  // concurrency _concurrency_limit and _concurrency_baseline_seconds.
  void write_metrics(MetricsText& out) const;

 private:
  struct Refused {
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> memory{0};
  };
  const std::size_t requests_max_;
  const MemoryBudget& memory_;
  std::optional<ConcurrencyLimit> concurrency_;
  std::atomic<std::size_t> under_way_{0};
  Refused refused_;
};

}  // namespace banyan::service
