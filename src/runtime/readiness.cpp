#include "runtime/readiness.h"

#include <mutex>
#include <vector>

#include "runtime/worker.h"

namespace banyan {
// What was released and waits for its poller's next wait. These are kept for ever as well, since a Readiness may be
// released when its poller is gone; the next poller takes over the list with what it holds.
struct Poller::Released {
  std::atomic<Readiness*> first{nullptr};
};

namespace {

struct Pool {
  std::mutex lock;
  std::vector<Readiness*> free;
  std::vector<void*> lists;  // Poller::Released without a poller
};

Pool& pool() {
  static auto* the_pool = new Pool;
  return *the_pool;
}

}  // namespace

Readiness* Readiness::acquire() {
  const Worker* worker = current_worker();
  std::lock_guard guard(pool().lock);
  if (pool().free.empty()) {
    constexpr int kSlab = 256;
    auto* slab = new Readiness[kSlab];
    for (int i = 0; i < kSlab; ++i) pool().free.push_back(&slab[i]);
  }
  Readiness* readiness = pool().free.back();
  pool().free.pop_back();
  readiness->read_.store(kIdle, std::memory_order_relaxed);
  readiness->write_.store(kIdle, std::memory_order_relaxed);
  readiness->hung_up_.store(false, std::memory_order_relaxed);
  readiness->broken_.store(false, std::memory_order_relaxed);
  readiness->released_to_ = worker == nullptr ? nullptr : worker->poller->released_;
  return readiness;
}

void Readiness::release() {
  if (released_to_ == nullptr) {
    std::lock_guard guard(pool().lock);
    pool().free.push_back(this);
    return;
  }
  std::atomic<Readiness*>& first = released_to_->first;
  next_released_ = first.load(std::memory_order_relaxed);
  while (!first.compare_exchange_weak(next_released_, this, std::memory_order_release, std::memory_order_relaxed)) {
  }
}

Poller::Poller() {
  std::lock_guard guard(pool().lock);
  if (pool().lists.empty()) pool().lists.push_back(new Released);
  released_ = static_cast<Released*>(pool().lists.back());
  pool().lists.pop_back();
}

Poller::~Poller() {
  reuse_released();
  std::lock_guard guard(pool().lock);
  pool().lists.push_back(released_);
}

void Poller::reuse_released() {
  if (released_->first.load(std::memory_order_relaxed) == nullptr) return;
  Readiness* readiness = released_->first.exchange(nullptr, std::memory_order_acquire);
  std::lock_guard guard(pool().lock);
  while (readiness != nullptr) {
    pool().free.push_back(readiness);
    readiness = readiness->next_released_;
  }
}

void Readiness::notify_one(std::atomic<std::uint64_t>& state) {
  std::uint64_t seen = state.load(std::memory_order_acquire);
  for (;;) {
    if (seen == kReady) return;
    const std::uint64_t next = seen == kIdle ? kReady : kIdle;
    if (!state.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
    // A waiter that was interrupted at this very moment does not take the news: keep it for the next wait.
    if (seen != kIdle && !WakeToken::from_bits(seen).wake(WakeReason::kReady)) {
      seen = kIdle;
      if (!state.compare_exchange_strong(seen, kReady, std::memory_order_acq_rel)) continue;
    }
    return;
  }
}

void Readiness::notify(bool is_readable, bool is_writable, bool is_hung_up, bool is_broken) {
  if (is_broken) broken_.store(true, std::memory_order_relaxed);
  if (is_hung_up || is_broken) hung_up_.store(true, std::memory_order_relaxed);
  if (is_readable || is_hung_up || is_broken) notify_one(read_);
  if (is_writable || is_hung_up || is_broken) notify_one(write_);
}

bool ReadyAwaiter::await_ready() {
  std::uint64_t expected = Readiness::kReady;
  const bool ready = state_.compare_exchange_strong(expected, Readiness::kIdle, std::memory_order_acq_rel) ||
                     (!write_ && readiness_.hung_up());
  if (!ready) return false;
  yielded_ = !spend_budget();
  return !yielded_;
}

bool ReadyAwaiter::await_suspend(std::coroutine_handle<> frame) {
  if (yielded_) {
    detail::YieldAwaiter().await_suspend(frame);
    return true;
  }
  suspended_ = true;
  token_ = wait_.begin(frame, write_ ? "socket write" : "socket read", deadline_);
  std::uint64_t expected = Readiness::kIdle;
  if (!state_.compare_exchange_strong(expected, token_.bits(), std::memory_order_acq_rel)) {
    state_.store(Readiness::kIdle, std::memory_order_relaxed);
    token_.wake(WakeReason::kReady);
  }
  return wait_.commit();
}

Result<void> ReadyAwaiter::await_resume() {
  if (!suspended_) return {};
  const WakeReason reason = wait_.finish();
  if (reason == WakeReason::kReady) return {};
  std::uint64_t expected = token_.bits();
  state_.compare_exchange_strong(expected, Readiness::kIdle, std::memory_order_acq_rel);
  return wait_error(reason, write_ ? "socket write" : "socket read");
}

Poller& current_poller() { return *current_worker()->poller; }

}  // namespace banyan
