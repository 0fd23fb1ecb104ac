// How connections to one server are opened: its name looked up, a socket connected, TLS agreed on. What is the same for
// all connections lives here; safe to use from all workers.
#pragma once

#include <memory>
#include <vector>

#include "net/resolver.h"
#include "net/stream.h"
#include "net/tls.h"
#include "postgres/postgres_options.h"

namespace banyan::pg {

class Connector {
 public:
  // Reads the files of certificates. kInvalidArgument, or what net/tls.h says of such files.
  static Result<std::shared_ptr<Connector>> open(PostgresOptions options);

  const PostgresOptions& options() const { return options_; }
  // The server's addresses, in the order in which to try them.
  Task<Result<std::vector<SocketAddress>>> addresses();
  // A socket to one of them, under TLS as the options say. No message but SSLRequest was sent.
  Task<Result<Stream>> dial(SocketAddress address);
  // Asks the server at `address` to stop what the session does, and waits until it has been told. Needs a connection of
  // its own. An error: the server cannot be reached, and nothing is known.
  Task<Result<void>> cancel(SocketAddress address, std::uint32_t process, std::uint32_t key);

 private:
  explicit Connector(PostgresOptions options) : options_(std::move(options)) {}
  Task<Result<Stream>> secure(Stream plain);

  PostgresOptions options_;
  std::shared_ptr<const TlsClientContext> tls_;
  Resolver resolver_;
};

}  // namespace banyan::pg
