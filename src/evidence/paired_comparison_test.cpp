#include "evidence/paired_comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "evidence/mismatch_bound.h"

namespace banyan {
namespace {

const double kNeeded = std::log(kEvidenceNeeded);

// Draws pairs of which the new side is the bad one with this share, until the evidence suffices or `most` are drawn.
template <class Evidence>
std::uint64_t pairs_until(double share, std::uint64_t most, std::mt19937_64& random, Evidence evidence) {
  std::bernoulli_distribution new_is_bad(share);
  DiscordantPairs pairs;
  for (std::uint64_t i = 1; i <= most; ++i) {
    ++(new_is_bad(random) ? pairs.new_bad : pairs.old_bad);
    if (evidence(pairs) >= kNeeded) return i;
  }
  return most + 1;
}

TEST(PairedComparison, NothingSaysNothing) {
  EXPECT_DOUBLE_EQ(log_evidence_worse({}, 1), 0);
  EXPECT_DOUBLE_EQ(log_evidence_not_worse({}, 2), 0);
}

TEST(PairedComparison, TheTwoQuestionsAreMirrorImages) {
  for (const std::uint64_t left : {0ULL, 3ULL, 50ULL}) {
    for (const std::uint64_t right : {0ULL, 4ULL, 90ULL}) {
      EXPECT_NEAR(log_evidence_worse({left, right}, 2), log_evidence_not_worse({right, left}, 0.5), 1e-9);
    }
  }
}

TEST(PairedComparison, BothAlikeIsCalledWorseInOneOfTwentyCasesAtMost) {
  std::mt19937_64 random(3);
  int called = 0;
  for (int run = 0; run < 1000; ++run) {
    called += pairs_until(0.5, 1000, random, [](DiscordantPairs p) { return log_evidence_worse(p, 1); }) <= 1000;
  }
  EXPECT_LE(called, 75);
}

TEST(PairedComparison, ThreeTimesAsBadIsFoundWithinAHundredPairs) {
  std::mt19937_64 random(5);
  int found = 0;
  for (int run = 0; run < 200; ++run) {
    found += pairs_until(0.75, 100, random, [](DiscordantPairs p) { return log_evidence_worse(p, 1); }) <= 100;
  }
  EXPECT_GE(found, 190);
}

TEST(PairedComparison, BothAlikeIsShownNotToBeTwiceAsBad) {
  std::mt19937_64 random(9);
  int shown = 0;
  int wrong = 0;
  for (int run = 0; run < 500; ++run) {
    const auto evidence = [](DiscordantPairs p) { return log_evidence_not_worse(p, 2); };
    shown += pairs_until(0.5, 400, random, evidence) <= 400;
    wrong += pairs_until(2.0 / 3, 1000, random, evidence) <= 1000;
  }
  EXPECT_GE(shown, 490);
  EXPECT_LE(wrong, 45);  // exactly at the margin: one in twenty
}

TEST(PairedComparison, CountsMayBeLarge) {
  EXPECT_GT(log_evidence_worse({1ULL << 40, 1ULL << 39}, 1), 1e9);
  EXPECT_LT(log_evidence_worse({1ULL << 39, 1ULL << 40}, 1), 0);
}

}  // namespace
}  // namespace banyan
