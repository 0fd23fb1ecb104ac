// From nothing to a session: connection, greeting, TLS, proof of identity, and the settings that what texts mean
// depends on (MariaDB's documentation, "Connecting").
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "mariadb/session.h"

namespace banyan::maria {

// How a session begins, where that is not as MariadbConnection has it: for programs that bring what they expect of
// sessions along.
struct LoginManner {
  std::uint64_t capabilities = 0;       // wanted, besides those that every session needs
  std::optional<std::uint8_t> charset;  // its number; none: the server's own
  // The charset and the status of the server's greeting, as soon as they are known.
  std::function<void(const Greeting& greeting)> on_greeting;
  // Why an address could not be connected to, or none was found; the next one may be tried.
  std::function<void(const Error& error)> on_unreachable;
  // What the server says as it refuses, in its own words, before they become an error that can be logged.
  std::function<void(const ServerReport& report)> on_refusal;
};

// Tries the server's addresses in turn until one can be connected to. Takes at most connect_timeout. kConnection,
// kDenied (name, password or certificate are not accepted, or asked for in a way that is not safe), kExhausted (too
// many connections), kTimeout, kCancelled, and whatever else the server says.
Task<SqlResult<std::unique_ptr<Session>>> log_in(std::shared_ptr<Connector> connector);
// The same in a manner of its own: nothing is asked for after the login, and the session is as the server sets it up.
Task<SqlResult<std::unique_ptr<Session>>> log_in(std::shared_ptr<Connector> connector, LoginManner manner);

// Asks the server at `address` to stop the statement that the session `thread` of the same user runs, and waits until
// it has been told. Needs a connection of its own. An error: nothing is known.
Task<Result<void>> kill_query(std::shared_ptr<Connector> connector, SocketAddress address, std::uint32_t thread);

}  // namespace banyan::maria
