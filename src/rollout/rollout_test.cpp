#include "rollout/rollout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace banyan {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kStart{1h};
constexpr WallTime kWall{};
const EpochKey kBuilds{"php-7", "native-1", "rules-1"};

RolloutPolicy quick(double bound = 0.01) {
  RolloutPolicy policy;
  policy.mismatch_bound = bound;
  policy.steps = {500, 5'000, RolloutPolicy::kAllOfRequests};
  policy.hold = 10s;
  return policy;
}

struct Watched {
  explicit Watched(RolloutPolicy policy = quick()) : rollout(std::move(policy)) {
    EXPECT_TRUE(rollout.use(kBuilds, now, kWall));
  }
  std::optional<Transition> see(Comparison comparison, int times = 1) {
    std::optional<Transition> back;
    for (int i = 0; i < times && !back; ++i) back = rollout.observe(comparison, now, kWall);
    return back;
  }
  // Takes every step that is due.
  int advance() {
    int steps = 0;
    while (const auto proposed = rollout.propose(kWall, now)) {
      EXPECT_TRUE(rollout.commit(*proposed, now));
      ++steps;
    }
    return steps;
  }
  void to(std::uint32_t hundredths) {
    while (rollout.position().hundredths < hundredths) {
      see(Comparison::kEqual, 400);
      now += 11s;
      ASSERT_GT(advance(), 0) << rollout.waiting_for(now);
    }
  }

  TimePoint now = kStart;
  Rollout rollout;
};

TEST(Rollout, ACleanEndpointGoesThroughEveryPositionOnItsOwnEvidence) {
  Watched watched;
  EXPECT_EQ(watched.rollout.position(), (Position{Stage::kMirrored, 0}));
  watched.now += 1h;
  watched.see(Comparison::kEqual, 331);
  EXPECT_EQ(watched.rollout.waiting_for(watched.now), "1 equal comparisons more are needed");
  EXPECT_EQ(watched.advance(), 0);
  watched.see(Comparison::kEqual);
  EXPECT_EQ(watched.advance(), 2);  // verified, then the first share
  EXPECT_EQ(watched.rollout.position(), (Position{Stage::kShifted, 500}));
  EXPECT_EQ(watched.rollout.evidence(), Evidence{});
  watched.see(Comparison::kEqual, 400);
  EXPECT_EQ(watched.rollout.waiting_for(watched.now), "the position has not been held for long enough");
  watched.now += 10s;
  EXPECT_EQ(watched.advance(), 1);
  EXPECT_EQ(watched.rollout.position(), (Position{Stage::kShifted, 5'000}));
  watched.to(RolloutPolicy::kAllOfRequests);
  EXPECT_EQ(watched.rollout.position().stage, Stage::kNative);
  EXPECT_EQ(watched.rollout.waiting_for(watched.now), "there is no further step");
}

TEST(Rollout, AStepTakesEffectOnlyWhenCommittedAndOnlyIfNothingCameBetween) {
  Watched watched;
  watched.see(Comparison::kEqual, 400);
  watched.now += 10s;
  const auto proposed = watched.rollout.propose(kWall, watched.now);
  ASSERT_TRUE(proposed);
  EXPECT_EQ(watched.rollout.position().stage, Stage::kMirrored);
  watched.rollout.hold("anna", "the campaign starts today", kWall);
  EXPECT_FALSE(watched.rollout.commit(*proposed, watched.now));
  EXPECT_EQ(watched.rollout.position().stage, Stage::kMirrored);
  EXPECT_EQ(watched.rollout.waiting_for(watched.now), "held: the campaign starts today");
  EXPECT_FALSE(watched.rollout.promote("anna", "now", kWall).ok());
  EXPECT_TRUE(watched.rollout.release("anna", "it is over", kWall).ok());
  EXPECT_EQ(watched.advance(), 2);
}

TEST(Rollout, AnotherBuildBeginsAnEpochWithNothingKnown) {
  Watched watched;
  watched.to(5'000);
  watched.see(Comparison::kEqual, 100);
  EXPECT_FALSE(watched.rollout.use(kBuilds, watched.now, kWall));
  const auto begun = watched.rollout.use({"php-7", "native-2", "rules-1"}, watched.now, kWall);
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->epoch, 2U);
  EXPECT_EQ(begun->why, "the new side is another build");
  EXPECT_EQ(begun->evidence.answers.compared, 100U);  // what was known of the one before goes with it
  EXPECT_EQ(watched.rollout.position(), (Position{Stage::kMirrored, 0}));
  EXPECT_EQ(watched.rollout.evidence(), Evidence{});
}

TEST(Rollout, DifferencesAtAShareGoBackAtOnceAndHoldUntilAnotherBuild) {
  Watched watched;
  watched.to(5'000);
  watched.see(Comparison::kEqual, 100'000);
  const auto back = watched.see(Comparison::kDifferent, 4);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->by, "alarm");
  EXPECT_EQ(watched.rollout.position(), (Position{Stage::kMirrored, 0}));
  watched.see(Comparison::kEqual, 10'000);
  watched.now += 1h;
  EXPECT_EQ(watched.advance(), 0);
  EXPECT_TRUE(watched.rollout.use({"php-7", "native-2", "rules-1"}, watched.now, kWall));
  watched.see(Comparison::kEqual, 400);
  watched.now += 10s;
  EXPECT_EQ(watched.advance(), 2);
}

TEST(Rollout, AHoldSomebodyWantedOutlivesABuild) {
  Watched watched;
  watched.rollout.roll_back("anna", "customers complain", watched.now, kWall);
  watched.rollout.use({"php-8", "native-1", "rules-1"}, watched.now, kWall);
  ASSERT_TRUE(watched.rollout.held());
  EXPECT_EQ(watched.rollout.held()->reason, "customers complain");
}

TEST(Rollout, FailuresSlownessAndTheBreakerGoBack) {
  const AnswerPair fails{.new_failed = true};
  const TimedPair slow{.old_took = 10ms, .new_took = 30ms};
  const auto pairs_until_back = [](const auto& bad) {
    Watched watched;
    watched.to(500);
    std::optional<Transition> back;
    int pairs = 0;
    while (!back && ++pairs < 100) back = watched.rollout.observe(bad, watched.now, kWall);
    EXPECT_TRUE(back);
    EXPECT_FALSE(watched.rollout.propose(kWall, watched.now + 1h));
    return pairs;
  };
  EXPECT_LE(pairs_until_back(fails), 20);
  EXPECT_LE(pairs_until_back(slow), 50);
  Watched watched;
  EXPECT_FALSE(watched.rollout.breaker_opened(watched.now, kWall));  // nobody is harmed yet
  watched.to(500);
  EXPECT_TRUE(watched.rollout.breaker_opened(watched.now, kWall));
}

TEST(Rollout, ASlowSideIsNotPromotedAndWhatIsKnownOfItGoesOnFromShareToShare) {
  const TimedPair slow{.old_took = 10ms, .new_took = 30ms};
  Watched watched;
  watched.see(Comparison::kEqual, 400);
  watched.now += 11s;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(watched.rollout.observe(slow, watched.now, kWall));
  EXPECT_EQ(watched.rollout.waiting_for(watched.now), "the new side is slow more often than the old one");

  Watched growing;
  growing.to(500);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(growing.rollout.observe(slow, growing.now, kWall));
  growing.to(5'000);
  int pairs = 20;
  while (!growing.rollout.observe(slow, growing.now, kWall)) ++pairs;
  EXPECT_LE(pairs, 50);
}

TEST(Rollout, DropsAndRacesStandInTheWay) {
  Watched dropping;
  dropping.see(Comparison::kEqual, 400);
  dropping.see(Comparison::kDropped, 5);
  dropping.now += 1h;
  EXPECT_EQ(dropping.rollout.waiting_for(dropping.now), "1.235 % of the comparisons were dropped");
  Watched hardly_compared;
  hardly_compared.see(Comparison::kEqual, 10);
  EXPECT_EQ(hardly_compared.rollout.waiting_for(hardly_compared.now), "322 equal comparisons more are needed");
  hardly_compared.see(Comparison::kDropped, 150);
  EXPECT_EQ(hardly_compared.rollout.waiting_for(hardly_compared.now), "93.75 % of the comparisons were dropped");
  Watched racing;
  racing.see(Comparison::kEqual, 400);
  racing.see(Comparison::kRace, 5);
  racing.now += 1h;
  EXPECT_EQ(racing.rollout.waiting_for(racing.now), "1.235 % of the answers differed only at the first look");
}

TEST(Rollout, UnknownBuildsAndWhatCannotBeComparedMoveByHand) {
  Watched unknown;
  unknown.rollout.use({"php-7", "", "rules-1"}, unknown.now, kWall);
  unknown.see(Comparison::kEqual, 1000);
  unknown.now += 1h;
  EXPECT_EQ(unknown.advance(), 0);
  const Result<Transition> by_hand = unknown.rollout.promote("anna", "checked", kWall);
  ASSERT_TRUE(by_hand.ok());
  EXPECT_TRUE(unknown.rollout.commit(*by_hand, unknown.now));

  RolloutPolicy policy = quick();
  policy.compared = false;
  policy.pairs_min = 100;
  Watched writes(policy);
  EXPECT_EQ(writes.rollout.position().stage, Stage::kLegacy);
  writes.now += 1h;
  EXPECT_EQ(writes.advance(), 0);
  ASSERT_TRUE(writes.rollout.commit(*writes.rollout.promote("anna", "tested", kWall), writes.now));
  EXPECT_EQ(writes.rollout.position(), (Position{Stage::kShifted, 500}));
  for (int i = 0; i < 100; ++i) writes.rollout.observe(AnswerPair{}, writes.now, kWall);
  writes.now += 10s;
  EXPECT_EQ(writes.advance(), 1);
}

TEST(Rollout, WhereNothingIsComparedTheFirstBuildIsLearnedWithoutAStepBack) {
  RolloutPolicy policy = quick();
  policy.compared = false;
  Watched writes(policy);
  EXPECT_TRUE(writes.rollout.use({"php-7", "", "rules-1"}, writes.now, kWall));
  ASSERT_TRUE(writes.rollout.commit(*writes.rollout.promote("anna", "tested", kWall), writes.now));
  writes.rollout.observe(AnswerPair{}, writes.now, kWall);
  const auto known = writes.rollout.use({"php-7", "native-1", "rules-1"}, writes.now, kWall);
  ASSERT_TRUE(known);
  EXPECT_EQ(writes.rollout.position(), (Position{Stage::kShifted, 500}));
  EXPECT_EQ(writes.rollout.evidence(), Evidence{});
  ASSERT_TRUE(writes.rollout.use({"php-7", "native-2", "rules-1"}, writes.now, kWall));
  EXPECT_EQ(writes.rollout.position(), (Position{Stage::kLegacy, 0}));
}

TEST(Rollout, IsTheSameAgainFromItsLastTransition) {
  Watched watched;
  watched.see(Comparison::kEqual, 400);
  watched.now += 10s;
  const auto proposed = watched.rollout.propose(kWall, watched.now);
  ASSERT_TRUE(watched.rollout.commit(*proposed, watched.now));
  const auto shifted = watched.rollout.propose(kWall, watched.now);
  ASSERT_TRUE(watched.rollout.commit(*shifted, watched.now));
  watched.see(Comparison::kEqual, 300);

  Rollout again(quick(), *shifted, watched.rollout.evidence(), watched.now);
  EXPECT_EQ(again.position(), watched.rollout.position());
  EXPECT_FALSE(again.use(kBuilds, watched.now, kWall));
  for (int i = 0; i < 32; ++i) again.observe(Comparison::kEqual, watched.now, kWall);
  EXPECT_FALSE(again.propose(kWall, watched.now + 9s));
  EXPECT_TRUE(again.propose(kWall, watched.now + 10s));
}

TEST(Rollout, RetiredIsTheEnd) {
  Watched watched;
  EXPECT_FALSE(watched.rollout.retire("anna", "early", kWall).ok());
  watched.to(RolloutPolicy::kAllOfRequests);
  const Result<Transition> retired = watched.rollout.retire("anna", "a month of quiet", kWall);
  ASSERT_TRUE(retired.ok());
  EXPECT_EQ(watched.rollout.position().stage, Stage::kNative);
  EXPECT_TRUE(watched.rollout.commit(*retired, watched.now));
  EXPECT_FALSE(watched.rollout.use({"", "native-3", ""}, watched.now, kWall));
  EXPECT_FALSE(watched.rollout.breaker_opened(watched.now, kWall));
  EXPECT_EQ(watched.rollout.position().stage, Stage::kRetired);
}

// The new side is wrong exactly as often as the bound says: at most one of twenty may ever be verified.
TEST(Rollout, AnEndpointAtTheBoundIsHardlyEverPromoted) {
  std::mt19937_64 random(5);
  std::bernoulli_distribution wrong(0.01);
  int promoted = 0;
  for (int run = 0; run < 400; ++run) {
    Watched watched;
    watched.now += 1h;
    for (int i = 0; i < 3000; ++i) {
      watched.see(wrong(random) ? Comparison::kDifferent : Comparison::kEqual);
      if (watched.rollout.propose(kWall, watched.now)) {
        ++promoted;
        break;
      }
    }
  }
  EXPECT_LE(promoted, 36);
  EXPECT_GE(promoted, 4);
}

}  // namespace
}  // namespace banyan
