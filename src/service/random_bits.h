// Where ids of traces and spans come from.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/env.h"

namespace banyan::service {

// 64 bits, from the environment of the running task.
inline std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  current_env().fill_random(std::as_writable_bytes(std::span(&bits, 1)));
  return bits;
}

}  // namespace banyan::service
