// Samples what the threads of this process do with the processor: every 10 ms of a thread's own CPU time the kernel
// sends it SIGPROF, and the handler writes its stack into a buffer.
//
// Each thread has a timer of its own (timer_create on its CPU clock, SIGEV_THREAD_ID), so that a sample belongs to the
// thread that earned it and an idle thread costs nothing; threads that start later are found by refresh(). The handler
// follows frame pointers, which every file here is compiled with; code of other libraries that uses the register for
// something else ends the stack early, and never leads to a read outside of the thread's own stack, whose end is looked
// up in a table made beforehand. It calls nothing and takes no lock. Sources: signal-safety(7), timer_create(2), the
// System V ABI of x86-64, section 3.2.2.
//
// Limits: kWordsMax words of samples (some 30,000 stacks), kDepthMax frames in a stack, kThreadsMax threads; what is
// beyond is counted as lost. Cost: a signal and a walk for each 10 ms.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"

namespace banyan::profile {

inline constexpr std::int64_t kSamplePeriodNs = 10'000'000;
inline constexpr std::size_t kDepthMax = 64;
inline constexpr std::size_t kWordsMax = 512 * 1024;
inline constexpr std::size_t kThreadsMax = 1024;

class CpuSampler {
 public:
  // Errors: kFailedPrecondition where one is sampling already, kResourceExhausted where the kernel gives no timers.
  static Result<std::unique_ptr<CpuSampler>> start();
  // Ends the sampling. The handler stays installed, so that a signal still on its way does not end the process.
  ~CpuSampler();
  CpuSampler(const CpuSampler&) = delete;

  // Gives threads that started since a timer each, and learns where their stacks are. To be called a few times a
  // second. Not from several threads at once.
  void refresh();
  // Stops the timers; then the samples stay as they are.
  void stop();

  // One stack after the other, each as its depth and then as many addresses, the innermost first. After stop().
  std::span<const std::uint64_t> samples() const;
  std::uint64_t lost() const;

 private:
  CpuSampler() = default;
  struct ThreadTimer {
    int thread;
    void* timer;
  };
  std::vector<ThreadTimer> timers_;
  bool stopped_ = false;
};

}  // namespace banyan::profile
