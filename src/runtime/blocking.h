// Calls that block a thread (SQLite, a slow file system, a C library) run on a pool of threads made for that.
//
//   int rows = co_await blocking([&] { return database.count(); });
//
// The task suspends until the call has returned; what the call refers to stays alive meanwhile. It cannot be
// interrupted: give the call its own time limit. The pool grows to `kBlockingThreadsMax` threads and shrinks when idle;
// beyond that, calls wait their turn. In the simulator the call runs at once.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "runtime/wait.h"

namespace banyan {

inline constexpr unsigned kBlockingThreadsMax = 64;

namespace detail {

struct BlockingJob {
  BlockingJob* next = nullptr;
  void (*run)(BlockingJob* job) = nullptr;
  WakeToken token;
};
void submit_blocking(BlockingJob* job);

template <class Fn>
class BlockingAwaiter : BlockingJob {
 public:
  using Value = std::invoke_result_t<Fn&>;
  explicit BlockingAwaiter(Fn fn) : fn_(std::move(fn)) {}
  BlockingAwaiter(const BlockingAwaiter&) = delete;
  BlockingAwaiter& operator=(const BlockingAwaiter&) = delete;

  bool await_ready() {
    if (!current_env().simulated()) return false;
    call();
    return true;
  }
  bool await_suspend(std::coroutine_handle<> frame) {
    token = wait_.begin_uninterruptible(frame, "blocking call");
    run = [](BlockingJob* job) { static_cast<BlockingAwaiter*>(job)->call(); };
    // Committed before it is submitted, since the awaiter may be gone when submit_blocking returns.
    const bool suspends = wait_.commit();
    submit_blocking(this);
    return suspends;
  }
  Value await_resume() {
    if (suspended()) (void)wait_.finish();
    if constexpr (!std::is_void_v<Value>) return std::move(*value_);
  }

 private:
  struct Nothing {};
  bool suspended() const { return run != nullptr; }
  void call() {
    if constexpr (std::is_void_v<Value>) {
      fn_();
    } else {
      value_.emplace(fn_());
    }
  }
  Fn fn_;
  std::optional<std::conditional_t<std::is_void_v<Value>, Nothing, Value>> value_;
  Wait wait_;
};

}  // namespace detail

template <class Fn>
auto blocking(Fn fn) {
  return detail::BlockingAwaiter<Fn>(std::move(fn));
}

}  // namespace banyan
