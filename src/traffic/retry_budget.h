// Keeps retries a small share of the traffic, so that a service in trouble does not get several times its load.
//
// At any moment the retries under way may be `hundredths` of the requests under way, or `always` of them where that is
// more: the rule of Envoy's retry budget. How many requests are under way is for the caller to count, which is cheaper
// for each worker alone. Thread-safe, without locks; a budget is kept within one request for each thread that asks at
// the same moment.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace banyan {

struct RetryBudgetSettings {
  std::uint32_t hundredths = 2'000;  // of a percent
  std::uint32_t always = 3;
};

class RetryBudget {
 public:
  explicit RetryBudget(const RetryBudgetSettings& settings) : settings_(settings) {}

  // False: the budget is spent. Each true is given back by end_retry().
  bool begin_retry(std::uint64_t requests) {
    const std::uint64_t share = requests * settings_.hundredths / 10'000;
    const std::uint64_t most = std::max<std::uint64_t>(share, settings_.always);
    if (retries_.fetch_add(1, std::memory_order_relaxed) < most) return true;
    end_retry();
    return false;
  }
  std::uint64_t under_way() const { return retries_.load(std::memory_order_relaxed); }
  void end_retry() { retries_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  const RetryBudgetSettings settings_;
  std::atomic<std::uint64_t> retries_ = 0;
};

}  // namespace banyan
