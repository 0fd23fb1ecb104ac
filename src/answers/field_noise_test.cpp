#include "answers/field_noise.h"

#include <gtest/gtest.h>

#include <random>

namespace banyan {
namespace {

struct Shares {
  double between_old = 0;
  double against_new = 0;
};

// Feeds `times` of both kinds of comparison with a field that differs with these shares.
void feed(FieldNoise& noise, const std::string& place, Shares shares, int times) {
  std::mt19937_64 random(1);
  std::bernoulli_distribution old_differs(shares.between_old);
  std::bernoulli_distribution new_differs(shares.against_new);
  for (int i = 0; i < times; ++i) {
    noise.replayed(old_differs(random) ? std::vector<std::string>{place} : std::vector<std::string>{});
    noise.compared(new_differs(random) ? std::vector<std::string>{place} : std::vector<std::string>{});
  }
}

TEST(FieldNoise, IndexesAreOnePlace) {
  EXPECT_EQ(general_place("$.items[3].tags[12]"), "$.items[*].tags[*]");
  EXPECT_EQ(general_place("$['a[1'].b[2]"), "$['a[1'].b[*]");
  EXPECT_EQ(general_place("header x[1]"), "header x[1]");
  EXPECT_EQ(general_place("$[0]"), "$[*]");
  EXPECT_EQ(general_place("$.a["), "$.a[");
}

TEST(FieldNoise, FishersTestIsAsInTheTextbook) {
  // The lady tasting tea: 4 of 4 cups by chance in 1 of 70 cases, at least 3 in 17.
  EXPECT_NEAR(fisher_upper_tail(4, 4, 0, 4), 1.0 / 70, 1e-12);
  EXPECT_NEAR(fisher_upper_tail(3, 4, 1, 4), 17.0 / 70, 1e-12);
  EXPECT_DOUBLE_EQ(fisher_upper_tail(0, 100, 50, 100), 1);
  EXPECT_LT(fisher_upper_tail(900'000, 1'000'000, 400'000, 1'000'000), 1e-100);
}

TEST(FieldNoise, ATimestampIsNoiseAndAFaultIsNot) {
  FieldNoise noise;
  feed(noise, "$.time", {1, 1}, 200);
  feed(noise, "$.name", {0, 0.01}, 200);
  EXPECT_TRUE(noise.is_noise("$.time"));
  EXPECT_FALSE(noise.is_noise("$.name"));
  EXPECT_FALSE(noise.is_noise("$.never"));
  EXPECT_TRUE(noise.all_noise({"$.time"}));
  EXPECT_FALSE(noise.all_noise({"$.time", "$.name"}));
}

TEST(FieldNoise, NoiseThatGrewIsAFault) {
  FieldNoise noise;
  feed(noise, "$.items[0].stock", {0.05, 0.3}, 500);
  EXPECT_FALSE(noise.is_noise("$.items[7].stock"));
}

TEST(FieldNoise, NothingIsNoiseBeforeThereAreReplays) {
  FieldNoise noise;
  for (std::uint64_t i = 1; i < FieldNoise::kReplaysMin; ++i) noise.replayed({"$.time"});
  noise.compared({"$.time"});
  EXPECT_FALSE(noise.is_noise("$.time"));
  noise.replayed({"$.time"});
  EXPECT_TRUE(noise.is_noise("$.time"));
}

TEST(FieldNoise, HardlyEverIsAnyOfFiftyNoisyFieldsTakenForAFault) {
  std::mt19937_64 random(3);
  int wrong = 0;
  for (int endpoint = 0; endpoint < 100; ++endpoint) {
    FieldNoise noise;
    for (int i = 0; i < 60; ++i) {
      std::vector<std::string> old_places;
      std::vector<std::string> new_places;
      for (int field = 0; field < 50; ++field) {
        const std::string place = "$.f" + std::to_string(field);
        if (random() % 10 == 0) old_places.push_back(place);
        if (random() % 10 == 0) new_places.push_back(place);
      }
      noise.replayed(old_places);
      noise.compared(new_places);
    }
    for (const auto& [place, field] : noise.fields()) {
      if (field.replayed == 0 || noise.is_noise(place)) continue;
      ++wrong;
      break;
    }
  }
  EXPECT_LE(wrong, 12);
}

TEST(FieldNoise, TheNumberOfFieldsIsBounded) {
  FieldNoise noise;
  for (std::size_t i = 0; i < FieldNoise::kFieldsMax + 10; ++i) noise.replayed({"$.k" + std::to_string(i)});
  EXPECT_EQ(noise.fields().size(), FieldNoise::kFieldsMax);
}

}  // namespace
}  // namespace banyan
