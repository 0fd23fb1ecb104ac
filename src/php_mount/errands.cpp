#include "php_mount/errands.h"

#include <chrono>

#include "base/check.h"

namespace banyan::php_mount {

void Errands::run(Task<void> (*work)(void* state), void* state) {
  {
    const std::lock_guard guard(lock_);
    has_ended_ = false;
  }
  // One at a time, so there is room; the channel is closed only when the script has ended.
  BANYAN_CHECK(asked_.try_send({work, state}));
  std::unique_lock guard(lock_);
  ended_.wait(guard, [this] { return has_ended_; });
}

void Errands::finish() {
  const std::lock_guard guard(lock_);
  has_ended_ = true;
  ended_.notify_one();
}

Task<void> Errands::serve(TimePoint late, void (*too_late)(void* state), void* state) {
  for (;;) {
    Result<std::optional<Errand>> errand = co_await asked_.receive(late);
    if (!errand.ok()) {
      too_late(state);
      late = time_after(std::chrono::seconds(1));
      continue;
    }
    if (!errand->has_value()) co_return;
    co_await (*errand)->work((*errand)->state);
    finish();
  }
}

}  // namespace banyan::php_mount
