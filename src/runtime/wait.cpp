#include "runtime/wait.h"

#include <algorithm>
#include <string>

#include "base/check.h"
#include "runtime/frame_pool.h"
#include "runtime/runtime.h"
#include "runtime/worker.h"

namespace banyan {

namespace {

TaskRecord* start_waiting(std::coroutine_handle<> frame, const char* what) {
  TaskRecord* task = current_task();
  BANYAN_CHECK(task != nullptr);
  task->resume = frame;
  task->waiting_for.store(what, std::memory_order_relaxed);
  return task;
}

}  // namespace

WakeToken Wait::begin_uninterruptible(std::coroutine_handle<> frame, const char* what) {
  TaskRecord* task = start_waiting(frame, what);
  token_ = WakeToken(task, task->park.prepare(true));
  return token_;
}

WakeToken Wait::begin(std::coroutine_handle<> frame, const char* what, TimePoint deadline) {
  TaskRecord* task = start_waiting(frame, what);
  const bool shielded = task->shield_depth > 0;
  token_ = WakeToken(task, task->park.prepare(shielded));
  deadline = std::min(deadline, task->context.deadline());
  if (deadline != kNever) {
    timer_ = new (detail::frame_allocate(sizeof(TimerNode))) TimerNode;
    current_worker()->timers.arm(*timer_, deadline, token_);
  }
  if (!shielded && task->cancelled.load(std::memory_order_seq_cst)) token_.wake(WakeReason::kCancelled);
  return token_;
}

WakeReason Wait::finish() {
  if (timer_ != nullptr) {
    TimerWheel::cancel(*timer_);
    detail::frame_free(timer_, sizeof(TimerNode));
    timer_ = nullptr;
  }
  TaskRecord* task = token_.task();
  task->waiting_for.store(nullptr, std::memory_order_relaxed);
  return static_cast<WakeReason>(task->park.reason());
}

Error wait_error(WakeReason reason, const char* what) {
  if (reason == WakeReason::kTimeout) {
    return Error(ErrorCode::kDeadlineExceeded, std::string(what) + ": the time allowed ran out");
  }
  return Error(ErrorCode::kCancelled, std::string(what) + ": cancelled");
}

Result<void> wait_result(WakeReason reason, const char* what) {
  if (reason == WakeReason::kTimeout || reason == WakeReason::kCancelled) return wait_error(reason, what);
  return {};
}

bool spend_budget() {
  Worker* worker = current_worker();
  if (worker->budget == 0) return false;
  --worker->budget;
  return true;
}

namespace detail {

void YieldAwaiter::await_suspend(std::coroutine_handle<> frame) const noexcept {
  TaskRecord* task = current_task();
  task->resume = frame;
  Worker* worker = current_worker();
  if (task->pinned.load(std::memory_order_relaxed)) {
    worker->push_pinned(task);
  } else {
    worker->push_local(task, false);
  }
}

bool SleepAwaiter::await_suspend(std::coroutine_handle<> frame) {
  wait_.begin(frame, "sleep", time_);
  return wait_.commit();
}

Result<void> SleepAwaiter::await_resume() {
  const WakeReason reason = wait_.finish();
  if (reason == WakeReason::kCancelled) return wait_error(reason, "sleep");
  if (current_env().now() < time_) return wait_error(WakeReason::kTimeout, "sleep");
  return {};
}

}  // namespace detail
}  // namespace banyan
