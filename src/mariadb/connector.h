// How connections to one server are opened: its name looked up, a socket connected, and what TLS needs. What is the
// same for all connections lives here; safe to use from all workers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mariadb/mariadb_options.h"
#include "net/resolver.h"
#include "net/stream.h"
#include "net/tls.h"

namespace banyan::maria {

class Connector {
 public:
  // Reads the files of certificates and keys. kInvalidArgument, or what net/tls.h says of such files.
  static Result<std::shared_ptr<Connector>> open(MariadbOptions options);

  const MariadbOptions& options() const { return options_; }
  // The server's addresses, in the order in which to try them.
  Task<Result<std::vector<SocketAddress>>> addresses();
  // Null: no TLS is wanted, or it is a unix socket.
  const std::shared_ptr<const TlsClientContext>& tls() const { return tls_; }
  // PEM; empty: none is set.
  const std::string& server_public_key() const { return server_public_key_; }

 private:
  explicit Connector(MariadbOptions options) : options_(std::move(options)) {}

  MariadbOptions options_;
  std::shared_ptr<const TlsClientContext> tls_;
  std::string server_public_key_;
  Resolver resolver_;
};

}  // namespace banyan::maria
