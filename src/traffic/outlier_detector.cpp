#include "traffic/outlier_detector.h"

#include <algorithm>

namespace banyan {

OutlierDetector::OutlierDetector(std::size_t endpoints, const OutlierSettings& settings)
    : settings_(settings), endpoints_(endpoints) {}

bool OutlierDetector::ejected(std::size_t endpoint, TimePoint now) const {
  return endpoints_[endpoint].ejected_until.load(std::memory_order_relaxed) > now.time_since_epoch().count();
}

TimePoint OutlierDetector::well_since(std::size_t endpoint) const {
  const Endpoint& one = endpoints_[endpoint];
  return TimePoint(
      Duration(std::max(one.since.load(std::memory_order_relaxed), one.ejected_until.load(std::memory_order_relaxed))));
}

bool OutlierDetector::panics(TimePoint now) const {
  std::size_t well_ones = 0;
  for (std::size_t i = 0; i < endpoints_.size(); ++i) well_ones += well(i, now);
  return well_ones * 100 < endpoints_.size() * settings_.panic_percent;
}

void OutlierDetector::set_healthy(std::size_t endpoint, bool healthy, TimePoint now) {
  Endpoint& one = endpoints_[endpoint];
  if (healthy && !one.healthy.load(std::memory_order_relaxed)) begin_anew(endpoint, now);
  one.healthy.store(healthy, std::memory_order_relaxed);
}

void OutlierDetector::begin_anew(std::size_t endpoint, TimePoint now) {
  endpoints_[endpoint].since.store(now.time_since_epoch().count(), std::memory_order_relaxed);
}

void OutlierDetector::carry_over(std::size_t endpoint, OutlierDetector& from, std::size_t theirs) {
  const std::lock_guard lock(from.mutex_);
  Endpoint& one = endpoints_[endpoint];
  const Endpoint& other = from.endpoints_[theirs];
  one.healthy.store(other.healthy.load(std::memory_order_relaxed), std::memory_order_relaxed);
  one.ejected_until.store(other.ejected_until.load(std::memory_order_relaxed), std::memory_order_relaxed);
  one.since.store(other.since.load(std::memory_order_relaxed), std::memory_order_relaxed);
  one.failures.store(other.failures.load(std::memory_order_relaxed), std::memory_order_relaxed);
  one.ejections = other.ejections;
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
