// From nothing to a session: connection, start-up message, proof of identity, the server's settings (PostgreSQL manual,
// chapter 55.2.1).
#pragma once

#include <memory>

#include "postgres/session.h"

namespace banyan::pg {

// Tries the server's addresses in turn until one can be connected to. Takes at most connect_timeout. kConnection,
// kDenied (name, password or certificate are not accepted, or asked for in a way that is not safe), kExhausted (too
// many connections), kTimeout, kCancelled, and whatever else the server says.
Task<SqlResult<std::unique_ptr<Session>>> log_in(std::shared_ptr<Connector> connector);

}  // namespace banyan::pg
