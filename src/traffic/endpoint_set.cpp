#include "traffic/endpoint_set.h"

#include <algorithm>

namespace banyan {
namespace {

constexpr std::int64_t kFirstShare = 10;  // a tenth of its weight at the beginning of a slow start

std::unique_ptr<MaglevTable> table_of(const std::vector<EndpointTraits>& endpoints) {
  std::vector<MaglevEndpoint> named;
  std::uint32_t sum = 0;
  for (const EndpointTraits& one : endpoints) {
    named.push_back({one.name, one.weight});
    sum += one.weight;
  }
  return sum == 0 ? nullptr : std::make_unique<MaglevTable>(named);
}

}  // namespace

EndpointSet::EndpointSet(std::vector<EndpointTraits> endpoints, const BalancingSettings& settings)
    : endpoints_(std::move(endpoints)),
      settings_(settings),
      judge_(std::make_unique<OutlierDetector>(endpoints_.size(), settings.outlier)) {
  std::size_t near = 0;
  for (const EndpointTraits& one : endpoints_) {
    loads_.push_back(std::make_shared<EndpointLoad>());
    near += one.near;
  }
  zoned_ = near > 0 && near < endpoints_.size();
  if (settings_.policy == BalancePolicy::kMaglev) maglev_ = table_of(endpoints_);
}

void EndpointSet::carry_over(const EndpointSet& from, TimePoint now) {
  for (std::size_t mine = 0; mine < endpoints_.size(); ++mine) {
    const auto same = [&](const EndpointTraits& other) { return other.name == endpoints_[mine].name; };
    const auto found = std::find_if(from.endpoints_.begin(), from.endpoints_.end(), same);
    if (found == from.endpoints_.end()) {
      judge_->begin_anew(mine, now);
      continue;
    }
    const auto theirs = static_cast<std::size_t>(found - from.endpoints_.begin());
    judge_->carry_over(mine, from.judge(), theirs);
    loads_[mine] = from.loads_[theirs];
  }
}

std::uint32_t EndpointSet::weight(std::size_t i, TimePoint now) const {
  const std::uint32_t whole = endpoints_[i].weight * kWhole;
  if (settings_.slow_start <= Duration{}) return whole;
  const Duration since = now - judge_->well_since(i);
  if (since >= settings_.slow_start || since < Duration{}) return whole;
  const std::int64_t part = static_cast<std::int64_t>(whole) * since.count() / settings_.slow_start.count();
  return static_cast<std::uint32_t>(std::max(part, static_cast<std::int64_t>(whole) / kFirstShare));
}

}  // namespace banyan
