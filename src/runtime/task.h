// Task<T>: a piece of work that can suspend.
//
// A coroutine that returns Task<T> does nothing until it is awaited or handed to go(). The contract, on which all of
// Banyan rests:
//   - `co_await task` starts it and gives its T when it has ended. A task is awaited once.
//   - At its end a coroutine destroys its locals, then its parameters and its frame, and only then resumes its caller.
//   - Its result lives in the caller's awaiter, so nothing of the frame is needed afterwards.
//   - `co_await try_(x)`, with x a Result<U> or a Task<Result<U>>, gives the U. If x holds an Error, the coroutine ends
//     right there with that error, exactly as if it had reached a co_return: locals destroyed, then the caller resumed.
//     It may be used in coroutines whose T is a Result.
//   - An exception that leaves a coroutine becomes Error{kInternal} where T is a Result and aborts elsewhere.
// Rules for authors: parameters are values, or references to what outlives the call; a lambda with captures is never a
// coroutine, since its captures die with the lambda object; `with_scope` (runtime/scope.h) passes state instead.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "runtime/frame_pool.h"

namespace banyan {

template <class T>
class Task;

namespace detail {

// What every coroutine's promise holds: where its result goes and what runs when it has ended.
class PromiseBase {
 public:
  // Called after the frame is gone; gives what to resume next.
  using OnDone = std::coroutine_handle<> (*)(void* context);

  static void* operator new(std::size_t bytes) { return frame_allocate(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { frame_free(frame, bytes); }

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      return self.promise().finish(self);
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }

  void set_result(void* result) { result_ = result; }
  // Plain await: `context` is the address of the caller's handle.
  void set_done(OnDone on_done, void* context) {
    on_done_ = on_done;
    context_ = context;
  }
  // Ends the coroutine: destroys the frame, gives what runs next. The result is already where it belongs.
  std::coroutine_handle<> finish(std::coroutine_handle<> self) noexcept {
    const OnDone on_done = on_done_;
    void* const context = context_;
    self.destroy();
    return on_done == nullptr ? std::coroutine_handle<>::from_address(context) : on_done(context);
  }

 protected:
  void* result_ = nullptr;

 private:
  OnDone on_done_ = nullptr;
  void* context_ = nullptr;
};

// An exception as an Error, for unhandled_exception(). Must be called inside a handler.
Error error_from_current_exception();

template <class T>
class Promise : public PromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <class U>
    requires std::is_constructible_v<T, U>
  void return_value(U&& value) {
    std::construct_at(static_cast<T*>(result_), std::forward<U>(value));
  }
  void return_value(T value) { std::construct_at(static_cast<T*>(result_), std::move(value)); }
  void unhandled_exception() {
    if constexpr (is_result_v<T>) {
      fail(error_from_current_exception());
    } else {
      std::terminate();
    }
  }
  void fail(Error error)
    requires is_result_v<T>
  {
    std::construct_at(static_cast<T*>(result_), std::move(error));
  }
};

template <>
class Promise<void> : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  [[noreturn]] void unhandled_exception() { std::terminate(); }
};

// Room for a T that the callee constructs. The reader knows when it is there.
template <class T>
union ResultSlot {
  ResultSlot() {}   // NOLINT: deliberately empty
  ~ResultSlot() {}  // NOLINT: deliberately empty
  T value;
};
template <>
union ResultSlot<void> {};

template <class T>
class TaskAwaiter {
 public:
  explicit TaskAwaiter(std::coroutine_handle<Promise<T>> callee) : callee_(callee) {}
  TaskAwaiter(const TaskAwaiter&) = delete;
  TaskAwaiter& operator=(const TaskAwaiter&) = delete;

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
    callee_.promise().set_result(&slot_);
    callee_.promise().set_done(nullptr, caller.address());
    return callee_;
  }
  T await_resume() {
    if constexpr (!std::is_void_v<T>) {
      T value = std::move(slot_.value);
      std::destroy_at(&slot_.value);
      return value;
    }
  }

 private:
  std::coroutine_handle<Promise<T>> callee_;
  [[no_unique_address]] ResultSlot<T> slot_;
};

// co_await try_(Task<Result<U>>): looks at the result before the caller runs on.
template <class U>
class TryTaskAwaiter {
 public:
  explicit TryTaskAwaiter(std::coroutine_handle<Promise<Result<U>>> callee) : callee_(callee) {}
  TryTaskAwaiter(const TryTaskAwaiter&) = delete;
  TryTaskAwaiter& operator=(const TryTaskAwaiter&) = delete;

  bool await_ready() const noexcept { return false; }
  template <class T>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise<T>> caller) noexcept {
    static_assert(is_result_v<T>, "try_ needs a coroutine that returns Task<Result<...>>");
    caller_ = caller;
    callee_.promise().set_result(&slot_);
    callee_.promise().set_done(&TryTaskAwaiter::template on_done<T>, this);
    return callee_;
  }
  U await_resume() {
    if constexpr (!std::is_void_v<U>) {
      U value = *std::move(slot_.value);
      std::destroy_at(&slot_.value);
      return value;
    } else {
      std::destroy_at(&slot_.value);
    }
  }

 private:
  template <class T>
  static std::coroutine_handle<> on_done(void* context) {
    auto* self = static_cast<TryTaskAwaiter*>(context);
    if (self->slot_.value.ok()) [[likely]]
      return self->caller_;
    auto caller = std::coroutine_handle<Promise<T>>::from_address(self->caller_.address());
    caller.promise().fail(std::move(self->slot_.value).error());
    std::destroy_at(&self->slot_.value);
    return caller.promise().finish(caller);
  }

  std::coroutine_handle<Promise<Result<U>>> callee_;
  std::coroutine_handle<> caller_;
  ResultSlot<Result<U>> slot_;
};

// co_await try_(Result<U>): suspends only to end the coroutine.
template <class U>
class TryResultAwaiter {
 public:
  explicit TryResultAwaiter(Result<U>&& result) : result_(std::move(result)) {}
  bool await_ready() const noexcept { return result_.ok(); }
  template <class T>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise<T>> caller) noexcept {
    static_assert(is_result_v<T>, "try_ needs a coroutine that returns Task<Result<...>>");
    caller.promise().fail(std::move(result_).error());
    return caller.promise().finish(caller);
  }
  U await_resume() { return *std::move(result_); }

 private:
  Result<U> result_;
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using value_type = T;

  explicit Task(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  detail::TaskAwaiter<T> operator co_await() && noexcept { return detail::TaskAwaiter<T>(release()); }
  // Gives up ownership of a coroutine that has not started.
  std::coroutine_handle<promise_type> release() noexcept { return std::exchange(handle_, nullptr); }

 private:
  std::coroutine_handle<promise_type> handle_;
};

template <class U>
[[nodiscard]] detail::TryTaskAwaiter<U> try_(Task<Result<U>>&& task) {
  return detail::TryTaskAwaiter<U>(task.release());
}
template <class U>
[[nodiscard]] detail::TryResultAwaiter<U> try_(Result<U>&& result) {
  return detail::TryResultAwaiter<U>(std::move(result));
}

namespace detail {
template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}
}  // namespace detail

}  // namespace banyan
