#include "runtime/timer_wheel.h"

#include <bit>
#include <mutex>

namespace banyan {

void TimerWheel::arm(TimerNode& node, TimePoint deadline, WakeToken token) {
  // The tick in which the deadline has passed for certain: rounded up.
  const auto delay = (deadline - start_).count();
  const std::uint64_t nanoseconds = delay > 0 ? static_cast<std::uint64_t>(delay) : 0;
  std::lock_guard guard(lock_);
  node.wheel = this;
  node.token = token;
  node.tick = (nanoseconds + (std::uint64_t{1} << kTickShift) - 1) >> kTickShift;
  if (node.tick <= elapsed_) node.tick = elapsed_ + 1;
  link(node);
}

void TimerWheel::cancel(TimerNode& node) {
  if (node.wheel == nullptr) return;
  std::lock_guard guard(node.wheel->lock_);
  if (node.linked) node.wheel->unlink(node);
}

void TimerWheel::link(TimerNode& node) {
  // The highest bit in which the tick differs from now says how coarse a level suffices.
  const std::uint64_t difference = (node.tick ^ elapsed_) | 63;
  unsigned level = static_cast<unsigned>(63 - std::countl_zero(difference)) / kSlotBits;
  if (level >= kLevels) level = kLevels - 1;
  const unsigned slot = static_cast<unsigned>(node.tick >> (level * kSlotBits)) & 63;
  node.level = static_cast<std::uint8_t>(level);
  node.slot = static_cast<std::uint8_t>(slot);
  node.previous = nullptr;
  node.next = levels_[level].slots[slot];
  if (node.next != nullptr) node.next->previous = &node;
  levels_[level].slots[slot] = &node;
  levels_[level].occupied |= std::uint64_t{1} << slot;
  node.linked = true;
}

void TimerWheel::unlink(TimerNode& node) {
  Level& level = levels_[node.level];
  if (node.previous != nullptr) {
    node.previous->next = node.next;
  } else {
    level.slots[node.slot] = node.next;
    if (node.next == nullptr) level.occupied &= ~(std::uint64_t{1} << node.slot);
  }
  if (node.next != nullptr) node.next->previous = node.previous;
  node.linked = false;
}

TimerWheel::Expiry TimerWheel::next_slot() const {
  for (unsigned level = 0; level < kLevels; ++level) {
    const std::uint64_t occupied = levels_[level].occupied;
    if (occupied == 0) continue;
    // Slots before the current position belong to the next turn of this level, so look from the position on.
    const unsigned shift = level * kSlotBits;
    const unsigned position = static_cast<unsigned>(elapsed_ >> shift) & 63;
    const unsigned distance = static_cast<unsigned>(std::countr_zero(std::rotr(occupied, static_cast<int>(position))));
    const std::uint64_t base = elapsed_ >> shift;
    return {true, level, (position + distance) & 63, (base + distance) << shift};
  }
  return {false, 0, 0, 0};
}

int TimerWheel::advance(TimePoint now) {
  const auto since = (now - start_).count();
  const std::uint64_t now_tick = since > 0 ? static_cast<std::uint64_t>(since) >> kTickShift : 0;
  constexpr int kRound = 64;
  int fired = 0;
  for (;;) {
    std::array<WakeToken, kRound> due;
    int count = 0;
    bool more = false;
    {
      std::lock_guard guard(lock_);
      for (;;) {
        const Expiry expiry = next_slot();
        if (!expiry.any || expiry.tick > now_tick) {
          if (now_tick > elapsed_) elapsed_ = now_tick;
          break;
        }
        if (expiry.tick > elapsed_) elapsed_ = expiry.tick;
        TimerNode* node = levels_[expiry.level].slots[expiry.slot];
        while (node != nullptr && count < kRound) {
          TimerNode* next = node->next;
          unlink(*node);
          if (node->tick <= elapsed_) {
            due[static_cast<std::size_t>(count++)] = node->token;
          } else {
            link(*node);
          }
          node = next;
        }
        if (count == kRound) {
          more = true;
          break;
        }
      }
    }
    for (int i = 0; i < count; ++i) due[static_cast<std::size_t>(i)].wake(WakeReason::kTimeout);
    fired += count;
    if (!more) return fired;
  }
}

TimePoint TimerWheel::time_of(std::uint64_t tick) const {
  return start_ + Duration(static_cast<std::int64_t>(tick << kTickShift));
}

TimePoint TimerWheel::next_expiry() {
  std::lock_guard guard(lock_);
  const Expiry expiry = next_slot();
  return expiry.any ? time_of(expiry.tick) : kNever;
}

}  // namespace banyan
