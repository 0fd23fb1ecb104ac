#include "traffic/concurrency_limit.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace banyan {
namespace {

using namespace std::chrono_literals;
using Outcome = ConcurrencyLimit::Outcome;

constexpr std::size_t kPriorities = 3;

// A service of so many workers with one queue, under a load that does not wait for answers: a simulation in virtual
// time, the same for a seed.
class Simulation {
 public:
  struct Service {
    std::size_t workers = 10;
    Duration takes = 20ms;  // on average
  };
  struct Counts {
    std::uint64_t sent[kPriorities] = {};
    std::uint64_t refused[kPriorities] = {};
    std::uint64_t answered = 0;
    Duration waited{};  // in all, for answers

    double mean_ms() const {
      return std::chrono::duration<double, std::milli>(waited).count() / static_cast<double>(answered);
    }
    double refused_share(Priority priority) const {
      const auto i = static_cast<std::size_t>(priority);
      return static_cast<double>(refused[i]) / static_cast<double>(sent[i]);
    }
  };

  Simulation(const ConcurrencySettings& settings, Service service) : limit_(settings, now_), service_(service) {}
  ConcurrencyFigures figures() const { return limit_.figures(); }

  void set_service(Service service) { service_ = service; }

  // Requests come at random, so many a second.
  Counts run(Duration time, double rate, const std::vector<Priority>& priorities = {Priority::kNormal}) {
    Counts counts;
    std::exponential_distribution<double> gap(rate);
    const TimePoint end = now_ + time;
    TimePoint next = now_ + seconds(gap(random_));
    while (next < end) {
      while (!under_way_.empty() && under_way_.top().end <= next) finish(counts);
      now_ = next;
      arrive(priorities[random_() % priorities.size()], counts);
      next = now_ + seconds(gap(random_));
    }
    now_ = end;
    return counts;
  }

 private:
  struct Request {
    TimePoint end;
    TimePoint start;
    bool operator<(const Request& other) const { return end > other.end; }  // the earliest on top
  };
  static Duration seconds(double value) { return Duration(static_cast<std::int64_t>(value * 1e9)); }

  void arrive(Priority priority, Counts& counts) {
    const auto i = static_cast<std::size_t>(priority);
    ++counts.sent[i];
    if (!limit_.enter(priority)) {
      ++counts.refused[i];
      return;
    }
    // First come first served: it begins when the worker that is free earliest is.
    while (free_at_.size() > service_.workers) free_at_.pop();
    while (free_at_.size() < service_.workers) free_at_.push(now_);
    const TimePoint begins = std::max(now_, free_at_.top());
    free_at_.pop();
    std::uniform_real_distribution<double> spread(0.5, 1.5);
    const TimePoint end = begins + seconds(std::chrono::duration<double>(service_.takes).count() * spread(random_));
    free_at_.push(end);
    under_way_.push({end, now_});
  }

  void finish(Counts& counts) {
    const Request done = under_way_.top();
    under_way_.pop();
    limit_.leave(Outcome::kAnswered, done.end - done.start, done.end);
    ++counts.answered;
    counts.waited += done.end - done.start;
  }

  TimePoint now_{1s};
  ConcurrencyLimit limit_;
  std::mt19937 random_{7};
  Service service_;
  std::priority_queue<TimePoint, std::vector<TimePoint>, std::greater<>> free_at_;
  std::priority_queue<Request> under_way_;
};

// 10 workers of 20 ms do 500 a second.
TEST(ConcurrencyLimit, RefusesNothingOfALoadTheServiceCanBear) {
  Simulation simulation({.initial = 32}, {});
  const Simulation::Counts counts = simulation.run(120s, 250);
  EXPECT_EQ(counts.refused[1], 0U);
  EXPECT_NEAR(counts.mean_ms(), 20, 2);
}

TEST(ConcurrencyLimit, KeepsTheServiceBusyAndItsQueueShortUnderTwiceTheLoad) {
  for (const std::uint32_t initial : {4U, 32U, 1'000U}) {
    Simulation simulation({.initial = initial}, {});
    simulation.run(60s, 1'000);
    const Simulation::Counts counts = simulation.run(60s, 1'000);
    EXPECT_GT(static_cast<double>(counts.answered) / 60, 430) << initial;
    EXPECT_LT(counts.mean_ms(), 45) << initial;
    const std::uint32_t limit = simulation.figures().limit;
    EXPECT_TRUE(limit > 7 && limit < 30) << initial << ": " << limit;
  }
}

TEST(ConcurrencyLimit, DoesNotDriftUnderALoadThatNeverEnds) {
  Simulation simulation({}, {});
  simulation.run(60s, 1'000);
  const double early = simulation.run(60s, 1'000).mean_ms();
  simulation.run(900s, 1'000);
  EXPECT_LT(simulation.run(60s, 1'000).mean_ms(), early * 1.3);
}

TEST(ConcurrencyLimit, FollowsAServiceThatLosesItsWorkersAndGetsThemBack) {
  Simulation simulation({}, {.workers = 20});
  simulation.run(60s, 2'000);
  simulation.set_service({.workers = 5});
  simulation.run(60s, 2'000);
  const Simulation::Counts small = simulation.run(30s, 2'000);
  EXPECT_GT(static_cast<double>(small.answered) / 30, 210);  // of 250
  EXPECT_LT(small.mean_ms(), 60);
  simulation.set_service({.workers = 20});
  simulation.run(60s, 2'000);
  EXPECT_GT(static_cast<double>(simulation.run(30s, 2'000).answered) / 30, 860);  // of 1,000
}

TEST(ConcurrencyLimit, AcceptsThatAServiceHasBecomeSlower) {
  Simulation simulation({}, {});
  simulation.run(60s, 1'000);
  simulation.set_service({.takes = 80ms});  // now 125 a second
  simulation.run(90s, 1'000);
  const Simulation::Counts counts = simulation.run(60s, 1'000);
  EXPECT_GT(static_cast<double>(counts.answered) / 60, 105);
  EXPECT_LT(counts.mean_ms(), 180);
}

TEST(ConcurrencyLimit, ShedsTheUnimportantFirst) {
  Simulation simulation({}, {});
  const std::vector<Priority> all = {Priority::kLow, Priority::kNormal, Priority::kHigh};
  simulation.run(60s, 750, all);
  const Simulation::Counts counts = simulation.run(60s, 750, all);  // a third of it has to go
  EXPECT_GT(counts.refused_share(Priority::kLow), 0.55);
  EXPECT_LT(counts.refused_share(Priority::kHigh), 0.15);
  EXPECT_LT(counts.refused_share(Priority::kHigh), counts.refused_share(Priority::kNormal));
  EXPECT_LT(counts.refused_share(Priority::kNormal), counts.refused_share(Priority::kLow));
}

// One window of `count` requests that take `took`.
void window(ConcurrencyLimit& limit, TimePoint& now, int count, Outcome outcome, Duration took) {
  for (int i = 0; i < count; ++i) ASSERT_TRUE(limit.enter(Priority::kHigh)) << i;
  now += ConcurrencyLimit::kWindow;
  for (int i = 0; i < count; ++i) limit.leave(outcome, took, now);
}

TEST(ConcurrencyLimit, ShrinksWhenTheServiceSaysItHasNoRoom) {
  TimePoint now{1s};
  ConcurrencyLimit limit({.min = 10, .initial = 100}, now);
  for (int i = 0; i < 10; ++i) window(limit, now, 10, Outcome::kOverload, {});
  EXPECT_EQ(limit.figures().limit, 34U);  // 100 * 0.9 ^ 10
  for (int i = 0; i < 20; ++i) window(limit, now, 10, Outcome::kOverload, {});
  EXPECT_EQ(limit.figures().limit, 10U);
}

TEST(ConcurrencyLimit, LearnsNothingFromWhatIsNeutralOrFew) {
  TimePoint now{1s};
  ConcurrencyLimit limit({.initial = 20}, now);
  for (int i = 0; i < 20; ++i) window(limit, now, 15, Outcome::kNeutral, 1h);
  for (int i = 0; i < 9; ++i) window(limit, now, 1, Outcome::kAnswered, 1h);
  EXPECT_EQ(limit.figures().limit, 20U);
  EXPECT_EQ(limit.figures().baseline, Duration{});
  EXPECT_EQ(limit.figures().in_flight, 0U);
}

TEST(ConcurrencyLimit, KeepsItsBounds) {
  TimePoint now{1s};
  ConcurrencyLimit limit({.min = 8, .max = 40, .initial = 500}, now);
  EXPECT_EQ(limit.figures().limit, 40U);
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(limit.enter(Priority::kHigh));
  EXPECT_FALSE(limit.enter(Priority::kHigh));
  EXPECT_EQ(limit.figures().refused, 1U);
  for (int i = 0; i < 40; ++i) limit.leave(Outcome::kNeutral, {}, now);
  for (int i = 0; i < 36; ++i) ASSERT_TRUE(limit.enter(Priority::kNormal));
  EXPECT_FALSE(limit.enter(Priority::kNormal));
  EXPECT_FALSE(limit.enter(Priority::kLow));
  EXPECT_TRUE(limit.enter(Priority::kHigh));
}

}  // namespace
}  // namespace banyan
