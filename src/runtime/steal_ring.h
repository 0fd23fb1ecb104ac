// A bounded queue with one owner that pushes and pops and many thieves that take half of it at once.
//
// The shape is Go's run queue: 32-bit head and tail that only grow, a power-of-two array. The owner alone writes the
// tail. The head is moved by compare-and-swap by whoever takes: the owner one at a time, a thief half at a time. A
// thief copies first and claims after, so a slot is read before the owner may reuse it or the claim fails and the copy
// is thrown away. `Atomics` supplies the atomic template, so that the same code is checked exhaustively by a model
// checker and runs on std::atomic.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace banyan {

struct StdAtomics {
  template <class T>
  using Atomic = std::atomic<T>;
  static constexpr std::memory_order relaxed = std::memory_order_relaxed;
  static constexpr std::memory_order acquire = std::memory_order_acquire;
  static constexpr std::memory_order release = std::memory_order_release;
  static constexpr std::memory_order acq_rel = std::memory_order_acq_rel;
  static constexpr std::memory_order seq_cst = std::memory_order_seq_cst;
};

template <class T, std::uint32_t kCapacity, class A = StdAtomics>
class StealRing {
  static_assert((kCapacity & (kCapacity - 1)) == 0, "capacity is a power of two");

 public:
  // Owner only. False when the ring is full.
  bool push(T* item) {
    const std::uint32_t tail = tail_.load(A::relaxed);
    if (tail - head_.load(A::acquire) >= kCapacity) return false;
    slots_[tail % kCapacity].store(item, A::relaxed);
    tail_.store(tail + 1, A::release);
    return true;
  }

  // Owner only. The oldest item, or null.
  T* pop() {
    std::uint32_t head = head_.load(A::acquire);
    for (;;) {
      if (head == tail_.load(A::relaxed)) return nullptr;
      T* item = slots_[head % kCapacity].load(A::relaxed);
      if (head_.compare_exchange_strong(head, head + 1, A::acq_rel, A::acquire)) return item;
    }
  }

  // Any thread: takes half (rounded up, at most `limit`) of the items into `out`, oldest first; returns how many.
  std::uint32_t steal(T** out, std::uint32_t limit) {
    std::uint32_t head = head_.load(A::acquire);
    for (;;) {
      const std::uint32_t size = tail_.load(A::acquire) - head;
      if (size == 0 || size > kCapacity) {
        if (size == 0) return 0;
        head = head_.load(A::acquire);  // the two reads did not belong together
        continue;
      }
      std::uint32_t count = size - size / 2;
      if (count > limit) count = limit;
      for (std::uint32_t i = 0; i < count; ++i) out[i] = slots_[(head + i) % kCapacity].load(A::relaxed);
      if (head_.compare_exchange_strong(head, head + count, A::acq_rel, A::acquire)) return count;
    }
  }

  // Any thread; a snapshot.
  std::uint32_t size() const {
    const std::uint32_t head = head_.load(A::acquire);
    const std::uint32_t count = tail_.load(A::acquire) - head;
    return count > kCapacity ? kCapacity : count;
  }

 private:
  typename A::template Atomic<std::uint32_t> head_{0};
  alignas(64) typename A::template Atomic<std::uint32_t> tail_{0};
  std::array<typename A::template Atomic<T*>, kCapacity> slots_{};
};

}  // namespace banyan
