#include "ledger/place_counts.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

TEST(PlaceCounts, ComeBackAsTheyWere) {
  const DifferentPlace time{"$.time", "value"};
  const DifferentPlace type{"$.time", "type"};
  FieldNoise noise;
  for (int i = 0; i < 40; ++i) noise.replayed({time}, i < 30 ? std::vector{time} : std::vector{type});
  noise.compared({time, type});
  const std::vector<PlaceCount> rows = place_counts(noise);
  const FieldNoise again = noise_of(rows);
  EXPECT_EQ(place_counts(again), rows);
  EXPECT_EQ(again.replays(), 40U);
  EXPECT_EQ(again.fields().at(time).replayed, 40U);
  EXPECT_EQ(again.fields().at(time).pairs, (DiscordantPairs{.new_bad = 0, .old_bad = 10}));
  EXPECT_EQ(again.fields().at(type).pairs, (DiscordantPairs{.new_bad = 10, .old_bad = 0}));
  EXPECT_EQ(again.fields().at(type).different, 1U);
  EXPECT_EQ(again.noise(), PlaceSet{time});
}

TEST(PlaceCounts, ALedgerWithoutReplaysIsReadToo) {
  const FieldNoise read = noise_of({{"$.name", "value", 52}, {"$.name", "value, of a newer kind", 7}});
  EXPECT_EQ(read.fields().at({"$.name", "value"}).different, 52U);
  EXPECT_FALSE(read.learned());
}

}  // namespace
}  // namespace banyan
