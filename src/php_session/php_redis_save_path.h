// Where phpredis keeps sessions: session.save_path as php.ini has it when session.save_handler is `redis`.
//
// "tcp://HOST[:PORT][?OPTION=VALUE&...]" or "unix:///PATH[?...]" with `auth` (a password; or auth[]=USER and
// auth[]=PASSWORD), `database` and `prefix`; what concerns PHP's own connections (weight, timeout, read_timeout,
// retry_interval, persistent, persistent_id) is read over. Several servers with weights are refused: which of them has
// a session is phpredis's secret. Pure. Source: https://github.com/phpredis/phpredis#php-session-handler
#pragma once

#include <string>
#include <string_view>

#include "redis/redis_options.h"

namespace banyan {

inline constexpr std::string_view kPhpRedisPrefix = "PHPREDIS_SESSION:";

struct PhpRedisSavePath {
  RedisOptions redis;  // address, user, password, database
  std::string prefix{kPhpRedisPrefix};

  // kInvalidArgument: what is wrong with it, without the password.
  static Result<PhpRedisSavePath> parse(std::string_view text);
};

}  // namespace banyan
