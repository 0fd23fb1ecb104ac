// The endpoints of one cluster as one worker uses them: weighted round robin over upstreams with connections of the
// worker's own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exchange/upstream.h"
#include "gateway/snapshot.h"
#include "net/buffer_pool.h"
#include "net/resolver.h"

namespace banyan {

class WorkerCluster {
 public:
  // What an attempt used, for logs.
  struct Used {
    const std::string* endpoint = nullptr;
    unsigned attempts = 0;
  };
  using Sent = UpstreamResult<std::unique_ptr<UpstreamAnswer>>;

  WorkerCluster(const GatewayCluster& cluster, MemoryBudget& memory, Resolver& resolver);

  // Sends to the endpoint whose turn it is; if that cannot be reached, and no byte of the request was sent, to the
  // next, each at most once: first those of the request's lane, where there are any, then the base (gray/lane.h).
  // The ambient deadline bounds it all.
  Task<Sent> send(UpstreamRequest& request, Used* used);

 private:
  struct Endpoint {
    Address address;
    std::string text;
    std::string colour;  // empty: serves the base
    std::int64_t weight = 1;
    std::int64_t current = 0;  // smooth weighted round robin
    SocketAddress resolved;    // of `upstream`
    std::unique_ptr<Upstream> upstream;
  };

  Endpoint* pick(std::uint64_t tried, std::string_view lane);
  Task<Result<void>> make_ready(Endpoint& endpoint);
  std::unique_ptr<Upstream> make_upstream(const SocketAddress& address);

  std::shared_ptr<FpmConnections> fpm_;
  ClusterConfig config_;  // a copy: this object may be carried over to a later snapshot
  MemoryBudget& memory_;
  Resolver& resolver_;
  std::vector<Endpoint> endpoints_;
  // Upstreams of addresses a name does not resolve to any more: answers may still come from them.
  std::vector<std::unique_ptr<Upstream>> retired_;
};

// "127.0.0.1:80" and the like as the system knows it; not for names.
SocketAddress socket_address(const Address& address);

}  // namespace banyan
