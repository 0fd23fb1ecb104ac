// Stops asking a service that fails, and finds out cautiously when it is well again.
//
//   closed     requests pass and their results are counted; enough failures open it
//   open       requests are refused at once, until `open_for` has passed
//   half open  a few probes pass: as many successes in a row close it, one failure opens it again
//
// The rules are those of gobreaker v2 (sony/gobreaker, v2/gobreaker.go and counter.go), so that a team that moves a Go
// service keeps what it knows: counts are cleared with every change of state; results of an earlier generation are
// ignored, and so are those whose bucket has left the window; a state ends only after, not at, its moment; changes that
// time brings happen when somebody looks. bench/breaker holds both against each other, and says where this one counts
// late results more exactly. Added: rates of failures and of slow calls, as answers may be late rather than wrong, and
// states an operator forces.
//
// A result nobody can be blamed for (the client went away) is neutral: it counts neither as success nor as failure, and
// gives a half-open breaker its probe back.
//
// Limits: kBucketsMax buckets; counts stop at 2^32 - 1. Thread-safe, one for a process: a lock of some tens of ns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace banyan {

struct BreakerSettings {
  static constexpr std::size_t kBucketsMax = 1000;

  std::uint32_t half_open_requests = 1;  // probes, and successes in a row that close; 0 counts as 1
  Duration interval{};                   // of the counts while closed; 0: they are never cleared
  Duration bucket{};                     // 0: counts are cleared all at once; else the window rolls in these steps
  Duration open_for = std::chrono::seconds(60);  // 0 and less count as 60 s

  // While closed any of these opens, and is looked at only when a call has failed or was slow. 0 turns one off.
  std::uint32_t consecutive_failures = 6;
  std::uint32_t failure_hundredths = 0;  // of a percent, failures among results
  std::uint32_t slow_hundredths = 0;     // slow calls among results
  Duration slow_after = std::chrono::seconds(60);
  std::uint32_t requests_min = 100;  // results before the two rates say anything
};

// What is known of the requests of the present state (and window).
struct BreakerCounts {
  std::uint32_t requests = 0;  // that were let pass
  std::uint32_t successes = 0;
  std::uint32_t failures = 0;
  std::uint32_t neutral = 0;
  std::uint32_t slow = 0;  // successes or failures that took longer than slow_after
  std::uint32_t consecutive_successes = 0;
  std::uint32_t consecutive_failures = 0;
  bool operator==(const BreakerCounts&) const = default;
};

class CircuitBreaker {
 public:
  enum class State : unsigned char { kClosed, kOpen, kHalfOpen };
  enum class Force : unsigned char { kNone, kOpen, kClosed };
  enum class Outcome : unsigned char { kSuccess, kFailure, kNeutral };
  enum class Refusal : unsigned char { kNone, kOpen, kTooManyProbes };

  // Goes with a request that was let pass, to report().
  struct Ticket {
    std::uint64_t generation = 0;
    std::uint64_t age = 0;
    Refusal refusal = Refusal::kNone;
    bool admitted() const { return refusal == Refusal::kNone; }
  };
  // Called under the lock with each change: must be short and must not call back.
  using OnChange = void (*)(void* context, State from, State to);

  CircuitBreaker(const BreakerSettings& settings, TimePoint now, OnChange on_change = nullptr, void* context = nullptr);

  // Whether a request may pass. Every admitted one is reported once.
  Ticket admit(TimePoint now);
  void report(const Ticket& ticket, Outcome outcome, Duration took, TimePoint now);

  // Forced open refuses everything, forced closed lets everything pass; results count on in the state beneath, which
  // begins anew as closed when the force ends.
  void force(Force force, TimePoint now);
  Force forced() const;
  State state(TimePoint now);
  BreakerCounts counts() const;
  // How long an open breaker refuses yet; zero otherwise. For Retry-After.
  Duration open_left(TimePoint now) const;

 private:
  struct Bucket {
    BreakerCounts counts;      // without the consecutive ones
    std::uint64_t run = 0;     // the run that `in_run` belongs to
    std::uint32_t in_run = 0;  // results of that run that lie in this bucket
  };

  void follow_time(TimePoint now);
  void roll_to(std::uint64_t age);
  void drop(Bucket& bucket);
  void set_state(State state, TimePoint now);
  void begin_generation(TimePoint now);
  void count_result(const Ticket& ticket, Outcome outcome, bool slow);
  bool should_open() const;

  mutable std::mutex mutex_;
  const BreakerSettings settings_;
  const OnChange on_change_;
  void* const context_;
  State state_ = State::kClosed;
  Force force_ = Force::kNone;
  std::uint64_t generation_ = 0;
  TimePoint started_;          // of the generation
  TimePoint expiry_ = kNever;  // of the generation
  std::uint64_t age_ = 0;      // of the newest bucket, in buckets since `started_`
  std::uint64_t run_ = 0;      // counts the runs of equal results
  BreakerCounts counts_;
  std::vector<Bucket> buckets_;
};

std::string_view breaker_state_name(CircuitBreaker::State state);

}  // namespace banyan
