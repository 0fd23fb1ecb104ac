#include "gateway/worker_cluster.h"

#include "gray/lane.h"
#include "http1/client.h"
#include "runtime/runtime.h"

namespace banyan {

SocketAddress socket_address(const Address& address) {
  Result<SocketAddress> parsed = SocketAddress::parse(address.text());
  BANYAN_CHECK(parsed.ok());  // the loader has checked it
  return *std::move(parsed);
}

WorkerCluster::WorkerCluster(const GatewayCluster& cluster, MemoryBudget& memory, Resolver& resolver)
    : fpm_(cluster.fpm), config_(*cluster.config), memory_(memory), resolver_(resolver) {
  for (const EndpointConfig& endpoint : config_.endpoints) {
    endpoints_.push_back({endpoint.address, endpoint.address.text(), endpoint.colour, endpoint.weight, 0, {}, nullptr});
  }
}

std::unique_ptr<Upstream> WorkerCluster::make_upstream(const SocketAddress& address) {
  if (config_.protocol == ClusterProtocol::kFastcgi) {
    FpmOptions options;
    options.root = config_.root;
    options.connect_timeout = config_.connect_timeout;
    for (const NameValueConfig& param : config_.params) options.params.emplace_back(param.name, param.value);
    return std::make_unique<FpmUpstream>(address, fpm_, memory_, std::move(options));
  }
  Http1ClientOptions options;
  options.connect_timeout = config_.connect_timeout;
  return std::make_unique<Http1Upstream>(address, memory_, options);
}

// Smooth weighted round robin: every endpoint gains its weight, the richest is taken and pays the sum, so that a heavy
// endpoint's turns are spread out.
WorkerCluster::Endpoint* WorkerCluster::pick(std::uint64_t tried, std::string_view lane) {
  if (endpoints_.size() == 1) return (tried & 1) == 0 ? endpoints_.data() : nullptr;
  Endpoint* best = nullptr;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    Endpoint& endpoint = endpoints_[i];
    if ((i < 64 && (tried >> i & 1) != 0) || endpoint.weight == 0 || endpoint.colour != lane) continue;
    sum += endpoint.weight;
    endpoint.current += endpoint.weight;
    if (best == nullptr || endpoint.current > best->current) best = &endpoint;
  }
  if (best != nullptr) best->current -= sum;
  return best;
}

Task<Result<void>> WorkerCluster::make_ready(Endpoint& endpoint) {
  SocketAddress address;
  if (endpoint.address.kind == Address::Kind::kName) {
    std::vector<SocketAddress> found = co_await try_(resolver_.resolve(endpoint.address.host, endpoint.address.port));
    address = found.front();
  } else if (endpoint.upstream != nullptr) {
    co_return {};
  } else {
    address = socket_address(endpoint.address);
  }
  if (endpoint.upstream != nullptr && endpoint.resolved == address) co_return {};
  if (endpoint.upstream != nullptr) retired_.push_back(std::move(endpoint.upstream));
  if (retired_.size() > 8) retired_.erase(retired_.begin());
  endpoint.resolved = address;
  endpoint.upstream = make_upstream(address);
  co_return {};
}

Task<WorkerCluster::Sent> WorkerCluster::send(UpstreamRequest& request, Used* used) {
  UpstreamFailure failure{Error(ErrorCode::kUnavailable, "no endpoint has a weight above 0"), false, false};
  std::uint64_t tried = 0;
  std::string_view lane = lane_of(endpoints_, request.colour);
  for (;;) {
    Endpoint* endpoint = pick(tried, lane);
    if (endpoint == nullptr && lane.empty()) break;
    if (endpoint == nullptr) {
      lane = kBaseLane;
      continue;
    }
    const std::size_t index = static_cast<std::size_t>(endpoint - endpoints_.data());
    tried |= std::uint64_t{1} << (index < 64 ? index : 63);
    used->endpoint = &endpoint->text;
    ++used->attempts;
    if (endpoint->upstream == nullptr || endpoint->address.kind == Address::Kind::kName) {
      Result<void> ready = co_await make_ready(*endpoint);
      if (!ready.ok()) {
        failure = {std::move(ready).error(), false, false};
        continue;
      }
    }
    Sent sent = co_await endpoint->upstream->send(request);
    if (sent.ok() || sent.failure().request_sent) co_return sent;
    failure = std::move(sent.failure());
    const ErrorCode code = failure.error.code();
    if (code != ErrorCode::kUnavailable && code != ErrorCode::kNotFound && code != ErrorCode::kPermissionDenied) break;
  }
  co_return failure;
}

}  // namespace banyan
