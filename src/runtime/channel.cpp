#include "runtime/channel.h"

#include <cstdlib>

#include "runtime/worker.h"

namespace banyan::detail {

void ChannelWaiterList::push(ChannelWaiter* waiter) {
  waiter->linked = true;
  waiter->next = nullptr;
  waiter->previous = tail;
  (tail == nullptr ? head : tail->next) = waiter;
  tail = waiter;
}

void ChannelWaiterList::remove(ChannelWaiter* waiter) {
  if (!waiter->linked) return;
  waiter->linked = false;
  (waiter->previous == nullptr ? head : waiter->previous->next) = waiter->next;
  (waiter->next == nullptr ? tail : waiter->next->previous) = waiter->previous;
}

ChannelWaiter* ChannelWaiterList::claim_first() {
  while (head != nullptr) {
    ChannelWaiter* waiter = head;
    remove(waiter);
    const Claim claim = waiter->token.claim(waiter->reason);
    if (claim == Claim::kLost) continue;      // it timed out, was cancelled, or another case of its select won
    BANYAN_CHECK(claim == Claim::kSchedule);  // a waiter commits before it lets go of the channel's lock
    return waiter;
  }
  return nullptr;
}

ChannelBase::ChannelBase(std::size_t capacity, std::size_t value_bytes, Move move, void (*destroy)(void*))
    : capacity_(capacity), value_bytes_(value_bytes), move_(move), destroy_(destroy) {
  if (capacity > 0) buffer_ = static_cast<char*>(std::malloc(capacity * value_bytes));
  BANYAN_CHECK(capacity == 0 || buffer_ != nullptr);
}

ChannelBase::~ChannelBase() {
  BANYAN_CHECK(senders_.head == nullptr && receivers_.head == nullptr);
  for (std::size_t i = 0; i < count_; ++i) destroy_(slot(head_ + i));
  std::free(buffer_);
}

ChannelBase::Attempt ChannelBase::try_send_locked(void* value, TaskRecord** wake) {
  if (closed_) return Attempt::kClosed;
  if (ChannelWaiter* receiver = receivers_.claim_first()) {
    move_(receiver->cell, value);
    *wake = receiver->token.task();
    return Attempt::kDone;
  }
  if (count_ == capacity_) return Attempt::kWouldWait;
  move_(slot(head_ + count_), value);
  ++count_;
  return Attempt::kDone;
}

ChannelBase::Attempt ChannelBase::try_receive_locked(void* room, TaskRecord** wake) {
  if (count_ > 0) {
    void* oldest = slot(head_);
    move_(room, oldest);
    destroy_(oldest);
    ++head_;
    --count_;
    // A sender that waits for room moves up.
    if (ChannelWaiter* sender = senders_.claim_first()) {
      move_(slot(head_ + count_), sender->cell);
      ++count_;
      *wake = sender->token.task();
    }
    return Attempt::kDone;
  }
  if (ChannelWaiter* sender = senders_.claim_first()) {
    move_(room, sender->cell);
    *wake = sender->token.task();
    return Attempt::kDone;
  }
  return closed_ ? Attempt::kClosed : Attempt::kWouldWait;
}

void ChannelBase::close() {
  // All waiters are claimed under the lock and resumed after it: the first that runs may destroy the channel.
  TaskQueue ready;
  {
    std::lock_guard guard(lock_);
    closed_ = true;
    for (ChannelWaiterList* list : {&receivers_, &senders_}) {
      while (ChannelWaiter* waiter = list->claim_first()) {
        waiter->closed = true;
        ready.push(waiter->token.task());
      }
    }
  }
  while (TaskRecord* task = ready.pop()) resume_claimed(task);
}

std::size_t ChannelBase::size() const {
  std::lock_guard guard(lock_);
  return count_;
}

bool ChannelBase::is_closed() const {
  std::lock_guard guard(lock_);
  return closed_;
}

bool ChannelWaitAwaiter::ready(void* cell) {
  TaskRecord* wake = nullptr;
  channel_.lock().lock();
  attempt_ = sending_ ? channel_.try_send_locked(cell, &wake) : channel_.try_receive_locked(cell, &wake);
  if (attempt_ == ChannelBase::Attempt::kWouldWait) return false;  // suspend() goes on with the lock held
  channel_.lock().unlock();
  if (wake != nullptr) resume_claimed(wake);
  return spend_budget();
}

bool ChannelWaitAwaiter::suspend(std::coroutine_handle<> frame, void* cell) {
  if (attempt_ != ChannelBase::Attempt::kWouldWait) {  // done, but others must have their turn
    YieldAwaiter().await_suspend(frame);
    return true;
  }
  FutexLock& lock = channel_.lock();
  waiter_.token = wait_.begin(frame, sending_ ? "channel send" : "channel receive", deadline_);
  waiter_.cell = cell;
  suspended_ = true;
  (sending_ ? channel_.senders() : channel_.receivers()).push(&waiter_);
  const bool suspends = wait_.commit();
  // From here on another thread may resume the frame, which may end this awaiter.
  lock.unlock();
  return suspends;
}

ChannelWaitAwaiter::Outcome ChannelWaitAwaiter::outcome(WakeReason* reason) {
  if (!suspended_) return attempt_ == ChannelBase::Attempt::kDone ? Outcome::kDone : Outcome::kClosed;
  *reason = wait_.finish();
  if (*reason == WakeReason::kTimeout || *reason == WakeReason::kCancelled) {
    std::lock_guard guard(channel_.lock());
    (sending_ ? channel_.senders() : channel_.receivers()).remove(&waiter_);
    return Outcome::kInterrupted;
  }
  return waiter_.closed ? Outcome::kClosed : Outcome::kDone;
}

}  // namespace banyan::detail
