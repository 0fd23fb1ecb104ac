// The connections of one worker of a service: HTTP/1.1 and HTTP/2, plain or behind TLS.
//
// Behind TLS the client chooses between them by ALPN; a plain connection that begins with the preface of HTTP/2 is one
// ("prior knowledge"), as gateways have it to their upstreams. Made and used on its worker alone; outlives what it
// serves.
#pragma once

#include <cstddef>
#include <memory>

#include "http1/server.h"
#include "http2/server.h"
#include "net/listener.h"
#include "net/tls.h"

namespace banyan::service {

class Connections {
 public:
  Connections(Handler& handler, MemoryBudget& memory, const ServerLimits& limits);
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // Accepts until the listener is closed, with a pinned task for each connection. `tls`: null for a plain listener; it
  // is asked for each connection, so that certificates may change.
  Task<void> accept_from(Listener& listener, const TlsServerSlot* tls);
  // Connections end as soon as nothing is under way on them; those of HTTP/2 are told so at once (GOAWAY).
  void drain();
  // Those that are open, handshakes included.
  std::size_t open() const { return handshakes_ + http1_.connections() + http2_.connections(); }

 private:
  static Task<void> take_over(void* self, Stream stream, std::string read);
  Task<void> serve_tls(Stream stream, std::shared_ptr<const TlsServerContext> context);

  Http1Server http1_;
  Http2Server http2_;
  std::size_t handshakes_ = 0;
};

}  // namespace banyan::service
