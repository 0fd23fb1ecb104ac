// The task that sends a request's body while its answer comes already.
//
// Whoever sends a request owns one, beside the body it reads: an upstream that can do both at once starts its task
// here, and the owner ends it before the body goes away or is read by somebody else.
#pragma once

#include <optional>

#include "runtime/scope.h"

namespace banyan {

class Upload {
 public:
  Upload() = default;
  // `asks_first`: the client waits for 100 (Continue) before it sends the body, so the server is asked whether it wants
  // it, and the body is left alone where that answers at once.
  explicit Upload(bool asks_first) : asks_first_(asks_first) {}
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // One at a time.
  void start(Task<Result<void>> task) {
    scope_.emplace();
    scope_->spawn_pinned("upload", std::move(task));
  }
  bool begun() const { return scope_.has_value(); }
  bool asks_first() const { return asks_first_; }
  // Lets the task, where there is one, go on to its end, and waits for that.
  Task<void> finish() {
    if (scope_) (void)co_await scope_->join();
  }
  // Cancels the task, where there is one, and waits for its end, which nothing interrupts. Must have been called, and
  // have ended, before this is destroyed.
  Task<void> end() {
    if (!scope_) co_return;
    scope_->cancel();
    (void)co_await scope_->join_all();
    scope_.reset();
  }

 private:
  std::optional<Scope> scope_;
  bool asks_first_ = false;
};

}  // namespace banyan
