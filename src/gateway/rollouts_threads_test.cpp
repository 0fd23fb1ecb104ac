// The tasks that move routes, with real threads and in real time: in the simulator nothing that blocks is waited for.
#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "gateway/rollouts_world.h"
#include "runtime/blocking.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// While it lives no call that blocks gets a thread: what waits to be written waits.
class StuckThreads {
 public:
  // Suspends until all are.
  Task<void> begin() {
    for (unsigned i = 0; i < kBlockingThreadsMax; ++i) go_pinned("stuck", stick(this));
    while (stuck_ < kBlockingThreadsMax) (void)co_await sleep_for(1ms);
  }
  Task<void> end() {
    gate_.set_value();
    while (left_ < kBlockingThreadsMax) (void)co_await sleep_for(1ms);
  }

 private:
  static Task<void> stick(StuckThreads* all) {
    co_await blocking([all] {
      ++all->stuck_;
      all->opened_.wait();
    });
    ++all->left_;
  }
  std::promise<void> gate_;
  const std::shared_future<void> opened_ = gate_.get_future().share();
  std::atomic<unsigned> stuck_{0};
  std::atomic<unsigned> left_{0};
};

constexpr std::string_view kQuickKeys =
    "mismatch_bound: 1%, hold: 1ms, steps: [25%, 100%], build: {header: x-build}, compare: {noise: 0%}";

Task<int> goes_back_while_a_step_is_written(RolloutsWorld* world) {
  world->configure(kQuickKeys);
  world->open();
  co_await world->see_equal(400);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 2'500; }));
  StuckThreads threads;
  co_await threads.begin();
  co_await world->see_equal(400);
  EXPECT_TRUE(
      co_await world->comes_true([&] { return world->told_of("blocked_by") == "the next step is being written"; }));
  co_await world->see({.comparison = Comparison::kDifferent}, 40);
  EXPECT_TRUE(co_await world->comes_true([&] { return world->share() == 0; }, 400));
  EXPECT_EQ(world->told_of("stage"), "mirrored");
  EXPECT_TRUE((co_await world->act(RolloutAction::kRelease)).ok());  // nor do people wait for the disk
  co_await threads.end();
  EXPECT_TRUE(co_await world->comes_true([&] { return world->written().back().by == "anna"; }));
  EXPECT_EQ(world->share(), 0U);
  const std::vector<Transition> written = world->written();
  EXPECT_EQ(written[written.size() - 2].by, "alarm");
  EXPECT_EQ(written[written.size() - 3].to.stage, Stage::kNative);  // it was decided, and came too late
  co_await world->see_equal(1);
  EXPECT_TRUE((co_await world->act(RolloutAction::kPromote)).ok());
  EXPECT_EQ(world->written().back().to.stage, Stage::kVerified);
  co_await world->restart();
  EXPECT_EQ(world->told_of("stage"), "verified");
  co_await world->close();
  co_return 0;
}

TEST(RolloutsOnThreads, AStepThatWaitsForTheDiskKeepsNobodyFromGoingBack) {
  RolloutsWorld world;
  RuntimeOptions options;
  options.workers = 1;
  EXPECT_EQ(run(options, goes_back_while_a_step_is_written(&world)), 0);
}

}  // namespace
}  // namespace banyan
