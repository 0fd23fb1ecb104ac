// Calls that block a thread (SQLite, a slow file system, a C library) run on a pool of threads made for that.
//
//   int rows = co_await blocking([&] { return database.count(); });
//
// The task suspends until the call has returned; what the call refers to stays alive meanwhile. It cannot be
// interrupted: give the call its own time limit. The pool grows to `kBlockingThreadsMax` threads and shrinks when idle;
// beyond that, calls wait their turn. In the simulator the call runs at once.
//
// Where calls of one kind must not wait for all others, nor these for them, they have a pool of their own:
//
//   static BlockingPool& pool = make_blocking_pool("sorting", 2, 100);
//   std::optional<int> rows = co_await blocking_on(pool, [&] { return sort(lines); });
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "runtime/wait.h"

namespace banyan {

inline constexpr unsigned kBlockingThreadsMax = 64;

class BlockingPool;
// At most `threads_max` threads, named `name` (15 bytes), and at most `calls_max` calls that have a thread or wait for
// one. It lasts as long as the process: make it once. Thread-safe.
BlockingPool& make_blocking_pool(const char* name, unsigned threads_max, unsigned calls_max);

namespace detail {

struct BlockingJob {
  BlockingJob* next = nullptr;
  void (*run)(BlockingJob* job) = nullptr;
  WakeToken token;
};
// Null: the pool of all. Wakes the job at once, and does not run it, where there is no room for it.
void submit_blocking(BlockingPool* pool, BlockingJob* job);

template <class Fn>
class BlockingAwaiter : BlockingJob {
 public:
  using Value = std::invoke_result_t<Fn&>;
  explicit BlockingAwaiter(Fn fn, BlockingPool* pool = nullptr) : fn_(std::move(fn)), pool_(pool) {}
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
    submit_blocking(pool_, this);
    return suspends;
  }
  Value await_resume() {
    finish();
    if constexpr (!std::is_void_v<Value>) return std::move(*value_);
  }

 protected:
  struct Nothing {};
  using Kept = std::optional<std::conditional_t<std::is_void_v<Value>, Nothing, Value>>;
  void finish() {
    if (run != nullptr) (void)wait_.finish();
  }
  Kept value_;

 private:
  void call() {
    if constexpr (std::is_void_v<Value>) {
      fn_();
    } else {
      value_.emplace(fn_());
    }
  }
  Fn fn_;
  BlockingPool* const pool_;
  Wait wait_;
};

template <class Fn>
class BoundedAwaiter : public BlockingAwaiter<Fn> {
 public:
  using BlockingAwaiter<Fn>::BlockingAwaiter;
  typename BlockingAwaiter<Fn>::Kept await_resume() {
    this->finish();
    return std::move(this->value_);
  }
};

}  // namespace detail

template <class Fn>
auto blocking(Fn fn) {
  return detail::BlockingAwaiter<Fn>(std::move(fn));
}

// Nothing where `pool` had no room, and the call was not made.
template <class Fn>
auto blocking_on(BlockingPool& pool, Fn fn) {
  return detail::BoundedAwaiter<Fn>(std::move(fn), &pool);
}

}  // namespace banyan
