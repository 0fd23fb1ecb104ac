// Where a Redis server is, who we are there, and the limits kept with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "net/tls.h"
#include "redis/resp_reader.h"

namespace banyan {

class RedisObserver;

struct RedisOptions {
  // "127.0.0.1:6379", "redis.internal:6379" (resolved at every connection), "unix:/run/redis/redis.sock".
  std::string address = "127.0.0.1:6379";
  std::string user;  // with a password; empty: Redis's `default`
  Secret password;   // empty: none
  std::uint32_t database = 0;
  std::string client_name = "banyan";           // as CLIENT LIST shows it; empty: none
  std::shared_ptr<const TlsClientContext> tls;  // null: plain
  std::string server_name;                      // for SNI and the certificate; empty: the host of the address
  int protocol = 3;                             // 2 or 3; a server that knows no HELLO gets 2

  Duration connect_timeout = std::chrono::seconds(2);  // with all that comes before the first command
  // For a command whose task has no nearer deadline.
  Duration command_timeout = std::chrono::seconds(5);
  // A server that owes an answer and sends nothing for so long is taken for lost.
  Duration silence_max = std::chrono::seconds(10);
  // Pauses between attempts to connect double from the first to the last; each is a random part of that.
  Duration backoff_min = std::chrono::milliseconds(50);
  Duration backoff_max = std::chrono::seconds(2);
  // How long commands are kept for a server that cannot be reached; after that they fail at once.
  Duration patience = std::chrono::milliseconds(500);
  // Of commands that wait to be sent or for their answers; more are refused.
  std::size_t commands_max = 65536;
  std::size_t command_bytes_max = 64 * 1024 * 1024;
  // Connections of one's own (RedisClient::lease) that are out at once; whoever wants more waits.
  std::size_t leases_max = 16;
  // A leased connection that was given back is closed when nobody has wanted it for so long.
  Duration lease_idle_max = std::chrono::seconds(60);
  RespLimits limits;
  RedisObserver* observer = nullptr;  // must outlive whatever these options made

  // "redis://[user[:password]@]host[:port][/database]", "rediss://..." (TLS with the system's authorities) or
  // "unix:PATH"; user and password may be percent-encoded. kInvalidArgument: what is wrong, without the password.
  static Result<RedisOptions> parse(std::string_view url);
};

}  // namespace banyan
