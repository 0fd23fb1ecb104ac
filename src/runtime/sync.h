// Semaphore, Mutex, WaitGroup and Event for tasks: waiting suspends the task, never the thread.
//
// All are fair: waiters go on in order of arrival. None is reentrant. They may be used from any worker. An operation
// that need not wait still lets others run now and then, as those of channels and sockets do (spend_budget()).
#pragma once

#include <cstddef>

#include "base/result.h"
#include "runtime/futex_lock.h"
#include "runtime/wait.h"

namespace banyan {

namespace detail {

// A task in a line of waiters, living in its awaiter. `amount` is what it waits for, where that is a number.
struct LineWaiter {
  LineWaiter* previous = nullptr;
  LineWaiter* next = nullptr;
  WakeToken token;
  std::size_t amount = 0;
  bool linked = false;
};

struct WaiterLine {
  LineWaiter* head = nullptr;
  LineWaiter* tail = nullptr;
  void push(LineWaiter* waiter);
  void remove(LineWaiter* waiter);
};

}  // namespace detail

class Semaphore {
 public:
  explicit Semaphore(std::size_t permits) : permits_(permits) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  class AcquireAwaiter {
   public:
    AcquireAwaiter(Semaphore& semaphore, std::size_t amount, TimePoint deadline)
        : semaphore_(semaphore), deadline_(deadline) {
      waiter_.amount = amount;
    }
    bool await_ready() {
      taken_ = semaphore_.try_acquire(waiter_.amount);
      return taken_ && spend_budget();
    }
    bool await_suspend(std::coroutine_handle<> frame);
    Result<void> await_resume();

   private:
    Semaphore& semaphore_;
    TimePoint deadline_;
    detail::LineWaiter waiter_;
    Wait wait_;
    bool taken_ = false;  // without waiting
    bool suspended_ = false;
  };

  // Result<void>: kCancelled or kDeadlineExceeded, and then nothing was taken.
  AcquireAwaiter acquire(std::size_t amount = 1, TimePoint deadline = kNever) { return {*this, amount, deadline}; }
  // False: not enough permits, or others wait already.
  bool try_acquire(std::size_t amount = 1);
  void release(std::size_t amount = 1);
  std::size_t available() const;

 private:
  mutable FutexLock lock_;
  std::size_t permits_;
  detail::WaiterLine line_;
};

class Mutex {
 public:
  // Held until the guard is destroyed or unlock() is called.
  class [[nodiscard]] Guard {
   public:
    explicit Guard(Mutex* mutex) : mutex_(mutex) {}
    Guard(Guard&& other) noexcept : mutex_(other.mutex_) { other.mutex_ = nullptr; }
    Guard& operator=(Guard&&) = delete;
    ~Guard() { unlock(); }
    void unlock() {
      if (mutex_ != nullptr) mutex_->semaphore_.release();
      mutex_ = nullptr;
    }

   private:
    Mutex* mutex_;
  };

  class LockAwaiter : Semaphore::AcquireAwaiter {
   public:
    LockAwaiter(Mutex& mutex, TimePoint deadline) : AcquireAwaiter(mutex.semaphore_, 1, deadline), mutex_(mutex) {}
    using AcquireAwaiter::await_ready;
    using AcquireAwaiter::await_suspend;
    Result<Guard> await_resume() {
      Result<void> acquired = AcquireAwaiter::await_resume();
      if (!acquired.ok()) return std::move(acquired).error();
      return Guard(&mutex_);
    }

   private:
    Mutex& mutex_;
  };

  // Result<Guard>: kCancelled or kDeadlineExceeded.
  LockAwaiter lock(TimePoint deadline = kNever) { return {*this, deadline}; }

 private:
  Semaphore semaphore_{1};
};

// Something that happens once. Tasks that wait for it go on when set() was called, at once if it already was.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  class WaitAwaiter {
   public:
    WaitAwaiter(Event& event, TimePoint deadline) : event_(event), deadline_(deadline) {}
    bool await_ready() {
      was_set_ = event_.is_set();
      return was_set_ && spend_budget();
    }
    bool await_suspend(std::coroutine_handle<> frame);
    Result<void> await_resume();

   private:
    Event& event_;
    TimePoint deadline_;
    detail::LineWaiter waiter_;
    Wait wait_;
    bool was_set_ = false;
    bool suspended_ = false;
  };

  void set() { complete(kAll); }
  // Makes later waits wait again. Those that wait now are not disturbed.
  void reset();
  bool is_set() const;
  // Result<void>: kCancelled or kDeadlineExceeded.
  WaitAwaiter wait(TimePoint deadline = kNever) { return {*this, deadline}; }

 private:
  friend class WaitGroup;
  static constexpr std::size_t kAll = ~std::size_t{0};
  explicit Event(std::size_t pending) : pending_(pending) {}
  void complete(std::size_t amount);

  mutable FutexLock lock_;
  std::size_t pending_ = 1;  // set when zero; more than one only in a WaitGroup
  detail::WaiterLine line_;
};

// Counts work under way; wait() goes on when the count is zero. add() before the work is started.
class WaitGroup {
 public:
  void add(std::size_t amount = 1);
  void done() { zero_.complete(1); }
  Event::WaitAwaiter wait(TimePoint deadline = kNever) { return zero_.wait(deadline); }

 private:
  Event zero_{0};
};

}  // namespace banyan
