#include "answers/field_noise.h"

#include <gtest/gtest.h>

#include <random>

namespace banyan {
namespace {

using Places = std::vector<DifferentPlace>;

DifferentPlace value(const std::string& place) { return {place, "value"}; }

struct Shares {
  double against_old = 0;
  double against_new = 0;
};

// Asks the old side twice, `times`, with a place that differs with these shares.
void feed(FieldNoise& noise, const DifferentPlace& place, Shares shares, int times) {
  std::mt19937_64 random(1);
  std::bernoulli_distribution old_differs(shares.against_old);
  std::bernoulli_distribution new_differs(shares.against_new);
  for (int i = 0; i < times; ++i) {
    const Places again = old_differs(random) ? Places{place} : Places{};
    noise.replayed(again, new_differs(random) ? Places{place} : Places{});
  }
}

TEST(FieldNoise, IndexesAreOnePlace) {
  EXPECT_EQ(general_place("$.items[3].tags[12]"), "$.items[*].tags[*]");
  EXPECT_EQ(general_place("$['a[1'].b[2]"), "$['a[1'].b[*]");
  EXPECT_EQ(general_place("header x[1]"), "header x[1]");
  EXPECT_EQ(general_place("$[0]"), "$[*]");
  EXPECT_EQ(general_place("$.a["), "$.a[");
}

TEST(FieldNoise, ATimestampIsNoiseAndAFaultIsNot) {
  FieldNoise noise;
  feed(noise, value("$.time"), {1, 1}, 100);
  EXPECT_EQ(noise.noise(), PlaceSet{value("$.time")});
  feed(noise, value("$.name"), {0, 1}, 100);
  EXPECT_EQ(noise.noise(), PlaceSet{value("$.time")});
}

TEST(FieldNoise, AnotherTypeIsNotExcusedByAnotherValue) {
  FieldNoise noise;
  for (int i = 0; i < 100; ++i) noise.replayed({value("$.time")}, {{"$.time", "type"}});
  EXPECT_EQ(noise.noise(), PlaceSet{value("$.time")});
}

TEST(FieldNoise, NoiseThatGrewIsAFault) {
  FieldNoise noise;
  feed(noise, value("$.stock"), {0.3, 0.3}, 200);
  EXPECT_TRUE(noise.noise().contains(value("$.stock")));
  feed(noise, value("$.stock"), {0.3, 0.8}, 200);
  EXPECT_FALSE(noise.noise().contains(value("$.stock")));
}

TEST(FieldNoise, WhatDiffersByItselfNowAndThenIsARaceAndNoNoise) {
  FieldNoise noise;
  feed(noise, value("$.name"), {0.03, 0.03}, 1'000);
  EXPECT_EQ(noise.noise(), PlaceSet());
}

TEST(FieldNoise, NothingIsNoiseBeforeThereAreReplays) {
  FieldNoise noise;
  for (std::uint64_t i = 1; i < FieldNoise::kReplaysMin; ++i) noise.replayed({value("$.time")}, {value("$.time")});
  EXPECT_FALSE(noise.learned());
  EXPECT_EQ(noise.noise(), PlaceSet());
  noise.replayed({value("$.time")}, {value("$.time")});
  EXPECT_EQ(noise.noise().size(), 1U);
}

TEST(FieldNoise, PlacesOfWhichOnlyTheFirstIsKnownHaveNone) {
  FieldNoise noise;
  feed(noise, value("html line 3"), {1, 1}, 100);
  feed(noise, value("byte 12"), {1, 1}, 100);
  feed(noise, {"header x-request-id", "header"}, {1, 1}, 300);
  EXPECT_EQ(noise.noise(), (PlaceSet{{"header x-request-id", "header"}}));
}

// Looked at after every request, in at most one endpoint of twenty.
TEST(FieldNoise, HardlyEverIsAnyOfFiftyNoisyPlacesTakenForAFault) {
  std::mt19937_64 random(3);
  int wrong = 0;
  for (int endpoint = 0; endpoint < 100; ++endpoint) {
    FieldNoise noise;
    bool lost = false;
    for (int i = 0; i < 300 && !lost; ++i) {
      Places again;
      Places other;
      for (int field = 0; field < 50; ++field) {
        if (random() % 2 == 0) again.push_back(value("$.f" + std::to_string(field)));
        if (random() % 2 == 0) other.push_back(value("$.f" + std::to_string(field)));
      }
      noise.replayed(again, other);
      lost = noise.learned() && noise.noise().size() < 50;
    }
    wrong += lost ? 1 : 0;
  }
  EXPECT_LE(wrong, 5 + 6);  // 5 expected at most, and what chance adds in one of 200 runs
}

TEST(FieldNoise, TheNumberOfPlacesIsBounded) {
  FieldNoise noise;
  for (std::size_t i = 0; i < FieldNoise::kPlacesMax + 10; ++i) noise.compared({value("$.k" + std::to_string(i))});
  EXPECT_EQ(noise.fields().size(), FieldNoise::kPlacesMax);
  EXPECT_EQ(noise.fields().at(value("$.k7")).different, 1U);
}

}  // namespace
}  // namespace banyan
