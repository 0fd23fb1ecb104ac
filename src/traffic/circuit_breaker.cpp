#include "traffic/circuit_breaker.h"

#include <algorithm>

namespace banyan {
namespace {

void add(std::uint32_t& counter) {
  if (counter != UINT32_MAX) ++counter;
}

void subtract(std::uint32_t& counter, std::uint32_t amount) { counter -= std::min(counter, amount); }

bool rate_reached(std::uint32_t part, std::uint32_t whole, std::uint32_t hundredths) {
  return hundredths > 0 && std::uint64_t{part} * 10'000 >= std::uint64_t{whole} * hundredths;
}

BreakerSettings completed(BreakerSettings settings) {
  if (settings.half_open_requests == 0) settings.half_open_requests = 1;
  if (settings.open_for <= Duration::zero()) settings.open_for = std::chrono::seconds(60);
  settings.interval = std::max(settings.interval, Duration::zero());
  if (settings.interval == Duration::zero() || settings.bucket <= Duration::zero()) {
    settings.bucket = settings.interval;
    return settings;
  }
  const Duration shortest = settings.interval / static_cast<std::int64_t>(BreakerSettings::kBucketsMax);
  settings.bucket = std::max(settings.bucket, shortest);
  settings.interval = (settings.interval + settings.bucket - Duration(1)) / settings.bucket * settings.bucket;
  return settings;
}

std::size_t bucket_count(const BreakerSettings& settings) {
  if (settings.interval == Duration::zero()) return 1;
  return std::clamp<std::size_t>(static_cast<std::size_t>(settings.interval / settings.bucket), 1,
                                 BreakerSettings::kBucketsMax);
}

}  // namespace

std::string_view breaker_state_name(CircuitBreaker::State state) {
  switch (state) {
    case CircuitBreaker::State::kClosed:
      return "closed";
    case CircuitBreaker::State::kOpen:
      return "open";
    case CircuitBreaker::State::kHalfOpen:
      break;
  }
  return "half_open";
}

CircuitBreaker::CircuitBreaker(const BreakerSettings& settings, TimePoint now, OnChange on_change, void* context)
    : settings_(completed(settings)), on_change_(on_change), context_(context), buckets_(bucket_count(settings_)) {
  begin_generation(now);
}

void CircuitBreaker::begin_generation(TimePoint now) {
  ++generation_;
  started_ = now;
  age_ = 0;
  counts_ = {};
  std::fill(buckets_.begin(), buckets_.end(), Bucket{});
  expiry_ = kNever;
  if (state_ == State::kOpen) expiry_ = now + settings_.open_for;
  const bool clears_at_once = settings_.interval > Duration::zero() && buckets_.size() == 1;
  if (state_ == State::kClosed && clears_at_once) expiry_ = now + settings_.interval;
}

void CircuitBreaker::set_state(State state, TimePoint now) {
  if (state == state_) return;
  const State from = state_;
  state_ = state;
  begin_generation(now);
  if (on_change_ != nullptr) on_change_(context_, from, state);
}

void CircuitBreaker::follow_time(TimePoint now) {
  if (state_ == State::kClosed && expiry_ < now) {
    begin_generation(now);
  } else if (state_ == State::kClosed && buckets_.size() > 1) {
    const Duration since = std::max(now - started_, Duration::zero());
    roll_to(static_cast<std::uint64_t>(since / settings_.bucket));
  } else if (state_ == State::kOpen && expiry_ < now) {
    set_state(State::kHalfOpen, now);
  }
}

void CircuitBreaker::roll_to(std::uint64_t age) {
  if (age <= age_) return;
  const std::uint64_t steps = std::min<std::uint64_t>(age - age_, buckets_.size());
  for (std::uint64_t i = 1; i <= steps; ++i) drop(buckets_[(age_ + i) % buckets_.size()]);
  age_ = age;
}

// A bucket leaves the window, and its results with it; those of the present run shorten the run.
void CircuitBreaker::drop(Bucket& bucket) {
  subtract(counts_.requests, bucket.counts.requests);
  subtract(counts_.successes, bucket.counts.successes);
  subtract(counts_.failures, bucket.counts.failures);
  subtract(counts_.neutral, bucket.counts.neutral);
  subtract(counts_.slow, bucket.counts.slow);
  if (bucket.run == run_) {
    subtract(counts_.consecutive_successes, bucket.in_run);
    subtract(counts_.consecutive_failures, bucket.in_run);
  }
  bucket = {};
}

CircuitBreaker::Ticket CircuitBreaker::admit(TimePoint now) {
  const std::lock_guard lock(mutex_);
  follow_time(now);
  Ticket ticket{generation_, age_, Refusal::kNone};
  if (force_ == Force::kOpen) {
    ticket.refusal = Refusal::kOpen;
  } else if (force_ == Force::kNone && state_ == State::kOpen) {
    ticket.refusal = Refusal::kOpen;
  } else if (force_ == Force::kNone && state_ == State::kHalfOpen &&
             counts_.requests - std::min(counts_.requests, counts_.neutral) >= settings_.half_open_requests) {
    ticket.refusal = Refusal::kTooManyProbes;
  }
  if (!ticket.admitted()) return ticket;
  add(counts_.requests);
  add(buckets_[age_ % buckets_.size()].counts.requests);
  return ticket;
}

void CircuitBreaker::count_result(const Ticket& ticket, Outcome outcome, bool slow) {
  Bucket& bucket = buckets_[ticket.age % buckets_.size()];
  if (outcome == Outcome::kNeutral) {
    add(counts_.neutral);
    add(bucket.counts.neutral);
    return;
  }
  const bool success = outcome == Outcome::kSuccess;
  add(success ? counts_.successes : counts_.failures);
  add(success ? bucket.counts.successes : bucket.counts.failures);
  if (slow) {
    add(counts_.slow);
    add(bucket.counts.slow);
  }
  std::uint32_t& ended = success ? counts_.consecutive_failures : counts_.consecutive_successes;
  if (ended > 0) {
    ended = 0;
    ++run_;
  }
  add(success ? counts_.consecutive_successes : counts_.consecutive_failures);
  if (bucket.run != run_) {
    bucket.run = run_;
    bucket.in_run = 0;
  }
  add(bucket.in_run);
}

bool CircuitBreaker::should_open() const {
  if (settings_.consecutive_failures > 0 && counts_.consecutive_failures >= settings_.consecutive_failures) return true;
  const std::uint32_t results = counts_.successes + counts_.failures;
  if (results == 0 || results < settings_.requests_min) return false;
  return rate_reached(counts_.failures, results, settings_.failure_hundredths) ||
         rate_reached(counts_.slow, results, settings_.slow_hundredths);
}

void CircuitBreaker::report(const Ticket& ticket, Outcome outcome, Duration took, TimePoint now) {
  const std::lock_guard lock(mutex_);
  follow_time(now);
  const bool late = ticket.generation != generation_ || ticket.age > age_ || age_ - ticket.age >= buckets_.size();
  if (late || !ticket.admitted()) return;
  const bool slow = took > settings_.slow_after;
  count_result(ticket, outcome, slow);
  if (outcome == Outcome::kNeutral) return;
  const bool slow_matters = slow && settings_.slow_hundredths > 0;
  const bool bad = outcome == Outcome::kFailure || slow_matters;
  if (state_ == State::kHalfOpen) {
    if (bad) {
      set_state(State::kOpen, now);
    } else if (counts_.consecutive_successes >= settings_.half_open_requests) {
      set_state(State::kClosed, now);
    }
  } else if (state_ == State::kClosed && bad && should_open()) {
    set_state(State::kOpen, now);
  }
}

void CircuitBreaker::force(Force force, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (force == force_) return;
  force_ = force;
  if (force == Force::kNone) {
    set_state(State::kClosed, now);
    begin_generation(now);
  }
}

CircuitBreaker::Force CircuitBreaker::forced() const {
  const std::lock_guard lock(mutex_);
  return force_;
}

CircuitBreaker::State CircuitBreaker::state(TimePoint now) {
  const std::lock_guard lock(mutex_);
  follow_time(now);
  if (force_ == Force::kOpen) return State::kOpen;
  return force_ == Force::kClosed ? State::kClosed : state_;
}

BreakerCounts CircuitBreaker::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

Duration CircuitBreaker::open_left(TimePoint now) const {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kOpen || force_ != Force::kNone) return Duration::zero();
  return std::max(expiry_ - now, Duration::zero());
}

}  // namespace banyan
