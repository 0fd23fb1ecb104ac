#include "fpm/fpm_connections.h"

#include <algorithm>
#include <mutex>

#include "fpm/fpm_connection.h"
#include "fpm/fpm_pool.h"
#include "runtime/runtime.h"
#include "runtime/wait.h"

namespace banyan {

// Lives in its awaiter.
struct FpmConnections::Waiter {
  Waiter* previous = nullptr;
  Waiter* next = nullptr;
  bool linked = false;
  bool yields = false;
  unsigned overtaken = 0;  // by those who do not yield, while it was the first of those who do

  // Whose turn it is. A copy that sixteen have not let pass is no longer overtaken: of an old service that is always
  // busy nothing could be learnt otherwise.
  static Waiter* in_turn(Waiter* first, Waiter* first_yielding) {
    constexpr unsigned kOvertakenMax = 16;
    if (first_yielding == nullptr || first == first_yielding) return first;
    return first_yielding->overtaken++ < kOvertakenMax ? first : first_yielding;
  }
  FpmPool* pool = nullptr;  // whose connections it takes; null: a place only
  WakeToken token;
  bool has_place = false;
  std::unique_ptr<FpmConnection> connection;
};

class FpmConnections::LineAwaiter {
 public:
  LineAwaiter(FpmConnections& line, FpmPool* pool, bool yields, TimePoint deadline) : line_(line), deadline_(deadline) {
    waiter_.pool = pool;
    waiter_.yields = yields;
  }
  LineAwaiter(const LineAwaiter&) = delete;
  LineAwaiter& operator=(const LineAwaiter&) = delete;

  bool await_ready() const { return false; }

  bool await_suspend(std::coroutine_handle<> frame) {
    waiter_.token = wait_.begin(frame, "php-fpm connection", deadline_);
    // Held until the wait is committed, so that nobody can claim it before.
    std::lock_guard guard(line_.lock_);
    line_.link(&waiter_);
    if (line_.first_ == &waiter_ && line_.free_ > 0 && line_.claim_first() != nullptr) {
      --line_.free_;
      waiter_.has_place = true;
    }
    return wait_.commit();
  }

  Result<FpmGrant> await_resume() {
    const WakeReason reason = wait_.finish();
    {
      std::lock_guard guard(line_.lock_);
      line_.unlink(&waiter_);
    }
    FpmGrant grant;
    if (waiter_.has_place) grant.place = FpmPlace(line_.shared_from_this());
    grant.connection = std::move(waiter_.connection);
    if (reason == WakeReason::kReady) return grant;
    return wait_error(reason, "php-fpm connection");
  }

 private:
  FpmConnections& line_;
  TimePoint deadline_;
  Waiter waiter_;
  Wait wait_;
};

FpmGrant::FpmGrant() = default;
FpmGrant::FpmGrant(FpmGrant&&) noexcept = default;
FpmGrant& FpmGrant::operator=(FpmGrant&&) noexcept = default;
FpmGrant::~FpmGrant() = default;

FpmPlace::~FpmPlace() {
  if (connections_ != nullptr) connections_->give_back();
}

std::size_t FpmConnections::open() const {
  std::lock_guard guard(lock_);
  return connections_max_ - free_;
}

bool FpmConnections::behind_with_copies() const {
  std::lock_guard guard(lock_);
  const bool clients_wait = first_ != first_yielding_;
  return yielding_ >= (clients_wait ? 1 : connections_max_);
}

void FpmConnections::add(FpmPool* pool) {
  std::lock_guard guard(lock_);
  pools_.push_back(pool);
}

void FpmConnections::remove(FpmPool* pool) {
  std::lock_guard guard(lock_);
  std::erase(pools_, pool);
}

FpmPlace FpmConnections::try_take() {
  std::lock_guard guard(lock_);
  if (free_ == 0 || waiting_.load() > 0) return {};
  --free_;
  return FpmPlace(shared_from_this());
}

// Takes the first waiter out of the line whose wait has not ended otherwise, claimed; the caller, who holds the lock,
// gives it something and then resumes it.
FpmConnections::Waiter* FpmConnections::claim_first() {
  while (first_ != nullptr) {
    Waiter* waiter = Waiter::in_turn(first_, first_yielding_);
    unlink(waiter);
    if (waiter->token.claim(static_cast<std::uint8_t>(WakeReason::kReady)) != Claim::kLost) return waiter;
  }
  return nullptr;
}

void FpmConnections::link(Waiter* waiter) {
  waiter->linked = true;
  waiter->next = waiter->yields ? nullptr : first_yielding_;
  waiter->previous = waiter->next == nullptr ? last_ : waiter->next->previous;
  (waiter->previous == nullptr ? first_ : waiter->previous->next) = waiter;
  (waiter->next == nullptr ? last_ : waiter->next->previous) = waiter;
  if (waiter->yields && yielding_++ == 0) first_yielding_ = waiter;
}

void FpmConnections::unlink(Waiter* waiter) {
  if (!waiter->linked) return;
  waiter->linked = false;
  if (waiter->yields) --yielding_;
  if (first_yielding_ == waiter) first_yielding_ = waiter->next;
  (waiter->previous == nullptr ? first_ : waiter->previous->next) = waiter->next;
  (waiter->next == nullptr ? last_ : waiter->next->previous) = waiter->previous;
  waiting_.fetch_sub(1);
}

void FpmConnections::give_back() {
  TaskRecord* task = nullptr;
  {
    std::lock_guard guard(lock_);
    if (Waiter* waiter = claim_first()) {
      waiter->has_place = true;
      task = waiter->token.task();
    } else {
      ++free_;
    }
  }
  if (task != nullptr) resume_claimed(task);
}

void FpmConnections::pass_on(FpmPool* pool, std::unique_ptr<FpmConnection>& connection) {
  TaskRecord* task = nullptr;
  {
    std::lock_guard guard(lock_);
    while (first_ != nullptr) {
      Waiter* waiter = Waiter::in_turn(first_, first_yielding_);
      if (waiter->pool != pool) break;
      unlink(waiter);
      if (waiter->token.claim(static_cast<std::uint8_t>(WakeReason::kReady)) == Claim::kLost) continue;
      waiter->connection = std::move(connection);
      task = waiter->token.task();
      break;
    }
  }
  if (task != nullptr) resume_claimed(task);
}

bool FpmConnections::still_wanted(FpmPool* pool) {
  std::lock_guard guard(lock_);
  pool->note_answered();
  return waiting_.load() > 0;
}

std::shared_ptr<FpmPool> FpmConnections::join_and_choose_pool() {
  std::shared_ptr<FpmPool> chosen;  // declared before the guard: the last reference may not be dropped under the lock
  std::lock_guard guard(lock_);
  waiting_.fetch_add(1);
  for (FpmPool* pool : pools_) {
    if (!pool->may_be_asked()) continue;
    chosen = pool->weak_from_this().lock();
    if (chosen == nullptr) continue;  // being destroyed; its connections come back by themselves
    pool->note_asked();
    break;
  }
  return chosen;
}

Task<Result<FpmGrant>> FpmConnections::wait_in_line(FpmPool* pool, bool yields, TimePoint deadline) {
  if (std::shared_ptr<FpmPool> holder = join_and_choose_pool()) {
    const unsigned worker = holder->worker();
    go_pinned_to(worker, "php-fpm idle", FpmPool::give_up_one(std::move(holder)));
  }
  co_return co_await LineAwaiter(*this, pool, yields, deadline);
}

}  // namespace banyan
