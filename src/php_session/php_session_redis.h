// Sessions that a PHP application keeps in Redis with phpredis (session.save_handler = redis), opened from native code
// as session_start() opens them.
//
//   PhpSessionRedis sessions(redis, {.locking = true});   // redis.session.locking_enabled = 1
//   PhpSession session = co_await try_(sessions.open(cookie));
//
// A session is one value under PREFIX and its id, which lives gc_maxlifetime from its last use. With locking, one
// request at a time has it: the key with `_LOCK` at its end holds a token, set by whoever holds the session (SET NX PX)
// and removed by nobody else; PHP's requests and ours wait alike, each trying again after a pause. Two differences, on
// the safe side: where PHP gives up waiting and goes on with a session it may not write, open() fails; and save() looks
// at the lock and writes in one step (a script), so that a lock that ran out meanwhile is noticed for certain.
//
// Without locking (phpredis's default) the last who writes wins, and what others wrote meanwhile is lost: PHP's
// bargain.
//
// Source: phpredis 5.3 as Debian 12 has it, watched by MONITOR.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "php_session/php_redis_save_path.h"
#include "php_session/php_session.h"
#include "redis/redis_client.h"

namespace banyan {

struct PhpSessionRedisOptions {
  std::string prefix{kPhpRedisPrefix};
  PhpSessionFormat format = PhpSessionFormat::kPhp;  // session.serialize_handler
  Duration lifetime = std::chrono::seconds(1440);    // session.gc_maxlifetime; whole seconds, at least one

  bool locking = false;  // redis.session.locking_enabled
  // After so long the lock of one who died is gone: redis.session.lock_expire (there 0 is max_execution_time). Longer
  // than any request holds a session.
  Duration lock_expire = std::chrono::seconds(30);
  // redis.session.lock_wait_time, and how long to wait in all: in PHP lock_retries (10) times that.
  Duration lock_pause = std::chrono::milliseconds(2);
  Duration lock_timeout = std::chrono::seconds(30);
};

class PhpSessionRedis final : public PhpSessionStore {
 public:
  PhpSessionRedis(std::shared_ptr<RedisClient> redis, PhpSessionRedisOptions options)
      : redis_(std::move(redis)), options_(std::move(options)) {}

  // Errors are the store's and those of Redis. A lock is given up soon after the session's end, by a task of its own.
  Task<Result<PhpSession>> open(std::string id) const override;
  Task<Result<PhpSession>> create() const override;

 private:
  Task<Result<std::unique_ptr<PhpSessionHold>>> hold(const std::string& id) const;

  std::shared_ptr<RedisClient> redis_;
  PhpSessionRedisOptions options_;
};

}  // namespace banyan
