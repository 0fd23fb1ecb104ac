// The task that moves routes, alone: no worker and no network, but a real ledger, and every hour of it virtual.
#include "gateway/rollouts.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "gateway/rollouts_world.h"
#include "ledger/ledger_file.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "sim/simulation.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kKeys =
    "mismatch_bound: 1%, hold: 10s, steps: [25%, 100%], build: {header: x-build}, compare: {noise: 0%}";

constexpr std::string_view kTightKeys =
    "mismatch_bound: 0.1%, hold: 1s, steps: [25%, 100%], build: {header: x-build}, compare: {noise: 0%}";
constexpr std::string_view kLearningKeys =
    "mismatch_bound: 1%, hold: 10s, steps: [25%, 100%], build: {header: x-build}";

// Bytes that no file of this process may pass: the disk is full.
class FullDisk {
 public:
  FullDisk() {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    struct rlimit limit = before_;
    limit.rlim_cur = 0;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  struct rlimit before_{};
};

using Seen = SeenRequest;

struct Simulated {
  SimEnv env{1};
};

class World : public Simulated, public RolloutsWorld {
 public:
  void run(Task<int> (*test)(World* world)) {
    const Result<int> result = env.run(test(this));
    EXPECT_TRUE(result.ok()) << result.error().text();
  }

  // No step was taken by itself without evidence of its own position.
  void expect_evidence(double bound) {
    for (const Transition& made : written()) {
      if (made.by != "evidence" || made.from.stage == Stage::kVerified) continue;
      EXPECT_EQ(comparisons_left(made.evidence.answers, bound), 0U) << made.sequence;
      EXPECT_LE(made.evidence.eligible, told) << made.sequence;
    }
  }
};

// ---- forward ----

Task<int> goes_forward(World* world) {
  world->configure(kKeys);
  world->open();
  EXPECT_EQ(world->share(), 0U);
  co_await world->see_equal(331);
  (void)co_await sleep_for(20s);
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  EXPECT_EQ(world->told_of("comparisons_needed"), "1");
  co_await world->see_equal(1);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 2'500; }));
  (void)co_await sleep_for(5min);  // what was seen before does not count again
  EXPECT_EQ(world->share(), 2'500U);
  co_await world->see_equal(332);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 10'000; }));
  EXPECT_EQ(world->told_of("stage"), "native");
  world->expect_evidence(0.01);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->written().size() == 5; }));
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, ARouteGoesForwardOnTheEvidenceOfEachPosition) { World().run(&goes_forward); }

Task<int> hold_is_kept(World* world) {
  world->configure(kKeys);
  world->open();
  (void)co_await sleep_for(1s);
  co_await world->see_equal(400);  // half a second
  EXPECT_EQ(world->share(), 0U);
  world->env.shift_wall(24h);  // the hold is not a matter of the wall clock
  co_await world->see_equal(400);
  EXPECT_EQ(world->share(), 0U);
  EXPECT_EQ(world->told_of("blocked_by"), "the position has not been held for long enough");
  world->env.shift_wall(-48h);
  (void)co_await sleep_for(10s);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 2'500; }));
  co_await world->see_equal(400);
  world->env.shift_wall(-48h);
  co_await world->restart();
  EXPECT_EQ(world->share(), 2'500U);
  co_await world->see_equal(400);
  (void)co_await sleep_for(10s);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 10'000; }));
  world->expect_evidence(0.01);
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, AClockSetForwardAndBackChangesNothing) { World().run(&hold_is_kept); }

// ---- never forward ----

Task<int> wrong_for_a_few(World* world) {
  world->configure(kTightKeys);
  world->open();
  for (int i = 0; i < 40; ++i) {
    co_await world->see_equal(499);
    co_await world->see({.comparison = Comparison::kDifferent});
  }
  EXPECT_EQ(world->told_of("compared"), "20000");
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  EXPECT_EQ(world->share(), 0U);
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, WrongForOneInFiveHundredNeverMovesAtABoundOfOneInAThousand) { World().run(&wrong_for_a_few); }

Task<int> hangs_for_a_few(World* world) {
  world->configure(kKeys);
  world->open();
  for (int i = 0; i < 100; ++i) {
    co_await world->see_equal(49);
    co_await world->see({.comparison = Comparison::kDifferent, .new_failed = true, .new_took = 300ms});
  }
  EXPECT_EQ(world->told_of("compared"), "5000");
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, HangingOnTwoOfAHundredNeverMoves) { World().run(&hangs_for_a_few); }

Task<int> races(World* world) {
  world->configure(kKeys);
  world->open();
  for (int i = 0; i < 20; ++i) {
    co_await world->see_equal(49);
    co_await world->see({.comparison = Comparison::kRace});
  }
  (void)co_await sleep_for(20s);
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  EXPECT_EQ(world->told_of("races"), "20");
  EXPECT_EQ(world->told_of("different"), "0");
  EXPECT_EQ(world->told_of("blocked_by"), "2 % of the answers differed only at the first look");
  co_await world->see_equal(1'000);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 2'500; }));
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, RacesBlockAboveOnePercentAndAreNoDifferences) { World().run(&races); }

Task<int> drops(World* world) {
  world->configure(kKeys);
  world->open();
  co_await world->see_equal(400);
  world->route().lost.fetch_add(5);
  (void)co_await sleep_for(20s);
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  EXPECT_EQ(world->told_of("dropped"), "5");
  EXPECT_NE(world->told_of("blocked_by").find("of the comparisons were dropped"), std::string::npos);
  // More at once than there is room for: what has none is counted, not forgotten.
  for (int i = 0; i < 1'100; ++i) world->see_one({});
  (void)co_await sleep_for(1s);
  EXPECT_EQ(world->told_of("eligible"), "1505");
  EXPECT_EQ(world->told_of("dropped"), "81");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, WhatCouldNotBeComparedIsCountedAndBlocks) { World().run(&drops); }

Task<int> too_long(World* world) {
  world->configure(kLearningKeys);
  world->open();
  world->route().too_long.fetch_add(2);
  (void)co_await sleep_for(50ms);
  EXPECT_TRUE(world->told_of("blocked_by").ends_with("; too long to be compared since builds and rules are these: 2"));
  world->configure(kKeys);
  (void)co_await sleep_for(50ms);
  co_await world->see_equal(400);
  EXPECT_EQ(world->told_of("too_long"), "0");
  world->route().too_long.fetch_add(300);
  (void)co_await sleep_for(20s);
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  EXPECT_EQ(world->told_of("dropped"), "300");
  EXPECT_EQ(world->told_of("blocked_by"),
            "42.86 % of the comparisons were dropped; too long to be compared since builds and rules are these: 300");
  std::this_thread::sleep_for(2s);  // the ledger writes once a second
  co_await world->restart();
  EXPECT_EQ(world->told_of("too_long"), "300");
  EXPECT_EQ(world->told_of("dropped"), "300");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, WhatIsTooLongToBeComparedIsToldAndBlocks) { World().run(&too_long); }

// ---- slow ----

Task<int> slow_under_load(World* world) {
  world->configure(kKeys);
  world->open();
  // The copy takes ten times as long as the answer to the client did, which says nothing; timed alike both are alike.
  const Seen alike{.new_took = 10ms, .timed = TimedPair{.old_took = 10ms, .new_took = 10ms}};
  co_await world->see(alike, 400);
  (void)co_await sleep_for(10s);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 2'500; }));
  co_await world->see({.timed = TimedPair{.old_took = 10ms, .new_took = 20ms}}, 100);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 0; }));
  EXPECT_EQ(world->told_of("hold_reason"), "the new side is slow more often than the old one");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, SlowIsWhatWasTimedAlike) { World().run(&slow_under_load); }

// ---- another build ----

Task<int> deployed_on_the_way(World* world) {
  world->configure(kTightKeys);
  world->open();
  co_await world->see_equal(3'000);
  EXPECT_EQ(world->told_of("comparisons_needed"), "327");
  world->new_build = "native-2";
  co_await world->see_equal(1);
  EXPECT_EQ(world->told_of("compared"), "1");
  co_await world->see_equal(200);
  (void)co_await sleep_for(2s);
  co_await world->see_equal(1);  // the build before is gone
  for (int i = 0; i < 10; ++i) {
    co_await world->see_equal(99);
    co_await world->see({.comparison = Comparison::kDifferent});
  }
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  EXPECT_EQ(world->told_of("new_build"), "native-2");
  EXPECT_EQ(world->told_of("compared"), "1001");
  EXPECT_EQ(world->told_of("different"), "10");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, ABuildDeployedAtComparison3000BeginsWithNothing) { World().run(&deployed_on_the_way); }

Task<int> answers_of_nobody_known(World* world) {
  world->configure(kKeys);
  world->open();
  co_await world->see_equal(1);
  world->new_build = "";
  co_await world->see_equal(3);
  co_await world->see({.comparison = Comparison::kRace}, 5);
  co_await world->see({.comparison = Comparison::kDifferent});
  EXPECT_EQ(world->told_of("compared"), "2");
  EXPECT_EQ(world->told_of("different"), "1");
  EXPECT_EQ(world->told_of("races"), "0");
  EXPECT_EQ(world->told_of("dropped"), "8");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, AnswersThatDoNotSayTheirBuildAreNoEvidenceForAny) { World().run(&answers_of_nobody_known); }

Task<int> to_native(World* world) {
  world->configure(kKeys);
  world->open();
  co_await world->see_equal(400);
  (void)co_await sleep_for(10s);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 2'500; }));
  co_await world->see_equal(400);
  (void)co_await sleep_for(10s);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 10'000; }));
  co_return 0;
}

Task<int> deployed_at_all(World* world) {
  co_await to_native(world);
  world->new_build = "native-2";
  co_await world->see_equal(1);
  EXPECT_EQ(world->share(), 0U);
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  EXPECT_EQ(world->told_of("compared"), "1");
  EXPECT_EQ(world->told_of("held"), "false");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, AnotherBuildAtAHundredPercentTakesTrafficBackAtItsFirstAnswer) { World().run(&deployed_at_all); }

Task<int> turns_wrong(World* world) {
  co_await to_native(world);
  co_await world->see_equal(5'000);
  int until_back = 0;
  for (; until_back < 100 && world->share() > 0; ++until_back) {
    co_await world->see({.comparison = Comparison::kDifferent});
  }
  EXPECT_LE(until_back, 4);
  EXPECT_EQ(world->told_of("hold_by_alarm"), "true");
  co_await world->see_equal(2'000);
  (void)co_await sleep_for(5min);
  EXPECT_EQ(world->share(), 0U);
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, AFaultAtAHundredPercentTakesTrafficBackAndHolds) { World().run(&turns_wrong); }

Task<int> breaker_opens(World* world) {
  co_await to_native(world);
  const auto snapshot = world->state.snapshot();
  const GatewayRoute& route = snapshot->routes[0];
  snapshot->clusters[route.clusters[kNewSide]].state->breaker()->force(CircuitBreaker::Force::kOpen, now());
  (void)co_await sleep_for(25ms);
  EXPECT_EQ(world->share(), 0U);
  EXPECT_EQ(world->told_of("hold_reason"), "the circuit breaker of the new side is open");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, AnOpenBreakerTakesTrafficBackAtOnce) { World().run(&breaker_opens); }

// A new side that is compared in a sandbox, and answers clients elsewhere.
Task<void> to_first_step_in_sandbox(World* world) {
  world->configure(
      "mismatch_bound: 1%, hold: 1s, steps: [25%, 100%], build: {header: x-build}, sandbox: {cluster: rehearsal}",
      "match: {method: POST, path: /user}", "  rehearsal: {protocol: http1, endpoints: [\"127.0.0.1:9002\"]}\n");
  world->open();
  co_await world->see_equal(400);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 2'500; }));
}

Task<int> fails_outside_its_sandbox(World* world) {
  co_await to_first_step_in_sandbox(world);
  for (int i = 0; i < 60 && world->share() > 0; ++i) {
    co_await world->see_equal(3);
    world->see_answer(kNewSide, true);
    (void)co_await sleep_for(50ms);
  }
  EXPECT_EQ(world->share(), 0U);
  EXPECT_EQ(world->told_of("hold_reason"), "the new side fails more often than the old one");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, ANewSideThatFailsOutsideItsSandboxGoesBack) { World().run(&fails_outside_its_sandbox); }

Task<int> another_build_than_in_its_sandbox(World* world) {
  co_await to_first_step_in_sandbox(world);
  world->new_build = "native-2";
  world->see_answer(kNewSide);
  (void)co_await sleep_for(50ms);
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  EXPECT_EQ(world->share(), 0U);
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, AnotherBuildThanInItsSandboxBeginsAnew) { World().run(&another_build_than_in_its_sandbox); }

// ---- the ledger ----

Task<int> cannot_write(World* world) {
  world->configure(kKeys);
  world->open();
  co_await world->see_equal(100);
  {
    const FullDisk full;
    co_await world->see_equal(400);
    (void)co_await sleep_for(20s);
    EXPECT_EQ(world->share(), 0U);
    EXPECT_TRUE(
        co_await world->comes_true([&] { return world->told_of("blocked_by") == "the ledger cannot be written"; }));
    const Result<void> promoted = co_await world->act(RolloutAction::kPromote);
    EXPECT_FALSE(promoted.ok());
    EXPECT_EQ(world->told_of("stage"), "mirrored");
  }
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 2'500; }));
  world->expect_evidence(0.01);
  {
    const FullDisk full;
    co_await world->see({.comparison = Comparison::kDifferent}, 20);
    EXPECT_EQ(world->share(), 0U);  // back without waiting for the disk
  }
  EXPECT_TRUE(co_await world->comes_true([&] { return world->written().back().by == "alarm"; }));
  co_await world->restart();
  EXPECT_EQ(world->share(), 0U);
  EXPECT_EQ(world->told_of("held"), "true");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, AFullDiskStopsStepsForwardAndNoStepBack) { World().run(&cannot_write); }

Task<int> killed_again_and_again(World* world) {
  world->configure(kKeys);
  world->open();
  std::uint32_t share = 0;
  for (int i = 0; i < 60 && world->share() < 10'000; ++i) {
    co_await world->see_equal(150);
    if (i % 3 == 2) (void)co_await sleep_for(11s);
    std::this_thread::sleep_for(50ms);
    const std::uint32_t before = world->share();
    EXPECT_GE(before, share);
    share = before;
    co_await world->restart();
    EXPECT_EQ(world->share(), share);
  }
  EXPECT_EQ(share, 10'000U);
  world->expect_evidence(0.01);
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, KilledAgainAndAgainItTakesNoStepWithoutEvidence) { World().run(&killed_again_and_again); }

// ---- people ----

Task<int> people(World* world) {
  world->configure(kKeys);
  world->open();
  EXPECT_EQ((co_await world->act(RolloutAction::kRelease)).error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ((co_await world->rollouts->act("nobody", RolloutAction::kHold, "anna", "x")).error().code(),
            ErrorCode::kNotFound);
  co_await world->see_equal(1);
  EXPECT_TRUE((co_await world->act(RolloutAction::kPromote)).ok());
  EXPECT_EQ(world->told_of("stage"), "verified");
  (void)co_await sleep_for(5min);
  EXPECT_EQ(world->told_of("stage"), "verified");  // on goes it by hand alone
  EXPECT_TRUE((co_await world->act(RolloutAction::kPromote)).ok());
  EXPECT_EQ(world->share(), 2'500U);
  EXPECT_EQ(world->written().back().by, "anna");
  EXPECT_TRUE((co_await world->act(RolloutAction::kHold)).ok());
  EXPECT_FALSE((co_await world->act(RolloutAction::kPromote)).ok());
  EXPECT_TRUE((co_await world->act(RolloutAction::kRollBack)).ok());
  EXPECT_EQ(world->share(), 0U);
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, PeopleMoveIt) { World().run(&people); }

Task<int> reloaded(World* world) {
  co_await to_native(world);
  world->configure("mismatch_bound: 1%, hold: 20s, steps: [25%, 100%], build: {header: x-build}, compare: {noise: 0%}");
  (void)co_await sleep_for(50ms);
  EXPECT_EQ(world->share(), 10'000U);
  world->configure(std::string(kKeys) + ", mirror: {timeout: 2s}");
  EXPECT_EQ(world->share(), 0U);  // with the configuration itself
  (void)co_await sleep_for(50ms);
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  EXPECT_TRUE(co_await world->comes_true([&] { return world->written().size() == 6; }));
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, AReloadKeepsTheStageAndOtherRulesBeginAnew) { World().run(&reloaded); }

Task<int> retires(World* world) {
  co_await to_native(world);
  EXPECT_TRUE((co_await world->act(RolloutAction::kRetire)).ok());
  EXPECT_EQ(world->told_of("stage"), "retired");
  EXPECT_EQ(world->share(), 10'000U);
  EXPECT_FALSE(world->route().watched.load());
  co_await world->restart();
  EXPECT_EQ(world->told_of("stage"), "retired");
  EXPECT_FALSE(world->route().watched.load());
  EXPECT_EQ(world->share(), 10'000U);
  world->configure(std::string(kKeys) + ", mirror: {timeout: 2s}");
  EXPECT_EQ(world->share(), 10'000U);  // not for a moment does it ask what may be gone
  (void)co_await sleep_for(50ms);
  EXPECT_EQ(world->told_of("stage"), "retired");
  EXPECT_TRUE((co_await world->act(RolloutAction::kRollBack)).ok());
  EXPECT_EQ(world->share(), 0U);
  EXPECT_FALSE((co_await world->act(RolloutAction::kRetire)).ok());
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, ARetiredRouteAsksItsOldSideNoMore) { World().run(&retires); }

// ---- builds side by side ----

Task<int> rolls_out(World* world) {
  co_await to_native(world);
  const std::string before = world->new_build;
  for (int i = 0; i < 220; ++i) {
    world->new_build = i % 2 == 0 ? before : "native-2";
    co_await world->see_equal(2);
  }
  EXPECT_EQ(world->told_of("new_build"), "native-1, native-2");
  // On its own evidence: 440 comparisons, and held for long enough.
  EXPECT_TRUE(co_await world->comes_true([&] { return world->told_of("stage") == "shifted"; }));
  const std::size_t moves = world->written().size();
  world->new_build = "native-2";
  co_await world->see_equal(200);
  (void)co_await sleep_for(11s);
  co_await world->see_equal(1);
  EXPECT_EQ(world->told_of("new_build"), "native-2");
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  EXPECT_TRUE(co_await world->comes_true([&] { return world->written().size() == moves + 1; }));
  world->expect_evidence(0.01);
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, BuildsSideBySideAreOneAndMoveOnTheirOwnEvidence) { World().run(&rolls_out); }

// ---- noise ----

const DifferentPlace kTime{"$.time", "value"};
const DifferentPlace kName{"$.name", "value"};

Task<int> learns_noise(World* world) {
  world->configure(kLearningKeys);
  world->open();
  EXPECT_TRUE(world->route().learning.load());
  const Seen noisy{.comparison = Comparison::kDifferent, .places = {kTime}, .again = {{kTime}}};
  co_await world->see(noisy, 29);
  EXPECT_EQ(world->told_of("compared"), "0");
  EXPECT_EQ(world->told_of("blocked_by"),
            "learning what differs by itself: 1 requests more are asked of the old side twice");
  co_await world->see(noisy);
  EXPECT_FALSE(world->route().learning.load());
  EXPECT_EQ(*world->route().noise(), PlaceSet{kTime});
  co_await world->see({.comparison = Comparison::kDifferent, .places = {kTime}}, 100);
  co_await world->see({.comparison = Comparison::kDifferent, .places = {kTime, kName}});
  EXPECT_EQ(world->told_of("compared"), "101");
  EXPECT_EQ(world->told_of("different"), "1");
  (void)co_await sleep_for(1100ms);  // the task notes once a second, and the ledger writes once a second
  std::this_thread::sleep_for(2s);
  co_await world->restart();
  EXPECT_EQ(*world->route().noise(), PlaceSet{kTime});
  EXPECT_FALSE(world->route().learning.load());
  EXPECT_EQ(world->told_of("compared"), "101");
  world->new_build = "native-2";
  co_await world->see_equal(1);
  EXPECT_TRUE(world->route().learning.load());
  EXPECT_EQ(*world->route().noise(), PlaceSet());
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, WhatDiffersByItselfIsLearnedAndKept) { World().run(&learns_noise); }

Task<int> fault_is_no_noise(World* world) {
  world->configure(kLearningKeys);
  world->open();
  for (int i = 0; i < 1'000; ++i) {
    const bool wrong = i % 20 == 0;
    co_await world->see({.comparison = wrong ? Comparison::kDifferent : Comparison::kEqual,
                         .places = wrong ? std::vector{kName} : std::vector<DifferentPlace>{},
                         .again = std::vector<DifferentPlace>{}});
  }
  EXPECT_EQ(*world->route().noise(), PlaceSet());
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  EXPECT_EQ(world->told_of("different"), "48");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, WhatOnlyTheNewSideGetsWrongIsNoNoise) { World().run(&fault_is_no_noise); }

// ---- nothing compared ----

Task<int> unverified(World* world) {
  world->configure(kKeys, "match: {method: POST, path: /user}\n    safe: false");
  world->open();
  EXPECT_EQ(world->told_of("stage"), "legacy");
  EXPECT_EQ(world->told_of("unverified"), "true");
  EXPECT_EQ(world->told_of("blocked_by"), "the build of a side is not known, so it moves only by hand");
  EXPECT_TRUE((co_await world->act(RolloutAction::kPromote)).ok());
  EXPECT_EQ(world->share(), 2'500U);
  co_await world->see_answers(999);
  EXPECT_EQ(world->told_of("new_build"), "native-1");
  (void)co_await sleep_for(20s);
  EXPECT_EQ(world->share(), 2'500U);
  co_await world->see_answers(5);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 10'000; }));
  EXPECT_EQ(world->written().back().by, "evidence");
  world->new_build = "native-2";
  world->see_answer(kNewSide);
  (void)co_await sleep_for(50ms);
  EXPECT_EQ(world->share(), 0U);
  EXPECT_EQ(world->told_of("stage"), "legacy");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, WhatIsNotComparedMovesByHandAndByFailuresAndTimes) { World().run(&unverified); }

Task<int> unverified_is_killed(World* world) {
  world->configure(kKeys, "match: {method: POST, path: /user}\n    safe: false");
  world->open();
  EXPECT_TRUE((co_await world->act(RolloutAction::kPromote)).ok());
  co_await world->see_answers(600);
  const auto written_pairs = [&] {
    const Result<std::unique_ptr<LedgerFile>> reader = LedgerFile::open_to_read(world->file());
    return (*(*reader)->routes()).front().since.pairs;
  };
  EXPECT_TRUE(co_await world->comes_true([&] { return written_pairs() >= 590; }));
  co_await world->restart();
  co_await world->see_answers(500);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 10'000; }));
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, WhatIsSeenWhereNothingIsComparedOutlivesAKill) { World().run(&unverified_is_killed); }

Task<int> unverified_fails(World* world) {
  world->configure(kKeys, "match: {method: POST, path: /user}\n    safe: false");
  world->open();
  EXPECT_TRUE((co_await world->act(RolloutAction::kPromote)).ok());
  co_await world->see_answers(100);
  EXPECT_EQ(world->share(), 2'500U);
  co_await world->see_answers(40, true);
  EXPECT_EQ(world->share(), 0U);
  EXPECT_EQ(world->told_of("hold_reason"), "the new side fails more often than the old one");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, WhatIsNotComparedGoesBackWhereTheNewSideFails) { World().run(&unverified_fails); }

Task<int> gets_a_sandbox(World* world) {
  world->configure(kKeys, "match: {method: POST, path: /user}\n    safe: false");
  world->open();
  co_await world->see_answers(1);
  world->configure(std::string(kKeys) + ", sandbox: {cluster: rehearsal}", "match: {method: POST, path: /user}",
                   "  rehearsal: {protocol: http1, endpoints: [\"127.0.0.1:9002\"]}\n");
  (void)co_await sleep_for(50ms);
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  while (world->share() == 0 && (co_await world->act(RolloutAction::kPromote)).ok()) continue;
  EXPECT_EQ(world->share(), 2'500U);
  co_await world->see_answers(1'100);
  (void)co_await sleep_for(20s);
  EXPECT_EQ(world->share(), 2'500U);
  EXPECT_EQ(world->told_of("blocked_by"), "332 equal comparisons more are needed");
  co_await world->close();
  co_return 0;
}

TEST(Rollouts, WhatIsComparedFromNowOnNeedsComparisons) { World().run(&gets_a_sandbox); }

}  // namespace
}  // namespace banyan
