// The world in one thread, decided by one seed.
//
// A SimEnv stands where real_env() stands. Under it the runtime has one worker, and the seed decides which ready task
// runs next, how long everything takes on the network (sim/network.h) and what goes wrong there. Time is virtual: it
// jumps to the next event when no task can run, so an hour of timeouts costs nothing. The same seed gives the same run,
// bit for bit, as long as the code under test asks nobody but its environment for time, chance and the network.
//
//   const int failed = simulate(seed, {.delay_max = 5ms, .reset = 0.01}, run_test());
//
// If nothing is ready, nothing is on its way and no timer runs, every task waits for ever: that ends the run with an
// error that names each task and what it waits for. A run that makes 5 million steps aborts, taken for a live-lock.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "runtime/env.h"
#include "runtime/task.h"
#include "sim/network.h"
#include "sim/seeded_random.h"

namespace banyan {

class SimEnv final : public Env {
 public:
  explicit SimEnv(std::uint64_t seed, const SimFaults& faults = {});
  SimEnv(const SimEnv&) = delete;
  SimEnv& operator=(const SimEnv&) = delete;

  // Runs `main` on a runtime of this environment. Gives main's value; kInternal after a deadlock, with the tasks.
  Result<int> run(Task<int> main);

  TimePoint now() override { return now_; }
  std::int64_t wall_nanoseconds() override;
  void fill_random(std::span<std::byte> out) override;
  std::unique_ptr<Poller> make_poller() override;
  SocketSystem& sockets() override { return network_; }
  bool simulated() const override { return true; }
  std::uint32_t choose(std::uint32_t bound) override;

  std::uint64_t seed() const { return seed_; }
  // Of every decision and event so far.
  std::uint64_t trace_hash() const { return trace_.value(); }
  SimNetwork& network() { return network_; }
  // Sets the wall clock, as an administrator does: forward or back. now() is not touched.
  void shift_wall(Duration by) { wall_shift_ += by; }
  // For what a test itself leaves to chance.
  SeededRandom& random() { return random_; }

 private:
  friend class SimPoller;
  int wait(Duration timeout, bool woken);
  void count_step();
  void report_deadlock();

  const std::uint64_t seed_;
  const SimFaults faults_;
  SeededRandom random_;
  TraceHash trace_;
  TimePoint now_;
  Duration wall_shift_{};
  SimNetwork network_;
  std::uint64_t steps_ = 0;
  std::string deadlock_;  // empty: none
};

// The same for a test that needs no more: main's value, or -1 with a report on standard error.
int simulate(std::uint64_t seed, const SimFaults& faults, Task<int> main);

}  // namespace banyan
