#include "traffic/rate_limiter.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace banyan {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kStart{1h};

TEST(RateLimiter, ABurstPassesAndThenOneInEachStep) {
  RateLimiter limiter({.requests = 10, .period = 1s, .burst = 3}, 1);
  EXPECT_EQ(limiter.take("a", kStart).left, 2U);
  EXPECT_EQ(limiter.take("a", kStart).left, 1U);
  EXPECT_EQ(limiter.take("a", kStart).left, 0U);
  const RateLimiter::Decision refused = limiter.take("a", kStart);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, 100ms);
  EXPECT_FALSE(limiter.take("a", kStart + 99ms).allowed);
  EXPECT_TRUE(limiter.take("a", kStart + 100ms).allowed);
  EXPECT_FALSE(limiter.take("a", kStart + 100ms).allowed);
  EXPECT_TRUE(limiter.take("b", kStart).allowed);  // another key has a bucket of its own
}

TEST(RateLimiter, ALargeBurstOfARareRequest) {
  RateLimiter limiter({.requests = 1, .period = 24h, .burst = 1'000'000}, 1);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limiter.take("a", kStart).allowed) << i;
}

TEST(RateLimiter, OverALongTimeTheRateHoldsExactly) {
  RateLimiter limiter({.requests = 50, .period = 1s, .burst = 5}, 1);
  int allowed = 0;
  for (int ms = 0; ms < 100'000; ++ms) allowed += limiter.take("k", kStart + ms * 1ms).allowed;
  EXPECT_EQ(allowed, 50 * 100 + 4);
}

TEST(RateLimiter, ARefusedRequestCostsNothing) {
  RateLimiter limiter({.requests = 1, .period = 1s}, 1);
  EXPECT_TRUE(limiter.take("k", kStart).allowed);
  for (int i = 1; i < 1000; ++i) EXPECT_FALSE(limiter.take("k", kStart + i * 1ms).allowed);
  EXPECT_TRUE(limiter.take("k", kStart + 1s).allowed);
}

TEST(RateLimiter, AFullTableForgetsTheQuietFirst) {
  RateLimiter limiter({.requests = 1, .period = 1h, .keys_max = 4}, 1);
  EXPECT_TRUE(limiter.take("old", kStart).allowed);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.take("k" + std::to_string(i), kStart + 1ms).allowed);
  EXPECT_TRUE(limiter.take("new", kStart + 2ms).allowed);  // takes the place of "old"
  EXPECT_FALSE(limiter.take("k2", kStart + 3ms).allowed);  // still known
  EXPECT_TRUE(limiter.take("old", kStart + 4ms).allowed);  // forgotten: starts anew
}

TEST(RateLimiter, ThreadsShareOneBucket) {
  RateLimiter limiter({.requests = 1'000, .period = 1h}, 1);
  std::atomic<int> allowed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) allowed += limiter.take("k", kStart).allowed;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowed, 1'000);
}

}  // namespace
}  // namespace banyan
