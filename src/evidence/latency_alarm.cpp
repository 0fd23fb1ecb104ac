#include "evidence/latency_alarm.h"

#include <algorithm>

namespace banyan {
namespace {

// Of pairs in which a side is the slower one: the new side may be it half of the time. A side that is half as slow
// again as the old one is the slower one in 3 of 5 pairs, beyond the quarter it may take.
constexpr ChangeAlarmSettings kAll{.tolerated = 0.5, .harmful = 0.6, .threshold = 100'000, .factor = 1.5};
constexpr ChangeAlarmSettings kTail{.tolerated = 0.5, .harmful = 0.7, .threshold = 100'000, .factor = 1.5};

// How long the old side would have taken for the new one to be just in time.
Duration allowed_for(Duration new_took) { return std::min(new_took * 4 / 5, new_took - LatencyAlarm::kFreeTime); }

}  // namespace

LatencyAlarm::LatencyAlarm() : all_(kAll), tail_(kTail) {}

LatencyAlarm::Slow LatencyAlarm::observe(Duration old_took, Duration new_took) {
  const Duration allowed = allowed_for(new_took);
  const bool new_slower = allowed > old_took;
  Slow slow = Slow::kNeither;
  if (allowed != old_took) (void)all_.observe(new_slower);
  if (limit_ > Duration{} && allowed != old_took && std::max(allowed, old_took) > limit_) {
    (void)tail_.observe(new_slower);
    slow = new_slower ? Slow::kNew : Slow::kOld;
  }
  keep(old_took);
  return slow;
}

void LatencyAlarm::keep(Duration old_took) {
  if (old_times_.size() < kKept) {
    old_times_.push_back(old_took);
  } else {
    old_times_[seen_ % kKept] = old_took;
  }
  ++seen_;
  if (old_times_.size() < kNeeded || seen_ % kRefreshed != 0) return;
  std::vector<Duration> sorted = old_times_;
  const auto rank = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() * 99 / 100);
  std::nth_element(sorted.begin(), rank, sorted.end());
  limit_ = *rank;
}

void LatencyAlarm::reset() {
  all_.reset();
  tail_.reset();
}

}  // namespace banyan
