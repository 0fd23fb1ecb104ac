#include "traffic/sticky_split.h"

#include <cmath>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace banyan {
namespace {

std::string id(int number) { return "user-" + std::to_string(number); }

TEST(SplitBucket, IsWrittenDownForEver) {
  // These decide who sees which version in installations that exist: they may not change.
  EXPECT_EQ(split_bucket("", ""), split_bucket("", ""));
  EXPECT_EQ(split_bucket("checkout", "42"), 4141U);
  EXPECT_EQ(split_bucket("profile", "42"), 46U);
  EXPECT_EQ(split_bucket("ab", "c") == split_bucket("a", "bc"), false);
}

TEST(SplitBucket, SharesComeOutAndSaltsAreIndependent) {
  constexpr int kIds = 1'000'000;
  int first = 0;
  int second = 0;
  int both = 0;
  for (int i = 0; i < kIds; ++i) {
    const bool a = split_bucket("one", id(i)) < 500;
    const bool b = split_bucket("two", id(i)) < 500;
    first += a;
    second += b;
    both += a && b;
  }
  EXPECT_NEAR(100.0 * first / kIds, 5.0, 0.1);
  EXPECT_NEAR(100.0 * second / kIds, 5.0, 0.1);
  EXPECT_NEAR(100.0 * both / kIds, 0.25, 0.03);  // 5 % of 5 %
}

TEST(SplitTable, TwoTargetsShareAsTold) {
  const SplitTable table({{"old", 9'999}, {"new", 1}});
  int fresh = 0;
  for (std::uint32_t bucket = 0; bucket < kSplitBuckets; ++bucket) fresh += table.target(bucket) == 1;
  EXPECT_EQ(fresh, 1);
  EXPECT_EQ(SplitTable({{"only", 10'000}}).target(9'999), 0U);
}

TEST(SplitTable, AGrowingShareKeepsEverybody) {
  std::mt19937 random(7);
  for (int round = 0; round < 30; ++round) {
    const std::uint32_t b = random() % 2'000;
    const std::uint32_t c = random() % 2'000;
    const std::uint32_t growth = random() % 3'000;
    for (const bool second_grows : {true, false}) {
      const SplitTable before({{"old", 10'000 - b - c}, {"b", b}, {"c", c}});
      const std::uint32_t more_b = second_grows ? growth : 0;
      const std::uint32_t more_c = second_grows ? 0 : growth;
      const SplitTable after({{"old", 10'000 - b - c - growth}, {"b", b + more_b}, {"c", c + more_c}});
      const std::size_t grown = second_grows ? 1 : 2;
      std::vector<std::uint32_t> owned(3);
      for (std::uint32_t bucket = 0; bucket < kSplitBuckets; ++bucket) {
        ++owned[after.target(bucket)];
        if (before.target(bucket) == grown) ASSERT_EQ(after.target(bucket), grown);
        // What stands before the one that grows does not notice.
        if (!second_grows && before.target(bucket) == 1) ASSERT_EQ(after.target(bucket), 1U);
      }
      EXPECT_EQ(owned, (std::vector<std::uint32_t>{10'000 - b - c - growth, b + more_b, c + more_c}));
    }
  }
}

TEST(SplitTable, NobodyMovesWhenItIsMadeAgain) {
  const std::vector<SplitShare> shares = {{"a", 4'000}, {"b", 3'000}, {"c", 2'000}, {"d", 1'000}};
  const SplitTable one(shares);
  const SplitTable other(shares);
  for (std::uint32_t bucket = 0; bucket < kSplitBuckets; ++bucket) ASSERT_EQ(one.target(bucket), other.target(bucket));
}

TEST(Mod100, AgreesWithPhpAndGo) {
  EXPECT_EQ(mod100(Mod100::kNumeric, "12345678901234567890123"), 23U);
  EXPECT_EQ(mod100(Mod100::kNumeric, "007"), 7U);
  EXPECT_EQ(mod100(Mod100::kNumeric, ""), std::nullopt);
  EXPECT_EQ(mod100(Mod100::kNumeric, "-5"), std::nullopt);
  EXPECT_EQ(mod100(Mod100::kCrc32, "user-42"), 35U);
  EXPECT_EQ(mod100(Mod100::kMd5, "user-42"), 87U);
  EXPECT_EQ(mod100(Mod100::kFnv1a, "user-42"), 99U);
}

}  // namespace
}  // namespace banyan
