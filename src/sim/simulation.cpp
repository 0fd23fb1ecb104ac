#include "sim/simulation.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "runtime/runtime.h"

namespace banyan {
namespace {

constexpr std::uint64_t kStepsMax = 5'000'000;
// Virtual time starts away from zero, so that subtracting from it is safe.
constexpr TimePoint kStart{std::chrono::hours(1000)};
constexpr std::int64_t kWallStart = 1'750'000'000'000'000'000;  // 2025-06-15

std::string describe_tasks() {
  std::string text;
  for (const TaskInfo& task : dump_tasks(100)) {
    text += "  " + task.name + " (" + std::to_string(task.id) + "): " + task.state + ", " +
            std::to_string(task.age_ms) + " ms old\n";
  }
  return text;
}

}  // namespace

class SimPoller final : public Poller {
 public:
  explicit SimPoller(SimEnv& env) : env_(env) {}
  int add(int fd, Readiness* readiness) override { return env_.network_.watch(fd, readiness); }
  void remove(int fd) override { env_.network_.unwatch(fd); }
  int wait(Duration timeout) override {
    reuse_released();
    return env_.wait(timeout, std::exchange(woken_, false));
  }
  void wake() override { woken_ = true; }

 private:
  SimEnv& env_;
  bool woken_ = false;
};

SimEnv::SimEnv(std::uint64_t seed, const SimFaults& faults)
    : seed_(seed), faults_(faults), random_(seed), now_(kStart), network_(random_, trace_, faults_, now_) {}

Result<int> SimEnv::run(Task<int> main) {
  RuntimeOptions options;
  options.env = this;
  const int result = banyan::run(options, std::move(main));
  if (deadlock_.empty()) return result;
  return Error(ErrorCode::kInternal, "seed " + std::to_string(seed_) + ": deadlock, all tasks wait:\n" + deadlock_);
}

std::int64_t SimEnv::wall_nanoseconds() { return kWallStart + (now_ - kStart + wall_shift_).count(); }

void SimEnv::fill_random(std::span<std::byte> out) {
  for (std::byte& byte : out) byte = static_cast<std::byte>(random_.next());
}

std::unique_ptr<Poller> SimEnv::make_poller() { return std::make_unique<SimPoller>(*this); }

std::uint32_t SimEnv::choose(std::uint32_t bound) {
  const auto chosen = static_cast<std::uint32_t>(random_.below(bound));
  trace_.note(0x300, bound, chosen);
  return chosen;
}

void SimEnv::count_step() {
  if (++steps_ < kStepsMax) return;
  std::fprintf(stderr, "seed %llu: %llu steps without an end, taken for a live-lock. Tasks:\n%s",
               static_cast<unsigned long long>(seed_), static_cast<unsigned long long>(kStepsMax),
               describe_tasks().c_str());
  std::abort();
}

int SimEnv::wait(Duration timeout, bool woken) {
  count_step();
  if (timeout.count() == 0 && faults_.task_time_max.count() > 0) {
    now_ +=
        Duration(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(faults_.task_time_max.count()))));
  }
  const TimePoint end = timeout.count() < 0 ? kNever : now_ + timeout;
  for (;;) {
    network_.deliver_due();
    const int told = network_.tell_changes();
    if (told > 0 || woken) return told;
    const TimePoint next = std::min(end, network_.next_event());
    if (next == kNever) {
      report_deadlock();
      return -1;
    }
    if (next > now_) {
      now_ = next;
      trace_.note(0x400, static_cast<std::uint64_t>(now_.time_since_epoch().count()));
    }
    if (next == end) {
      network_.deliver_due();
      return network_.tell_changes();
    }
  }
}

void SimEnv::report_deadlock() { deadlock_ = describe_tasks(); }

int simulate(std::uint64_t seed, const SimFaults& faults, Task<int> main) {
  SimEnv env(seed, faults);
  Result<int> result = env.run(std::move(main));
  if (result.ok()) return *result;
  std::fprintf(stderr, "%s\n", result.error().text().c_str());
  return -1;
}

}  // namespace banyan
