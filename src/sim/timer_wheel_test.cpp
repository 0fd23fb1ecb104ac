// The timing wheel against a sorted list, over random arming, cancelling and advancing: deadlines from a fraction of a
// tick to years, and on both sides of every boundary between the levels. It never fires early, at most a tick late,
// each timer once, and next_expiry() is never too late.
#include "runtime/timer_wheel.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/worker.h"
#include "sim/seed_sweep.h"
#include "sim/seeded_random.h"
#include "sim/simulation.h"

namespace banyan {
namespace {

constexpr Duration kTick{std::int64_t{1} << 20};

struct Timer {
  TimerNode node;
  TimePoint deadline;
  TimePoint armed;
  TaskRecord* record = nullptr;
  ParkWord::Ticket ticket = 0;
};

class WheelAgainstList {
 public:
  explicit WheelAgainstList(std::uint64_t seed) : random_(seed), now_(start_), wheel_(start_) {}
  ~WheelAgainstList() {
    while (!timers_.empty()) drop(0);
  }

  bool run() {
    for (int step = 0; step < 150; ++step) {
      const std::uint64_t what = random_.below(10);
      if (what < 5) arm();
      if (what >= 5 && what < 7 && !timers_.empty()) drop(random_.below(timers_.size()));
      if (what >= 7 && !advance()) return false;
    }
    return true;
  }

 private:
  Duration some_delay() {
    const std::uint64_t ticks = std::uint64_t{1} << random_.below(36);  // 2^36 ticks: two years
    const auto boundary = static_cast<std::int64_t>(ticks) + static_cast<std::int64_t>(random_.below(5)) - 2;
    const auto around = static_cast<std::int64_t>(random_.below(ticks));
    return kTick * (random_.chance(0.5) ? boundary : around) +
           Duration(static_cast<std::int64_t>(random_.below(3) * 400'000));
  }

  void arm() {
    auto timer = std::make_unique<Timer>();
    timer->deadline = now_ + some_delay();
    timer->armed = now_;
    timer->record = acquire_task_record();
    // A wait that is not committed: being claimed leaves its reason and queues nothing.
    timer->ticket = timer->record->park.prepare(false);
    wheel_.arm(timer->node, timer->deadline, WakeToken(timer->record, timer->ticket));
    timers_.push_back(std::move(timer));
  }

  // The commit fails exactly if the wheel has fired.
  static bool fired(Timer& timer) { return !timer.record->park.commit(); }

  void drop(std::size_t i) {
    TimerWheel::cancel(timers_[i]->node);
    release_task_record(timers_[i]->record);
    timers_.erase(timers_.begin() + static_cast<std::ptrdiff_t>(i));
  }

  bool next_expiry_is_right() {
    const TimePoint next = wheel_.next_expiry();
    if (timers_.empty()) return next == kNever;
    TimePoint earliest = kNever;
    for (const auto& timer : timers_) earliest = std::min(earliest, std::max(timer->deadline, timer->armed));
    return next <= earliest + 2 * kTick;
  }

  bool advance() {
    if (!next_expiry_is_right()) return false;
    // Either a leap, or to where the wheel asks to be called.
    const TimePoint next = wheel_.next_expiry();
    now_ = random_.chance(0.5) && next != kNever ? std::max(now_, next) : now_ + some_delay() + 3 * kTick;
    const int told = wheel_.advance(now_);
    int seen = 0;
    for (std::size_t i = timers_.size(); i > 0; --i) {
      Timer& timer = *timers_[i - 1];
      const bool due = now_ >= std::max(timer.deadline, timer.armed) + 2 * kTick;
      if (!due && now_ < timer.deadline && !timer.node.linked) return false;  // early
      if (due && timer.node.linked) return false;                             // late
      if (timer.node.linked) continue;
      ++seen;
      if (!fired(timer)) return false;
      drop(i - 1);
    }
    return seen == told;
  }

  SeededRandom random_;
  TimePoint start_{std::chrono::hours(5)};
  TimePoint now_;
  TimerWheel wheel_;
  std::vector<std::unique_ptr<Timer>> timers_;
};

TEST(TimerWheel, AgreesWithASortedList) {
  EXPECT_TRUE(sweep_seeds("timer wheel", 2000, [](std::uint64_t seed) { return WheelAgainstList(seed).run(); }));
}

}  // namespace
}  // namespace banyan
