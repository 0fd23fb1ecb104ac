#include "evidence/mismatch_bound.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace banyan {
namespace {

// When nothing differs: how many comparisons until `bound` is shown.
std::uint64_t clean_needed(double bound) { return comparisons_left({}, bound); }

TEST(MismatchBound, NeedsAsManyCleanComparisonsAsTheTheorySays) {
  EXPECT_EQ(clean_needed(0.001), 3327U);
  EXPECT_EQ(clean_needed(0.01), 332U);
  EXPECT_LE(shown_mismatch_bound({3327, 0}), 0.001);
  EXPECT_GT(shown_mismatch_bound({3326, 0}), 0.001);
}

TEST(MismatchBound, NothingIsShownByNothingOrByDifferences) {
  EXPECT_EQ(shown_mismatch_bound({}), 1);
  EXPECT_EQ(shown_mismatch_bound({1000, 1000}), 1);
  EXPECT_LT(shown_mismatch_bound({10, 0}), 1);
}

TEST(MismatchBound, IsTheSmallestRateWithEnoughEvidence) {
  for (const std::uint64_t compared : {1ULL, 50ULL, 3327ULL, 100'000ULL, 1ULL << 50}) {
    for (const std::uint64_t different : {0ULL, 1ULL, 7ULL, 40ULL}) {
      if (different > compared) continue;
      const MismatchCounts counts{compared, different};
      const double bound = shown_mismatch_bound(counts);
      if (bound == 1) continue;
      EXPECT_GE(log_mismatch_evidence(counts, bound), std::log(kEvidenceNeeded)) << compared << ' ' << different;
      EXPECT_LT(log_mismatch_evidence(counts, bound * (1 - 1e-6)), std::log(kEvidenceNeeded));
    }
  }
}

TEST(MismatchBound, EachDifferenceCostsTheSameNumberOfCleanComparisons) {
  const std::uint64_t none = comparisons_left({1000, 0}, 0.001);
  const std::uint64_t one = comparisons_left({1001, 1}, 0.001);
  const std::uint64_t two = comparisons_left({1002, 2}, 0.001);
  EXPECT_NEAR(static_cast<double>(one - none), static_cast<double>(two - one), 1.1);
  EXPECT_EQ(comparisons_left({5000, 0}, 0.001), 0U);
}

// A service exactly at the bound, looked at after every comparison, is promoted in at most 1 of 20 cases. 2,000 runs
// of up to 20,000 comparisons: the share's own deviation is 0.5 points, so 7 % is four of them away.
TEST(MismatchBound, LookingAfterEveryComparisonPromotesWronglyInOneOfTwentyCasesAtMost) {
  constexpr double kBound = 0.01;
  std::mt19937_64 random(20'261);
  std::geometric_distribution<std::uint64_t> gap(kBound);
  int promoted = 0;
  for (int run = 0; run < 2000; ++run) {
    MismatchCounts counts;
    while (counts.compared < 20'000) {
      const std::uint64_t equal = gap(random);
      // Evidence only grows between two differences: the moment before the next one is where it is highest.
      counts.compared += equal;
      if (comparisons_left(counts, kBound) == 0) {
        ++promoted;
        break;
      }
      ++counts.compared;
      ++counts.different;
    }
  }
  EXPECT_LE(promoted, 140);
  EXPECT_GE(promoted, 40);  // the test has power: it is not simply never promoting
}

}  // namespace
}  // namespace banyan
