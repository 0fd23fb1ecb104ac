// Refusing what there is no room for, before it costs anything: 503, with Retry-After.
//
// Room is counted twice. A cluster with `concurrency` takes so many requests at once as its latency says
// (traffic/concurrency_limit.h). And of the memory that `gateway.limits.memory` allows, the last tenth is for what has
// begun already and for routes of high priority: everything else is refused there, so that requests under way do not
// fail half-way for want of a buffer.
#pragma once

#include "gateway/snapshot.h"
#include "net/buffer_pool.h"
#include "runtime/runtime.h"
#include "telemetry/metrics_text.h"

namespace banyan {

// One load of two counters.
inline bool no_memory_for(Priority priority, const MemoryBudget& memory) {
  return priority != Priority::kHigh && memory.above_soft_limit();
}

// A request's place in the limit of a cluster, given back when this is destroyed. What became of the request is told
// once, by the first of answered() and failed(); without either it says nothing about the cluster.
class ConcurrencySlot {
 public:
  ConcurrencySlot(ConcurrencyLimit& limit, Priority priority)
      : limit_(limit), start_(now()), entered_(limit.enter(priority)) {}
  ConcurrencySlot(const ConcurrencySlot&) = delete;
  ConcurrencySlot& operator=(const ConcurrencySlot&) = delete;
  ~ConcurrencySlot() { leave(); }

  bool entered() const { return entered_; }
  // The head of the cluster's answer has come. After a 101 the place is given back at once: a tunnel may last for days.
  void answered(int status);
  // The gateway has to answer in its place. Only a cluster without time or room says something about its load: one that
  // cannot be reached, or that a breaker keeps requests from, does not.
  void failed(ErrorCode code);

 private:
  void leave();

  ConcurrencyLimit& limit_;
  const TimePoint start_;
  Duration took_{};
  bool entered_;
  bool told_ = false;
  ConcurrencyLimit::Outcome outcome_ = ConcurrencyLimit::Outcome::kNeutral;
};

// banyan_concurrency_limit, _in_flight, _baseline_seconds and _refused_total{cluster}.
void write_concurrency_metrics(MetricsText& out, const GatewaySnapshot& snapshot);

}  // namespace banyan
