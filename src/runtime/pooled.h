// Objects that come and go as often as coroutine frames, and take their memory from the frames' pool.
#pragma once

#include <cstddef>

#include "runtime/frame_pool.h"

namespace banyan {

// A base. One that is deleted through a base class of its own needs a virtual destructor there, as ever.
struct Pooled {
  static void* operator new(std::size_t bytes) { return detail::frame_allocate(bytes); }
  static void operator delete(void* block, std::size_t bytes) noexcept { detail::frame_free(block, bytes); }
};

}  // namespace banyan
