#include "traffic/concurrency_limit.h"

#include <algorithm>
#include <cmath>

namespace banyan {
namespace {

constexpr double kSmoothing = 0.2;       // the weight of one window
constexpr double kGradientMin = 0.5;     // no window says more than "half"
constexpr double kOverloadFactor = 0.9;  // for a window in which one request in ten met an overload
constexpr int kProbeWindows = 2;         // in the first, requests from before the probe still end

double share_of(Priority priority) {
  switch (priority) {
    case Priority::kLow:
      return 0.7;
    case Priority::kNormal:
      return 0.9;
    case Priority::kHigh:
      break;
  }
  return 1;
}

}  // namespace

ConcurrencyLimit::ConcurrencyLimit(const ConcurrencySettings& settings, TimePoint now)
    : settings_(settings), limit_(0), period_start_(now) {
  set_limit(settings.initial);
  window_.start = now;
}

void ConcurrencyLimit::set_limit(double limit) {
  limit_ = std::clamp<double>(limit, settings_.min, std::max(settings_.min, settings_.max));
}

// A probe leaves no room for a queue: at its equilibrium the limit is the service's own concurrency times the headroom,
// and a little more.
double ConcurrencyLimit::usable() const {
  if (probe_windows_ == 0) return limit_;
  return std::max<double>(settings_.min, limit_ * 0.7 / (1 + settings_.headroom_hundredths / 10'000.0));
}

bool ConcurrencyLimit::enter(Priority priority) {
  const std::lock_guard guard(mutex_);
  const double room = std::max(1.0, std::floor(usable() * share_of(priority)));
  if (in_flight_ >= room) {
    ++refused_;
    return false;
  }
  window_.peak = std::max(window_.peak, ++in_flight_);
  return true;
}

void ConcurrencyLimit::leave(Outcome outcome, Duration took, TimePoint now) {
  const std::lock_guard guard(mutex_);
  --in_flight_;
  if (outcome == Outcome::kAnswered) {
    window_.sum += took;
    ++window_.answered;
  } else if (outcome == Outcome::kOverload) {
    ++window_.overloads;
  }
  if (now - window_.start >= kWindow && window_.answered + window_.overloads >= kSamplesMin) close_window(now);
}

void ConcurrencyLimit::close_window(TimePoint now) {
  const bool overloaded = window_.overloads * 10 >= window_.answered + window_.overloads;
  was_idle_ |= window_.peak * 2 <= limit_;
  const bool probing = probe_windows_ > 0;
  const Duration mean = window_.sum / std::max(window_.answered, 1U);
  if (window_.answered > 0) learn_baseline(mean, now);
  if (probing && --probe_windows_ == 0) end_probe(now);
  if (overloaded) {
    set_limit(limit_ * kOverloadFactor);
  } else if (!probing) {
    follow(mean);  // some were answered, else all would have been overloads
  }
  window_ = {.start = now, .peak = in_flight_};
}

void ConcurrencyLimit::learn_baseline(Duration mean, TimePoint now) {
  if (now - period_start_ >= settings_.period) begin_period(now);
  best_ = best_ ? std::min(*best_, mean) : mean;
  if (limit_ > settings_.min) return;
  previous_best_.reset();
  best_ = mean;
}

void ConcurrencyLimit::begin_period(TimePoint now) {
  period_start_ = now;
  previous_best_ = best_;
  best_.reset();
  if (!was_idle_) probe_windows_ = kProbeWindows;
  was_idle_ = false;
}

// Where there was a queue even at the lowered limit, what was seen is not the idle service yet.
void ConcurrencyLimit::end_probe(TimePoint now) {
  if (!previous_best_ || !best_ || *best_ * 10 >= *previous_best_ * 9) return;
  period_start_ = now - settings_.period * 9 / 10;
}

void ConcurrencyLimit::follow(Duration mean) {
  const Duration baseline = previous_best_ ? std::min(*previous_best_, *best_) : *best_;
  const double allowed = static_cast<double>(baseline.count()) * (1 + settings_.headroom_hundredths / 10'000.0);
  const double gradient = std::clamp(allowed / std::max(1.0, static_cast<double>(mean.count())), kGradientMin, 1.0);
  const bool idle = window_.peak * 2 <= limit_;
  if (idle && gradient == 1.0) return;  // nobody has asked for more
  const double wanted = limit_ * gradient + std::sqrt(limit_) / 2;
  set_limit(limit_ * (1 - kSmoothing) + wanted * kSmoothing);
}

ConcurrencyFigures ConcurrencyLimit::figures() const {
  const std::lock_guard guard(mutex_);
  std::optional<Duration> baseline = best_;
  if (previous_best_ && (!baseline || *previous_best_ < *baseline)) baseline = previous_best_;
  return {static_cast<std::uint32_t>(usable()), in_flight_, baseline.value_or(Duration{}), refused_};
}

}  // namespace banyan
