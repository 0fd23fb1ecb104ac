// Channels, select, semaphores, mutexes and scopes in the simulator, with cancellation and deadlines at random moments:
// nothing is lost or doubled, no child outlives its scope, permits are conserved.
#include <map>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/channel.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/select.h"
#include "runtime/sync.h"
#include "sim/seed_sweep.h"
#include "sim/simulation.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

struct State {
  SeededRandom* random;
  Channel<int> a;
  Channel<int> b;
  Semaphore semaphore;
  Mutex mutex;
  WaitGroup group;
  std::size_t permits;
  int next_value = 0;
  int live_children = 0;
  int inside_mutex = 0;
  std::size_t permits_held = 0;
  bool broken = false;
  std::map<int, int> sent;  // value -> times its send succeeded
  std::map<int, int> received;

  State(SeededRandom* chance, std::size_t capacity_a, std::size_t capacity_b, std::size_t permit_count)
      : random(chance), a(capacity_a), b(capacity_b), semaphore(permit_count), permits(permit_count) {}
  Duration short_time() { return Duration(static_cast<std::int64_t>(random->below(4'000'000))); }
  TimePoint maybe_deadline() { return random->chance(0.5) ? kNever : now() + short_time(); }
};

class Living {
 public:
  explicit Living(int* count) : count_(count) { ++*count_; }
  Living(const Living&) = delete;
  Living& operator=(const Living&) = delete;
  ~Living() { --*count_; }

 private:
  int* count_;
};

Task<Result<void>> send_one(State* s) {
  const int value = s->next_value++;
  if ((co_await (s->random->chance(0.5) ? s->a : s->b).send(value, s->maybe_deadline())).ok()) ++s->sent[value];
  co_return {};
}

Task<Result<void>> receive_one(State* s) {
  Result<std::optional<int>> got = co_await (s->random->chance(0.5) ? s->a : s->b).receive(s->maybe_deadline());
  if (got.ok() && *got) ++s->received[**got];
  co_return {};
}

Task<Result<void>> select_one(State* s) {
  const int value = s->next_value++;
  std::optional<int> out;
  Result<std::size_t> which = co_await select(s->maybe_deadline(), receive_into(s->a, out), send_from(s->b, value));
  if (!which.ok()) co_return {};
  if (*which == 0 && out) ++s->received[*out];
  if (*which == 1) ++s->sent[value];
  co_return {};
}

Task<Result<void>> hold_permits(State* s) {
  const std::size_t amount = 1 + s->random->below(s->permits);
  if (!(co_await s->semaphore.acquire(amount, s->maybe_deadline())).ok()) co_return {};
  s->permits_held += amount;
  if (s->permits_held > s->permits) s->broken = true;
  (void)co_await sleep_for(s->short_time());
  s->permits_held -= amount;
  s->semaphore.release(amount);
  co_return {};
}

Task<Result<void>> hold_mutex(State* s) {
  Result<Mutex::Guard> guard = co_await s->mutex.lock(s->maybe_deadline());
  if (!guard.ok()) co_return {};
  if (++s->inside_mutex != 1) s->broken = true;
  (void)co_await sleep_for(s->short_time());
  --s->inside_mutex;
  co_return {};
}

Task<Result<void>> clean_up(State* s) {
  (void)co_await sleep_for(s->short_time());
  co_return {};
}

Task<Result<void>> actor(State* s) {
  const Living living(&s->live_children);
  const std::uint64_t steps = 1 + s->random->below(6);
  for (std::uint64_t i = 0; i < steps && !cancelled(); ++i) {
    switch (s->random->below(7)) {
      case 0:
        co_await try_(send_one(s));
        break;
      case 1:
        co_await try_(receive_one(s));
        break;
      case 2:
        co_await try_(select_one(s));
        break;
      case 3:
        co_await try_(hold_permits(s));
        break;
      case 4:
        co_await try_(hold_mutex(s));
        break;
      case 5:
        co_await yield();
        break;
      default:
        (void)co_await shielded(now() + 2ms, clean_up(s));
    }
  }
  if (s->random->chance(0.05)) co_return Error(ErrorCode::kDataLoss, "an actor fails now and then");
  co_return {};
}

Task<Result<void>> one_scope(State* s, int depth) {
  const Living living(&s->live_children);
  struct Inner {
    State* state;
    int depth;
  };
  const int alive_before = s->live_children;
  Result<void> result = co_await with_scope(Inner{s, depth}, [](Scope& scope, Inner& inner) -> Task<Result<void>> {
    State& state = *inner.state;
    const std::uint64_t children = 1 + state.random->below(5);
    for (std::uint64_t i = 0; i < children; ++i) {
      if (inner.depth > 0 && state.random->chance(0.3)) {
        scope.spawn("scope", one_scope(&state, inner.depth - 1));
      } else {
        scope.spawn("actor", actor(&state));
      }
    }
    if (state.random->chance(0.3)) co_return co_await with_timeout(state.short_time(), clean_up(&state));
    if (state.random->chance(0.3)) scope.cancel();
    co_return co_await scope.join();
  });
  // Children of siblings come and go meanwhile; at depth 0 of the tree nobody else is there.
  if (depth == 2 && s->live_children != alive_before) s->broken = true;
  co_return result;
}

// What is in the buffers at the end was sent and not received.
void drain(State* s) {
  while (std::optional<int> value = s->a.try_receive()) ++s->received[*value];
  while (std::optional<int> value = s->b.try_receive()) ++s->received[*value];
}

Task<int> play(State* s) {
  (void)co_await with_timeout(1s, one_scope(s, 2));
  drain(s);
  co_return 0;
}

bool holds(const State& s) {
  return !s.broken && s.live_children == 0 && s.permits_held == 0 && s.semaphore.available() == s.permits &&
         s.sent == s.received;
}

std::uint64_t play_seed(std::uint64_t seed, bool* good, std::size_t* moved) {
  SeededRandom plan(seed * 104729);
  const SimFaults faults{.task_time_max = Duration(static_cast<std::int64_t>(plan.below(2) * 400'000))};
  SimEnv env(seed, faults);
  State state(&env.random(), plan.below(3), plan.below(3), 1 + plan.below(3));
  const Result<int> result = env.run(play(&state));
  if (!result.ok()) std::fprintf(stderr, "%s\n", result.error().text().c_str());
  *good = result.ok() && holds(state);
  *moved += state.received.size();
  return env.trace_hash();
}

std::size_t values_moved = 0;

TEST(SimPrimitives, NothingIsLostOrDoubledUnderCancellation) {
  EXPECT_TRUE(sweep_seeds("primitives", 2000, [](std::uint64_t seed) {
    bool good = false;
    play_seed(seed, &good, &values_moved);
    return good;
  }));
  EXPECT_GT(values_moved, 0U);
}

TEST(SimPrimitives, ASeedReplays) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    bool good = false;
    std::size_t moved = 0;
    const std::uint64_t first = play_seed(seed, &good, &moved);
    EXPECT_EQ(first, play_seed(seed, &good, &moved)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace banyan
