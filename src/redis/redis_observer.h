// Who hears of every command when it has ended: the seam for metrics and spans.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "runtime/runtime.h"

namespace banyan {

// Called on whatever worker the command ended, in the task that gave it, with that task's context in force: it must be
// safe to call from several at once, and must not suspend.
class RedisObserver {
 public:
  struct Command {
    std::string_view name;     // "GET"; "pipeline", "transaction"; never keys or values
    std::size_t commands = 1;  // how many it was
    Duration took{};
    const Error* error = nullptr;  // null: it was answered, and not with an error
  };
  virtual ~RedisObserver() = default;
  virtual void command_ended(const Command& command) = 0;
};

// Tells it, where there is one, how a call that began at `start` came about.
template <class T>
void tell_observer(RedisObserver* observer, std::string_view name, std::size_t commands, TimePoint start,
                   const Result<T>& result) {
  if (observer == nullptr) return;
  observer->command_ended(
      {.name = name, .commands = commands, .took = now() - start, .error = result.ok() ? nullptr : &result.error()});
}

}  // namespace banyan
