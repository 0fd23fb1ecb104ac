// From nothing to a session: connection, start-up message, proof of identity, the server's settings (PostgreSQL manual,
// chapter 55.2.1).
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "postgres/session.h"

namespace banyan::pg {

// How a session begins, where that is not as PostgresConnection has it: for programs that bring what they expect of
// sessions along.
struct LoginManner {
  // Sent as they are, in place of the usual ones; "user" among them. Without zero bytes.
  std::vector<std::pair<std::string, std::string>> parameters;
  // An address is about to be tried.
  std::function<void(const SocketAddress& address)> on_attempt;
  // Why it could not be connected to, or why none was found; the next one may be tried.
  std::function<void(const Error& error)> on_unreachable;
  // What the server says as it refuses, in its own words, before they become an error that can be logged.
  std::function<void(const ServerReport& report)> on_refusal;
};

// Tries the server's addresses in turn until one can be connected to. Takes at most connect_timeout. kConnection,
// kDenied (name, password or certificate are not accepted, or asked for in a way that is not safe), kExhausted (too
// many connections), kTimeout, kCancelled, and whatever else the server says.
Task<SqlResult<std::unique_ptr<Session>>> log_in(std::shared_ptr<Connector> connector);
// The same in a manner of its own.
Task<SqlResult<std::unique_ptr<Session>>> log_in(std::shared_ptr<Connector> connector, LoginManner manner);

}  // namespace banyan::pg
