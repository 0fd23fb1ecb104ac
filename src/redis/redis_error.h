// What can go wrong with a command, as an Error (base/error.h) whose code says what the caller can do; here is what it
// means for Redis.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace banyan {

enum class RedisErrorKind : std::uint8_t {
  kConnection,  // not reachable or lost; a command that was under way may or may not have been done
  kTimeout,     // the time allowed ran out; the same holds
  kCancelled,   // the task was told to stop; the same holds
  kServer,      // the server refused: redis_error_word() says why
  kProtocol,    // what came is not RESP, or larger than allowed; the connection was closed
  kFull,        // too many commands wait already; it was not sent
  kMisuse,      // not a command for this kind of connection, or one without words; it was not sent
};
std::string_view redis_error_kind_name(RedisErrorKind kind);

RedisErrorKind redis_error_kind(const Error& error);
// The server's code word: "WRONGTYPE", "NOSCRIPT", "ERR", ...; empty unless the kind is kServer. Lives as long as
// `error`.
std::string_view redis_error_word(const Error& error);

// The Error for an error reply's text: kUnavailable or kResourceExhausted for what may pass, else kInternal.
Error redis_server_error(std::string_view text);
// Whether an error reply's text says that the server is a replica, which does not write: after a failover, that the
// primary is elsewhere by now.
bool is_from_replica(std::string_view text);

}  // namespace banyan
