#include "runtime/frame_pool.h"

#include <array>
#include <atomic>
#include <cstdlib>

#include "base/check.h"
#include "runtime/free_list.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BANYAN_PLAIN_FRAMES 1
#endif
#endif

namespace banyan {
namespace {

std::atomic<std::uint64_t> bytes_reserved{0};

#ifndef BANYAN_PLAIN_FRAMES

constexpr std::size_t kGranule = 32;
constexpr unsigned kClasses = 96;  // up to 3 KiB; larger blocks are malloc's
constexpr std::size_t kSlabBytes = std::size_t{64} * 1024;

detail::SharedFreeList* shared_list(unsigned index) {
  // Never destroyed: threads may free frames while static objects are being destroyed.
  static auto* lists = new std::array<detail::SharedFreeList, kClasses>;
  return &(*lists)[index];
}

struct ThreadCache {
  std::array<detail::ThreadFreeList, kClasses> lists;
  char* slab = nullptr;
  std::size_t slab_left = 0;
  ~ThreadCache() {
    for (unsigned i = 0; i < kClasses; ++i) lists[i].give_all(*shared_list(i));
  }
};

thread_local ThreadCache cache;

void* carve(std::size_t bytes) {
  if (cache.slab_left < bytes) {
    // What is left of the old slab is lost: less than one frame in 64 KiB.
    cache.slab = static_cast<char*>(std::malloc(kSlabBytes));
    BANYAN_CHECK(cache.slab != nullptr);
    cache.slab_left = kSlabBytes;
    bytes_reserved.fetch_add(kSlabBytes, std::memory_order_relaxed);
  }
  void* block = cache.slab;
  cache.slab += bytes;
  cache.slab_left -= bytes;
  return block;
}

[[gnu::noinline]] void* allocate_slow(unsigned index) {
  detail::ThreadFreeList& list = cache.lists[index];
  return list.refill(*shared_list(index)) ? list.pop() : carve((index + 1) * kGranule);
}

#endif

}  // namespace

std::uint64_t frame_bytes_reserved() { return bytes_reserved.load(std::memory_order_relaxed); }

namespace detail {

void* frame_allocate(std::size_t bytes) {
#ifndef BANYAN_PLAIN_FRAMES
  const std::size_t index = (bytes - 1) / kGranule;
  if (index < kClasses) [[likely]] {
    void* block = cache.lists[index].pop();
    return block != nullptr ? block : allocate_slow(static_cast<unsigned>(index));
  }
#endif
  void* block = std::malloc(bytes);
  BANYAN_CHECK(block != nullptr);
  bytes_reserved.fetch_add(bytes, std::memory_order_relaxed);
  return block;
}

void frame_free(void* block, std::size_t bytes) noexcept {
#ifndef BANYAN_PLAIN_FRAMES
  const std::size_t index = (bytes - 1) / kGranule;
  if (index < kClasses) [[likely]] {
    cache.lists[index].push(block, &shared_list, static_cast<unsigned>(index));
    return;
  }
#endif
  bytes_reserved.fetch_sub(bytes, std::memory_order_relaxed);
  std::free(block);
}

}  // namespace detail
}  // namespace banyan
