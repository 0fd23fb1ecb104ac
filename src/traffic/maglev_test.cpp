#include "traffic/maglev.h"

#include <string>

#include <gtest/gtest.h>

namespace banyan {
namespace {

std::vector<std::string> names(int count) {
  std::vector<std::string> made;
  for (int i = 0; i < count; ++i) made.push_back("10.0.0." + std::to_string(i) + ":80");
  return made;
}

std::vector<MaglevEndpoint> endpoints(const std::vector<std::string>& of) { return {of.begin(), of.end()}; }

TEST(MaglevTable, SharesAreEvenAndFollowWeights) {
  const auto ten = names(10);
  std::vector<MaglevEndpoint> weighted;
  for (const std::string& name : ten) weighted.push_back({name, 2});
  weighted[3].weight = 1;
  weighted[4].weight = 0;
  const MaglevTable table(weighted);
  std::vector<double> share(10);
  for (std::uint32_t place = 0; place < MaglevTable::kPlaces; ++place) ++share[table.find(place)];
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_NEAR(share[i] / MaglevTable::kPlaces, weighted[i].weight / 17.0, 0.001) << i;
  }
}

TEST(MaglevTable, LittleMovesWhenAnEndpointLeaves) {
  auto all = names(20);
  const MaglevTable before(endpoints(all));
  const std::string gone = all[7];
  all.erase(all.begin() + 7);
  const MaglevTable after(endpoints(all));
  int moved = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t hash = MaglevTable::hash("client-" + std::to_string(i));
    const std::size_t was = before.find(hash);
    const std::size_t is = after.find(hash);
    moved += was != 7 && (was > 7 ? was - 1 : was) != is;
  }
  EXPECT_LT(moved, 500);  // of those who could have stayed
}

TEST(MaglevTable, TheOrderOfTheConfigurationDoesNotMatter) {
  const auto some = names(3);
  const MaglevTable table(endpoints(some));
  const MaglevTable turned({{some[2]}, {some[0]}, {some[1]}});
  const std::size_t where[] = {1, 2, 0};
  for (std::uint64_t hash = 0; hash < 1'000; ++hash) ASSERT_EQ(turned.find(hash), where[table.find(hash)]);
}

}  // namespace
}  // namespace banyan
