// One connection to a Redis server, as bytes and replies: opened, introduced, written to and read from. What is sent
// when, and whose reply is whose, is known above.
//
// Of one worker, as its Stream is. One task may send and one may receive at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/resolver.h"
#include "net/stream.h"
#include "redis/redis_command.h"
#include "redis/redis_options.h"
#include "redis/resp_reader.h"

namespace banyan {

class RedisWire {
 public:
  // Closed.
  RedisWire() = default;

  // Connects, secures, authenticates, selects the database. `options` must live until it has ended. Errors: as
  // connect() and start_tls(); kDeadlineExceeded; a server error (wrong password, no such database).
  static Task<Result<RedisWire>> open(const RedisOptions& options);

  bool is_open() const { return stream_.is_open(); }
  void close() { stream_ = Stream(); }
  // Open, and the server has not hung up or said anything that nobody has asked for. Does not suspend.
  bool is_quiet();
  // True: RESP3.
  bool is_resp3() const { return resp3_; }

  // Writes all of it; after an error the connection is of no more use.
  Task<Result<void>> send(std::span<const iovec> parts, TimePoint deadline);
  Task<Result<void>> send(const std::vector<RedisCommand>& commands, TimePoint deadline);
  // The next reply. kDeadlineExceeded and kCancelled leave the connection as it was: the reply may still be received.
  // kUnavailable: the connection is lost; kDataLoss: it is not RESP.
  Task<Result<RespValue>> receive(TimePoint deadline);

 private:
  Task<Result<void>> introduce(const RedisOptions& options, TimePoint deadline);
  Task<Result<bool>> say_hello(const RedisOptions& options, TimePoint deadline);
  Task<Result<RespValue>> ask(RedisCommand command, TimePoint deadline);

  Stream stream_;
  RespReader reader_;
  bool resp3_ = false;
};

}  // namespace banyan
