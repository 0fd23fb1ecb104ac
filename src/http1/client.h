// The client's side of HTTP/1.1: requests to one server over kept connections.
//
// One Http1Upstream serves one address on one worker and keeps idle connections for the next request. A kept connection
// may have been closed by the server at the very moment it is used; a request that may be sent twice is then sent again
// on a fresh one, any other comes back as a failure. Where connections begin with a PROXY header, which tells of one
// client, each is for one request.
#pragma once

#include <memory>
#include <vector>

#include "exchange/upstream.h"
#include "http/head_lines.h"
#include "net/buffer_pool.h"
#include "net/dialer.h"
#include "net/stream.h"

namespace banyan {

struct Http1ClientOptions {
  HeadLimits head{64 * 1024, 200, 8 * 1024};
  DialOptions dial;
  Duration io_timeout = std::chrono::seconds(60);    // for each wait within a message; the ambient deadline holds too
  std::size_t idle_max = 256;                        // kept connections: what a burst opened is there for the next
  Duration idle_timeout = std::chrono::seconds(50);  // less where the server says so
};

class Http1ClientConnection;

class Http1Upstream final : public Upstream {
 public:
  Http1Upstream(SocketAddress address, MemoryBudget& memory, Http1ClientOptions options = {});
  ~Http1Upstream() override;

  Task<UpstreamResult<std::unique_ptr<UpstreamAnswer>>> send(UpstreamRequest& request) override;
  const SocketAddress& address() const { return dialer_.address(); }
  std::size_t idle() const { return idle_.size(); }

 private:
  friend class Http1Answer;
  struct Idle {
    std::shared_ptr<Http1ClientConnection> connection;
    TimePoint since;
  };
  std::shared_ptr<Http1ClientConnection> take_idle();
  void keep(std::shared_ptr<Http1ClientConnection> connection);
  Task<Result<std::shared_ptr<Http1ClientConnection>>> connect_new(const UpstreamRequest& request);

  Dialer dialer_;
  MemoryBudget& memory_;
  Http1ClientOptions options_;
  std::vector<Idle> idle_;
  // Answers may outlive their upstream when the configuration changes: they look here before giving a connection back.
  std::shared_ptr<Http1Upstream*> alive_;
};

}  // namespace banyan
