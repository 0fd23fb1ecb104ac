#include "traffic/circuit_breaker.h"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace banyan {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;
using Outcome = CircuitBreaker::Outcome;
using Refusal = CircuitBreaker::Refusal;

// A breaker with a clock of its own.
class Scripted {
 public:
  explicit Scripted(const BreakerSettings& settings) : breaker_(settings, now_, &Scripted::note, this) {}

  CircuitBreaker::Ticket admit() { return breaker_.admit(now_); }
  void report(const CircuitBreaker::Ticket& ticket, Outcome outcome, Duration took = 1ms) {
    breaker_.report(ticket, outcome, took, now_);
  }
  // One request from beginning to end; whether it was let pass.
  bool call(Outcome outcome, Duration took = 1ms) {
    const CircuitBreaker::Ticket ticket = admit();
    if (ticket.admitted()) report(ticket, outcome, took);
    return ticket.admitted();
  }
  bool succeed() { return call(Outcome::kSuccess); }
  bool fail() { return call(Outcome::kFailure); }
  void fail(int times) {
    for (int i = 0; i < times; ++i) EXPECT_TRUE(fail());
  }
  void sleep(Duration time) { now_ += time; }
  State state() { return breaker_.state(now_); }
  BreakerCounts counts() const { return breaker_.counts(); }
  CircuitBreaker& breaker() { return breaker_; }
  TimePoint now() const { return now_; }
  const std::vector<std::string>& changes() const { return changes_; }

 private:
  static void note(void* self, State from, State to) {
    static_cast<Scripted*>(self)->changes_.push_back(std::string(breaker_state_name(from)) + " to " +
                                                     std::string(breaker_state_name(to)));
  }
  TimePoint now_{1h};
  std::vector<std::string> changes_;
  CircuitBreaker breaker_;
};

TEST(CircuitBreaker, ByDefaultTheSixthFailureInARowOpensForSixtySeconds) {
  Scripted breaker({});
  breaker.fail(5);
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_EQ(breaker.counts(), (BreakerCounts{.requests = 5, .failures = 5, .consecutive_failures = 5}));
  EXPECT_TRUE(breaker.succeed());
  EXPECT_EQ(breaker.counts(),
            (BreakerCounts{.requests = 6, .successes = 1, .failures = 5, .consecutive_successes = 1}));
  EXPECT_TRUE(breaker.fail());
  EXPECT_EQ(breaker.counts(), (BreakerCounts{.requests = 7, .successes = 1, .failures = 6, .consecutive_failures = 1}));
  breaker.fail(5);
  EXPECT_EQ(breaker.state(), State::kOpen);
  EXPECT_EQ(breaker.counts(), BreakerCounts{});
  EXPECT_EQ(breaker.admit().refusal, Refusal::kOpen);
  EXPECT_EQ(breaker.breaker().open_left(breaker.now()), 60s);
  breaker.sleep(60s);  // it ends after this moment, not at it
  EXPECT_EQ(breaker.state(), State::kOpen);
  EXPECT_FALSE(breaker.succeed());
  breaker.sleep(1ns);
  EXPECT_EQ(breaker.state(), State::kHalfOpen);
  EXPECT_FALSE(!breaker.fail());
  EXPECT_EQ(breaker.state(), State::kOpen);
  breaker.sleep(60s + 1ns);
  EXPECT_TRUE(breaker.succeed());
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_EQ(breaker.counts(), BreakerCounts{});
  EXPECT_EQ(breaker.changes(), (std::vector<std::string>{"closed to open", "open to half_open", "half_open to open",
                                                         "open to half_open", "half_open to closed"}));
}

TEST(CircuitBreaker, HalfOpenAsManySuccessesInARowAsProbesClose) {
  Scripted breaker({.half_open_requests = 3, .open_for = 10s, .consecutive_failures = 1});
  breaker.fail(1);
  breaker.sleep(11s);
  EXPECT_TRUE(breaker.succeed());
  EXPECT_TRUE(breaker.succeed());
  EXPECT_EQ(breaker.state(), State::kHalfOpen);
  EXPECT_TRUE(breaker.succeed());
  EXPECT_EQ(breaker.state(), State::kClosed);
}

TEST(CircuitBreaker, HalfOpenProbesUnderWayAreCapped) {
  Scripted breaker({.half_open_requests = 2, .open_for = 10s, .consecutive_failures = 1});
  breaker.fail(1);
  breaker.sleep(11s);
  const auto one = breaker.admit();
  const auto two = breaker.admit();
  EXPECT_TRUE(one.admitted() && two.admitted());
  EXPECT_EQ(breaker.admit().refusal, Refusal::kTooManyProbes);
  // The client of one went away: that says nothing, and its probe is free again.
  breaker.report(one, Outcome::kNeutral);
  const auto three = breaker.admit();
  EXPECT_TRUE(three.admitted());
  breaker.report(two, Outcome::kSuccess);
  EXPECT_EQ(breaker.state(), State::kHalfOpen);
  breaker.report(three, Outcome::kSuccess);
  EXPECT_EQ(breaker.state(), State::kClosed);
}

TEST(CircuitBreaker, ResultsOfAnEarlierGenerationDoNotCount) {
  Scripted breaker({.half_open_requests = 1, .open_for = 10s, .consecutive_failures = 2});
  const auto slow_failure = breaker.admit();
  const auto slow_success = breaker.admit();
  breaker.fail(2);
  breaker.report(slow_success, Outcome::kSuccess);
  EXPECT_EQ(breaker.state(), State::kOpen);
  EXPECT_EQ(breaker.counts(), BreakerCounts{});
  breaker.sleep(11s);
  const auto probe = breaker.admit();
  breaker.report(slow_failure, Outcome::kFailure);  // from before it opened: half open goes on
  EXPECT_EQ(breaker.state(), State::kHalfOpen);
  breaker.report(probe, Outcome::kSuccess);
  EXPECT_EQ(breaker.state(), State::kClosed);
}

TEST(CircuitBreaker, WithAnIntervalCountsAreClearedAtOnce) {
  Scripted breaker({.interval = 30s});
  breaker.fail(5);
  const auto late = breaker.admit();
  breaker.sleep(30s);
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_EQ(breaker.counts().failures, 5U);  // at, not after
  breaker.sleep(1ns);
  breaker.report(late, Outcome::kFailure);
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_EQ(breaker.counts(), BreakerCounts{});
}

TEST(CircuitBreaker, ARollingWindowForgetsBucketByBucket) {
  Scripted breaker({.interval = 3s, .bucket = 1s});
  breaker.fail(2);
  breaker.sleep(1s);
  breaker.fail(2);
  breaker.sleep(1s);
  breaker.fail(1);
  EXPECT_EQ(breaker.counts(), (BreakerCounts{.requests = 5, .failures = 5, .consecutive_failures = 5}));
  breaker.sleep(1s);  // the first two leave, and the run is shorter by them
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_EQ(breaker.counts(), (BreakerCounts{.requests = 3, .failures = 3, .consecutive_failures = 3}));
  EXPECT_TRUE(breaker.succeed());
  breaker.fail(1);
  breaker.sleep(1s);
  (void)breaker.state();
  EXPECT_EQ(breaker.counts(), (BreakerCounts{.requests = 3, .successes = 1, .failures = 2, .consecutive_failures = 1}));
  breaker.sleep(100s);
  (void)breaker.state();
  EXPECT_EQ(breaker.counts(), BreakerCounts{});
}

TEST(CircuitBreaker, ALateResultCountsInTheBucketOfItsBeginningOrNotAtAll) {
  Scripted breaker({.interval = 3s, .bucket = 1s});
  const auto first = breaker.admit();
  const auto second = breaker.admit();
  breaker.sleep(2s);
  breaker.report(first, Outcome::kFailure);
  EXPECT_EQ(breaker.counts().failures, 1U);
  breaker.sleep(1s);
  breaker.report(second, Outcome::kFailure);
  EXPECT_EQ(breaker.counts(), BreakerCounts{});
}

TEST(CircuitBreaker, AnIntervalIsRoundedUpToWholeBuckets) {
  Scripted breaker({.interval = 2500ms, .bucket = 1s});
  breaker.fail(1);
  breaker.sleep(2900ms);
  (void)breaker.state();
  EXPECT_EQ(breaker.counts().failures, 1U);
  breaker.sleep(100ms);
  (void)breaker.state();
  EXPECT_EQ(breaker.counts().failures, 0U);
}

TEST(CircuitBreaker, ARateOfFailuresOpensOnceThereAreEnoughResults) {
  Scripted breaker({.consecutive_failures = 0, .failure_hundredths = 5'000, .requests_min = 10});
  for (int i = 0; i < 4; ++i) {
    breaker.fail(1);
    EXPECT_TRUE(breaker.succeed());
  }
  EXPECT_TRUE(breaker.succeed());
  EXPECT_EQ(breaker.state(), State::kClosed);
  breaker.fail(1);  // 5 of 10
  EXPECT_EQ(breaker.state(), State::kOpen);
}

TEST(CircuitBreaker, SlowCallsOpenToo) {
  Scripted breaker({.consecutive_failures = 0, .slow_hundredths = 10'000, .slow_after = 100ms, .requests_min = 3});
  EXPECT_TRUE(breaker.call(Outcome::kSuccess, 101ms));
  EXPECT_TRUE(breaker.call(Outcome::kSuccess, 101ms));
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_TRUE(breaker.call(Outcome::kSuccess, 101ms));
  EXPECT_EQ(breaker.state(), State::kOpen);
  breaker.sleep(61s);
  EXPECT_TRUE(breaker.call(Outcome::kSuccess, 101ms));  // a probe that is slow again
  EXPECT_EQ(breaker.state(), State::kOpen);
}

TEST(CircuitBreaker, NeutralResultsSayNothing) {
  Scripted breaker({});
  breaker.fail(5);
  EXPECT_TRUE(breaker.call(Outcome::kNeutral));
  EXPECT_EQ(breaker.counts(), (BreakerCounts{.requests = 6, .failures = 5, .neutral = 1, .consecutive_failures = 5}));
  breaker.fail(1);
  EXPECT_EQ(breaker.state(), State::kOpen);
}

TEST(CircuitBreaker, AnOperatorForcesIt) {
  Scripted breaker({});
  breaker.breaker().force(CircuitBreaker::Force::kOpen, breaker.now());
  EXPECT_EQ(breaker.state(), State::kOpen);
  EXPECT_FALSE(breaker.succeed());
  breaker.sleep(1h);
  EXPECT_FALSE(breaker.succeed());
  breaker.breaker().force(CircuitBreaker::Force::kClosed, breaker.now());
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(breaker.fail());
  EXPECT_EQ(breaker.state(), State::kClosed);
  breaker.breaker().force(CircuitBreaker::Force::kNone, breaker.now());
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_EQ(breaker.counts(), BreakerCounts{});
}

TEST(CircuitBreaker, ManyThreadsLoseNoCount) {
  CircuitBreaker breaker({.consecutive_failures = 0}, TimePoint(1h));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&breaker, t] {
      for (int i = 0; i < 5'000; ++i) {
        const auto ticket = breaker.admit(TimePoint(1h));
        breaker.report(ticket, t % 2 == 0 ? Outcome::kSuccess : Outcome::kFailure, 1ms, TimePoint(1h));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(breaker.counts().requests, 20'000U);
  EXPECT_EQ(breaker.counts().successes, 10'000U);
  EXPECT_EQ(breaker.counts().failures, 10'000U);
}

}  // namespace
}  // namespace banyan
