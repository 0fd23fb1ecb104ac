#include "rollout/rollout.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "base/check.h"

namespace banyan {
namespace {

// An alarm of the answers: ten times fewer differences than the bound are taken as they come.
ChangeAlarmSettings differences_alarm(const RolloutPolicy& policy) {
  return {.tolerated = policy.mismatch_bound / 10, .harmful = policy.mismatch_bound, .threshold = 1000};
}

// Of pairs of which one side is bad: the new side may be it half of the time.
constexpr ChangeAlarmSettings kPairsAlarm{.tolerated = 0.5, .harmful = 0.7, .threshold = 100'000};

constexpr std::uint64_t kManyEligible = 100;

constexpr std::string_view kSlow = "the new side is slow more often than the old one";

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g %%", share * 100);
  return text;
}

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

bool shows_worse(const DiscordantPairs& pairs) { return log_evidence_worse(pairs, 1) >= std::log(kEvidenceNeeded); }

}  // namespace

Rollout::Rollout(RolloutPolicy policy)
    : policy_(std::move(policy)), differs_(differences_alarm(policy_)), fails_(kPairsAlarm) {
  BANYAN_CHECK(!policy_.steps.empty() && std::is_sorted(policy_.steps.begin(), policy_.steps.end()));
  BANYAN_CHECK(policy_.steps.front() > 0 && policy_.steps.back() == RolloutPolicy::kAllOfRequests);
}

Rollout::Rollout(RolloutPolicy policy, const Transition& last, const Evidence& since, TimePoint now)
    : Rollout(std::move(policy)) {
  position_ = last.to;
  hold_ = last.hold;
  key_ = last.key;
  epoch_ = last.epoch;
  sequence_ = last.sequence;
  evidence_ = since;
  since_ = now;  // the time before is not counted: nobody watched while the gateway was away
}

Transition Rollout::transition(Position to, std::string by, std::string why, WallTime wall) const {
  return {.sequence = sequence_ + 1,
          .epoch = epoch_,
          .key = key_,
          .from = position_,
          .to = to,
          .hold = hold_,
          .by = std::move(by),
          .why = std::move(why),
          .evidence = evidence_,
          .at = wall};
}

void Rollout::take(const Transition& made, TimePoint now) {
  sequence_ = made.sequence;
  hold_ = made.hold;
  if (made.to == position_ && made.epoch == epoch_) return;
  // Time is not the users' but the side's: what is known of it goes on from share to share.
  if (made.epoch != epoch_ || made.to.hundredths < position_.hundredths || slow_.alarmed()) slow_.reset();
  epoch_ = made.epoch;
  key_ = made.key;
  position_ = made.to;
  since_ = now;
  evidence_ = {};
  differs_.reset();
  fails_.reset();
}

// Where nothing is given to the new side.
Position Rollout::start() const { return {policy_.compared ? Stage::kMirrored : Stage::kLegacy, 0}; }

// The new side of an endpoint that is not compared is asked only once it has a share: its build is known after that.
bool Rollout::tells_first_build(const EpochKey& key) const {
  return !policy_.compared && epoch_ != 0 && key.rules == key_.rules &&
         (key_.old_build.empty() || key.old_build == key_.old_build) &&
         (key_.new_build.empty() || key.new_build == key_.new_build);
}

std::optional<Transition> Rollout::use(const EpochKey& key, TimePoint now, WallTime wall) {
  if (epoch_ != 0 && key == key_) return std::nullopt;
  if (position_.stage == Stage::kRetired) return std::nullopt;
  std::string why = epoch_ == 0                       ? "the endpoint is watched from now on"
                    : key.new_build != key_.new_build ? "the new side is another build"
                    : key.old_build != key_.old_build ? "the old side is another build"
                                                      : "the rules of comparison are others";
  Transition made = transition(tells_first_build(key) ? position_ : start(), "deployment", std::move(why), wall);
  made.epoch = epoch_ + 1;
  made.key = key;
  if (made.hold && made.hold->by_alarm) made.hold.reset();
  take(made, now);
  return made;
}

std::optional<Transition> Rollout::alarm(std::string_view why, TimePoint now, WallTime wall) {
  if (position_.hundredths == 0 || position_.stage == Stage::kRetired) return std::nullopt;
  Transition made = transition(start(), "alarm", std::string(why), wall);
  if (!made.hold) made.hold = Hold{true, std::string(why)};
  take(made, now);
  return made;
}

std::optional<Transition> Rollout::observe(Comparison comparison, TimePoint now, WallTime wall) {
  ++evidence_.eligible;
  switch (comparison) {
    case Comparison::kDropped:
      ++evidence_.dropped;
      return std::nullopt;
    case Comparison::kRace:
      ++evidence_.races;
      break;
    case Comparison::kDifferent:
      ++evidence_.answers.different;
      break;
    case Comparison::kEqual:
      break;
  }
  ++evidence_.answers.compared;
  if (!differs_.observe(comparison == Comparison::kDifferent)) return std::nullopt;
  return alarm("the new side's answers differ more often than the bound allows", now, wall);
}

std::optional<Transition> Rollout::observe(const AnswerPair& pair, TimePoint now, WallTime wall) {
  ++evidence_.pairs;
  bool worse = false;
  if (pair.old_failed != pair.new_failed) {
    ++(pair.new_failed ? evidence_.failures.new_bad : evidence_.failures.old_bad);
    worse = fails_.observe(pair.new_failed);
  }
  if (worse) return alarm("the new side fails more often than the old one", now, wall);
  return std::nullopt;
}

std::optional<Transition> Rollout::observe(const TimedPair& pair, TimePoint now, WallTime wall) {
  switch (slow_.observe(pair.old_took, pair.new_took)) {
    case LatencyAlarm::Slow::kOld:
      ++evidence_.slow.old_bad;
      break;
    case LatencyAlarm::Slow::kNew:
      ++evidence_.slow.new_bad;
      break;
    case LatencyAlarm::Slow::kNeither:
      break;
  }
  return slow_.alarmed() ? alarm(kSlow, now, wall) : std::nullopt;
}

std::optional<Transition> Rollout::breaker_opened(TimePoint now, WallTime wall) {
  return alarm("the circuit breaker of the new side is open", now, wall);
}

// The position after this one; itself where there is none that evidence leads to.
Position Rollout::next() const {
  switch (position_.stage) {
    case Stage::kLegacy:
      return policy_.compared ? Position{Stage::kMirrored, 0} : Position{Stage::kShifted, policy_.steps.front()};
    case Stage::kMirrored:
      return {Stage::kVerified, 0};
    case Stage::kVerified:
    case Stage::kShifted: {
      const auto step = std::upper_bound(policy_.steps.begin(), policy_.steps.end(), position_.hundredths);
      const bool all = step == policy_.steps.end() || *step == RolloutPolicy::kAllOfRequests;
      return {all ? Stage::kNative : Stage::kShifted, all ? RolloutPolicy::kAllOfRequests : *step};
    }
    case Stage::kNative:
    case Stage::kRetired:
      break;
  }
  return position_;
}

bool Rollout::drops_too_many() const {
  return policy_.compared && share_of(evidence_.dropped, evidence_.eligible) > policy_.dropped_max;
}

std::string Rollout::lacking_evidence() const {
  if (position_.stage == Stage::kVerified) return "";  // its evidence is what made it verified
  if (policy_.compared) {
    const std::uint64_t left = comparisons_left(evidence_.answers, policy_.mismatch_bound);
    // Few are no share; of many it is why there is no evidence.
    if (drops_too_many() && (left == 0 || evidence_.eligible >= kManyEligible)) {
      return percent(share_of(evidence_.dropped, evidence_.eligible)) + " of the comparisons were dropped";
    }
    if (left > 0) return std::to_string(left) + " equal comparisons more are needed";
    const double races = share_of(evidence_.races, evidence_.answers.compared);
    if (races > policy_.races_max) return percent(races) + " of the answers differed only at the first look";
  } else if (evidence_.pairs < policy_.pairs_min) {
    return std::to_string(policy_.pairs_min - evidence_.pairs) + " pairs of answers more are needed";
  }
  if (shows_worse(evidence_.failures)) return "the new side fails more often than the old one";
  if (slow_.alarmed() || shows_worse(evidence_.slow)) return std::string(kSlow);
  return "";
}

std::string Rollout::waiting_for(TimePoint now) const {
  if (next() == position_) return "there is no further step";
  if (hold_) return "held: " + hold_->reason;
  if (!key_.builds_known()) return "the build of a side is not known, so it moves only by hand";
  if (position_.stage == Stage::kLegacy && !policy_.compared) return "it cannot be compared, so it begins by hand";
  if (std::string lacking = lacking_evidence(); !lacking.empty()) return lacking;
  const bool waits = position_.stage != Stage::kVerified && now < since_ + policy_.hold;
  return waits ? "the position has not been held for long enough" : "";
}

std::optional<Transition> Rollout::propose(WallTime wall, TimePoint now) const {
  if (!waiting_for(now).empty()) return std::nullopt;
  const char* why = position_.stage == Stage::kMirrored   ? "the answers are shown to be alike"
                    : position_.stage == Stage::kVerified ? "verified"
                                                          : "the evidence at this share is enough";
  return transition(next(), "evidence", why, wall);
}

bool Rollout::commit(const Transition& proposed, TimePoint now) {
  if (proposed.sequence != sequence_ + 1 || proposed.epoch != epoch_) return false;
  take(proposed, now);
  return true;
}

Result<Transition> Rollout::promote(std::string by, std::string why, WallTime wall) const {
  if (hold_) return Error(ErrorCode::kFailedPrecondition, "the endpoint is held (" + hold_->reason + "); release it");
  if (next() == position_) return Error(ErrorCode::kFailedPrecondition, "there is no further step");
  return transition(next(), std::move(by), std::move(why), wall);
}

Result<Transition> Rollout::retire(std::string by, std::string why, WallTime wall) const {
  if (hold_) return Error(ErrorCode::kFailedPrecondition, "the endpoint is held (" + hold_->reason + "); release it");
  if (position_.stage != Stage::kNative) {
    return Error(ErrorCode::kFailedPrecondition, "only an endpoint that is native can be retired");
  }
  return transition({Stage::kRetired, RolloutPolicy::kAllOfRequests}, std::move(by), std::move(why), wall);
}

Transition Rollout::hold(std::string by, std::string why, WallTime wall) {
  Transition made = transition(position_, std::move(by), why, wall);
  made.hold = Hold{false, std::move(why)};
  take(made, since_);
  return made;
}

Result<Transition> Rollout::release(std::string by, std::string why, WallTime wall) {
  if (!hold_) return Error(ErrorCode::kFailedPrecondition, "the endpoint is not held");
  Transition made = transition(position_, std::move(by), std::move(why), wall);
  made.hold.reset();
  take(made, since_);
  return made;
}

Transition Rollout::roll_back(std::string by, std::string why, TimePoint now, WallTime wall) {
  Transition made = transition(start(), std::move(by), why, wall);
  made.hold = Hold{false, std::move(why)};
  take(made, now);
  return made;
}

}  // namespace banyan
