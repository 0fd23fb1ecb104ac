// Channels, as in Go: values handed from task to task, with or without a buffer.
//
//   Channel<int> jobs(16);
//   co_await jobs.send(7);                      // Result<void>: kFailedPrecondition once closed
//   std::optional<int> job = *co_await jobs.receive();   // nullopt: closed and drained
//
// Unbuffered (capacity 0): a send ends when a receiver has taken the value. Waiters are served in order of arrival. A
// value is never lost: a send that is cancelled or timed out was not received. The channel must outlive its waiters;
// share it by reference inside a scope or by shared_ptr.
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/result.h"
#include "runtime/futex_lock.h"
#include "runtime/wait.h"

namespace banyan {

namespace detail {

// A task waiting at a channel; lives in its awaiter. `cell` is the value to send or the room to receive into.
struct ChannelWaiter {
  ChannelWaiter* previous = nullptr;
  ChannelWaiter* next = nullptr;
  WakeToken token;
  void* cell = nullptr;
  std::uint8_t reason = static_cast<std::uint8_t>(WakeReason::kReady);
  bool linked = false;
  bool closed = false;  // woken because the channel was closed
};

struct ChannelWaiterList {
  ChannelWaiter* head = nullptr;
  ChannelWaiter* tail = nullptr;
  void push(ChannelWaiter* waiter);
  void remove(ChannelWaiter* waiter);
  // Takes waiters from the front until one can be claimed, which the caller serves and resumes. Null: none.
  ChannelWaiter* claim_first();
};

// What does not depend on the type of the values.
class ChannelBase {
 public:
  using Move = void (*)(void* to, void* from);

  ChannelBase(std::size_t capacity, std::size_t value_bytes, Move move, void (*destroy)(void*));
  ChannelBase(const ChannelBase&) = delete;
  ChannelBase& operator=(const ChannelBase&) = delete;
  ~ChannelBase();

  void close();
  std::size_t size() const;
  bool is_closed() const;

  FutexLock& lock() { return lock_; }
  enum class Attempt : std::uint8_t { kDone, kWouldWait, kClosed };
  // With lock() held. A waiter to resume after unlocking comes out in *wake.
  Attempt try_send_locked(void* value, TaskRecord** wake);
  Attempt try_receive_locked(void* room, TaskRecord** wake);
  ChannelWaiterList& senders() { return senders_; }
  ChannelWaiterList& receivers() { return receivers_; }

 private:
  void* slot(std::size_t index) { return buffer_ + index % capacity_ * value_bytes_; }

  mutable FutexLock lock_;
  bool closed_ = false;
  std::size_t capacity_;
  std::size_t value_bytes_;
  Move move_;
  void (*destroy_)(void*);
  char* buffer_ = nullptr;
  std::size_t head_ = 0;
  std::size_t count_ = 0;
  ChannelWaiterList senders_;
  ChannelWaiterList receivers_;
};

// The waiting part of send and receive. Where ready() says that they must wait it leaves the channel locked, for
// suspend() to put the waiter in line and unlock.
class ChannelWaitAwaiter {
 public:
  ChannelWaitAwaiter(ChannelBase& channel, bool sending, TimePoint deadline)
      : channel_(channel), deadline_(deadline), sending_(sending) {}
  ChannelWaitAwaiter(const ChannelWaitAwaiter&) = delete;
  ChannelWaitAwaiter& operator=(const ChannelWaitAwaiter&) = delete;

 protected:
  bool ready(void* cell);
  bool suspend(std::coroutine_handle<> frame, void* cell);
  enum class Outcome : std::uint8_t { kDone, kClosed, kInterrupted };
  Outcome outcome(WakeReason* reason);

 private:
  ChannelBase& channel_;
  TimePoint deadline_;
  ChannelWaiter waiter_;
  Wait wait_;
  ChannelBase::Attempt attempt_ = ChannelBase::Attempt::kWouldWait;
  bool sending_;
  bool suspended_ = false;
};

template <class T>
class SendAwaiter : ChannelWaitAwaiter {
 public:
  SendAwaiter(ChannelBase& channel, T value, TimePoint deadline)
      : ChannelWaitAwaiter(channel, true, deadline), value_(std::move(value)) {}
  bool await_ready() { return ready(&value_); }
  bool await_suspend(std::coroutine_handle<> frame) { return suspend(frame, &value_); }
  Result<void> await_resume() {
    WakeReason reason{};
    switch (outcome(&reason)) {
      case Outcome::kDone:
        return {};
      case Outcome::kClosed:
        return Error(ErrorCode::kFailedPrecondition, "send on a closed channel");
      case Outcome::kInterrupted:
        break;
    }
    return wait_error(reason, "channel send");
  }

 private:
  T value_;
};

template <class T>
class ReceiveAwaiter : ChannelWaitAwaiter {
 public:
  ReceiveAwaiter(ChannelBase& channel, TimePoint deadline) : ChannelWaitAwaiter(channel, false, deadline) {}
  ~ReceiveAwaiter() {}
  bool await_ready() { return ready(&room_.value); }
  bool await_suspend(std::coroutine_handle<> frame) { return suspend(frame, &room_.value); }
  Result<std::optional<T>> await_resume() {
    WakeReason reason{};
    switch (outcome(&reason)) {
      case Outcome::kDone: {
        std::optional<T> value(std::move(room_.value));
        std::destroy_at(&room_.value);
        return value;
      }
      case Outcome::kClosed:
        return std::optional<T>();
      case Outcome::kInterrupted:
        break;
    }
    return wait_error(reason, "channel receive");
  }

 private:
  union Room {
    Room() {}   // NOLINT: constructed by the sender
    ~Room() {}  // NOLINT: destroyed by await_resume
    T value;
  } room_;
};

}  // namespace detail

template <class T>
class Channel {
 public:
  // Holds up to `capacity` values that nobody has received yet.
  explicit Channel(std::size_t capacity = 0) : base_(capacity, sizeof(T), &move_value, &destroy_value) {
    static_assert(alignof(T) <= alignof(std::max_align_t));
  }

  // Suspends until a receiver or the buffer has the value. Errors: kFailedPrecondition (closed), kCancelled,
  // kDeadlineExceeded.
  auto send(T value, TimePoint deadline = kNever) { return detail::SendAwaiter<T>(base_, std::move(value), deadline); }
  // Result<std::optional<T>>: nullopt when the channel is closed and empty. Errors: kCancelled, kDeadlineExceeded.
  auto receive(TimePoint deadline = kNever) { return detail::ReceiveAwaiter<T>(base_, deadline); }
  // Never suspend. False: full, or closed.
  bool try_send(T value);
  std::optional<T> try_receive();
  // Senders fail from now on; receivers get what is buffered, then nullopt. Closing twice is allowed.
  void close() { base_.close(); }
  bool is_closed() const { return base_.is_closed(); }
  std::size_t size() const { return base_.size(); }

  detail::ChannelBase& base() { return base_; }

 private:
  static void move_value(void* to, void* from) { new (to) T(std::move(*static_cast<T*>(from))); }
  static void destroy_value(void* value) { static_cast<T*>(value)->~T(); }
  detail::ChannelBase base_;
};

template <class T>
bool Channel<T>::try_send(T value) {
  TaskRecord* wake = nullptr;
  base_.lock().lock();
  const auto attempt = base_.try_send_locked(&value, &wake);
  base_.lock().unlock();
  if (wake != nullptr) resume_claimed(wake);
  return attempt == detail::ChannelBase::Attempt::kDone;
}

template <class T>
std::optional<T> Channel<T>::try_receive() {
  alignas(T) std::byte room[sizeof(T)];
  TaskRecord* wake = nullptr;
  base_.lock().lock();
  const auto attempt = base_.try_receive_locked(room, &wake);
  base_.lock().unlock();
  if (wake != nullptr) resume_claimed(wake);
  if (attempt != detail::ChannelBase::Attempt::kDone) return std::nullopt;
  T* value = std::launder(reinterpret_cast<T*>(room));
  std::optional<T> result(std::move(*value));
  value->~T();
  return result;
}

}  // namespace banyan
