// Moves one endpoint from its old side to its new one: forward on proof, back at the first sign of harm.
//
//   legacy -> mirrored -> verified -> 5 % -> 25 % -> ... -> native            (retired: when somebody says so)
//
// Forward: a position is left when it was held for long enough and its own evidence shows that the share of different
// answers is below the bound, with few enough comparisons dropped and few enough races. Nothing that was seen before
// counts: another share means other users. A proposed step takes effect only when commit() is called, after it has
// been written down.
//
// Back: an alarm (answers that differ, failures, slowness), an open breaker or a person takes the share to 0 at once;
// it is written down afterwards. After an alarm the endpoint is held until there is another build, or somebody lifts
// it.
//
// Evidence belongs to an epoch: builds of both sides and rules of comparison. When one of them changes, a new epoch
// begins mirrored with nothing known.
//
// Pure: time comes in, transitions come out; the caller keeps them (sequence numbers have no gaps) and can make the
// same rollout again from the last one. Not thread-safe: belongs to the task that writes the ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "evidence/change_alarm.h"
#include "evidence/latency_alarm.h"
#include "rollout/position.h"

namespace banyan {

struct RolloutPolicy {
  double mismatch_bound = 0.001;                                           // above 0, below 1
  std::vector<std::uint32_t> steps = {500, 2'500, 5'000, kAllOfRequests};  // rising, the last is all
  Duration hold = std::chrono::minutes(10);                                // at least this long at each position
  double dropped_max = 0.01;                                               // of eligible requests
  double races_max = 0.01;                                                 // of comparisons
  // Unsafe requests that cannot be compared move by hand to the first step, and on by failures and slowness alone.
  bool compared = true;
  std::uint64_t pairs_min = 1'000;  // answers of both sides that must have been paired, where nothing is compared

  static constexpr std::uint32_t kAllOfRequests = 10'000;
};

// What came of one request that was sent to both sides.
enum class Comparison : std::uint8_t {
  kEqual,
  kDifferent,  // or the new side failed or was too late where the old one answered
  kRace,       // different, but not when asked again
  kDropped,    // not compared, though it should have been
};

// Two answers at about the same time, one of each side.
struct AnswerPair {
  bool old_failed = false;
  bool new_failed = false;
};

// How long both sides took for the same request, both asked in the same way and in an order left to chance.
struct TimedPair {
  Duration old_took{};
  Duration new_took{};
};

class Rollout {
 public:
  explicit Rollout(RolloutPolicy policy);
  // As it was after `last`, with the evidence gathered since.
  Rollout(RolloutPolicy policy, const Transition& last, const Evidence& since, TimePoint now);

  // Says which builds and rules are in use. A change begins a new epoch: the transition is in force already. Where
  // nothing is compared, a build that becomes known for the first time leaves the endpoint where it is.
  std::optional<Transition> use(const EpochKey& key, TimePoint now, WallTime wall);

  // What was seen. A transition, already in force, where it made the endpoint go back.
  std::optional<Transition> observe(Comparison comparison, TimePoint now, WallTime wall);
  std::optional<Transition> observe(const AnswerPair& pair, TimePoint now, WallTime wall);
  std::optional<Transition> observe(const TimedPair& pair, TimePoint now, WallTime wall);
  // The new side's breaker has opened.
  std::optional<Transition> breaker_opened(TimePoint now, WallTime wall);

  // The next step forward, if it is due. It takes effect only by commit(), which refuses one that has been overtaken.
  std::optional<Transition> propose(WallTime wall, TimePoint now) const;
  bool commit(const Transition& proposed, TimePoint now);
  // A proposal has been overtaken and was written down all the same: what overtook it has the number after.
  void skip_number() { ++sequence_; }

  // What people say. promote() and retire() give a proposal for commit(): one position on whatever the evidence, and
  // after the last one the end of the old side. The others are in force at once. Errors: kFailedPrecondition, with what
  // stands against it.
  Result<Transition> promote(std::string by, std::string why, WallTime wall) const;
  Result<Transition> retire(std::string by, std::string why, WallTime wall) const;
  Transition hold(std::string by, std::string why, WallTime wall);
  Result<Transition> release(std::string by, std::string why, WallTime wall);
  Transition roll_back(std::string by, std::string why, TimePoint now, WallTime wall);

  // Why the endpoint does not go on now, as a sentence; "" where a step is due.
  std::string waiting_for(TimePoint now) const;
  // Whether so many comparisons were dropped here that it does not go on.
  bool drops_too_many() const;
  const Position& position() const { return position_; }
  const std::optional<Hold>& held() const { return hold_; }
  const Evidence& evidence() const { return evidence_; }
  const EpochKey& key() const { return key_; }
  std::uint64_t epoch() const { return epoch_; }
  std::uint64_t sequence() const { return sequence_; }

 private:
  Transition transition(Position to, std::string by, std::string why, WallTime wall) const;
  void take(const Transition& made, TimePoint now);
  std::optional<Transition> alarm(std::string_view why, TimePoint now, WallTime wall);
  Position next() const;
  Position start() const;
  bool tells_first_build(const EpochKey& key) const;
  std::string lacking_evidence() const;

  RolloutPolicy policy_;
  Position position_;
  std::optional<Hold> hold_;
  EpochKey key_;
  std::uint64_t epoch_ = 0;
  std::uint64_t sequence_ = 0;
  TimePoint since_{};  // at this position
  Evidence evidence_;
  ChangeAlarm differs_;
  ChangeAlarm fails_;
  LatencyAlarm slow_;
};

}  // namespace banyan
