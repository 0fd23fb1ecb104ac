#include "runtime/select.h"

#include <algorithm>

#include "runtime/worker.h"

namespace banyan::detail {
namespace {

std::size_t random_start(std::size_t count) {
  // A cheap generator for each thread; in the simulator the seed decides.
  if (current_env().simulated()) return current_env().choose(static_cast<std::uint32_t>(count));
  thread_local std::uint32_t state = 2463534242U;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % count;
}

// The distinct channels of the cases in order of address, which is the order all selects lock them in.
std::size_t distinct_channels(std::span<SelectCase*> cases, std::array<ChannelBase*, 16>& out) {
  std::size_t count = 0;
  for (SelectCase* c : cases) out[count++] = c->channel;
  std::sort(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count), std::less<>());
  return static_cast<std::size_t>(std::unique(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count)) -
                                  out.begin());
}

}  // namespace

void SelectCore::lock_all() {
  std::array<ChannelBase*, 16> channels;
  const std::size_t count = distinct_channels(cases_, channels);
  for (std::size_t i = 0; i < count; ++i) channels[i]->lock().lock();
}

void SelectCore::unlock_all() {
  // The channels are collected first: after the last unlock this object may be gone.
  std::array<ChannelBase*, 16> channels;
  const std::size_t count = distinct_channels(cases_, channels);
  for (std::size_t i = count; i > 0; --i) channels[i - 1]->lock().unlock();
}

bool SelectCore::attempt_all() {
  const std::size_t start = random_start(cases_.size());
  for (std::size_t n = 0; n < cases_.size(); ++n) {
    const std::size_t i = (start + n) % cases_.size();
    SelectCase& c = *cases_[i];
    const auto attempt =
        c.sending ? c.channel->try_send_locked(c.cell, &wake_) : c.channel->try_receive_locked(c.cell, &wake_);
    if (attempt == ChannelBase::Attempt::kWouldWait) continue;
    done_ = i;
    closed_ = attempt == ChannelBase::Attempt::kClosed;
    return true;
  }
  return false;
}

bool SelectCore::ready() {
  lock_all();
  const bool done = attempt_all();
  if (!done && waits_) return false;  // suspend() goes on with the channels locked
  unlock_all();
  if (wake_ != nullptr) resume_claimed(std::exchange(wake_, nullptr));
  return !waits_ || spend_budget();
}

bool SelectCore::suspend(std::coroutine_handle<> frame) {
  if (done_ != kNone) {  // done, but others must have their turn
    YieldAwaiter().await_suspend(frame);
    return true;
  }
  const WakeToken token = wait_.begin(frame, "select", deadline_);
  suspended_ = true;
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    ChannelWaiter& waiter = cases_[i]->waiter;
    waiter.token = token;
    waiter.cell = cases_[i]->cell;
    waiter.reason = static_cast<std::uint8_t>(static_cast<std::size_t>(WakeReason::kCase) + i);
    (cases_[i]->sending ? cases_[i]->channel->senders() : cases_[i]->channel->receivers()).push(&waiter);
  }
  const bool suspends = wait_.commit();
  unlock_all();
  return suspends;
}

Result<std::size_t> SelectCore::outcome(bool* transferred) {
  if (suspended_) {
    const WakeReason reason = wait_.finish();
    lock_all();
    for (SelectCase* c : cases_) (c->sending ? c->channel->senders() : c->channel->receivers()).remove(&c->waiter);
    unlock_all();
    if (reason < WakeReason::kCase) return wait_error(reason, "select");
    done_ = static_cast<std::size_t>(reason) - static_cast<std::size_t>(WakeReason::kCase);
    closed_ = cases_[done_]->waiter.closed;
  }
  if (done_ == kNone) return Error(ErrorCode::kUnavailable, "no case of the select could go on");
  *transferred = !closed_;
  return done_;
}

}  // namespace banyan::detail
