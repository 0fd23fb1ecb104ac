#include "runtime/sync.h"

#include <algorithm>
#include <mutex>

#include "base/check.h"
#include "runtime/worker.h"

namespace banyan {
namespace detail {

void WaiterLine::push(LineWaiter* waiter) {
  waiter->linked = true;
  waiter->next = nullptr;
  waiter->previous = tail;
  (tail == nullptr ? head : tail->next) = waiter;
  tail = waiter;
}

void WaiterLine::remove(LineWaiter* waiter) {
  if (!waiter->linked) return;
  waiter->linked = false;
  (waiter->previous == nullptr ? head : waiter->previous->next) = waiter->next;
  (waiter->next == nullptr ? tail : waiter->next->previous) = waiter->previous;
}

}  // namespace detail

namespace {
void resume_all(TaskQueue& ready) {
  while (TaskRecord* task = ready.pop()) resume_claimed(task);
}
}  // namespace

bool Semaphore::try_acquire(std::size_t amount) {
  std::lock_guard guard(lock_);
  if (line_.head != nullptr || permits_ < amount) return false;
  permits_ -= amount;
  return true;
}

std::size_t Semaphore::available() const {
  std::lock_guard guard(lock_);
  return permits_;
}

void Semaphore::release(std::size_t amount) {
  // Who goes on is claimed under the lock and resumed after it; the semaphore may be gone by then.
  TaskQueue ready;
  {
    std::lock_guard guard(lock_);
    permits_ += amount;
    while (line_.head != nullptr && permits_ >= line_.head->amount) {
      detail::LineWaiter* first = line_.head;
      line_.remove(first);
      const Claim claim = first->token.claim(static_cast<std::uint8_t>(WakeReason::kReady));
      if (claim == Claim::kLost) continue;
      permits_ -= first->amount;
      if (claim == Claim::kSchedule) ready.push(first->token.task());
    }
  }
  resume_all(ready);
}

bool Semaphore::AcquireAwaiter::await_suspend(std::coroutine_handle<> frame) {
  if (taken_) {  // but others must have their turn
    detail::YieldAwaiter().await_suspend(frame);
    return true;
  }
  suspended_ = true;
  waiter_.token = wait_.begin(frame, "semaphore", deadline_);
  std::lock_guard guard(semaphore_.lock_);
  if (semaphore_.line_.head == nullptr && semaphore_.permits_ >= waiter_.amount) {
    // Permits came back meanwhile. If the wait was interrupted already, that is what await_resume will see.
    if (waiter_.token.wake(WakeReason::kReady)) semaphore_.permits_ -= waiter_.amount;
    return wait_.commit();
  }
  semaphore_.line_.push(&waiter_);
  return wait_.commit();
}

Result<void> Semaphore::AcquireAwaiter::await_resume() {
  if (!suspended_) return {};
  const WakeReason reason = wait_.finish();
  if (reason == WakeReason::kReady) return {};
  {
    std::lock_guard guard(semaphore_.lock_);
    semaphore_.line_.remove(&waiter_);
  }
  semaphore_.release(0);  // whoever stood behind may fit now
  return wait_error(reason, "semaphore");
}

bool Event::is_set() const {
  std::lock_guard guard(lock_);
  return pending_ == 0;
}

void Event::complete(std::size_t amount) {
  TaskQueue ready;
  {
    std::lock_guard guard(lock_);
    BANYAN_CHECK(amount == kAll || pending_ >= amount);  // more done() than add()
    pending_ -= std::min(amount, pending_);
    if (pending_ > 0) return;
    while (detail::LineWaiter* first = line_.head) {
      line_.remove(first);
      const WakeToken token = first->token;
      if (token.claim(static_cast<std::uint8_t>(WakeReason::kReady)) == Claim::kSchedule) ready.push(token.task());
    }
  }
  resume_all(ready);
}

void Event::reset() {
  std::lock_guard guard(lock_);
  pending_ = 1;
}

bool Event::WaitAwaiter::await_suspend(std::coroutine_handle<> frame) {
  if (was_set_) {  // but others must have their turn
    detail::YieldAwaiter().await_suspend(frame);
    return true;
  }
  suspended_ = true;
  waiter_.token = wait_.begin(frame, "event", deadline_);
  std::lock_guard guard(event_.lock_);
  if (event_.pending_ == 0) {
    waiter_.token.wake(WakeReason::kReady);
  } else {
    event_.line_.push(&waiter_);
  }
  return wait_.commit();
}

Result<void> Event::WaitAwaiter::await_resume() {
  if (!suspended_) return {};
  const WakeReason reason = wait_.finish();
  if (reason == WakeReason::kReady) return {};  // no longer in line, and the event may be gone
  std::lock_guard guard(event_.lock_);
  event_.line_.remove(&waiter_);
  return wait_error(reason, "event");
}

void WaitGroup::add(std::size_t amount) {
  std::lock_guard guard(zero_.lock_);
  zero_.pending_ += amount;
}

}  // namespace banyan
