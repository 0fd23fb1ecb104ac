#include "traffic/outlier_detector.h"

#include <gtest/gtest.h>

#include "traffic/retry_budget.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kStart{1h};

bool fail(OutlierDetector& detector, std::size_t endpoint, int times, TimePoint now = kStart) {
  bool ejected = false;
  for (int i = 0; i < times; ++i) ejected = detector.report(endpoint, false, now);
  return ejected;
}

TEST(OutlierDetector, TheFifthFailureInARowEjects) {
  OutlierDetector detector(10, {});
  EXPECT_FALSE(fail(detector, 3, 4));
  detector.report(3, true, kStart);
  EXPECT_FALSE(fail(detector, 3, 4));
  EXPECT_TRUE(detector.usable(3, kStart));
  EXPECT_TRUE(fail(detector, 3, 1));
  EXPECT_FALSE(detector.usable(3, kStart + 30s - 1ns));
  EXPECT_TRUE(detector.usable(3, kStart + 30s));
}

TEST(OutlierDetector, EachEjectionIsLongerAndGoodConductIsRemembered) {
  OutlierDetector detector(10, {.base_ejection = 10s, .ejection_max = 25s});
  EXPECT_TRUE(fail(detector, 0, 5, kStart));
  EXPECT_TRUE(fail(detector, 0, 5, kStart + 10s));
  EXPECT_TRUE(detector.ejected(0, kStart + 29s));
  EXPECT_FALSE(detector.ejected(0, kStart + 30s));
  EXPECT_TRUE(fail(detector, 0, 5, kStart + 30s));
  EXPECT_TRUE(detector.ejected(0, kStart + 54s));
  EXPECT_FALSE(detector.ejected(0, kStart + 55s));  // not longer than the longest
  EXPECT_TRUE(fail(detector, 0, 5, kStart + 155s));
  EXPECT_FALSE(detector.ejected(0, kStart + 165s));  // all forgiven
}

TEST(OutlierDetector, OnlySoManyAreOutButOneAlwaysMayBe) {
  OutlierDetector few(3, {});
  EXPECT_TRUE(fail(few, 0, 5));
  EXPECT_FALSE(fail(few, 1, 5));
  OutlierDetector many(20, {});
  EXPECT_TRUE(fail(many, 0, 5));
  EXPECT_TRUE(fail(many, 1, 5));
  EXPECT_FALSE(fail(many, 2, 5));
  EXPECT_TRUE(many.usable(2, kStart));
}

TEST(OutlierDetector, WithTooFewWellAllAreUsed) {
  OutlierDetector detector(4, {});
  detector.set_healthy(0, false, kStart);
  detector.set_healthy(1, false, kStart);
  EXPECT_FALSE(detector.usable(0, kStart));  // two of four is not below half
  EXPECT_TRUE(fail(detector, 2, 5));
  EXPECT_TRUE(detector.panics(kStart));
  EXPECT_TRUE(detector.usable(0, kStart));
  EXPECT_TRUE(detector.usable(2, kStart));
  detector.set_healthy(1, true, kStart);
  EXPECT_FALSE(detector.usable(0, kStart));
}

TEST(RetryBudget, AllowsAShareOfWhatIsUnderWayAndAlwaysAFew) {
  RetryBudget budget({.hundredths = 2'000, .always = 3});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(budget.begin_retry(0));
  EXPECT_FALSE(budget.begin_retry(0));
  for (int i = 3; i < 20; ++i) EXPECT_TRUE(budget.begin_retry(100));
  EXPECT_FALSE(budget.begin_retry(100));
  EXPECT_EQ(budget.under_way(), 20u);
  budget.end_retry();
  EXPECT_TRUE(budget.begin_retry(100));
}

}  // namespace
}  // namespace banyan
