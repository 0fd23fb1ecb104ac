// The endpoints of a cluster as balancing sees them: fixed names and weights, and what is known of each.
//
// One set serves all workers of a process. Its endpoints do not change: when they do, a new set takes over what is
// known of those that stay (carry_over), and requests under way keep the old one. What is known of one may change at
// any time (traffic/outlier_detector.h, traffic/endpoint_load.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "traffic/endpoint_load.h"
#include "traffic/maglev.h"
#include "traffic/outlier_detector.h"

namespace banyan {

enum class BalancePolicy : std::uint8_t { kRoundRobin, kLeastRequest, kEwma, kMaglev };

struct BalancingSettings {
  BalancePolicy policy = BalancePolicy::kRoundRobin;
  Duration slow_start{};  // zero: none
  OutlierSettings outlier;
  bool judged = false;  // health is checked or endpoints are ejected: not all may be usable
};

struct EndpointTraits {
  std::string name;  // unique in the set; the same endpoint has the same in a later one
  std::uint32_t weight = 1;
  bool near = true;  // in the gateway's own zone, or there are no zones
};

class EndpointSet {
 public:
  static constexpr std::uint32_t kWhole = 1024;  // what a weight of 1 is in the units of weight()

  EndpointSet(std::vector<EndpointTraits> endpoints, const BalancingSettings& settings);

  // Takes what `from` knows of the endpoints that are in both; the others are new and start slowly from `now` on. For
  // a set nobody uses yet.
  void carry_over(const EndpointSet& from, TimePoint now);

  std::size_t size() const { return endpoints_.size(); }
  const EndpointTraits& operator[](std::size_t i) const { return endpoints_[i]; }
  const BalancingSettings& settings() const { return settings_; }
  OutlierDetector& judge() const { return *judge_; }
  EndpointLoad& load(std::size_t i) const { return *loads_[i]; }
  // Null where the policy is another or no endpoint has a weight.
  const MaglevTable* maglev() const { return maglev_.get(); }
  // Whether every endpoint with a weight may be used at any time, so that nothing need be looked up.
  bool plain() const { return !settings_.judged && !zoned_ && settings_.slow_start == Duration{}; }
  bool zoned() const { return zoned_; }
  // Whether a pick depends on the time.
  bool timed() const { return !plain() || settings_.policy == BalancePolicy::kEwma; }
  // In 1/kWhole, slow start included; 0 only where the configured weight is.
  std::uint32_t weight(std::size_t i, TimePoint now) const;

 private:
  std::vector<EndpointTraits> endpoints_;
  BalancingSettings settings_;
  std::unique_ptr<OutlierDetector> judge_;
  std::vector<std::shared_ptr<EndpointLoad>> loads_;
  std::unique_ptr<MaglevTable> maglev_;
  bool zoned_ = false;  // some are near and some are not
};

}  // namespace banyan
