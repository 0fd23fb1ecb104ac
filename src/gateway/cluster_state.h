// What the whole process knows of one cluster: its endpoints and how they do, its breaker, its retries, its counts.
//
// The endpoints are a set that never changes (ClusterEndpoints): names that resolve to other addresses make a new set,
// and workers notice by its version. All that is learned about endpoints is carried over, to the next set and, by the
// cluster's name, to the next configuration; so is a breaker whose rules stay as they are, with what an operator forced
// on it. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/gateway_config.h"
#include "fpm/fpm_connections.h"
#include "net/resolver.h"
#include "runtime/futex_lock.h"
#include "runtime/sync.h"
#include "telemetry/metrics.h"
#include "traffic/circuit_breaker.h"
#include "traffic/endpoint_set.h"
#include "traffic/retry_budget.h"

namespace banyan {

// One server: an address of the configuration, or one of those a name stands for.
struct ClusterEndpoint {
  SocketAddress address;
  std::string text;              // as the configuration has it, with the address behind a name: "app:80 (10.0.0.1:80)"
  std::size_t config_index = 0;  // in ClusterConfig::endpoints
  std::shared_ptr<PerWorker<Counter>> attempts = {};  // at it, from the start
};

struct ClusterEndpoints {
  std::uint64_t version = 0;
  std::vector<ClusterEndpoint> list;  // as `set`
  EndpointSet set;
};

// Counts of one worker.
struct ClusterCounts {
  Gauge under_way;          // requests, to the head of their answer
  Counter requests;         // that were asked of the cluster
  Counter refused;          // by the breaker
  Counter retries;          // attempts after the first
  Counter retries_refused;  // by the budget
  Counter hedges;           // second attempts for slow first ones
  Counter fallbacks;        // answers that stood in
};

// A breaker that outlives configurations.
struct ClusterBreaker {
  ClusterBreaker(std::string cluster, const BreakerSettings& its_settings, TimePoint now);
  const std::string name;
  std::atomic<std::uint64_t> opened{0};  // times
  CircuitBreaker breaker;
};

class ClusterState {
 public:
  // `previous`: the state of the cluster of the same name in the configuration before, or null. `zone`: the gateway's.
  ClusterState(const ClusterConfig& config, const std::string& zone, std::size_t workers, const ClusterState* previous,
               TimePoint now);

  const ClusterConfig& config() const { return config_; }
  // One load: changes with the endpoints.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  std::shared_ptr<const ClusterEndpoints> endpoints() const;
  // Null where the cluster has none.
  CircuitBreaker* breaker() const { return breaker_ == nullptr ? nullptr : &breaker_->breaker; }
  std::uint64_t breaker_opened() const { return breaker_ == nullptr ? 0 : breaker_->opened.load(); }
  RetryBudget& retry_budget() { return retry_budget_; }
  ClusterCounts& counts(std::size_t worker) { return counts_[worker]; }
  const PerWorker<ClusterCounts>& counts() const { return counts_; }

  // Whether report() wants to be told.
  bool watches_attempts() const { return config_.outlier || config_.balance == Balance::kEwma; }
  // What an attempt at an endpoint of `endpoints` came to; ejects and logs.
  void report(const ClusterEndpoints& endpoints, std::size_t index, bool success, Duration took, TimePoint now);
  std::uint64_t ejections() const { return ejections_.load(std::memory_order_relaxed); }

  // Which build answered the latest checks of health, several side by side as "a, b"; "" where it is not known.
  std::string health_build() const;
  void set_health_build(std::string name);

  bool has_lanes() const { return has_lanes_; }
  bool has_names() const { return has_names_; }
  // Looks the names up and takes what changed. Names whose servers do not answer keep their addresses; kUnavailable or
  // kNotFound where a name has none at all. Cheap while the resolver's cache is fresh. `deadline` bounds it.
  Task<Result<void>> resolve(Resolver& resolver, TimePoint deadline);

  // Nobody needs it any more: whoever looks after it ends.
  void retire() { retired_.set(); }
  Event& retired() { return retired_; }

 private:
  void take_addresses(const ClusterState& previous, const ClusterEndpoints& theirs);
  std::shared_ptr<PerWorker<Counter>> attempts_at(const std::string& endpoint, const ClusterEndpoints* previous) const;
  std::shared_ptr<const ClusterEndpoints> build(const ClusterEndpoints* previous, TimePoint now);
  void publish(std::shared_ptr<const ClusterEndpoints> next);

  const ClusterConfig config_;  // a copy: this may outlive its snapshot
  const std::string zone_;
  const bool has_lanes_;  // some endpoints have a colour
  const bool has_names_;
  std::shared_ptr<ClusterBreaker> breaker_;
  RetryBudget retry_budget_;
  PerWorker<ClusterCounts> counts_;
  std::atomic<std::uint64_t> ejections_{0};
  std::atomic<std::uint64_t> version_{0};
  mutable FutexLock lock_;
  std::shared_ptr<const ClusterEndpoints> endpoints_;
  std::string health_build_;
  Mutex resolving_;
  std::map<std::size_t, std::vector<SocketAddress>> resolved_;  // of config_.endpoints that are names; under resolving_
  Event retired_;
};

}  // namespace banyan
