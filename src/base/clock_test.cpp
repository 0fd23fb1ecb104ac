#include "base/clock.h"

#include <ctime>

#include <gtest/gtest.h>

namespace banyan {
namespace {

WallTime at(std::int64_t seconds, std::int64_t nanoseconds = 0) {
  return WallTime(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds));
}

TEST(Clock, PrintsUtcWithMilliseconds) {
  EXPECT_EQ(rfc3339(at(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(at(951782400, 7'999'999)), "2000-02-29T00:00:00.007Z");
  EXPECT_EQ(rfc3339(at(-1, 999'000'000)), "1969-12-31T23:59:59.999Z");
}

// The C library is the oracle: a stride that is no multiple of a day visits every hour and every kind of year.
TEST(Clock, AgreesWithTheCLibrary) {
  for (std::int64_t second = -2'000'000'000; second < 8'000'000'000; second += 7'654'321) {
    const std::time_t time = second;
    std::tm parts{};
    ASSERT_NE(gmtime_r(&time, &parts), nullptr);
    char expected[32];
    ASSERT_GT(std::strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.042Z", &parts), 0u);
    ASSERT_EQ(rfc3339(at(second, 42'000'000)), expected);
  }
}

TEST(Clock, CacheGivesTheSameText) {
  Rfc3339Cache cache;
  for (int i = 0; i < 5000; ++i) {
    const WallTime time = at(1'700'000'000, std::int64_t{i} * 3'333'333);
    ASSERT_EQ(cache.format(time), rfc3339(time));
  }
  EXPECT_EQ(cache.format(at(5)), "1970-01-01T00:00:05.000Z") << "time may also go back";
}

TEST(Clock, SteadyTimeMovesForward) {
  const TimePoint before = steady_now();
  EXPECT_LE(before, steady_now());
  EXPECT_GT(kNever, before);
}

}  // namespace
}  // namespace banyan
