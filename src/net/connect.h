// Connections to other servers.
#pragma once

#include "net/stream.h"
#include "net/tls.h"

namespace banyan {

// A connection to `address`, owned by the current worker. Errors: kUnavailable (refused, unreachable), kCancelled,
// kDeadlineExceeded, kResourceExhausted (no descriptors), all with the address in the sentence. A unix socket whose
// backlog is full is tried again, every few milliseconds, until the deadline.
Task<Result<Stream>> connect(SocketAddress address, TimePoint deadline = kNever);

// The same, then a TLS handshake as its client (net/tls.h).
Task<Result<Stream>> connect_tls(SocketAddress address, std::shared_ptr<const TlsClientContext> context,
                                 std::string server_name, TimePoint deadline = kNever);

}  // namespace banyan
