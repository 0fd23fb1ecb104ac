#include "php_mount/errands.h"

#include <chrono>

#include "base/check.h"
#include "runtime/scope.h"

namespace banyan::php_mount {

void Errands::run(Task<void> (*work)(void* state), void* state, bool in_time) {
  {
    const std::lock_guard guard(lock_);
    has_ended_ = false;
  }
  // One at a time, so there is room; the channel is closed only when the script has ended.
  BANYAN_CHECK(asked_.try_send({work, state, in_time}));
  std::unique_lock guard(lock_);
  ended_.wait(guard, [this] { return has_ended_; });
}

void Errands::finish() {
  const std::lock_guard guard(lock_);
  has_ended_ = true;
  ended_.notify_one();
}

Task<void> Errands::serve(TimePoint late, void (*too_late)(void* state), void* state) {
  const TimePoint end = late;
  for (;;) {
    Result<std::optional<Errand>> errand = co_await asked_.receive(late);
    if (!errand.ok()) {
      too_late(state);
      late = time_after(std::chrono::seconds(1));
      continue;
    }
    if (!errand->has_value()) co_return;
    const Errand& now = **errand;
    co_await shielded(now.in_time ? end : kNever, now.work(now.state));
    finish();
  }
}

}  // namespace banyan::php_mount
