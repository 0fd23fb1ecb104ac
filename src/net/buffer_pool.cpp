#include "net/buffer_pool.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace banyan {
namespace {

constexpr std::align_val_t kAlignment{64};

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kCaches = false;  // so that a use after release is seen
#else
constexpr bool kCaches = true;
#endif
#else
constexpr bool kCaches = true;
#endif

// A thread's free buffers of one size.
class FreeBuffers {
 public:
  explicit FreeBuffers(std::size_t size) : size_(size) { free_.reserve(kept_max()); }
  FreeBuffers(const FreeBuffers&) = delete;
  FreeBuffers& operator=(const FreeBuffers&) = delete;
  ~FreeBuffers() {
    for (std::byte* buffer : free_) ::operator delete[](buffer, kAlignment);
  }

  std::byte* take() {
    if (free_.empty()) return new (kAlignment) std::byte[size_];
    std::byte* buffer = free_.back();
    free_.pop_back();
    return buffer;
  }
  void give(std::byte* buffer) {
    if (kCaches && free_.size() < kept_max()) {
      free_.push_back(buffer);
    } else {
      ::operator delete[](buffer, kAlignment);
    }
  }

 private:
  std::size_t kept_max() const { return kCachedBytesMax / 2 / size_; }
  std::size_t size_;
  std::vector<std::byte*> free_;
};

FreeBuffers& free_buffers(std::size_t size) {
  static thread_local FreeBuffers small(static_cast<std::size_t>(BufferSize::kSmall));
  static thread_local FreeBuffers large(static_cast<std::size_t>(BufferSize::kLarge));
  return size == static_cast<std::size_t>(BufferSize::kSmall) ? small : large;
}

}  // namespace

bool MemoryBudget::try_take(std::size_t bytes, std::uint64_t left) {
  const std::uint64_t limit = hard_.load(std::memory_order_relaxed);
  const std::uint64_t hard = limit - std::min(limit, beside_.load(std::memory_order_relaxed) + left);
  const std::uint64_t before = counted_.fetch_add(bytes, std::memory_order_relaxed);
  if (before <= hard && bytes <= hard - before) return true;
  counted_.fetch_sub(bytes, std::memory_order_relaxed);
  refused_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

void MemoryBudget::set_limits(std::uint64_t soft_bytes, std::uint64_t hard_bytes) {
  soft_.store(soft_bytes, std::memory_order_relaxed);
  hard_.store(hard_bytes, std::memory_order_relaxed);
}

void MemoryBudget::measured(std::uint64_t process_bytes) {
  constexpr std::uint64_t kFallDivisor = 16;  // a call lets it fall by so much of the way, rounded up
  const std::uint64_t beside = process_bytes - std::min(process_bytes, counted_.load(std::memory_order_relaxed));
  if (!beside_min_) beside_min_ = beside;
  const std::uint64_t before = beside_.load(std::memory_order_relaxed);
  const std::uint64_t fall = before > beside ? (before - beside + kFallDivisor - 1) / kFallDivisor : 0;
  beside_.store(std::max({beside, before - fall, *beside_min_}), std::memory_order_relaxed);
}

Result<void> MemoryCharge::take(std::size_t bytes) {
  if (!budget_.try_take(bytes, budget_.margin() / 4))
    return Error(ErrorCode::kResourceExhausted, "short of memory: try again later");
  bytes_ += bytes;
  return {};
}

Result<BufferLease> BufferLease::take(MemoryBudget& budget, BufferSize size) {
  const auto bytes = static_cast<std::size_t>(size);
  if (!budget.try_take(bytes)) {
    return Error(ErrorCode::kResourceExhausted, "no memory for a buffer: " + std::to_string(budget.used()) +
                                                    " bytes are in use, the limit is reached");
  }
  return BufferLease(&budget, free_buffers(bytes).take(), bytes);
}

void BufferLease::release() {
  if (data_ == nullptr) return;
  free_buffers(size_).give(std::exchange(data_, nullptr));
  budget_->give_back(size_);
}

}  // namespace banyan
