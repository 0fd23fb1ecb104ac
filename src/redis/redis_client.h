// A Redis client whose commands share one connection. Start here.
//
//   RedisClient redis(co_await try_(RedisOptions::parse("redis://127.0.0.1:6379/0")));
//   co_await try_(redis.command({"SET", "greeting", "hello", "EX", "60"}));
//   RespValue greeting = co_await try_(redis.command({"GET", "greeting"}));   // greeting.text, or is_null()
//
// Everything suspends and nothing blocks. Any number of tasks of all workers may use one client at once: what they send
// while others wait goes out in one write (automatic pipelining). The connection is made by the first command and made
// again when it is lost, with growing pauses. A command is sent again only if no byte of it was sent: whatever was
// under way when the connection broke fails, for it may have been done.
//
// Each call obeys the ambient deadline and cancellation of its task, and the options' command_timeout; a call that
// gives up leaves the connection whole, and the command may still be done. Commands that wait in the server (BLPOP,
// XREADGROUP with BLOCK) or that change the connection (SUBSCRIBE, SELECT, WATCH) are refused, as they would hit all
// who share it: lease() gives a connection for them, redis_subscriber.h listens to channels, redis_stream.h reads
// streams in a group.
//
// Errors are those of redis_error.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "redis/redis_command.h"
#include "redis/redis_driver.h"
#include "redis/redis_lease.h"
#include "redis/redis_options.h"
#include "redis/redis_script.h"
#include "redis/resp_value.h"

namespace banyan {

class RedisClient {
 public:
  explicit RedisClient(RedisOptions options);
  // Commands under way fail; the connection ends with its task, soon after.
  ~RedisClient();
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  // The reply; one that is an error is an Error of kind kServer. The client must outlive the call.
  Task<Result<RespValue>> command(RedisCommand command);
  // All in one write, with a reply for each, errors among them as values. Other tasks' commands come before or after,
  // not between; yet it is no transaction: clients on other connections see it half done.
  Task<Result<std::vector<RespValue>>> pipeline(std::vector<RedisCommand> commands);
  // The same between MULTI and EXEC. A command that the server refuses to queue makes it refuse all (EXECABORT): then
  // the error says why that one was refused. Commands that fail when executed are error values among the replies; the
  // others are done all the same, as Redis does it.
  Task<Result<std::vector<RespValue>>> transaction(std::vector<RedisCommand> commands);
  // EVALSHA, and EVAL where the server does not know the script. `script` must outlive the call.
  Task<Result<RespValue>> run(const RedisScript& script, std::vector<std::string> keys,
                              std::vector<std::string> arguments);

  // A connection of one's own, from a pool of at most leases_max. Errors: as RedisPool::acquire().
  Task<Result<RedisLease>> lease();

  RedisStatistics statistics() const { return driver_->statistics(); }
  const RedisOptions& options() const { return driver_->options(); }

 private:
  std::shared_ptr<RedisDriver> driver_;
  std::shared_ptr<RedisPool> pool_;
};

}  // namespace banyan
