#include "evidence/change_alarm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace banyan {
namespace {

constexpr ChangeAlarmSettings kSettings{.tolerated = 0.0001, .harmful = 0.001, .threshold = 1000};

// Observations until the alarm at this rate, or `most`.
std::uint64_t until_alarm(ChangeAlarm& alarm, double rate, std::uint64_t most, std::mt19937_64& random) {
  std::geometric_distribution<std::uint64_t> gap(rate);
  std::uint64_t seen = 0;
  while (seen < most) {
    const std::uint64_t quiet = gap(random);
    alarm.observe_quiet(quiet);
    seen += quiet + 1;
    if (alarm.observe(true)) return seen;
  }
  return most;
}

TEST(ChangeAlarm, ManyQuietObservationsAtOnceAreAsManyOneByOne) {
  ChangeAlarm at_once(kSettings);
  ChangeAlarm one_by_one(kSettings);
  for (const int quiet : {0, 1, 5, 400, 3000}) {
    at_once.observe(true);
    one_by_one.observe(true);
    at_once.observe_quiet(static_cast<std::uint64_t>(quiet));
    for (int i = 0; i < quiet; ++i) one_by_one.observe(false);
    EXPECT_NEAR(at_once.level(), one_by_one.level(), 1e-9) << quiet;
  }
}

TEST(ChangeAlarm, AMillionRightAnswersDelayNothing) {
  ChangeAlarm fresh(kSettings);
  ChangeAlarm old(kSettings);
  old.observe_quiet(1'000'000);
  int after_fresh = 0;
  int after_old = 0;
  for (; !fresh.observe(true); ++after_fresh) {
  }
  for (; !old.observe(true); ++after_old) {
  }
  EXPECT_LE(after_old, after_fresh + 1);
}

TEST(ChangeAlarm, OneFailureIsNoAlarmAndThreeInARowAre) {
  ChangeAlarm alarm(kSettings);
  EXPECT_FALSE(alarm.observe(true));
  alarm.observe(true);
  EXPECT_TRUE(alarm.observe(true));
  EXPECT_TRUE(alarm.alarmed());
  alarm.reset();
  EXPECT_FALSE(alarm.observe(true));
}

TEST(ChangeAlarm, OnePercentInsteadOfAHundredthIsFoundWithinHundredsOfAnswers) {
  std::mt19937_64 random(7);
  std::vector<std::uint64_t> delays;
  for (int run = 0; run < 500; ++run) {
    ChangeAlarm alarm(kSettings);
    alarm.observe_quiet(10'000);
    delays.push_back(until_alarm(alarm, 0.01, 100'000, random));
  }
  std::sort(delays.begin(), delays.end());
  EXPECT_LT(delays[475], 1000U);
}

TEST(ChangeAlarm, AtTheToleratedRateItIsSilentForLongerThanItsThreshold) {
  std::mt19937_64 random(11);
  double sum = 0;
  for (int run = 0; run < 300; ++run) {
    ChangeAlarm alarm(kSettings);
    sum += static_cast<double>(until_alarm(alarm, kSettings.tolerated, 1'000'000, random));
  }
  EXPECT_GT(sum / 300, kSettings.threshold);
}

}  // namespace
}  // namespace banyan
