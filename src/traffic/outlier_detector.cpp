#include "traffic/outlier_detector.h"

#include <algorithm>

namespace banyan {

OutlierDetector::OutlierDetector(std::size_t endpoints, const OutlierSettings& settings)
    : settings_(settings), endpoints_(endpoints) {}

bool OutlierDetector::ejected(std::size_t endpoint, TimePoint now) const {
  return endpoints_[endpoint].ejected_until.load(std::memory_order_relaxed) > now.time_since_epoch().count();
}

bool OutlierDetector::well(std::size_t endpoint, TimePoint now) const {
  return endpoints_[endpoint].healthy.load(std::memory_order_relaxed) && !ejected(endpoint, now);
}

bool OutlierDetector::panics(TimePoint now) const {
  std::size_t well_ones = 0;
  for (std::size_t i = 0; i < endpoints_.size(); ++i) well_ones += well(i, now);
  return well_ones * 100 < endpoints_.size() * settings_.panic_percent;
}

void OutlierDetector::set_healthy(std::size_t endpoint, bool healthy) {
  endpoints_[endpoint].healthy.store(healthy, std::memory_order_relaxed);
}

bool OutlierDetector::may_eject(TimePoint now) const {
  std::size_t out = 0;
  for (std::size_t i = 0; i < endpoints_.size(); ++i) out += ejected(i, now);
  return out == 0 || (out + 1) * 100 <= endpoints_.size() * settings_.ejected_percent_max;
}

void OutlierDetector::forgive(Endpoint& endpoint, TimePoint now) const {
  const std::int64_t since = now.time_since_epoch().count() - endpoint.ejected_until.load(std::memory_order_relaxed);
  if (endpoint.ejections == 0 || since <= 0 || settings_.base_ejection <= Duration::zero()) return;
  const std::int64_t terms = since / settings_.base_ejection.count();
  endpoint.ejections -= static_cast<std::uint32_t>(std::min<std::int64_t>(terms, endpoint.ejections));
}

bool OutlierDetector::report(std::size_t endpoint, bool success, TimePoint now) {
  Endpoint& one = endpoints_[endpoint];
  if (success) {
    if (one.failures.load(std::memory_order_relaxed) != 0) one.failures.store(0, std::memory_order_relaxed);
    return false;
  }
  const std::uint32_t failures = one.failures.fetch_add(1, std::memory_order_relaxed) + 1;
  if (settings_.consecutive_failures == 0 || failures < settings_.consecutive_failures) return false;
  const std::lock_guard lock(mutex_);
  if (ejected(endpoint, now) || !may_eject(now)) return false;
  forgive(one, now);
  ++one.ejections;
  const Duration term = std::min(settings_.base_ejection * one.ejections, settings_.ejection_max);
  one.ejected_until.store((now + term).time_since_epoch().count(), std::memory_order_relaxed);
  one.failures.store(0, std::memory_order_relaxed);
  return true;
}

}  // namespace banyan
