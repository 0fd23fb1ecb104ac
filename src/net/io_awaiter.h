// What an operation on a stream gives to co_await: its result at once, or a coroutine that waits for it.
//
// Most reads and writes succeed at the first attempt. Such a call makes no coroutine frame: the attempt is made by the
// call itself, and only when it would wait is a coroutine made that goes on. So an operation begins when it is called,
// not when it is awaited, and must be awaited in the same expression.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "base/result.h"
#include "runtime/task.h"

namespace banyan {

template <class T>
class [[nodiscard]] IoAwaiter {
 public:
  explicit IoAwaiter(Result<T> result) : task_(nullptr), result_(std::move(result)) {}
  explicit IoAwaiter(Task<Result<T>> task) : task_(std::move(task)) {}
  IoAwaiter(const IoAwaiter&) = delete;
  IoAwaiter& operator=(const IoAwaiter&) = delete;

  bool await_ready() const noexcept { return result_.has_value(); }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
    return waiting_.emplace(task_.release()).await_suspend(caller);
  }
  Result<T> await_resume() { return waiting_ ? waiting_->await_resume() : *std::move(result_); }

 private:
  Task<Result<T>> task_;
  std::optional<Result<T>> result_;
  std::optional<detail::TaskAwaiter<Result<T>>> waiting_;
};

}  // namespace banyan
