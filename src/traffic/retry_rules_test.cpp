#include "traffic/retry_rules.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

using namespace std::chrono_literals;

constexpr AttemptEnd kEnds[] = {AttemptEnd::kAnswered, AttemptEnd::kUnreachable, AttemptEnd::kBroken,
                                AttemptEnd::kTimedOut, AttemptEnd::kFinal};

TEST(RetryRules, NothingThatMayNotBeRepeatedIsSentAgainOnceAByteWasSent) {
  RetryRules rules;
  rules.on_timeout = true;
  rules.statuses = {5};
  for (const AttemptEnd end : kEnds) EXPECT_FALSE(rules.wants(end, 503, true, false));
  EXPECT_TRUE(rules.wants(AttemptEnd::kUnreachable, 0, false, false));
}

TEST(RetryRules, RepeatsWhatWasAskedFor) {
  RetryRules rules;
  EXPECT_TRUE(rules.wants(AttemptEnd::kBroken, 0, true, true));
  EXPECT_FALSE(rules.wants(AttemptEnd::kTimedOut, 0, true, true));
  EXPECT_FALSE(rules.wants(AttemptEnd::kAnswered, 503, true, true));
  EXPECT_FALSE(rules.wants(AttemptEnd::kFinal, 0, true, true));
  rules.statuses = {429, 5};
  EXPECT_TRUE(rules.wants(AttemptEnd::kAnswered, 599, true, true));
  EXPECT_TRUE(rules.wants(AttemptEnd::kAnswered, 429, true, true));
  EXPECT_FALSE(rules.wants(AttemptEnd::kAnswered, 404, true, true));
  EXPECT_FALSE(rules.wants(AttemptEnd::kAnswered, 200, true, true));
}

TEST(RetryRules, TheWaitDoublesUpToTenSecondsAndIsAtLeastHalfOfThat) {
  RetryRules rules;
  EXPECT_EQ(rules.wait_before(1, 12345), Duration{});
  rules.backoff = 100ms;
  Duration whole = 100ms;
  for (std::uint32_t again = 1; again < 40; ++again, whole = std::min<Duration>(whole * 2, 10s)) {
    for (std::uint64_t random = 0; random < 1000; random += 17) {
      const Duration wait = rules.wait_before(again, random * 0x9E3779B97F4A7C15ULL);
      EXPECT_GE(wait, whole / 2);
      EXPECT_LE(wait, whole);
    }
  }
}

}  // namespace
}  // namespace banyan
