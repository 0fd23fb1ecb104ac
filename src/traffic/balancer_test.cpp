#include "traffic/balancer.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "traffic/health_tally.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kStart{1h};

std::vector<EndpointTraits> weighted(std::vector<std::uint32_t> weights) {
  std::vector<EndpointTraits> endpoints;
  for (const std::uint32_t weight : weights) endpoints.push_back({"e" + std::to_string(endpoints.size()), weight});
  return endpoints;
}

BalancingSettings policy(BalancePolicy which) {
  BalancingSettings settings;
  settings.policy = which;
  return settings;
}

BalancingSettings judged(BalancePolicy which = BalancePolicy::kRoundRobin) {
  BalancingSettings settings = policy(which);
  settings.judged = true;
  return settings;
}

std::map<std::size_t, int> shares(Balancer& balancer, const EndpointSet& set, int picks, PickQuery query = {kStart}) {
  std::map<std::size_t, int> counts;
  for (int i = 0; i < picks; ++i) {
    if (const auto picked = balancer.pick(set, query)) ++counts[*picked];
  }
  return counts;
}

using Shares = std::map<std::size_t, int>;
constexpr BalancePolicy kAll[] = {BalancePolicy::kRoundRobin, BalancePolicy::kLeastRequest, BalancePolicy::kEwma,
                                  BalancePolicy::kMaglev};

TEST(Balancer, RoundRobinGivesEachItsWeightAndSpreadsTheTurns) {
  const EndpointSet set(weighted({5, 1, 1}), {});
  Balancer balancer(1);
  std::string turns;
  for (int i = 0; i < 7; ++i) turns += static_cast<char>('a' + *balancer.pick(set, {kStart}));
  EXPECT_EQ(turns, "aabacaa");  // as nginx does it
  EXPECT_EQ(shares(balancer, set, 700), (Shares{{0, 500}, {1, 100}, {2, 100}}));
}

TEST(Balancer, APickThatLeavesOneOutDoesNotDisturbTheTurnsForLong) {
  const EndpointSet set(weighted({1, 1, 1}), {});
  Balancer balancer(1);
  const std::size_t tried[] = {1};
  (void)balancer.pick(set, {.now = kStart, .tried = tried});
  const Shares counts = shares(balancer, set, 30);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(counts.at(i), 10, 1);
}

TEST(Balancer, EveryPolicyLeavesOutWeightZeroTheTriedTheUnwellAndTheForbidden) {
  for (const BalancePolicy which : kAll) {
    const EndpointSet set(weighted({1, 0, 1, 1, 1, 1}), judged(which));
    Balancer balancer(7);
    set.judge().set_healthy(2, false, kStart);
    const std::size_t tried[] = {3};
    PickQuery query{.now = kStart, .tried = tried, .hash = 1234};
    query.allowed = [](const void*, std::size_t i) { return i != 4; };
    const Shares counts = shares(balancer, set, 400, query);
    EXPECT_FALSE(counts.contains(1) || counts.contains(2) || counts.contains(3) || counts.contains(4));
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0, [](int sum, auto& one) { return sum + one.second; }),
              400);
    const std::size_t well[] = {0, 3, 4, 5};
    EXPECT_EQ(balancer.pick(set, {.now = kStart, .tried = well}), 2u);  // better than nobody
    const std::size_t all[] = {0, 2, 3, 4, 5};
    EXPECT_FALSE(balancer.pick(set, {.now = kStart, .tried = all}));
  }
}

TEST(Balancer, AllAreUsedInAPanicAndNoneWithoutOne) {
  BalancingSettings settings = judged();
  const EndpointSet set(weighted({1, 1, 1, 1}), settings);
  settings.outlier.panic_percent = 0;
  const EndpointSet strict(weighted({1, 1, 1, 1}), settings);
  for (std::size_t i = 0; i < 4; ++i) {
    set.judge().set_healthy(i, false, kStart);
    strict.judge().set_healthy(i, false, kStart);
  }
  Balancer balancer(1);
  EXPECT_EQ(shares(balancer, set, 400), (Shares{{0, 100}, {1, 100}, {2, 100}, {3, 100}}));
  EXPECT_FALSE(balancer.pick(strict, {kStart}));
}

TEST(Balancer, OneEndpointIsJudgedLikeMany) {
  BalancingSettings settings = judged();
  const EndpointSet set(weighted({1}), settings);
  settings.outlier.panic_percent = 0;
  const EndpointSet strict(weighted({1}), settings);
  Balancer balancer(1);
  EXPECT_EQ(balancer.pick(strict, {kStart}), 0u);
  set.judge().set_healthy(0, false, kStart);
  strict.judge().set_healthy(0, false, kStart);
  EXPECT_EQ(balancer.pick(set, {kStart}), 0u);
  EXPECT_FALSE(balancer.pick(strict, {kStart}));
}

TEST(Balancer, LeastRequestEvensOutWhatIsUnderWayByWeight) {
  const EndpointSet set(weighted({1, 2, 1}), policy(BalancePolicy::kLeastRequest));
  Balancer balancer(3);
  for (int i = 0; i < 400; ++i) set.load(*balancer.pick(set, {kStart})).begin();
  EXPECT_EQ(set.load(0).under_way(), 100);
  EXPECT_EQ(set.load(1).under_way(), 200);
  EXPECT_EQ(set.load(2).under_way(), 100);
}

TEST(Balancer, EwmaSendsLittleToASlowOrFailingEndpointAndTriesItAgainLater) {
  const EndpointSet set(weighted({1, 1}), policy(BalancePolicy::kEwma));
  Balancer balancer(5);
  set.load(0).observe(100ms, true, kStart);
  set.load(1).observe(1ms, true, kStart);
  EXPECT_EQ(shares(balancer, set, 100), (Shares{{1, 100}}));
  for (int i = 0; i < 150; ++i) set.load(1).begin();
  EXPECT_EQ(shares(balancer, set, 100), (Shares{{0, 100}}));  // fast, but a long queue
  for (int i = 0; i < 150; ++i) set.load(1).end();
  set.load(1).observe(1us, false, kStart);  // refuses at once
  EXPECT_EQ(shares(balancer, set, 100), (Shares{{0, 100}}));
  for (int i = 0; i < 100; ++i) set.load(0).observe(100ms, true, kStart + 60s);
  EXPECT_EQ(shares(balancer, set, 100, {kStart + 60s}), (Shares{{1, 100}}));
}

TEST(Balancer, MaglevKeepsAKeyWithItsEndpointAndMovesOnlyThoseOfAnUnwellOne) {
  const EndpointSet set(weighted({1, 1, 1, 1, 1, 1, 1, 1, 1, 1}), judged(BalancePolicy::kMaglev));
  Balancer one(1);
  Balancer other(99);
  std::map<std::uint64_t, std::size_t> before;
  for (std::uint64_t key = 0; key < 1000; ++key) {
    const std::uint64_t hash = MaglevTable::hash(std::to_string(key));
    before[hash] = *one.pick(set, {.now = kStart, .hash = hash});
    EXPECT_EQ(*other.pick(set, {.now = kStart, .hash = hash}), before[hash]);
  }
  set.judge().set_healthy(4, false, kStart);
  for (const auto& [hash, endpoint] : before) {
    const std::size_t now_at = *one.pick(set, {.now = kStart, .hash = hash});
    EXPECT_EQ(now_at, *other.pick(set, {.now = kStart, .hash = hash}));
    EXPECT_TRUE(endpoint == 4 ? now_at != 4 : now_at == endpoint);
  }
}

std::vector<EndpointTraits> in_zones(int near, int far) {
  std::vector<EndpointTraits> endpoints = weighted(std::vector<std::uint32_t>(static_cast<std::size_t>(near + far), 1));
  for (std::size_t i = static_cast<std::size_t>(near); i < endpoints.size(); ++i) endpoints[i].near = false;
  return endpoints;
}

int near_share(int near, int unwell, int far) {
  BalancingSettings settings = judged();
  settings.outlier.panic_percent = 0;
  const EndpointSet set(in_zones(near, far), settings);
  for (int i = 0; i < unwell; ++i) set.judge().set_healthy(static_cast<std::size_t>(i), false, kStart);
  Balancer balancer(11);
  int count = 0;
  for (const auto& [i, picks] : shares(balancer, set, 10'000)) count += set[i].near ? picks : 0;
  return count / 100;
}

TEST(Balancer, TheOwnZoneIsPreferredAndSpillsOverInProportionToWhatIsUnwell) {
  EXPECT_EQ(near_share(10, 0, 10), 100);
  EXPECT_EQ(near_share(10, 2, 10), 100);      // 80 % * 1.4 is more than all
  EXPECT_NEAR(near_share(10, 5, 10), 70, 3);  // 50 % * 1.4
  EXPECT_EQ(near_share(10, 10, 10), 0);
}

TEST(EndpointSet, ANewOrRecoveredEndpointGrowsToItsWeight) {
  BalancingSettings settings = judged();
  settings.slow_start = 100s;
  EndpointSet set(weighted({4, 4}), settings);
  EXPECT_EQ(set.weight(0, kStart), 4096u);  // was there from the start
  set.judge().set_healthy(0, false, kStart);
  set.judge().set_healthy(0, true, kStart);
  EXPECT_EQ(set.weight(0, kStart), 409u);
  EXPECT_EQ(set.weight(0, kStart + 50s), 2048u);
  EXPECT_EQ(set.weight(0, kStart + 100s), 4096u);
  EndpointSet later(weighted({4, 4, 4}), settings);
  later.carry_over(set, kStart + 25s);
  EXPECT_EQ(later.weight(0, kStart + 50s), 2048u);
  EXPECT_EQ(later.weight(1, kStart + 50s), 4096u);
  EXPECT_EQ(later.weight(2, kStart + 50s), 1024u);
}

TEST(EndpointSet, WhatIsKnownOfAnEndpointIsCarriedOverByItsName) {
  EndpointSet set(weighted({1, 1}), judged());
  set.judge().set_healthy(1, false, kStart);
  set.load(1).begin();
  std::vector<EndpointTraits> turned = weighted({1, 1});
  std::swap(turned[0], turned[1]);
  EndpointSet later(turned, judged());
  later.carry_over(set, kStart);
  EXPECT_FALSE(later.judge().healthy(0));
  EXPECT_TRUE(later.judge().healthy(1));
  EXPECT_EQ(later.load(0).under_way(), 1);
}

TEST(HealthTally, ChangesAfterSoManyInARowOnly) {
  HealthTally tally;
  EXPECT_FALSE(tally.add(false, 2, 3));
  EXPECT_FALSE(tally.add(false, 2, 3));
  EXPECT_FALSE(tally.add(true, 2, 3));
  EXPECT_FALSE(tally.add(false, 2, 3));
  EXPECT_FALSE(tally.add(false, 2, 3));
  EXPECT_TRUE(tally.add(false, 2, 3));
  EXPECT_FALSE(tally.healthy());
  EXPECT_FALSE(tally.add(true, 2, 3));
  EXPECT_TRUE(tally.add(true, 2, 3));
  EXPECT_TRUE(tally.healthy());
}

}  // namespace
}  // namespace banyan
