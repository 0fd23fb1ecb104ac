// Many deadlines, of which few are ever reached.
//
// A hierarchical timing wheel (Varghese and Lauck, 1987): seven levels of 64 slots, a tick of about one millisecond
// (2^20 ns). Arming and cancelling cost O(1); a timer is moved to a finer level at most six times. A timer never fires
// early and at most about one tick late. One wheel for each worker; a lock makes cancelling from another worker safe.
#pragma once

#include <array>
#include <cstdint>

#include "base/clock.h"
#include "runtime/futex_lock.h"
#include "runtime/task_record.h"

namespace banyan {

class TimerWheel;

// Lives in the awaiter of the waiting task. Must be cancelled before it is destroyed, unless it was never armed.
struct TimerNode {
  TimerWheel* wheel = nullptr;  // null: never armed
  TimerNode* previous = nullptr;
  TimerNode* next = nullptr;
  std::uint64_t tick = 0;
  WakeToken token;
  std::uint8_t level = 0;
  std::uint8_t slot = 0;
  bool linked = false;
};

class TimerWheel {
 public:
  explicit TimerWheel(TimePoint start) : start_(start) {}
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  // Wakes `token` with kTimeout at `deadline`.
  void arm(TimerNode& node, TimePoint deadline, WakeToken token);
  // After it the node is not touched again by the wheel. Any thread.
  static void cancel(TimerNode& node);
  // Wakes what is due at `now`. By the owner of the wheel. Returns how many.
  int advance(TimePoint now);
  // When advance() must be called next: exact or too early, never too late; kNever if no timer is armed.
  TimePoint next_expiry();

 private:
  static constexpr unsigned kLevels = 7;
  static constexpr unsigned kSlotBits = 6;
  static constexpr unsigned kTickShift = 20;
  struct Level {
    std::uint64_t occupied = 0;
    std::array<TimerNode*, 64> slots{};
  };
  struct Expiry {
    bool any;
    unsigned level;
    unsigned slot;
    std::uint64_t tick;
  };

  void link(TimerNode& node);
  void unlink(TimerNode& node);
  Expiry next_slot() const;
  TimePoint time_of(std::uint64_t tick) const;

  FutexLock lock_;
  TimePoint start_;
  std::uint64_t elapsed_ = 0;  // ticks fully processed
  std::array<Level, kLevels> levels_{};
};

}  // namespace banyan
