// How long to pause between attempts to connect: the longest pause doubles with each, and a random part of it is taken,
// so that many clients of a server that comes back do not all come at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "runtime/env.h"

namespace banyan {

class RedisBackoff {
 public:
  RedisBackoff(Duration least, Duration most) : least_(least), most_(std::max(least, most)), ceiling_(least) {}

  void reset() { ceiling_ = least_; }
  // Between half of the present ceiling and all of it.
  Duration next() {
    std::uint32_t random = 0;
    current_env().fill_random(std::as_writable_bytes(std::span(&random, 1)));
    const double part = 0.5 + 0.5 * static_cast<double>(random) / 4294967296.0;
    const Duration pause(static_cast<std::int64_t>(static_cast<double>(ceiling_.count()) * part));
    ceiling_ = std::min(ceiling_ * 2, most_);
    return pause;
  }

 private:
  Duration least_;
  Duration most_;
  Duration ceiling_;
};

}  // namespace banyan
