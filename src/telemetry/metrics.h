// Counters, gauges and latency histograms of a server with one thread per core.
//
// A counter that several threads add to costs each of them a cache line in flight, some 20-100 ns. Here each worker has
// counters of its own, on cache lines of its own: only that worker writes them, with plain loads and stores (relaxed
// atomics), so an increment costs what an ordinary ++ does; whoever wants the totals reads all workers' and adds them
// up. A scrape is thus not one instant of all counters, but no count is ever lost or seen twice.
//
// The rule that makes it right: one writer a slot. Look the slot up where it is written, not before a suspension: the
// task may go on on another worker after it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/clock.h"

namespace banyan {

// Counts up. One writer, any number of readers.
class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Goes up and down. One writer, any number of readers. What is begun on one worker and ended on another makes one
// slot's gauge negative; the sum is right.
class Gauge {
 public:
  void add(std::int64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// The buckets of a Histogram: log-linear, 8 to each doubling, from 7.8125 us to 106.496 s, one for everything below and
// one for everything above. A bucket holds (lower, upper], as Prometheus's `le` wants it. The unit is 1/1024 of a
// millisecond, so that 1, 1.25, 2.5, 5, 10, 20 ... ms are bounds of buckets.
struct LatencyBuckets {
  static constexpr std::size_t kCount = 191;

  static std::size_t index(Duration value);
  // The largest value the bucket holds; Duration::max() for the last.
  static Duration upper(std::size_t index);
  // What the bucket's values are taken to be: its middle, which is within 6.25% of each of them. For the last bucket
  // its lower end, for the first half its upper.
  static Duration middle(std::size_t index);
};

// The counts of one Histogram or the sum of several, at one time.
class HistogramCounts {
 public:
  void add(const HistogramCounts& other);
  // What came since `earlier`, which must be counts of the same histograms.
  HistogramCounts since(const HistogramCounts& earlier) const;

  std::uint64_t count() const;
  double sum_seconds() const { return static_cast<double>(sum_ns_) * 1e-9; }
  // How many values were at most `bound`; exact where it is the upper bound of a bucket.
  std::uint64_t count_up_to(Duration bound) const;
  // The value below which the part `q` (0 to 1) of all values lies, within 6.25% for values inside of the buckets'
  // range; nothing if there are no values.
  std::optional<Duration> quantile(double q) const;

 private:
  friend class Histogram;
  std::array<std::uint64_t, LatencyBuckets::kCount> buckets_{};
  std::uint64_t sum_ns_ = 0;
};

// Durations by size, in 1.5 KiB whatever the number of values. One writer, any number of readers. About 3 ns a value.
class Histogram {
 public:
  void record(Duration value);
  HistogramCounts counts() const;

 private:
  std::array<Counter, LatencyBuckets::kCount> buckets_;
  Counter sum_ns_;
};
static_assert(sizeof(Histogram) == 1536);

// One T for each worker, on cache lines of its own. T is a Counter, Gauge, Histogram or a struct of them.
template <class T>
class PerWorker {
 public:
  static constexpr std::size_t kWorkersMax = 64;

  explicit PerWorker(std::size_t workers) : slots_(std::make_unique<Slot[]>(workers)), size_(workers) {
    BANYAN_CHECK(workers >= 1 && workers <= kWorkersMax);
  }

  // The slot of worker 0 <= `worker` < size(); written by that worker alone.
  T& operator[](std::size_t worker) {
    BANYAN_CHECK(worker < size_);
    return slots_[worker].value;
  }
  const T& operator[](std::size_t worker) const {
    BANYAN_CHECK(worker < size_);
    return slots_[worker].value;
  }
  std::size_t size() const { return size_; }

  // The sum over all workers of a counter or gauge: total(&WorkerStats::requests), or any callable that gives one of
  // T; total() where T is one itself.
  template <class Member = std::identity>
  auto total(Member member = {}) const {
    decltype(std::invoke(member, slots_[0].value).value()) sum{};
    for (std::size_t i = 0; i < size_; ++i) sum += std::invoke(member, std::as_const(slots_[i].value)).value();
    return sum;
  }
  // The same for a histogram.
  template <class Member = std::identity>
  HistogramCounts merged(Member member = {}) const {
    HistogramCounts sum;
    for (std::size_t i = 0; i < size_; ++i) sum.add(std::invoke(member, std::as_const(slots_[i].value)).counts());
    return sum;
  }

 private:
  struct alignas(64) Slot {
    T value{};
  };
  std::unique_ptr<Slot[]> slots_;
  std::size_t size_;
};

}  // namespace banyan
