// Spawning, scopes, cancellation, deadlines, synchronisation and channels on one to four workers.
#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/blocking.h"
#include "runtime/channel.h"
#include "runtime/longest_run.h"
#include "runtime/readiness.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/select.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

class Scheduling : public testing::TestWithParam<unsigned> {
 protected:
  int run_here(Task<int> main) {
    RuntimeOptions options;
    options.workers = GetParam();
    options.shutdown_grace = 1min;  // of a machine that may stand still
    return run(options, std::move(main));
  }
};

INSTANTIATE_TEST_SUITE_P(Workers, Scheduling, testing::Values(1U, 2U, 4U));

Task<Result<void>> count_up(std::atomic<int>* counter) {
  counter->fetch_add(1);
  co_return {};
}

TEST_P(Scheduling, AScopeJoinsManyChildren) {
  EXPECT_EQ(run_here([]() -> Task<int> {
              std::atomic<int> counter{0};
              (void)co_await with_scope(&counter, [](Scope& scope, std::atomic<int>*& c) -> Task<Result<void>> {
                for (int i = 0; i < 100000; ++i) scope.spawn("child", count_up(c));
                co_return co_await scope.join();
              });
              co_return counter.load();
            }()),
            100000);
}

Task<Result<void>> fail_with(int after_yields) {
  for (int i = 0; i < after_yields; ++i) co_await yield();
  co_return Error(ErrorCode::kDataLoss, "child failed");
}

Task<Result<void>> sleep_long(std::atomic<int>* cancelled_count) {
  Result<void> slept = co_await sleep_for(1h);
  if (!slept.ok() && slept.error().code() == ErrorCode::kCancelled) cancelled_count->fetch_add(1);
  co_return slept;
}

TEST_P(Scheduling, TheFirstErrorCancelsTheSiblings) {
  EXPECT_EQ(run_here([]() -> Task<int> {
              std::atomic<int> stopped{0};
              Result<void> result =
                  co_await with_scope(&stopped, [](Scope& scope, std::atomic<int>*& count) -> Task<Result<void>> {
                    for (int i = 0; i < 10; ++i) scope.spawn("sleeper", sleep_long(count));
                    scope.spawn("failing", fail_with(5));
                    co_return co_await scope.join();
                  });
              EXPECT_EQ(result.error().code(), ErrorCode::kDataLoss);
              co_return stopped.load();
            }()),
            10);
}

TEST_P(Scheduling, LeavingAScopeCancelsWhatStillRuns) {
  EXPECT_EQ(run_here([]() -> Task<int> {
              std::atomic<int> stopped{0};
              (void)co_await with_scope(&stopped, [](Scope& scope, std::atomic<int>*& count) -> Task<Result<void>> {
                for (int i = 0; i < 7; ++i) scope.spawn("sleeper", sleep_long(count));
                co_await yield();
                co_return {};
              });
              co_return stopped.load();
            }()),
            7);
}

TEST_P(Scheduling, TheAmbientDeadlineEndsEveryWait) {
  run_here([]() -> Task<int> {
    const TimePoint before = now();
    auto nested = []() -> Task<Result<void>> {
      Channel<int> channel;
      Result<std::optional<int>> got = co_await channel.receive();
      EXPECT_FALSE(got.ok());
      EXPECT_EQ(got.error().code(), ErrorCode::kDeadlineExceeded);
      co_return co_await sleep_for(1h);
    };
    Result<void> result = co_await with_timeout(20ms, nested());
    EXPECT_EQ(result.error().code(), ErrorCode::kDeadlineExceeded);
    EXPECT_GE(now() - before, 20ms);
    EXPECT_EQ(current_context().deadline(), kNever);
    co_return 0;
  }());
}

Task<Result<void>> clean_up(std::atomic<int>* done) {
  EXPECT_TRUE((co_await sleep_for(5ms)).ok());
  done->fetch_add(1);
  co_return {};
}

Task<Result<void>> cleans_up_after_cancellation(std::atomic<int>* done) {
  Result<void> slept = co_await sleep_for(1h);
  EXPECT_FALSE(slept.ok());
  EXPECT_FALSE((co_await sleep_for(1ms)).ok());  // cancellation is for good
  (void)co_await shielded(now() + 1min, clean_up(done));
  EXPECT_FALSE((co_await sleep_for(1ms)).ok());
  co_return slept;
}

TEST_P(Scheduling, AHugeDurationIsNotInThePast) {
  EXPECT_EQ(run_here([]() -> Task<int> {
              std::atomic<int> cancelled_count{0};
              (void)co_await with_scope(&cancelled_count, [](Scope& scope, std::atomic<int>*& c) -> Task<Result<void>> {
                auto sleeper = [](std::atomic<int>* count) -> Task<Result<void>> {
                  Result<void> slept = co_await sleep_for(Duration::max());
                  if (!slept.ok() && slept.error().code() == ErrorCode::kCancelled) count->fetch_add(1);
                  co_return slept;
                };
                scope.spawn("sleeper", with_timeout(Duration::max(), sleeper(c)));
                (void)co_await sleep_for(5ms);
                EXPECT_EQ(scope.size(), 1U);
                scope.cancel();
                co_return co_await scope.join();
              });
              co_return cancelled_count.load();
            }()),
            1);
}

TEST_P(Scheduling, AHandleCancelsItsTask) {
  EXPECT_EQ(run_here([]() -> Task<int> {
              struct State {
                std::optional<TaskHandle> handle;
                std::atomic<int> cancelled_count{0};
                Event known;
              } state;
              (void)co_await with_scope(&state, [](Scope& scope, State*& s) -> Task<Result<void>> {
                auto sleeper = [](State* of) -> Task<Result<void>> {
                  of->handle = TaskHandle::current();
                  of->known.set();
                  co_return co_await sleep_long(&of->cancelled_count);
                };
                scope.spawn("sleeper", sleeper(s));
                (void)co_await s->known.wait();
                s->handle->cancel();
                co_return co_await scope.join();
              });
              co_return state.cancelled_count.load();
            }()),
            1);
}

TEST_P(Scheduling, ShieldedCleanUpRunsAfterCancellation) {
  EXPECT_EQ(run_here([]() -> Task<int> {
              std::atomic<int> done{0};
              (void)co_await with_scope(&done, [](Scope& scope, std::atomic<int>*& d) -> Task<Result<void>> {
                scope.spawn("worker", cleans_up_after_cancellation(d));
                (void)co_await sleep_for(2ms);
                co_return {};
              });
              co_return done.load();
            }()),
            1);
}

Task<Result<void>> produce(Channel<int>* channel, int from, int count) {
  for (int i = 0; i < count; ++i) co_await try_(co_await channel->send(from + i));
  co_return {};
}

Task<Result<void>> consume(Channel<int>* channel, std::atomic<long>* sum, std::atomic<int>* count) {
  for (;;) {
    std::optional<int> value = co_await try_(co_await channel->receive());
    if (!value) co_return {};
    sum->fetch_add(*value);
    count->fetch_add(1);
  }
}

struct Pipes {
  Channel<int> channel;
  std::atomic<long> sum{0};
  std::atomic<int> count{0};
  explicit Pipes(std::size_t capacity) : channel(capacity) {}
};

TEST_P(Scheduling, ChannelsLoseAndDoubleNothing) {
  for (std::size_t capacity : {0U, 1U, 7U}) {
    run_here([](std::size_t room) -> Task<int> {
      Pipes pipes(room);
      Result<void> result = co_await with_scope(&pipes, [](Scope& consumers, Pipes*& p) -> Task<Result<void>> {
        for (int i = 0; i < 4; ++i) consumers.spawn("consumer", consume(&p->channel, &p->sum, &p->count));
        (void)co_await with_scope(p, [](Scope& producers, Pipes*& q) -> Task<Result<void>> {
          for (int i = 0; i < 4; ++i) producers.spawn("producer", produce(&q->channel, i * 5000, 5000));
          co_return co_await producers.join();
        });
        p->channel.close();
        co_return co_await consumers.join();
      });
      EXPECT_TRUE(result.ok());
      EXPECT_EQ(pipes.count.load(), 20000);
      EXPECT_EQ(pipes.sum.load(), 20000L * 19999 / 2);
      co_return 0;
    }(capacity));
  }
}

TEST_P(Scheduling, SelectTakesExactlyOneCase) {
  run_here([]() -> Task<int> {
    struct State {
      Channel<int> a;
      Channel<int> b{2};
      std::atomic<long> sum{0};
      std::atomic<int> count{0};
    } state;
    (void)co_await with_scope(&state, [](Scope& scope, State*& s) -> Task<Result<void>> {
      scope.spawn("a", produce(&s->a, 0, 3000));
      scope.spawn("b", produce(&s->b, 3000, 3000));
      for (int i = 0; i < 6000; ++i) {
        std::optional<int> a;
        std::optional<int> b;
        const std::size_t which = co_await try_(co_await select(receive_into(s->a, a), receive_into(s->b, b)));
        EXPECT_EQ(which == 0, a.has_value());
        EXPECT_EQ(which == 1, b.has_value());
        s->sum += a.value_or(0) + b.value_or(0);
      }
      co_return co_await scope.join();
    });
    EXPECT_EQ(state.sum.load(), 6000L * 5999 / 2);
    co_return 0;
  }());
}

TEST_P(Scheduling, SelectTimesOutAndTrySelectDoesNotWait) {
  run_here([]() -> Task<int> {
    Channel<int> channel;
    std::optional<int> out;
    Result<std::size_t> late = co_await select(now() + 3ms, receive_into(channel, out), send_from(channel, 1));
    EXPECT_EQ(late.error().code(), ErrorCode::kDeadlineExceeded);
    Result<std::size_t> none = co_await try_select(receive_into(channel, out));
    EXPECT_EQ(none.error().code(), ErrorCode::kUnavailable);
    channel.close();
    Result<std::size_t> closed = co_await select(receive_into(channel, out));
    EXPECT_TRUE(closed.ok());
    EXPECT_FALSE(out.has_value());
    Result<std::size_t> refused = co_await select(send_from(channel, 1));
    EXPECT_EQ(refused.error().code(), ErrorCode::kFailedPrecondition);
    co_return 0;
  }());
}

struct Shared {
  Mutex mutex;
  int value = 0;
};

Task<Result<void>> increment(Shared* shared, int times) {
  for (int i = 0; i < times; ++i) {
    Mutex::Guard guard = co_await try_(co_await shared->mutex.lock());
    const int seen = shared->value;
    if (i % 16 == 0) co_await yield();
    shared->value = seen + 1;
  }
  co_return {};
}

TEST_P(Scheduling, AMutexExcludes) {
  EXPECT_EQ(run_here([]() -> Task<int> {
              Shared shared;
              (void)co_await with_scope(&shared, [](Scope& scope, Shared*& s) -> Task<Result<void>> {
                for (int i = 0; i < 8; ++i) scope.spawn("incrementer", increment(s, 1000));
                co_return co_await scope.join();
              });
              co_return shared.value;
            }()),
            8000);
}

TEST_P(Scheduling, ATimedOutSemaphoreWaiterTakesNothing) {
  run_here([]() -> Task<int> {
    Semaphore semaphore(1);
    EXPECT_TRUE((co_await semaphore.acquire()).ok());
    Result<void> late = co_await semaphore.acquire(1, now() + 2ms);
    EXPECT_EQ(late.error().code(), ErrorCode::kDeadlineExceeded);
    semaphore.release();
    EXPECT_EQ(semaphore.available(), 1U);
    co_return 0;
  }());
}

Task<void> finish(WaitGroup* group) {
  co_await yield();
  group->done();
}

// Does `operate` over and over, which never has to wait, until another task has had its turn.
template <class Operate>
int turns_until_another_runs(Operate operate) {
  struct State {
    Operate operate;
    Mutex mutex;
    Semaphore semaphore{1};
    Event event;
    int count = 0;
    bool other_ran = false;
  } state{operate};
  state.event.set();
  RuntimeOptions options;
  options.workers = 1;
  auto other = [](State* s) -> Task<Result<void>> {
    s->other_ran = true;
    co_return {};
  };
  auto busy = [](State* s, decltype(other) make_other) -> Task<int> {
    (void)co_await with_scope(std::pair(s, make_other), [](Scope& scope, auto& both) -> Task<Result<void>> {
      scope.spawn("other", both.second(both.first));
      while (!both.first->other_ran && both.first->count < 10000) {
        ++both.first->count;
        co_await both.first->operate(*both.first);
      }
      co_return co_await scope.join();
    });
    co_return s->count;
  };
  return run(options, busy(&state, other));
}

TEST(Scheduler, OperationsThatNeverWaitLetOthersRun) {
  EXPECT_LT(turns_until_another_runs([](auto& s) -> Task<void> { (void)co_await s.mutex.lock(); }), 1000);
  EXPECT_LT(turns_until_another_runs([](auto& s) -> Task<void> { (void)co_await s.event.wait(); }), 1000);
  EXPECT_LT(turns_until_another_runs([](auto& s) -> Task<void> {
              (void)co_await s.semaphore.acquire();
              s.semaphore.release();
            }),
            1000);
}

Task<Result<void>> spin_in_pieces(const bool* stop, int* pieces) {
  while (!*stop) {
    const TimePoint end = now() + 3ms;
    while (now() < end) continue;
    ++*pieces;
    co_await yield();
  }
  co_return {};
}

// Without the stall detector each is 61 pieces late. A detector whose own thread has to wait may let some be late too,
// but not all of many.
TEST(Scheduler, ATimerIsNotLateByManyLongTasks) {
  RuntimeOptions options;
  options.workers = 1;
  const int pieces_late = run(options, []() -> Task<int> {
    struct State {
      bool stop = false;
      int pieces = 0;
      int late = 61;
    } state;
    (void)co_await with_scope(&state, [](Scope& scope, State*& s) -> Task<Result<void>> {
      scope.spawn("busy", spin_in_pieces(&s->stop, &s->pieces));
      co_await yield();
      for (int i = 0; i < 50 && s->late >= 30; ++i) {
        const int before = s->pieces;
        (void)co_await sleep_for(1ms);  // due within the next piece
        s->late = std::min(s->late, s->pieces - before);
      }
      s->stop = true;
      co_return co_await scope.join();
    });
    co_return state.late;
  }());
  EXPECT_LT(pieces_late, 30);
}

// A descriptor's Readiness is used for another one only when no event of the first can be on its way.
TEST(Scheduler, AReleasedReadinessIsReusedOnlyAfterTheNextWait) {
  RuntimeOptions options;
  options.workers = 1;
  std::vector<Readiness*> kept;
  auto main = [](std::vector<Readiness*>* all) -> Task<int> {
    (void)co_await sleep_for(1ms);
    Readiness* first = Readiness::acquire();
    first->release();
    for (int i = 0; i < 3; ++i) all->push_back(Readiness::acquire());
    EXPECT_EQ(std::count(all->begin(), all->end(), first), 0);
    (void)co_await sleep_for(1ms);  // the worker waits in its poller
    all->push_back(Readiness::acquire());
    EXPECT_EQ(all->back(), first);
    co_return 0;
  };
  run(options, main(&kept));
  for (Readiness* readiness : kept) readiness->release();  // the poller is gone
}

TEST_P(Scheduling, AWaitGroupWaitsForDetachedTasks) {
  run_here([]() -> Task<int> {
    WaitGroup group;
    group.add(1000);
    for (int i = 0; i < 1000; ++i) go("finisher", finish(&group));
    EXPECT_TRUE((co_await group.wait()).ok());
    co_return 0;
  }());
}

Task<Result<void>> stays_home(unsigned home, Channel<int>* channel) {
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(current_worker_index(), home);
    co_await try_(co_await channel->receive());
  }
  co_return {};
}

TEST_P(Scheduling, APinnedTaskNeverMoves) {
  run_here([]() -> Task<int> {
    Channel<int> channel;
    Result<void> result = co_await with_scope(&channel, [](Scope& scope, Channel<int>*& c) -> Task<Result<void>> {
      for (int i = 0; i < 4; ++i) scope.spawn_pinned("pinned", stays_home(current_worker_index(), c));
      scope.spawn("producer", produce(c, 0, 200));
      co_return co_await scope.join();
    });
    EXPECT_TRUE(result.ok());
    co_return 0;
  }());
}

TEST_P(Scheduling, BlockingCallsRunElsewhere) {
  run_here([]() -> Task<int> {
    const auto here = std::this_thread::get_id();
    const auto there = co_await blocking([] { return std::this_thread::get_id(); });
    EXPECT_NE(here, there);
    int written = 0;
    co_await blocking([&written] { written = 7; });
    EXPECT_EQ(written, 7);
    co_return 0;
  }());
}

Task<Result<void>> spin_blocking(std::atomic<int>* count) {
  for (int i = 0; i < 100; ++i) {
    co_await blocking([count] { count->fetch_add(1); });
  }
  co_return {};
}

TEST_P(Scheduling, ManyBlockingCallsAllReturn) {
  EXPECT_EQ(run_here([]() -> Task<int> {
              std::atomic<int> count{0};
              (void)co_await with_scope(&count, [](Scope& scope, std::atomic<int>*& c) -> Task<Result<void>> {
                for (int i = 0; i < 20; ++i) scope.spawn("blocker", spin_blocking(c));
                co_return co_await scope.join();
              });
              co_return count.load();
            }()),
            2000);
}

BlockingPool& one_thread() {
  static BlockingPool& pool = make_blocking_pool("test", 1, 3);
  return pool;
}

struct Gate {
  std::promise<void> opens;
  std::shared_future<void> opened = opens.get_future().share();
  std::atomic<int> passed{0};
  std::atomic<int> refused{0};
};

Task<Result<void>> pass(Gate* gate) {
  const auto passed = co_await blocking_on(one_thread(), [gate] {
    gate->opened.wait();
    return 1;
  });
  ++(passed ? gate->passed : gate->refused);
  co_return {};
}

TEST_P(Scheduling, APoolOfItsOwnRefusesWhatItHasNoRoomForAndHoldsUpNobodyElse) {
  Gate shut;
  run_here([](Gate* gate) -> Task<int> {
    (void)co_await with_scope(gate, [](Scope& scope, Gate*& its) -> Task<Result<void>> {
      for (int i = 0; i < 10; ++i) scope.spawn("pass", pass(its));
      while (its->refused < 7) co_await yield();
      EXPECT_EQ(co_await blocking([] { return 5; }), 5);
      EXPECT_EQ(its->passed.load(), 0);
      its->opens.set_value();
      co_return co_await scope.join();
    });
    EXPECT_EQ(gate->passed.load(), 3);
    EXPECT_EQ(gate->refused.load(), 7);
    EXPECT_EQ(co_await blocking_on(one_thread(), [] { return 2; }), 2);
    co_return 0;
  }(&shut));
}

Task<void> forgotten(std::atomic<bool>* told) {
  Result<void> slept = co_await sleep_for(1h);
  told->store(!slept.ok());
}

TEST_P(Scheduling, TheEndOfMainCancelsWhatIsLeft) {
  std::atomic<bool> told{false};
  run_here([](std::atomic<bool>* t) -> Task<int> {
    go("forgotten", forgotten(t));
    co_await yield();
    co_return 0;
  }(&told));
  EXPECT_TRUE(told.load());
}

TEST_P(Scheduling, ADumpNamesWhatEveryTaskWaitsFor) {
  std::atomic<bool> told{false};  // outlives the sleeper, which outlives main
  run_here([](std::atomic<bool>* t) -> Task<int> {
    go("sleeper", forgotten(t));
    std::string state;
    const TimePoint end = now() + 1min;  // another worker may yet have to come to it
    while (state != "sleep" && now() < end) {
      (void)co_await sleep_for(1ms);
      for (const TaskInfo& task : dump_tasks(100)) {
        if (task.name == "sleeper") state = task.state;
      }
    }
    EXPECT_EQ(state, "sleep");
    co_return 0;
  }(&told));
}

Task<Result<void>> set_flag(std::atomic<bool>* flag) {
  flag->store(true);
  co_return {};
}

struct Arrivals {
  WaitGroup group;
  std::atomic<int> live{0};
};

Task<void> depart(Arrivals* arrivals) {
  arrivals->live.fetch_sub(1);
  arrivals->group.done();
  co_return;
}

TEST_P(Scheduling, AWaitGroupThatPassesZeroOftenWaitsForTheLast) {
  run_here([]() -> Task<int> {
    for (int round = 0; round < 50; ++round) {
      auto arrivals = std::make_unique<Arrivals>();
      for (int i = 0; i < 200; ++i) {
        arrivals->live.fetch_add(1);
        arrivals->group.add();
        go("departing", depart(arrivals.get()));
        if (i % 3 == 0) co_await yield();
      }
      EXPECT_TRUE((co_await arrivals->group.wait()).ok());
      EXPECT_EQ(arrivals->live.load(), 0);
    }
    co_return 0;
  }());
}

Task<void> close_it(Channel<int>* channel) {
  channel->close();
  co_return;
}

TEST_P(Scheduling, WhoSeesAChannelClosedMayDestroyIt) {
  run_here([]() -> Task<int> {
    for (int round = 0; round < 500; ++round) {
      auto channel = std::make_unique<Channel<int>>();
      go("closer", close_it(channel.get()));
      EXPECT_FALSE((*co_await channel->receive()).has_value());
    }
    co_return 0;
  }());
}

Task<void> never_stops() {
  for (;;) co_await yield();
}

TEST_P(Scheduling, ATaskThatIgnoresItsCancellationDoesNotKeepTheProgramAlive) {
  testing::internal::CaptureStderr();
  RuntimeOptions options;
  options.workers = GetParam();
  options.shutdown_grace = 20ms;
  run(options, []() -> Task<int> {
    go("stubborn", never_stops());
    co_await yield();
    co_return 0;
  }());
  EXPECT_NE(testing::internal::GetCapturedStderr().find("leaked task stubborn"), std::string::npos);
}

TEST(Scheduler, AWorkerOfOneRuntimeWakesAnother) {
  Channel<int> channel;
  const auto one_worker = [](Task<int> main) {
    RuntimeOptions options;
    options.workers = 1;
    return run(options, std::move(main));
  };
  int got = 0;
  std::thread receiver([&] {
    got = one_worker([](Channel<int>* c) -> Task<int> {
      const std::optional<int> value = *co_await c->receive();
      co_return value.value_or(0);
    }(&channel));
  });
  one_worker([](Channel<int>* c) -> Task<int> {
    (void)co_await sleep_for(5ms);  // until the other sleeps
    EXPECT_TRUE((co_await c->send(42)).ok());
    co_return 0;
  }(&channel));
  receiver.join();
  EXPECT_EQ(got, 42);
}

Task<Result<void>> stalls_then_spawns(Scope* scope, std::atomic<bool>* flag) {
  std::this_thread::sleep_for(60ms);  // has been reported by now
  scope->spawn("child", set_flag(flag));
  while (!flag->load()) std::this_thread::yield();
  co_return {};
}

TEST(Scheduler, AChildOfATaskAlreadyReportedAsStalledIsStolen) {
  RuntimeOptions options;
  options.workers = 2;
  options.on_stall = [](const char*, std::uint64_t, Duration) {};
  run(options, []() -> Task<int> {
    std::atomic<bool> flag{false};
    (void)co_await with_scope(&flag, [](Scope& scope, std::atomic<bool>*& f) -> Task<Result<void>> {
      scope.spawn("stalling", stalls_then_spawns(&scope, f));
      co_return co_await scope.join();
    });
    co_return 0;
  }());
}

std::atomic<int> stalls_told{0};

TEST(Scheduler, AStallIsReportedOnceWithItsTask) {
  stalls_told = 0;
  RuntimeOptions options;
  options.workers = 1;
  options.stall_threshold = 5ms;
  options.on_stall = [](const char* name, std::uint64_t, Duration) {
    EXPECT_STREQ(name, "main");
    stalls_told.fetch_add(1);
  };
  run(options, []() -> Task<int> {
    // Until the detector, whose thread may have to wait, has told of it and then seen it go on at many looks.
    const TimePoint end = now() + 1min;
    while ((stalls_told < 1 || longest_run() < 60ms) && now() < end) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(stalls_told.load(), 1);
    EXPECT_EQ(runtime_statistics().stalls, 1U);
    EXPECT_GE(longest_run(), 60ms);
    co_return 0;
  }());
}

TEST(Scheduler, TheNextSlotOfABusyWorkerIsStolen) {
  // main spawns a child into its next-slot and then computes until the child has run: somebody else must take it.
  RuntimeOptions options;
  options.workers = 2;
  options.on_stall = [](const char*, std::uint64_t, Duration) {};
  run(options, []() -> Task<int> {
    std::atomic<bool> flag{false};
    (void)co_await with_scope(&flag, [](Scope& scope, std::atomic<bool>*& f) -> Task<Result<void>> {
      scope.spawn("child", set_flag(f));
      while (!f->load()) std::this_thread::yield();
      co_return co_await scope.join();
    });
    co_return 0;
  }());
}

TEST(SchedulerDeathTest, AnOpenScopeAtFrameEndAborts) {
  EXPECT_DEATH(
      {
        RuntimeOptions options;
        options.workers = 1;
        run(options, []() -> Task<int> {
          std::atomic<int> count{0};
          {
            Scope scope;
            scope.spawn("child", count_up(&count));
          }
          co_return 0;
        }());
      },
      "check failed");
}

std::atomic<bool> let_go{false};

TEST(Scheduler, LeaksAreReportedByName) {
  let_go = false;
  testing::internal::CaptureStderr();
  RuntimeOptions options;
  options.workers = 1;
  options.shutdown_grace = 20ms;
  run(options, []() -> Task<int> {
    auto stubborn = []() -> Task<void> {
      co_await blocking([] {
        while (!let_go) std::this_thread::sleep_for(1ms);
      });
    };
    go("stubborn", stubborn());
    co_await yield();
    co_return 0;
  }());
  EXPECT_NE(testing::internal::GetCapturedStderr().find("leaked task stubborn"), std::string::npos);
  let_go = true;  // and the task is woken, although its runtime has ended
  std::this_thread::sleep_for(5ms);
}

}  // namespace
}  // namespace banyan
