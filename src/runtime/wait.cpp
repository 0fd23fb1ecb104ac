#include "runtime/wait.h"

#include <algorithm>
#include <string>

#include "base/check.h"
#include "runtime/runtime.h"
#include "runtime/worker.h"

namespace banyan {

WakeToken Wait::begin_uninterruptible(std::coroutine_handle<> frame, const char* what) {
  task_ = current_task();
  BANYAN_CHECK(task_ != nullptr);
  task_->resume = frame;
  task_->waiting_for.store(what, std::memory_order_relaxed);
  ticket_ = task_->park.prepare(true);
  return WakeToken(task_, ticket_);
}

WakeToken Wait::begin(std::coroutine_handle<> frame, const char* what, TimePoint deadline) {
  task_ = current_task();
  BANYAN_CHECK(task_ != nullptr);
  task_->resume = frame;
  task_->waiting_for.store(what, std::memory_order_relaxed);
  const bool shielded = task_->shield_depth > 0;
  ticket_ = task_->park.prepare(shielded);
  const WakeToken token(task_, ticket_);
  deadline = std::min(deadline, task_->context.deadline());
  if (deadline != kNever) current_worker()->timers.arm(timer_, deadline, token);
  if (!shielded && task_->cancelled.load(std::memory_order_seq_cst)) token.wake(WakeReason::kCancelled);
  return token;
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
