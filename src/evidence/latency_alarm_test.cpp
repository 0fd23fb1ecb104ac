#include "evidence/latency_alarm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace banyan {
namespace {

Duration milliseconds(double count) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(count));
}

class LatencyAlarmTest : public testing::Test {
 protected:
  LatencyAlarmTest() { std::printf("seed %u\n", kSeed); }

  // Pairs until the alarm; `most` where there was none. `draw` gives the times of both sides in milliseconds.
  template <class Draw>
  std::uint64_t until_alarm(std::uint64_t most, Draw draw) {
    LatencyAlarm alarm;
    for (std::uint64_t i = 1; i <= most; ++i) {
      const auto [old_took, new_took] = draw();
      alarm.observe(milliseconds(old_took), milliseconds(new_took));
      if (alarm.alarmed()) return i;
    }
    return most;
  }
  // A median of 20 ms and a 99th percentile of 60 ms.
  double usual() { return 20 * std::exp(normal_(random_) * std::log(3) / 2.326); }
  // Never below 2 ms; with an exponent of 1 the mean is infinite.
  double heavy(double exponent) { return 2 * std::pow(1 - uniform_(random_), -1 / exponent); }
  double normal() { return normal_(random_); }

 private:
  static constexpr unsigned kSeed = 20'261;
  std::mt19937_64 random_{kSeed};
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
};

TEST_F(LatencyAlarmTest, HalfAsSlowAgainIsFound) {
  for (int run = 0; run < 50; ++run) {
    EXPECT_LT(until_alarm(1'500, [&] { return std::pair(usual(), 1.5 * usual()); }), 1'500U);
  }
}

TEST_F(LatencyAlarmTest, TwiceAsSlowIsFoundFiveTimesAsFast) {
  for (int run = 0; run < 50; ++run) {
    EXPECT_LT(until_alarm(300, [&] { return std::pair(usual(), 2 * usual()); }), 300U);
  }
}

TEST_F(LatencyAlarmTest, AWorseTailAloneIsFound) {
  const auto worse_beyond = [&](double limit) {
    const double took = usual();
    return took > limit ? 1.5 * took : took;
  };
  for (int run = 0; run < 10; ++run) {
    EXPECT_LT(until_alarm(20'000, [&] { return std::pair(usual(), worse_beyond(43.5)); }), 20'000U);
  }
}

TEST_F(LatencyAlarmTest, EquallySlowSidesGiveNoAlarmWhateverTheTail) {
  constexpr std::uint64_t kMost = 50'000;
  EXPECT_EQ(until_alarm(kMost, [&] { return std::pair(usual(), usual()); }), kMost);
  for (const double exponent : {0.5, 1.0, 1.5}) {
    EXPECT_EQ(until_alarm(kMost, [&] { return std::pair(heavy(exponent), heavy(exponent)); }), kMost) << exponent;
  }
}

// The machine is now idle, now saturated: a factor that wanders between a tenth and ten, the same for both of a pair.
TEST_F(LatencyAlarmTest, ALoadThatRisesAndFallsForBothIsNoSlowness) {
  double load = 0;
  const auto loaded = [&] {
    load = 0.99 * load + 0.3 * normal();
    return std::pair(std::exp(load) * heavy(1.5), std::exp(load) * heavy(1.5));
  };
  EXPECT_EQ(until_alarm(50'000, loaded), 50'000U);
}

TEST_F(LatencyAlarmTest, ATenthMoreAndAMillisecondMoreAreAllowed) {
  EXPECT_EQ(until_alarm(50'000, [&] { return std::pair(usual(), 1.1 * usual()); }), 50'000U);
  EXPECT_EQ(until_alarm(50'000, [&] { return std::pair(0.2, 1.2); }), 50'000U);
}

TEST_F(LatencyAlarmTest, AnotherGoodTimeEndsIt) {
  LatencyAlarm alarm;
  for (int i = 0; i < 100; ++i) alarm.observe(milliseconds(10), milliseconds(30));
  EXPECT_TRUE(alarm.alarmed());
  for (int i = 0; i < 200; ++i) alarm.observe(milliseconds(10), milliseconds(10));
  EXPECT_FALSE(alarm.alarmed());
}

TEST_F(LatencyAlarmTest, InTheTailItSaysWhichSideItWas) {
  LatencyAlarm alarm;
  for (std::size_t i = 0; i < 2 * LatencyAlarm::kNeeded; ++i) {
    EXPECT_EQ(alarm.observe(milliseconds(10), milliseconds(10)), LatencyAlarm::Slow::kNeither);
  }
  EXPECT_EQ(alarm.observe(milliseconds(10), milliseconds(40)), LatencyAlarm::Slow::kNew);
  EXPECT_EQ(alarm.observe(milliseconds(40), milliseconds(10)), LatencyAlarm::Slow::kOld);
}

}  // namespace
}  // namespace banyan
