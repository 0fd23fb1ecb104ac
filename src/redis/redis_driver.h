// What runs behind a RedisClient: one connection that the commands of many tasks share.
//
// A command is a request: bytes, and how many replies they have. Tasks of any worker put requests into `waiting`; two
// tasks pinned to the connection's worker carry them: the writer sends what waits, many in one system call, and moves
// it to `sent`; the reader gives each reply to the oldest of `sent`. Replies come in the order of commands, so nothing
// else says whose they are. A task that stops waiting only marks its request: one not sent is passed over, one sent
// gets replies that nobody reads, and the connection stays whole.
//
// When the connection is lost, the requests in `sent` fail, for the server may have done them. Those in `waiting`, of
// which no byte was sent, stay for the next connection, as long as the options' patience. A connection to what turns
// out to be a replica is left, once it owes no answer: the next one finds the primary, if the address names it by then.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redis/redis_options.h"
#include "redis/redis_wire.h"
#include "runtime/futex_lock.h"
#include "runtime/runtime.h"
#include "runtime/sync.h"

namespace banyan {

struct RedisRequest {
  std::string bytes;
  std::size_t replies_missing = 0;
  std::vector<RespValue> replies;
  std::optional<Error> error;  // in place of replies
  bool abandoned = false;      // guarded by the driver's lock
  TimePoint sent_at{};
  Event done;
};

struct RedisStatistics {
  std::uint64_t connections = 0;  // made so far
  std::uint64_t commands = 0;     // requests taken
  std::uint64_t writes = 0;       // in how many writes they were sent
  std::size_t waiting = 0;        // now, to be sent
  std::size_t sent = 0;           // now, for their answers
};

class RedisDriver : public std::enable_shared_from_this<RedisDriver> {
 public:
  explicit RedisDriver(RedisOptions options) : options_(std::move(options)) {}

  const RedisOptions& options() const { return options_; }
  // Starts the driver's task with the first request. kResourceExhausted: too many wait; kUnavailable: the server could
  // not be reached a moment ago. In a task; does not suspend.
  Result<void> submit(const std::shared_ptr<RedisRequest>& request);
  // Nobody waits for it any more.
  void abandon(RedisRequest& request);
  // Fails what waits, from now on everything; the driver's task ends soon.
  void close();
  RedisStatistics statistics() const;

 private:
  using Requests = std::deque<std::shared_ptr<RedisRequest>>;

  static Task<void> drive(std::shared_ptr<RedisDriver> self);
  Task<void> carry();
  Task<Result<void>> connected(RedisWire* wire);
  Task<Result<void>> write_loop(RedisWire* wire);
  Task<Result<void>> read_loop(RedisWire* wire);

  Requests take_batch();
  Result<void> accept(RespValue reply);
  Result<void> check_silence(TimePoint last_reply);
  void connection_lost(const Error& error);
  void attempt_failed(const Error& error);
  static void fail(Requests& requests, const Error& error);

  const RedisOptions options_;
  mutable FutexLock lock_;
  Requests waiting_;
  Requests sent_;
  std::size_t bytes_ = 0;  // of both
  bool started_ = false;
  bool closed_ = false;
  bool connected_ = false;
  bool leaving_ = false;  // the server is a replica: it gets no more, and owes the answers to `sent`
  std::optional<TaskHandle> task_;
  std::optional<Error> refusal_;  // why new requests fail at once
  TimePoint down_since_{};
  RedisStatistics counts_;
  Event work_;  // set: something waits
};

}  // namespace banyan
