#include "runtime/scope.h"

#include <mutex>

#include "base/check.h"
#include "runtime/worker.h"

namespace banyan {

Scope::~Scope() { BANYAN_CHECK(count_ == 0); }

Task<void> Scope::run_child(Scope* scope, Task<Result<void>> child) { scope->note(co_await std::move(child)); }

void Scope::note(Result<void> result) {
  if (result.ok()) return;
  {
    std::lock_guard guard(lock_);
    if (cancelled_ && result.error().code() == ErrorCode::kCancelled) return;  // it did as it was told
    if (!first_error_) first_error_ = std::move(result).error();
  }
  cancel();
}

TaskRecord* Scope::adopt(const char* name, Task<Result<void>> child) {
  TaskRecord* task = make_task(name, run_child(this, std::move(child)).release());
  task->scope = this;
  task->on_exit = &child_done;
  std::lock_guard guard(lock_);
  task->scope_previous = nullptr;
  task->scope_next = children_;
  if (children_ != nullptr) children_->scope_previous = task;
  children_ = task;
  ++count_;
  if (cancelled_) task->cancelled.store(true, std::memory_order_relaxed);
  return task;
}

void Scope::spawn(const char* name, Task<Result<void>> child) {
  current_worker()->scheduler.schedule(adopt(name, std::move(child)));
}

void Scope::spawn_pinned(const char* name, Task<Result<void>> child) {
  TaskRecord* task = adopt(name, std::move(child));
  task->home = static_cast<std::uint16_t>(current_worker()->index);
  task->pinned.store(true, std::memory_order_relaxed);
  current_worker()->scheduler.schedule(task);
}

void Scope::child_done(TaskRecord* task) {
  Scope* scope = task->scope;
  WakeToken joiner;
  {
    std::lock_guard guard(scope->lock_);
    (task->scope_previous == nullptr ? scope->children_ : task->scope_previous->scope_next) = task->scope_next;
    if (task->scope_next != nullptr) task->scope_next->scope_previous = task->scope_previous;
    if (--scope->count_ == 0) joiner = std::exchange(scope->joiner_, WakeToken());
  }
  if (joiner) joiner.wake(WakeReason::kReady);
}

void Scope::cancel() {
  std::lock_guard guard(lock_);
  cancelled_ = true;
  for (TaskRecord* task = children_; task != nullptr; task = task->scope_next) cancel_task(task);
}

std::size_t Scope::size() const {
  std::lock_guard guard(lock_);
  return count_;
}

bool ScopeJoinAwaiter::await_ready() { return scope_.size() == 0; }

bool ScopeJoinAwaiter::await_suspend(std::coroutine_handle<> frame) {
  suspended_ = true;
  const WakeToken token =
      interruptible_ ? wait_.begin(frame, "join") : wait_.begin_uninterruptible(frame, "join at scope end");
  {
    std::lock_guard guard(scope_.lock_);
    if (scope_.count_ > 0) {
      scope_.joiner_ = token;
      return wait_.commit();
    }
  }
  token.wake(WakeReason::kReady);
  return wait_.commit();
}

Result<void> ScopeJoinAwaiter::await_resume() {
  if (suspended_) {
    const WakeReason reason = wait_.finish();
    if (reason != WakeReason::kReady) {
      std::lock_guard guard(scope_.lock_);
      scope_.joiner_ = WakeToken();
      if (scope_.count_ > 0) return wait_error(reason, "join");
    }
  }
  std::lock_guard guard(scope_.lock_);
  if (scope_.first_error_) return *scope_.first_error_;
  return {};
}

namespace detail {
Shield::Shield() { ++current_task()->shield_depth; }
Shield::~Shield() { --current_task()->shield_depth; }
}  // namespace detail

}  // namespace banyan
