// Channels: a receiver that waits, against a sender, close() and cancellation; and a select over two channels against
// two senders and cancellation. A value is delivered exactly if its sender says so, the task goes on exactly once, and
// nothing that stands in a list of waiters outlives its wait. The lists and locks are those of channel.cpp and
// select.cpp in small; the park word is the real one.
#include "runtime/park_word.h"

#include "runtime/models/model.h"

namespace {

using Park = banyan::BasicParkWord<model::Atomics>;
constexpr std::uint8_t kReady = 0;
constexpr std::uint8_t kCancelled = 2;
constexpr std::uint8_t kCase = 4;

struct Waiter {
  Park::Ticket ticket = 0;
  std::uint8_t reason = kReady;
  rl::var<int> cell;
  rl::var<int> closed;
};

struct Channel {
  rl::mutex lock;
  rl::var<Waiter*> receiver;
  rl::var<int> is_closed;
};

template <int kChannels, bool kWithClose>
struct Receiving : rl::test_suite<Receiving<kChannels, kWithClose>, kChannels + 2 + (kWithClose ? 1 : 0)> {
  Park park;
  Channel channels[kChannels];
  Waiter waiters[kChannels];
  model::Atomic<int> cancelled;
  int went_on = 0;
  int received = 0;
  int saw_closed = 0;
  int sent = 0;

  void before() {
    for (Channel& channel : channels) {
      channel.receiver($) = nullptr;
      channel.is_closed($) = 0;
    }
    for (Waiter& waiter : waiters) {
      waiter.cell($) = 0;
      waiter.closed($) = 0;
    }
  }
  void lock_all() {
    for (Channel& channel : channels) channel.lock.lock($);
  }
  void unlock_all() {
    for (Channel& channel : channels) channel.lock.unlock($);
  }

  // What runs when the task goes on, on the thread of whoever ended its wait.
  void go_on() {
    ++went_on;
    const std::uint8_t reason = park.reason();
    lock_all();
    for (Channel& channel : channels) channel.receiver($) = nullptr;
    unlock_all();
    if (reason == kCancelled) return;
    Waiter& waiter = waiters[reason - kCase];
    if (waiter.closed($) != 0) {
      ++saw_closed;
    } else {
      received += waiter.cell($);
    }
  }

  void receive() {
    lock_all();
    if (channels[0].is_closed($) != 0) {
      unlock_all();
      ++saw_closed;
      ++went_on;
      return;
    }
    const Park::Ticket ticket = park.prepare(false);
    if (cancelled.load(rl::mo_seq_cst) != 0) park.claim(ticket, kCancelled);
    for (int i = 0; i < kChannels; ++i) {
      waiters[i].ticket = ticket;
      waiters[i].reason = static_cast<std::uint8_t>(kCase + i);
      channels[i].receiver($) = &waiters[i];
    }
    const bool suspended = park.commit();
    unlock_all();
    if (!suspended) go_on();
  }

  // The waiter, claimed; null when there is none or it went on for another reason.
  Waiter* claim_waiter(Channel& channel) {
    Waiter* waiter = channel.receiver($);
    channel.receiver($) = nullptr;
    if (waiter == nullptr) return nullptr;
    const banyan::Claim claim = park.claim(waiter->ticket, waiter->reason);
    if (claim == banyan::Claim::kLost) return nullptr;
    RL_ASSERT(claim == banyan::Claim::kSchedule);
    return waiter;
  }
  void send(Channel& channel, int value) {
    channel.lock.lock($);
    Waiter* waiter = channel.is_closed($) != 0 ? nullptr : claim_waiter(channel);
    if (waiter != nullptr) {
      waiter->cell($) = value;
      sent += value;
    }
    channel.lock.unlock($);
    if (waiter != nullptr) go_on();
  }
  void close(Channel& channel) {
    channel.lock.lock($);
    channel.is_closed($) = 1;
    Waiter* waiter = claim_waiter(channel);
    if (waiter != nullptr) waiter->closed($) = 1;
    channel.lock.unlock($);
    if (waiter != nullptr) go_on();
  }
  void cancel() {
    cancelled.store(1, rl::mo_seq_cst);
    if (park.claim_current(kCancelled) == banyan::Claim::kSchedule) go_on();
  }

  void thread(unsigned index) {
    if (index == 0) return receive();
    if (index == 1) return cancel();
    if (index < 2 + kChannels) return send(channels[index - 2], index == 2 ? 1 : 10);
    close(channels[0]);
  }
  void after() {
    RL_ASSERT(went_on == 1);
    RL_ASSERT(received == sent);
    RL_ASSERT(saw_closed == 0 || received == 0);
    for (Channel& channel : channels) RL_ASSERT(channel.receiver($) == nullptr);
  }
};

}  // namespace

int main() {
  bool good = model::check<Receiving<1, true>>("channel: receive, send, close, cancel", 40000);
  good &= model::check<Receiving<2, false>>("select: two senders and a cancellation", 40000);
  return good ? 0 : 1;
}
