// How one suspended task is woken exactly once although many may try.
//
// A task may wait for several things at a time: a channel, a timer, a cancellation. Each wait has a ticket, a number
// that only grows. Whoever wants to end the wait claims the ticket by compare-and-swap; the first wins and puts the
// task on a run queue, the others find the ticket gone and do nothing. So a late timer, or a sender that lost the race,
// can hold an old token without harm, as the word lives in memory that is never given back (task_record.h).
//
//   running --prepare--> preparing --commit--> waiting --claim--> running
//                            \------------claim---------/
//
// While preparing, the task is still registering itself; a claim then only leaves its reason, and commit tells the task
// not to suspend at all. `Atomics` is for the model checker, as in steal_ring.h.
#pragma once

#include <cstdint>

#include "runtime/steal_ring.h"

namespace banyan {

// Why a wait ended. From kCase on: the index of a case of a select.
enum class WakeReason : std::uint8_t { kReady = 0, kTimeout = 1, kCancelled = 2, kClosed = 3, kCase = 4 };

enum class Claim : std::uint8_t {
  kLost,      // somebody else ended this wait
  kInline,    // won; the task is still preparing and goes on by itself
  kSchedule,  // won; the caller must put the task on a run queue
};

template <class A = StdAtomics>
class BasicParkWord {
 public:
  using Ticket = std::uint64_t;

  // By the task itself, before it registers anywhere. Returns the ticket of the wait. A shielded wait cannot be ended
  // by a canceller.
  Ticket prepare(bool shielded) {
    const std::uint64_t ticket = (word_.load(A::relaxed) >> kTicketShift) + 1;
    word_.store(pack(ticket, shielded ? kPreparing | kShielded : kPreparing, 0), A::seq_cst);
    return ticket;
  }

  // By the task itself, when registered. True: it is now waiting and must suspend. False: it was claimed meanwhile.
  bool commit() {
    std::uint64_t seen = word_.load(A::relaxed);
    if ((seen & kStateMask) != kPreparing) return false;
    return word_.compare_exchange_strong(seen, (seen & ~kStateMask) | kWaiting, A::seq_cst, A::acquire);
  }

  // By anyone holding the ticket.
  Claim claim(Ticket ticket, std::uint8_t reason) {
    std::uint64_t seen = word_.load(A::acquire);
    for (;;) {
      const std::uint64_t state = seen & kStateMask;
      if (seen >> kTicketShift != ticket || state == kRunning) return Claim::kLost;
      if (word_.compare_exchange_strong(seen, pack(ticket, kRunning, reason), A::seq_cst, A::acquire)) {
        return state == kWaiting ? Claim::kSchedule : Claim::kInline;
      }
    }
  }

  // By a canceller, which holds no ticket: claims whatever wait is under way.
  Claim claim_current(std::uint8_t reason) {
    std::uint64_t seen = word_.load(A::seq_cst);
    for (;;) {
      const std::uint64_t state = seen & kStateMask;
      if (state == kRunning || (seen & kShielded) != 0) return Claim::kLost;
      if (word_.compare_exchange_strong(seen, pack(seen >> kTicketShift, kRunning, reason), A::seq_cst, A::acquire)) {
        return state == kWaiting ? Claim::kSchedule : Claim::kInline;
      }
    }
  }

  // By the task itself after it was claimed.
  std::uint8_t reason() const { return static_cast<std::uint8_t>(word_.load(A::acquire) >> kReasonShift & 0xff); }
  Ticket ticket() const { return word_.load(A::acquire) >> kTicketShift; }
  bool waiting() const { return (word_.load(A::relaxed) & kStateMask) == kWaiting; }

 private:
  static constexpr std::uint64_t kRunning = 0;
  static constexpr std::uint64_t kPreparing = 1;
  static constexpr std::uint64_t kWaiting = 2;
  static constexpr std::uint64_t kStateMask = 3;
  static constexpr std::uint64_t kShielded = 4;
  static constexpr unsigned kReasonShift = 3;
  static constexpr unsigned kTicketShift = 11;

  static std::uint64_t pack(std::uint64_t ticket, std::uint64_t state, std::uint8_t reason) {
    return ticket << kTicketShift | std::uint64_t{reason} << kReasonShift | state;
  }

  typename A::template Atomic<std::uint64_t> word_{0};
};

using ParkWord = BasicParkWord<>;

}  // namespace banyan
