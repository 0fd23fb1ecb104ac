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
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // One at a time.
  void start(Task<Result<void>> task) {
    scope_.emplace();
    scope_->spawn_pinned("upload", std::move(task));
  }
  bool begun() const { return scope_.has_value(); }
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
};

}  // namespace banyan
