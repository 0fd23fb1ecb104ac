// ParkWord: of a waker, a timer and a canceller exactly one ends a wait, the task is queued exactly when it had
// suspended, and no wakeup is lost. Leaving out what Wait::begin does about cancellation must lose one.
#include "runtime/park_word.h"

#include "runtime/models/model.h"

namespace {

using Park = banyan::BasicParkWord<model::Atomics>;
constexpr std::uint8_t kReady = 0;
constexpr std::uint8_t kTimeout = 1;
constexpr std::uint8_t kCancelled = 2;

struct Outcome {
  int won = 0;
  int queued = 0;
  void count(banyan::Claim claim) {
    won += claim != banyan::Claim::kLost;
    queued += claim == banyan::Claim::kSchedule;
  }
};

// Thread 0 is the task. The token is handed to the others as a channel's lock or a wheel's lock would.
struct ThreeWakers : rl::test_suite<ThreeWakers, 4> {
  Park park;
  model::Atomic<std::uint64_t> token;
  model::Atomic<int> cancelled;
  Outcome outcome;
  bool suspended = false;

  void task() {
    const Park::Ticket ticket = park.prepare(false);
    token.store(ticket, rl::mo_release);
    if (cancelled.load(rl::mo_seq_cst) != 0) outcome.count(park.claim(ticket, kCancelled));
    suspended = park.commit();
  }
  void holder_of_token(std::uint8_t reason) {
    const std::uint64_t ticket = token.load(rl::mo_acquire);
    if (ticket != 0) outcome.count(park.claim(ticket, reason));
  }
  void canceller() {
    cancelled.store(1, rl::mo_seq_cst);
    outcome.count(park.claim_current(kCancelled));
  }
  void thread(unsigned index) {
    if (index == 0) task();
    if (index == 1) holder_of_token(kReady);
    if (index == 2) holder_of_token(kTimeout);
    if (index == 3) canceller();
  }
  void after() {
    RL_ASSERT(outcome.won == 1);
    RL_ASSERT(outcome.queued == (suspended ? 1 : 0));
    RL_ASSERT(!park.waiting());
  }
};

template <bool kLooks>
struct CancelAgainstWait : rl::test_suite<CancelAgainstWait<kLooks>, 2,
                                          kLooks ? rl::test_result_success : rl::test_result_user_assert_failed> {
  Park park;
  model::Atomic<int> cancelled;
  Outcome outcome;

  void thread(unsigned index) {
    if (index == 0) {
      const Park::Ticket ticket = park.prepare(false);
      if (kLooks && cancelled.load(rl::mo_seq_cst) != 0) outcome.count(park.claim(ticket, kCancelled));
      park.commit();
    } else {
      cancelled.store(1, rl::mo_seq_cst);
      outcome.count(park.claim_current(kCancelled));
    }
  }
  void after() { RL_ASSERT(outcome.won == 1); }
};

// A waker of the first wait comes as late as it likes: it must not end the second one.
struct LateWaker : rl::test_suite<LateWaker, 3> {
  Park park;
  model::Atomic<std::uint64_t> token;
  bool ended_second = false;

  void thread(unsigned index) {
    if (index == 0) {
      const Park::Ticket first = park.prepare(true);
      token.store(first, rl::mo_release);
      park.claim(first, kTimeout);
      RL_ASSERT(!park.commit());
      park.prepare(true);
      ended_second = !park.commit();
    } else if (index == 1) {
      const std::uint64_t first = token.load(rl::mo_acquire);
      if (first != 0) park.claim(first, kReady);
    } else {
      RL_ASSERT(park.claim_current(kCancelled) == banyan::Claim::kLost);  // both waits are shielded
    }
  }
  void after() { RL_ASSERT(!ended_second && park.waiting()); }
};

}  // namespace

int main() {
  bool good = model::check<ThreeWakers>("park word: waker, timer, canceller", 60000);
  good &= model::check<CancelAgainstWait<true>>("park word: cancellation before the wait is seen", 20000);
  good &= model::check<CancelAgainstWait<false>>("park word: without looking, a cancellation is lost", 20000);
  good &= model::check<LateWaker>("park word: a late waker does no harm", 20000);
  return good ? 0 : 1;
}
