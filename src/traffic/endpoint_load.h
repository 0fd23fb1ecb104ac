// How busy and how fast an endpoint is, for policies that choose the better of several.
//
// Latency is a moving average that believes bad news at once and good news slowly (Finagle's PeakEwma): an answer
// slower than the average becomes the average, faster ones pull it down over kDecay. It decays while nobody asks, so
// that a slow endpoint is tried again. A failure counts as a slow answer: else an endpoint that refuses at once would
// be the fastest of all.
//
// Thread-safe, without locks: two that observe at the same moment may lose one of the two values.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>

#include "base/clock.h"

namespace banyan {

class EndpointLoad {
 public:
  static constexpr Duration kDecay = std::chrono::seconds(10);
  static constexpr Duration kFailure = std::chrono::seconds(1);  // a failure is worth at least this

  void begin() { under_way_.fetch_add(1, std::memory_order_relaxed); }
  void end() { under_way_.fetch_sub(1, std::memory_order_relaxed); }
  std::int64_t under_way() const { return under_way_.load(std::memory_order_relaxed); }

  void observe(Duration took, bool success, TimePoint now) {
    const double value = static_cast<double>(std::max(took, success ? Duration{} : kFailure).count());
    const double average = latency(now);
    const double kept = decay(now);
    store(value > average ? value : average_.load(std::memory_order_relaxed) * kept + value * (1 - kept), now);
  }
  // Nanoseconds; 0 where nothing is known.
  double latency(TimePoint now) const { return average_.load(std::memory_order_relaxed) * decay(now); }
  // What one more request would cost here, comparable between endpoints. One that is not known is tried once, but not
  // with all that comes until its first answer.
  double cost(TimePoint now) const {
    const auto waiting = static_cast<double>(under_way());
    const double average = latency(now);
    if (average == 0 && waiting > 0) return static_cast<double>(kFailure.count()) * waiting;
    return average * (waiting + 1);
  }

 private:
  double decay(TimePoint now) const {
    const std::int64_t since = now.time_since_epoch().count() - updated_.load(std::memory_order_relaxed);
    if (since <= 0) return 1;
    return std::exp(-static_cast<double>(since) / static_cast<double>(kDecay.count()));
  }
  void store(double average, TimePoint now) {
    average_.store(average, std::memory_order_relaxed);
    updated_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  }

  std::atomic<std::int64_t> under_way_{0};
  std::atomic<double> average_{0};
  std::atomic<std::int64_t> updated_{0};
};

}  // namespace banyan
