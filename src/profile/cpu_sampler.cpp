#include "profile/cpu_sampler.h"

#include <dirent.h>
#include <signal.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "profile/memory_map.h"

namespace banyan::profile {
namespace {

// A part of memory that may be a thread's stack.
struct StackRange {
  std::uint64_t start;
  std::uint64_t end;
};

constexpr std::size_t kStacksMax = 4096;

// What the handler reads and writes. It lives for good: a signal may arrive late.
struct Shared {
  std::atomic<bool> active{false};
  std::atomic<int> handlers{0};  // running now
  std::atomic<std::size_t> used{0};
  std::atomic<std::uint64_t> lost{0};
  std::atomic<int> stacks_in_use{0};  // index into stacks
  struct Stacks {
    std::size_t count = 0;
    std::array<StackRange, kStacksMax> ranges;
  };
  std::array<Stacks, 2> stacks;  // one is read, the other written
  std::unique_ptr<std::uint64_t[]> words;
};

Shared& shared() {
  static Shared object;
  return object;
}

std::atomic<Shared*> for_handler{nullptr};
std::atomic<bool> sampling{false};

// The end of the stack that `pointer` lies in; 0 where none is known.
std::uint64_t stack_end(const Shared::Stacks& stacks, std::uint64_t pointer) {
  std::size_t low = 0;
  std::size_t high = stacks.count;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (stacks.ranges[middle].end <= pointer) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < stacks.count && stacks.ranges[low].start <= pointer ? stacks.ranges[low].end : 0;
}

// Reads words of other functions' frames, which the sanitizers take for a mistake.
__attribute__((no_sanitize("address", "undefined", "thread"), noinline)) std::size_t walk(const Shared::Stacks& stacks,
                                                                                          const ucontext_t& context,
                                                                                          std::uint64_t* into) {
  const auto* registers = context.uc_mcontext.gregs;
  const auto stack = static_cast<std::uint64_t>(registers[REG_RSP]);
  auto frame = static_cast<std::uint64_t>(registers[REG_RBP]);
  into[0] = static_cast<std::uint64_t>(registers[REG_RIP]);
  std::size_t depth = 1;
  const std::uint64_t end = stack_end(stacks, stack);
  std::uint64_t low = stack;
  while (depth < kDepthMax && frame >= low && frame % 8 == 0 && frame < end && end - frame >= 16) {
    const auto* const words = reinterpret_cast<const volatile std::uint64_t*>(frame);
    const std::uint64_t next = words[0];
    const std::uint64_t address = words[1];
    if (address < 4096) break;
    into[depth++] = address;
    low = frame + 16;
    frame = next;
  }
  return depth;
}

void on_signal(int, siginfo_t*, void* context) {
  const int saved_errno = errno;
  Shared* const to = for_handler.load(std::memory_order_acquire);
  if (to != nullptr) {
    to->handlers.fetch_add(1, std::memory_order_acq_rel);
    if (to->active.load(std::memory_order_acquire)) {
      std::uint64_t stack[kDepthMax];
      const int index = to->stacks_in_use.load(std::memory_order_acquire);
      const std::size_t depth =
          walk(to->stacks[static_cast<std::size_t>(index)], *static_cast<const ucontext_t*>(context), stack);
      std::size_t at = to->used.load(std::memory_order_relaxed);
      while (at + depth + 1 <= kWordsMax && !to->used.compare_exchange_weak(at, at + depth + 1)) {
      }
      if (at + depth + 1 <= kWordsMax) {
        to->words[at] = depth;
        for (std::size_t i = 0; i < depth; ++i) to->words[at + 1 + i] = stack[i];
      } else {
        to->lost.fetch_add(1, std::memory_order_relaxed);
      }
    }
    to->handlers.fetch_sub(1, std::memory_order_acq_rel);
  }
  errno = saved_errno;
}

std::vector<int> thread_ids() {
  std::vector<int> ids;
  DIR* const folder = opendir("/proc/self/task");
  while (const dirent* entry = folder != nullptr ? readdir(folder) : nullptr) {
    int id = 0;
    const std::string_view name = entry->d_name;
    if (std::from_chars(name.data(), name.data() + name.size(), id).ec == std::errc()) ids.push_back(id);
  }
  if (folder != nullptr) closedir(folder);
  return ids;
}

// The CPU clock of a thread of this process, as the kernel numbers them (include/linux/posix-timers_types.h).
clockid_t clock_of_thread(int thread) {
  constexpr unsigned kPerThreadScheduling = 6;
  return static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3) | kPerThreadScheduling);
}

}  // namespace

Result<std::unique_ptr<CpuSampler>> CpuSampler::start() {
  if (sampling.exchange(true)) {
    return Error(ErrorCode::kFailedPrecondition, "a profile is being taken already; ask again when it is done");
  }
  Shared& to = shared();
  to.words = std::make_unique<std::uint64_t[]>(kWordsMax);
  to.used = 0;
  to.lost = 0;
  for_handler.store(&to, std::memory_order_release);
  struct sigaction action{};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(SIGPROF, &action, nullptr);
  std::unique_ptr<CpuSampler> sampler(new CpuSampler);
  to.active = true;
  sampler->refresh();
  if (sampler->timers_.empty()) {
    return Error(ErrorCode::kResourceExhausted, "the kernel gives no timers; is RLIMIT_SIGPENDING 0?");
  }
  return sampler;
}

void CpuSampler::refresh() {
  Shared& to = shared();
  const int next = 1 - to.stacks_in_use.load(std::memory_order_relaxed);
  Shared::Stacks& stacks = to.stacks[static_cast<std::size_t>(next)];
  stacks.count = 0;
  for (const MappedRange& range : read_memory_map()) {
    if (range.writable && stacks.count < kStacksMax) stacks.ranges[stacks.count++] = {range.start, range.end};
  }
  to.stacks_in_use.store(next, std::memory_order_release);
  for (int thread : thread_ids()) {
    const bool known = std::any_of(timers_.begin(), timers_.end(),
                                   [thread](const ThreadTimer& timer) { return timer.thread == thread; });
    if (known || timers_.size() >= kThreadsMax) continue;
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGPROF;
    event._sigev_un._tid = thread;
    timer_t timer = nullptr;
    if (timer_create(clock_of_thread(thread), &event, &timer) != 0) continue;  // it ended meanwhile
    itimerspec every{};
    every.it_interval.tv_nsec = kSamplePeriodNs;
    every.it_value.tv_nsec = kSamplePeriodNs;
    timer_settime(timer, 0, &every, nullptr);
    timers_.push_back({thread, timer});
  }
}

void CpuSampler::stop() {
  if (stopped_) return;
  stopped_ = true;
  for (const ThreadTimer& timer : timers_) timer_delete(timer.timer);
  Shared& to = shared();
  to.active = false;
  // A handler takes microseconds.
  while (to.handlers.load(std::memory_order_acquire) > 0) usleep(100);
}

CpuSampler::~CpuSampler() {
  stop();
  shared().words.reset();
  sampling = false;
}

std::span<const std::uint64_t> CpuSampler::samples() const {
  return {shared().words.get(), std::min(shared().used.load(), kWordsMax)};
}

std::uint64_t CpuSampler::lost() const { return shared().lost.load(); }

}  // namespace banyan::profile
