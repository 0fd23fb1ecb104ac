// From nothing to a session: connection, greeting, TLS, proof of identity, and the settings that what texts mean
// depends on (MariaDB's documentation, "Connecting").
#pragma once

#include <memory>

#include "mariadb/session.h"

namespace banyan::maria {

// Tries the server's addresses in turn until one can be connected to. Takes at most connect_timeout. kConnection,
// kDenied (name, password or certificate are not accepted, or asked for in a way that is not safe), kExhausted (too
// many connections), kTimeout, kCancelled, and whatever else the server says.
Task<SqlResult<std::unique_ptr<Session>>> log_in(std::shared_ptr<Connector> connector);

// Asks the server at `address` to stop the statement that the session `thread` of the same user runs, and waits until
// it has been told. Needs a connection of its own. An error: nothing is known.
Task<Result<void>> kill_query(std::shared_ptr<Connector> connector, SocketAddress address, std::uint32_t thread);

}  // namespace banyan::maria
