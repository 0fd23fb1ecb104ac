// A mutex of four bytes for sections of a few instructions: one compare-and-swap when free, a kernel wait when its
// holder was descheduled. It never spins for long, since on two cores the holder may need this very core. futex(2).
#pragma once

#include <atomic>
#include <cstdint>

namespace banyan {

class FutexLock {
 public:
  void lock() {
    std::uint32_t expected = 0;
    if (!word_.compare_exchange_strong(expected, 1, std::memory_order_acquire, std::memory_order_relaxed)) lock_slow();
  }
  void unlock() {
    if (word_.exchange(0, std::memory_order_release) == 2) wake_one();
  }

 private:
  void lock_slow();
  void wake_one();
  std::atomic<std::uint32_t> word_{0};  // 0 free, 1 held, 2 held with waiters
};

}  // namespace banyan
