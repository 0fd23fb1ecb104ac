// How connections to one address are opened: connect, a PROXY header where the server wants one, TLS where it is asked
// for.
//
// A Dialer belongs to one worker. It keeps the last TLS session the server gave it, so that the next handshake is
// short. A failed handshake is logged, at most once a second: what is wrong with a certificate has to be seen.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "net/proxy_header.h"
#include "net/stream.h"
#include "net/tls.h"

namespace banyan {

struct DialOptions {
  Duration connect_timeout = std::chrono::seconds(1);  // of the connection, and once more of the handshake
  std::shared_ptr<const TlsClientContext> tls;         // null: plain
  std::string server_name;                             // for SNI and the certificate; with `tls` alone
  ProxyProtocol proxy = ProxyProtocol::kNone;
};

// Whom a connection is opened for, as a PROXY header tells it.
struct DialedFor {
  const SocketAddress& client;
  const SocketAddress& local;  // where that client's connection was accepted
};

class Dialer {
 public:
  Dialer(SocketAddress address, DialOptions options);
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;
  ~Dialer();

  // A connection; `on_behalf` null: for nobody in particular. Errors as net/connect.h.
  Task<Result<Stream>> open(const DialedFor* on_behalf);
  // A connection may only carry requests of the client it was opened for.
  bool is_personal() const { return options_.proxy != ProxyProtocol::kNone; }
  const SocketAddress& address() const { return address_; }

 private:
  void log_failure(const Error& error);

  const SocketAddress address_;
  const DialOptions options_;
  std::shared_ptr<TlsClientSessions> sessions_;
  TimePoint next_log_{};
};

}  // namespace banyan
