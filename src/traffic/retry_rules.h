// Whether a request that did not get a good answer may and should be sent again.
//
// The one rule that is never broken: a request that may not be executed twice reaches a second server only if no byte
// of it was sent to the first. Everything else is for the configuration to say.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace banyan {

// How an attempt ended.
enum class AttemptEnd : std::uint8_t {
  kAnswered,     // with some status
  kUnreachable,  // no byte was sent
  kBroken,       // bytes were sent, and no answer came or none that can be read
  kTimedOut,     // it took longer than an attempt may
  kFinal,        // nothing another attempt could mend: the client left, the request's body broke off, time is over
};

struct RetryRules {
  std::uint32_t attempts_max = 2;  // the first included
  bool on_unreachable = true;
  bool on_broken = true;
  bool on_timeout = false;
  std::vector<int> statuses;         // 503 alone, 5 for all of 5xx
  Duration try_timeout{};            // zero: none
  Duration backoff{};                // before a server is asked that was asked already
  bool same_endpoint_again = false;  // when all others were tried

  bool wants_status(int status) const {
    return std::any_of(statuses.begin(), statuses.end(),
                       [status](int one) { return one == status || (one < 10 && status / 100 == one); });
  }
  // `sent`: a byte may have reached a server. `repeatable`: it may be executed twice and its body is still there.
  bool wants(AttemptEnd end, int status, bool sent, bool repeatable) const {
    if (sent && !repeatable) return false;
    switch (end) {
      case AttemptEnd::kUnreachable:
        return on_unreachable;
      case AttemptEnd::kBroken:
        return on_broken;
      case AttemptEnd::kTimedOut:
        return on_timeout;
      case AttemptEnd::kAnswered:
        return !statuses.empty() && wants_status(status);
      case AttemptEnd::kFinal:
        break;
    }
    return false;
  }
  // How long to wait before the `again`-th attempt (from 1) at a server that was asked before: the base doubled each
  // time, at most 10 s, and of that a random part between half and all. `random`: any number.
  Duration wait_before(std::uint32_t again, std::uint64_t random) const {
    constexpr Duration kMost = std::chrono::seconds(10);
    const std::int64_t whole = std::min((backoff * (std::int64_t{1} << std::min(again - 1, 16U))), kMost).count();
    const std::int64_t half = whole / 2;
    return Duration(half + static_cast<std::int64_t>(random % static_cast<std::uint64_t>(whole - half + 1)));
  }
};

}  // namespace banyan
