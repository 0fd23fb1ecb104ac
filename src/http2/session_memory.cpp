#include "http2/session_memory.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "runtime/frame_pool.h"

namespace banyan {
namespace {

// Before each block: the pool wants to hear the size again.
constexpr std::size_t kHead = alignof(std::max_align_t);

std::size_t& size_of(void* block) { return *reinterpret_cast<std::size_t*>(static_cast<std::byte*>(block) - kHead); }

void* allocate(std::size_t bytes, void* = nullptr) {
  auto* whole = static_cast<std::byte*>(detail::frame_allocate(bytes + kHead));
  void* const block = whole + kHead;
  size_of(block) = bytes;
  return block;
}

void release(void* block, void* = nullptr) {
  if (block != nullptr) detail::frame_free(static_cast<std::byte*>(block) - kHead, size_of(block) + kHead);
}

// nghttp2 asks for few, small elements: the product cannot overflow.
void* allocate_zeroed(std::size_t count, std::size_t bytes, void*) {
  return std::memset(allocate(count * bytes), 0, count * bytes);
}

void* resize(void* block, std::size_t bytes, void*) {
  void* const resized = allocate(bytes);
  if (block != nullptr) std::memcpy(resized, block, std::min(size_of(block), bytes));
  release(block);
  return resized;
}

}  // namespace

nghttp2_mem* http2_session_memory() {
  static nghttp2_mem memory{nullptr, &allocate, &release, &allocate_zeroed, &resize};
  return &memory;
}

}  // namespace banyan
