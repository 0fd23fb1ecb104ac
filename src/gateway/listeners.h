// Where the gateway listens, on all workers, and how that changes while it runs.
//
// Each worker opens its own socket at a TCP address and the kernel deals connections out. A unix socket can be opened
// once, so all workers accept from that one. A change of configuration opens what is new and closes what is gone; what
// stayed is not touched.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/gateway_config.h"
#include "gateway/gateway_state.h"
#include "gateway/gateway_worker.h"
#include "http1/server.h"
#include "http2/server.h"
#include "net/listener.h"
#include "net/tls.h"
#include "runtime/channel.h"
#include "runtime/sync.h"

namespace banyan {

struct ListenAt {
  std::string key;  // address, whether TLS, whether a PROXY header: what makes two the same
  SocketAddress address;
  std::shared_ptr<TlsServerSlot> tls;  // null: plain
  bool proxy_protocol = false;         // connections begin with a PROXY header
  // For a unix socket: the listener of the worker that opened it, for the others to share.
  std::shared_ptr<std::weak_ptr<const Listener>> opened = std::make_shared<std::weak_ptr<const Listener>>();
};

// The listeners of one worker with the server that serves them. Lives in the worker's task.
class WorkerListeners {
 public:
  WorkerListeners(GatewayState& state, unsigned index);

  // Opens what is new and closes what is gone, one worker after the other. Errors leave what is open as it is.
  Task<Result<void>> apply(const std::vector<ListenAt>& wanted);
  // Takes what waits to be accepted, then listens no more; idle connections end.
  Task<void> stop();
  void set_limits(const LimitsConfig& limits);
  void end_abandoned() { handler_.end_abandoned(); }
  void end_all() { handler_.end_all(); }
  std::size_t connections() const {
    return server_.connections() + http2_.connections() + handshakes_ + handler_.under_way_again();
  }

 private:
  struct Open {
    ListenAt at;
    std::shared_ptr<Listener> listener;
    Event ended;
  };
  Task<void> accept_from(std::shared_ptr<Open> open);
  void serve(Stream stream, const ListenAt& at);
  Task<void> serve_tls(Stream stream, std::shared_ptr<const TlsServerContext> context);
  Task<void> serve_proxied(Stream stream, std::shared_ptr<Open> open);
  void log_refused_proxy(const Stream& stream, std::string_view why);
  static Task<void> serve_http2(void* self, Stream stream, std::string read);

  GatewayState& state_;
  GatewayWorker handler_;
  Http1Server server_;
  Http2Server http2_;
  std::size_t handshakes_ = 0;  // of TLS and of the PROXY protocol, under way
  TimePoint next_proxy_log_{};
  std::map<std::string, std::shared_ptr<Open>> open_;
};

}  // namespace banyan
