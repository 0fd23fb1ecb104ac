// Waiting until a descriptor can be read or written.
//
// Each descriptor has one Readiness, told by the poller of one worker. Because the poller is edge-triggered, a caller
// first tries its system call and waits only after -EAGAIN (or a short read); an event that came in between is kept, so
// that the wait ends at once. At most one task may wait for reading and one for writing at a time.
#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>

#include "base/result.h"
#include "runtime/env.h"
#include "runtime/wait.h"

namespace banyan {

class Readiness {
 public:
  // For a descriptor that the current worker's poller watches.
  static Readiness* acquire();
  // When the descriptor is no longer watched and nobody waits; from any thread, also after the runtime has ended. Used
  // again only when the poller begins its next wait, since the batch in its hands may still have news of the
  // descriptor. The memory is never given back to the system: a wake-up that comes late does no harm.
  void release();

  // By the poller, on its own thread or any other. `broken` implies all others.
  void notify(bool readable, bool writable, bool hung_up, bool broken = false);
  // The other side has closed its direction: a read will not wait any more.
  bool hung_up() const { return hung_up_.load(std::memory_order_relaxed); }
  // Both directions have ended, as after a reset: nothing that is written arrives any more.
  bool broken() const { return broken_.load(std::memory_order_relaxed); }

 private:
  friend class ReadyAwaiter;
  friend class Poller;
  static constexpr std::uint64_t kIdle = 0;
  static constexpr std::uint64_t kReady = 1;  // anything larger is the token of the waiting task
  static void notify_one(std::atomic<std::uint64_t>& state);

  std::atomic<std::uint64_t> read_{kIdle};
  std::atomic<std::uint64_t> write_{kIdle};
  std::atomic<bool> hung_up_{false};
  std::atomic<bool> broken_{false};
  Poller::Released* released_to_ = nullptr;  // null: nobody tells of it
  Readiness* next_released_ = nullptr;
};

class ReadyAwaiter {
 public:
  ReadyAwaiter(Readiness& readiness, bool write, TimePoint deadline)
      : readiness_(readiness), state_(write ? readiness.write_ : readiness.read_), deadline_(deadline), write_(write) {}
  ReadyAwaiter(const ReadyAwaiter&) = delete;
  ReadyAwaiter& operator=(const ReadyAwaiter&) = delete;
  bool await_ready();
  bool await_suspend(std::coroutine_handle<> frame);
  // Result<void>: kCancelled, kDeadlineExceeded.
  Result<void> await_resume();

 private:
  Readiness& readiness_;
  std::atomic<std::uint64_t>& state_;
  TimePoint deadline_;
  WakeToken token_;
  Wait wait_;
  bool write_;
  bool suspended_ = false;
  bool yielded_ = false;
};

inline ReadyAwaiter readable(Readiness& readiness, TimePoint deadline = kNever) {
  return ReadyAwaiter(readiness, false, deadline);
}
inline ReadyAwaiter writable(Readiness& readiness, TimePoint deadline = kNever) {
  return ReadyAwaiter(readiness, true, deadline);
}

// The poller of the current worker, with which new descriptors are registered.
Poller& current_poller();

}  // namespace banyan
