// A cluster as one worker uses it: connections of the worker's own to the endpoints that all workers share, and the
// attempts a request makes at them.
//
//   breaker      refuses, or lets pass; told of the result after all attempts
//   attempts     an endpoint the balancer chooses; after a failure another one, by the rules of the route
//                (traffic/retry_rules.h) and within the cluster's budget
//   connections  one Upstream for each endpoint, kept from one set of endpoints to the next
//
// A cluster without breaker, health checks and names costs a request two loads and a few counters of the worker's own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exchange/replay_body.h"
#include "exchange/upstream.h"
#include "gateway/cluster_state.h"
#include "gateway/snapshot.h"
#include "net/buffer_pool.h"
#include "net/resolver.h"
#include "traffic/balancer.h"
#include "traffic/retry_rules.h"

namespace banyan {

// The endpoints with this worker's connections to them.
struct LocalEndpoints {
  std::shared_ptr<const ClusterEndpoints> shared;
  std::vector<std::shared_ptr<Upstream>> upstreams;  // as shared->list; null until used
};

// How a request is to be sent; what it refers to lives until send() has ended.
struct SendOptions {
  const RetryRules* rules = nullptr;
  ReplayBody* replay = nullptr;                      // the request's body; null: it has none
  std::optional<std::uint64_t> hash = std::nullopt;  // of its key, for maglev
  Duration hedge_after{};                            // zero: no second attempt for a slow first one
  const std::optional<Error>* body_error = nullptr;  // how the body broke off: no endpoint's fault
};

// What a request used and met.
struct SendReport {
  std::shared_ptr<LocalEndpoints> endpoints;  // keeps `endpoint`
  const std::string* endpoint = nullptr;      // the last one asked
  unsigned attempts = 0;
  bool refused = false;                      // by the breaker; nothing was sent
  Duration retry_after{};                    // then: for how long it will go on refusing at least
  bool sent = false;                         // a byte of the request may have reached a server
  std::unique_ptr<UpstreamRequest> request;  // that was answered, where it is not the one given to send()
};

class WorkerCluster {
 public:
  using Sent = UpstreamResult<std::unique_ptr<UpstreamAnswer>>;

  WorkerCluster(const GatewayCluster& cluster, unsigned worker, MemoryBudget& memory, Resolver& resolver);

  // The same cluster for copies of requests, which have connections of their own: while one of them holds a connection,
  // the next client would wait for another to be made. Those to php-fpm are few, and shared.
  static std::shared_ptr<WorkerCluster> for_copies(const std::shared_ptr<WorkerCluster>& cluster);

  // The answer after all attempts, or how the last one failed. The ambient deadline bounds it all.
  Task<Sent> send(UpstreamRequest& request, const SendOptions& options, SendReport* report);
  ClusterState& state() { return *state_; }
  // What of a request chooses its endpoint; null where nothing does.
  const ValueName* hash_key() const { return config_.hash ? &*config_.hash : nullptr; }

 private:
  friend class Attempts;
  void adopt_endpoints();
  Upstream& upstream(LocalEndpoints& local, std::size_t index);
  std::unique_ptr<Upstream> make_upstream(const ClusterEndpoint& endpoint);

  const std::shared_ptr<ClusterState> state_;
  const std::shared_ptr<const TlsClientContext> tls_;
  const std::shared_ptr<FpmConnections> fpm_;
  const ClusterConfig& config_;  // of state_
  const unsigned worker_;
  MemoryBudget& memory_;
  Resolver& resolver_;
  Balancer balancer_;
  std::shared_ptr<LocalEndpoints> local_;
  std::shared_ptr<WorkerCluster> copies_;  // from the first copy on
};

}  // namespace banyan
