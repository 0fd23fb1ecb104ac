// One wait of the running task: what every awaiter that suspends is made of.
//
// An awaiter that must suspend calls begin(), registers the token wherever somebody will wake it, then commit(); in
// await_resume it calls finish() and removes what is still registered. Deadline and cancellation are dealt with here.
#pragma once

#include <coroutine>

#include "base/result.h"
#include "runtime/env.h"
#include "runtime/timer_wheel.h"

namespace banyan {

class Wait {
 public:
  Wait() = default;
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

  // `what` is a literal for the dump of tasks. The wait ends at `deadline` or at the ambient deadline, whichever is
  // first, and when the task is cancelled; a shielded task ignores cancellation.
  WakeToken begin(std::coroutine_handle<> frame, const char* what, TimePoint deadline = kNever);
  // Without deadline and cancellation: for work that must be joined whatever happens.
  WakeToken begin_uninterruptible(std::coroutine_handle<> frame, const char* what);
  // False: the wait has already ended; do not suspend.
  bool commit() { return token_.task()->park.commit(); }
  // Why the wait ended. kCase + i: case i of a select.
  WakeReason finish();
  WakeToken token() const { return token_; }

 private:
  WakeToken token_;
  TimerNode* timer_ = nullptr;  // only where there is a deadline: most waits of most tasks have none
};

// The error for a wait that ended by timeout or cancellation; success for any other reason.
Result<void> wait_result(WakeReason reason, const char* what);
Error wait_error(WakeReason reason, const char* what);

// True if the running task may complete another operation at once; false when it has done 128 in a row and must let
// others run (yield_awaiter does it).
bool spend_budget();

namespace detail {

struct YieldAwaiter {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) const noexcept;
  void await_resume() const noexcept {}
};

class SleepAwaiter {
 public:
  explicit SleepAwaiter(TimePoint time) : time_(time) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> frame);
  Result<void> await_resume();

 private:
  TimePoint time_;
  Wait wait_;
};

}  // namespace detail

// The time `duration` from now; kNever where that is beyond what the clock can tell.
inline TimePoint time_after(Duration duration) {
  const TimePoint now = current_env().now();
  return duration > kNever - now ? kNever : now + duration;
}

// co_await yield(): lets other ready tasks run first.
inline auto yield() { return detail::YieldAwaiter{}; }
// Result<void>: kCancelled when the task is cancelled, kDeadlineExceeded when the ambient deadline comes first.
inline auto sleep_until(TimePoint time) { return detail::SleepAwaiter(time); }
inline auto sleep_for(Duration duration) { return detail::SleepAwaiter(time_after(duration)); }

}  // namespace banyan
