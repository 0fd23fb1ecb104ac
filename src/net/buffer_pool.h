// Buffers for input and output: leased while bytes move, given back while a connection is idle.
//
// Ten thousand idle connections that each keep a 16 KiB buffer hold 160 MiB for nothing. So a connection waits without
// a buffer (Stream::wait_readable) and leases one only when bytes are there. What is leased, and whatever else asks,
// counts against one MemoryBudget of the process: above its soft limit new work should be refused, at its hard limit a
// lease fails. Each thread keeps a few free buffers (at most kCachedBytesMax), which only measured() can tell it of.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "base/result.h"

namespace banyan {

// Counts bytes against two limits. Any thread.
class MemoryBudget {
 public:
  static constexpr std::uint64_t kUnlimited = UINT64_MAX;
  explicit MemoryBudget(std::uint64_t soft_bytes = kUnlimited, std::uint64_t hard_bytes = kUnlimited)
      : soft_(soft_bytes), hard_(hard_bytes) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  // False: it would pass the hard limit, or come nearer to it than `left`; nothing was taken, and the refusal is
  // counted.
  bool try_take(std::size_t bytes, std::uint64_t left = 0);
  void give_back(std::size_t bytes) { counted_.fetch_sub(bytes, std::memory_order_relaxed); }
  // Takes effect at once; what is held beyond a lower limit stays until given back.
  void set_limits(std::uint64_t soft_bytes, std::uint64_t hard_bytes);
  // What the whole process was found to hold: from now on what it holds beside the bytes counted here counts as well.
  // Bytes that are counted and not yet touched hide some of that, so it rises at once and falls slowly, and never below
  // what the first call has found: let that be before there is anything to count. One thread.
  void measured(std::uint64_t process_bytes);

  std::uint64_t used() const {
    return counted_.load(std::memory_order_relaxed) + beside_.load(std::memory_order_relaxed);
  }
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  // From the soft limit to the hard one.
  std::uint64_t margin() const { return hard_.load(std::memory_order_relaxed) - soft_.load(std::memory_order_relaxed); }
  bool above_soft_limit() const { return used() > soft_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> counted_{0};
  std::atomic<std::uint64_t> beside_{0};
  std::optional<std::uint64_t> beside_min_;  // once measured
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> soft_;
  std::atomic<std::uint64_t> hard_;
};

// Bytes taken from a budget a few at a time, and given back together when this is destroyed. The last quarter of what
// is between its limits is left to buffers, without which not even a short question can be answered.
class MemoryCharge {
 public:
  explicit MemoryCharge(MemoryBudget& budget) : budget_(budget) {}
  MemoryCharge(const MemoryCharge&) = delete;
  MemoryCharge& operator=(const MemoryCharge&) = delete;
  ~MemoryCharge() {
    if (bytes_ != 0) budget_.give_back(bytes_);
  }
  // kResourceExhausted: there is no room for them; nothing more was taken.
  Result<void> take(std::size_t bytes);
  // A part of what was taken, before the rest.
  void give_back(std::size_t bytes) {
    bytes_ -= bytes;
    budget_.give_back(bytes);
  }

 private:
  MemoryBudget& budget_;
  std::size_t bytes_ = 0;
};

// 16 KiB holds a request's head or one TLS record; 64 KiB is where larger reads stop being cheaper per byte.
enum class BufferSize : std::uint32_t { kSmall = 16 * 1024, kLarge = 64 * 1024 };
inline constexpr std::size_t kCachedBytesMax = 4 * 1024 * 1024;  // 128 small, 32 large

// A buffer, until destroyed or released. May be released on another thread than it was leased on. Its contents are
// undefined at first. The budget must outlive it.
class [[nodiscard]] BufferLease {
 public:
  BufferLease() = default;  // holds nothing
  // kResourceExhausted: the budget's hard limit is reached.
  static Result<BufferLease> take(MemoryBudget& budget, BufferSize size = BufferSize::kSmall);
  BufferLease(BufferLease&& other) noexcept
      : budget_(other.budget_), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  BufferLease& operator=(BufferLease&& other) noexcept {
    if (this != &other) {
      release();
      budget_ = other.budget_;
      data_ = std::exchange(other.data_, nullptr);
      size_ = std::exchange(other.size_, 0);
    }
    return *this;
  }
  ~BufferLease() { release(); }

  void release();
  explicit operator bool() const { return data_ != nullptr; }
  std::span<std::byte> bytes() const { return {data_, size_}; }
  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  BufferLease(MemoryBudget* budget, std::byte* data, std::size_t size) : budget_(budget), data_(data), size_(size) {}
  MemoryBudget* budget_ = nullptr;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace banyan
