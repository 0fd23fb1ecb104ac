// How many requests a service can do at once, found out from how long it takes.
//
// A fixed limit is wrong as soon as the service changes: too low wastes it, too high fills queues in which everybody
// waits. So the limit follows the gradient of Little's law: while requests take about as long as on an idle service
// (the baseline), the limit grows by half its square root a window; when they take longer than the baseline and the
// headroom allow, they wait for each other somewhere, and the limit shrinks in proportion. What does not fit is refused
// at once.
//
// The baseline is the shortest mean of a window within the last one or two periods, so that it forgets. A service that
// is never idle would show it only its queue: then, once a period, the limit is lowered for two windows until the queue
// is gone, and again soon if that made it faster. A latency that stays high at the lowest limit is no queue's, and
// becomes the baseline.
//
// Under the limit the important go first: requests of low priority may fill 70 % of it, normal ones 90 %, those of high
// priority all.
//
// After Netflix's concurrency-limits (Gradient2Limit) and Envoy's adaptive concurrency filter (gradient controller),
// which measures its baseline by a probe as well. Thread-safe: one serves a whole process; a call takes a lock for some
// tens of nanoseconds.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "base/clock.h"

namespace banyan {

enum class Priority : unsigned char { kLow, kNormal, kHigh };

struct ConcurrencySettings {
  std::uint32_t min = 4;  // at least 1
  std::uint32_t max = 1000;
  std::uint32_t initial = 32;
  std::uint32_t headroom_hundredths = 3'000;  // of a percent of the baseline: what a request may take longer
  Duration period = std::chrono::seconds(30);
};

struct ConcurrencyFigures {
  std::uint32_t limit = 0;
  std::uint32_t in_flight = 0;
  Duration baseline{};  // 0: not known yet
  std::uint64_t refused = 0;
};

class ConcurrencyLimit {
 public:
  static constexpr Duration kWindow = std::chrono::milliseconds(100);
  static constexpr std::uint32_t kSamplesMin = 10;  // in a window; it lasts until they are there

  // kOverload: the service itself had no room or no time (503, 504, a timeout). kNeutral: says nothing about it.
  enum class Outcome : unsigned char { kAnswered, kOverload, kNeutral };

  ConcurrencyLimit(const ConcurrencySettings& settings, TimePoint now);

  // Whether a request may be sent. Each that was is reported once by leave().
  bool enter(Priority priority);
  // `took` until the head of the answer came; looked at for kAnswered.
  void leave(Outcome outcome, Duration took, TimePoint now);

  ConcurrencyFigures figures() const;

 private:
  struct Window {
    TimePoint start{};
    Duration sum{};
    std::uint32_t answered = 0;
    std::uint32_t overloads = 0;
    std::uint32_t peak = 0;  // most requests under way at once
  };

  double usable() const;
  void close_window(TimePoint now);
  void learn_baseline(Duration mean, TimePoint now);
  void begin_period(TimePoint now);
  void end_probe(TimePoint now);
  void follow(Duration mean);
  void set_limit(double limit);

  const ConcurrencySettings settings_;
  mutable std::mutex mutex_;
  double limit_;
  std::uint32_t in_flight_ = 0;
  std::uint64_t refused_ = 0;
  Window window_;
  std::optional<Duration> best_;           // mean of a window in this period
  std::optional<Duration> previous_best_;  // and in the one before
  TimePoint period_start_;
  bool was_idle_ = false;  // in this period a window had no more than half of the limit under way
  int probe_windows_ = 0;  // for which the limit stays lowered
};

}  // namespace banyan
