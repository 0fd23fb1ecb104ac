// Children that cannot outlive their parent.
//
//   int total = 0;
//   Result<void> done = co_await with_scope(std::move(input), [](Scope& scope, Input& input) -> Task<Result<void>> {
//     for (Part& part : input.parts) scope.spawn("part", work_on(part));
//     co_return co_await scope.join();
//   });
//
// with_scope() keeps `state` alive until every child has ended, so children may refer to it. When fn returns, by
// whatever way, children that still run are cancelled and joined. The first error of a child is kept and cancels its
// siblings; join() gives it. Cancelling a task cancels its own wait; its children are cancelled as it leaves its
// scopes.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "runtime/futex_lock.h"
#include "runtime/task.h"
#include "runtime/wait.h"

namespace banyan {

class Scope {
 public:
  Scope() = default;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  // An open scope here is a broken invariant: its children might use what is being destroyed.
  ~Scope();

  // `name` is a literal. The child inherits the caller's context. A pinned child stays on the caller's worker.
  void spawn(const char* name, Task<Result<void>> child);
  void spawn_pinned(const char* name, Task<Result<void>> child);
  // Tells all children to stop; those that finish well all the same are fine.
  void cancel();
  // Waits until no child is left. Gives the first error of a child; or kCancelled or kDeadlineExceeded if the waiting
  // task itself was interrupted, the children then still running.
  auto join();
  // The same, but nothing interrupts it.
  auto join_all();
  std::size_t size() const;

 private:
  friend class ScopeJoinAwaiter;
  static Task<void> run_child(Scope* scope, Task<Result<void>> child);
  static void child_done(TaskRecord* task);
  TaskRecord* adopt(const char* name, Task<Result<void>> child);
  void note(Result<void> result);

  mutable FutexLock lock_;
  TaskRecord* children_ = nullptr;
  std::size_t count_ = 0;
  bool cancelled_ = false;
  std::optional<Error> first_error_;
  WakeToken joiner_;
};

class ScopeJoinAwaiter {
 public:
  ScopeJoinAwaiter(Scope& scope, bool interruptible) : scope_(scope), interruptible_(interruptible) {}
  bool await_ready();
  bool await_suspend(std::coroutine_handle<> frame);
  Result<void> await_resume();

 private:
  Scope& scope_;
  bool interruptible_;
  bool suspended_ = false;
  Wait wait_;
};

inline auto Scope::join() { return ScopeJoinAwaiter(*this, true); }
inline auto Scope::join_all() { return ScopeJoinAwaiter(*this, false); }

// Runs fn(scope, state). `fn` captures nothing.
template <class State, class Fn>
auto with_scope(State state, Fn fn) -> std::invoke_result_t<Fn, Scope&, State&> {
  static_assert(std::is_empty_v<Fn>, "fn must capture nothing: pass what it needs as state");
  Scope scope;
  auto result = co_await fn(scope, state);
  scope.cancel();
  (void)co_await scope.join_all();
  co_return result;
}

// Limits the time of `op`: its waits end with kDeadlineExceeded.
template <class T>
Task<T> with_deadline(TimePoint deadline, Task<T> op) {
  ContextGuard guard(current_context().with_deadline(deadline));
  co_return co_await std::move(op);
}
template <class T>
Task<T> with_timeout(Duration timeout, Task<T> op) {
  return with_deadline(time_after(timeout), std::move(op));
}

namespace detail {
// Hides cancellation from the running task while it lives.
class Shield {
 public:
  Shield();
  Shield(const Shield&) = delete;
  Shield& operator=(const Shield&) = delete;
  ~Shield();
};
}  // namespace detail

// Runs `op` to its end although the task was cancelled or its deadline has passed: for clean-up. `deadline` replaces
// the ambient one, so that clean-up is bounded too.
template <class T>
Task<T> shielded(TimePoint deadline, Task<T> op) {
  detail::Shield shield;
  ContextGuard guard(current_context().with_fresh_deadline(deadline));
  co_return co_await std::move(op);
}

}  // namespace banyan
