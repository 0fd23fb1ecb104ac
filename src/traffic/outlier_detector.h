// Takes endpoints out of the turn that fail more than their fellows.
//
// Passive: it judges by the results of real attempts. An endpoint that fails `consecutive_failures` times in a row is
// ejected for `base_ejection` times the number of its ejections so far, at most `ejection_max`; each `base_ejection` of
// good conduct afterwards takes one off that number. No more than `ejected_percent_max` of the endpoints are out at a
// time, but one always may be. When health, by this or by active checks, leaves less than `panic_percent` of the
// endpoints, all of them are used: the judgement is then more likely wrong than the endpoints (Envoy's panic
// threshold).
//
// Thread-safe: one for each cluster of a process. usable() costs two loads; a result takes a lock only when it changes
// something. Endpoints are numbered from 0 and fixed; a changed cluster gets a new detector that takes over what is
// known of the endpoints that stay.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"

namespace banyan {

struct OutlierSettings {
  std::uint32_t consecutive_failures = 5;  // 0: nobody is ejected
  Duration base_ejection = std::chrono::seconds(30);
  Duration ejection_max = std::chrono::minutes(5);
  std::uint32_t ejected_percent_max = 10;
  std::uint32_t panic_percent = 50;  // 0: never
};

class OutlierDetector {
 public:
  OutlierDetector(std::size_t endpoints, const OutlierSettings& settings);

  // The result of one attempt. True: this one made the endpoint be ejected.
  bool report(std::size_t endpoint, bool success, TimePoint now);
  // What active checks say; at first all are well.
  void set_healthy(std::size_t endpoint, bool healthy, TimePoint now);

  // For a detector nobody uses yet: `endpoint` is as `theirs` is in `from`; or it has just come.
  void carry_over(std::size_t endpoint, OutlierDetector& from, std::size_t theirs);
  void begin_anew(std::size_t endpoint, TimePoint now);

  // Whether the endpoint should get requests: it is well, or all are used since too few are.
  bool usable(std::size_t endpoint, TimePoint now) const { return well(endpoint, now) || panics(now); }
  bool panics(TimePoint now) const;
  bool ejected(std::size_t endpoint, TimePoint now) const;
  bool healthy(std::size_t endpoint) const { return endpoints_[endpoint].healthy.load(std::memory_order_relaxed); }
  bool well(std::size_t endpoint, TimePoint now) const { return healthy(endpoint) && !ejected(endpoint, now); }
  // When the endpoint came, recovered or came back from its last ejection; long ago where it was there from the start.
  TimePoint well_since(std::size_t endpoint) const;
  std::size_t size() const { return endpoints_.size(); }

 private:
  struct Endpoint {
    std::atomic<bool> healthy = true;
    std::atomic<std::int64_t> ejected_until = 0;  // steady nanoseconds
    std::atomic<std::int64_t> since = 0;          // steady nanoseconds: came or recovered
    std::atomic<std::uint32_t> failures = 0;      // in a row
    std::uint32_t ejections = 0;                  // under the lock
  };

  bool may_eject(TimePoint now) const;
  void forgive(Endpoint& endpoint, TimePoint now) const;

  const OutlierSettings settings_;
  std::mutex mutex_;
  std::vector<Endpoint> endpoints_;
};

}  // namespace banyan
