#include "gateway/worker_cluster.h"

#include "fpm/fpm_upstream.h"
#include "gateway/attempts.h"
#include "gateway/hedge.h"
#include "gateway/upstream_transport.h"
#include "http1/client.h"
#include "http2/client.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  current_env().fill_random(std::as_writable_bytes(std::span(&seed, 1)));
  return seed;
}

// What the breaker is told of a request, after all attempts.
CircuitBreaker::Outcome outcome_of(WorkerCluster::Sent& sent, const UpstreamRequest& request,
                                   const SendOptions& options) {
  using Outcome = CircuitBreaker::Outcome;
  if (sent.ok()) return (*sent)->head().status >= 500 ? Outcome::kFailure : Outcome::kSuccess;
  const ErrorCode code = sent.failure().error.code();
  const bool clients_fault = options.body_error != nullptr && options.body_error->has_value();
  const bool stood_back = request.yields && code == ErrorCode::kResourceExhausted && !sent.failure().request_sent;
  return clients_fault || stood_back || code == ErrorCode::kCancelled ? Outcome::kNeutral : Outcome::kFailure;
}

}  // namespace

WorkerCluster::WorkerCluster(const GatewayCluster& cluster, unsigned worker, MemoryBudget& memory, Resolver& resolver)
    : state_(cluster.state),
      tls_(cluster.tls),
      fpm_(cluster.fpm),
      config_(state_->config()),
      worker_(worker),
      memory_(memory),
      resolver_(resolver),
      balancer_(random_seed()),
      local_(std::make_shared<LocalEndpoints>()) {
  adopt_endpoints();
}

std::shared_ptr<WorkerCluster> WorkerCluster::for_copies(const std::shared_ptr<WorkerCluster>& cluster) {
  if (cluster->fpm_ != nullptr) return cluster;
  if (cluster->copies_ == nullptr) {
    GatewayCluster same;
    same.config = &cluster->config_;
    same.state = cluster->state_;
    same.tls = cluster->tls_;
    cluster->copies_ = std::make_shared<WorkerCluster>(same, cluster->worker_, cluster->memory_, cluster->resolver_);
  }
  return cluster->copies_;
}

// Connections to addresses that stay are kept.
void WorkerCluster::adopt_endpoints() {
  auto next = std::make_shared<LocalEndpoints>();
  next->shared = state_->endpoints();
  next->upstreams.resize(next->shared->list.size());
  for (std::size_t i = 0; i < next->upstreams.size(); ++i) {
    for (std::size_t old = 0; old < local_->upstreams.size(); ++old) {
      if (local_->shared->list[old].text == next->shared->list[i].text) next->upstreams[i] = local_->upstreams[old];
    }
  }
  local_ = std::move(next);
}

Upstream& WorkerCluster::upstream(LocalEndpoints& local, std::size_t index) {
  std::shared_ptr<Upstream>& one = local.upstreams[index];
  if (one == nullptr) one = make_upstream(local.shared->list[index]);
  return *one;
}

std::unique_ptr<Upstream> WorkerCluster::make_upstream(const ClusterEndpoint& endpoint) {
  const SocketAddress& address = endpoint.address;
  if (config_.protocol == ClusterProtocol::kFastcgi) {
    FpmOptions options;
    options.root = config_.root;
    options.connect_timeout = config_.connect_timeout;
    for (const NameValueConfig& param : config_.params) options.params.emplace_back(param.name, param.value);
    return std::make_unique<FpmUpstream>(address, fpm_, memory_, std::move(options));
  }
  DialOptions dial = dial_options(config_, tls_, config_.endpoints[endpoint.config_index].address);
  if (config_.protocol == ClusterProtocol::kHttp2) {
    Http2ClientOptions options;
    options.dial = std::move(dial);
    return std::make_unique<Http2Upstream>(address, memory_, std::move(options));
  }
  Http1ClientOptions options;
  options.dial = std::move(dial);
  return std::make_unique<Http1Upstream>(address, memory_, options);
}

Task<WorkerCluster::Sent> WorkerCluster::send(UpstreamRequest& request, const SendOptions& options,
                                              SendReport* report) {
  CircuitBreaker* const breaker = state_->breaker();
  ClusterCounts& counts = state_->counts(worker_);
  TimePoint start;
  CircuitBreaker::Ticket ticket;
  if (breaker != nullptr) {
    start = now();
    ticket = breaker->admit(start);
    if (!ticket.admitted()) {
      counts.refused.add();
      report->refused = true;
      report->retry_after = breaker->open_left(start);
      co_return UpstreamFailure{Error(ErrorCode::kUnavailable, "the breaker of " + config_.name + " is open"), false,
                                false};
    }
  }
  counts.requests.add();
  counts.under_way.add(1);
  Attempts attempts(*this, request, options, *report);
  Sent sent = may_be_hedged(request, options) ? co_await run_hedged(attempts, request, options, *report)
                                              : co_await attempts.run();
  counts.under_way.add(-1);
  if (breaker != nullptr) {
    const TimePoint end = now();
    breaker->report(ticket, outcome_of(sent, request, options), end - start, end);
  }
  co_return sent;
}

}  // namespace banyan
