#include "php_session/php_session_redis.h"

#include <algorithm>

#include "php_session/php_save_path.h"
#include "redis/redis_error.h"
#include "runtime/context.h"
#include "runtime/runtime.h"
#include "runtime/wait.h"

// No message has the key of a session: it ends in the id, which is a secret.
namespace banyan {
namespace {

// KEYS: session, lock. ARGV: token, what to write, seconds. 0: the lock is not ours any more.
const RedisScript& write_script() {
  static const RedisScript script(
      "if redis.call('get',KEYS[2]) ~= ARGV[1] then return 0 end "
      "redis.call('setex',KEYS[1],ARGV[3],ARGV[2]) redis.call('del',KEYS[2]) return 1");
  return script;
}
const RedisScript& destroy_script() {
  static const RedisScript script(
      "if redis.call('get',KEYS[2]) ~= ARGV[1] then return 0 end redis.call('del',KEYS[1],KEYS[2]) return 1");
  return script;
}
const RedisScript& unlock_script() {
  static const RedisScript script("if redis.call('get',KEYS[1]) == ARGV[1] then return redis.call('del',KEYS[1]) end");
  return script;
}

Error lock_lost() {
  return Error(ErrorCode::kFailedPrecondition,
               "php session: its lock ran out before, so others may have changed it; hold it for a shorter time");
}

std::int64_t milliseconds_of(Duration duration) {
  return std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}
std::string seconds_of(Duration duration) {
  return std::to_string(std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::seconds>(duration).count()));
}

struct Lock {
  std::string key;
  std::string token;  // empty: nothing is locked
};

// Whoever waits for an hour because this did not come through waits for the lock's own end.
Task<void> unlock(std::shared_ptr<RedisClient> redis, Lock lock) {
  (void)co_await redis->run(unlock_script(), {lock.key}, {lock.token});
}

class RedisHold final : public PhpSessionHold {
 public:
  RedisHold(std::shared_ptr<RedisClient> redis, std::string key, std::string lifetime_s)
      : redis_(std::move(redis)), key_(std::move(key)), lifetime_s_(std::move(lifetime_s)) {}
  RedisHold(const RedisHold&) = delete;
  RedisHold& operator=(const RedisHold&) = delete;
  ~RedisHold() override {
    if (lock_.token.empty()) return;
    const ContextGuard none((ContextRef()));  // the request's deadline is not this one's
    go("php session unlock", unlock(std::move(redis_), std::move(lock_)));
  }

  const std::string& key() const { return key_; }
  void locked_by(Lock lock) { lock_ = std::move(lock); }

  Task<Result<void>> write(const std::string& bytes) override {
    if (lock_.token.empty()) {
      (void)co_await try_(redis_->command({"SETEX", key_, lifetime_s_, bytes}));
      co_return {};
    }
    co_return finished(co_await redis_->run(write_script(), {key_, lock_.key}, {lock_.token, bytes, lifetime_s_}));
  }

  Task<Result<void>> destroy() override {
    if (lock_.token.empty()) {
      (void)co_await try_(redis_->command({"DEL", key_}));
      co_return {};
    }
    co_return finished(co_await redis_->run(destroy_script(), {key_, lock_.key}, {lock_.token}));
  }

 private:
  // The script has removed the lock, or it was not ours.
  Result<void> finished(const Result<RespValue>& reply) {
    if (!reply.ok()) return reply.error();
    if (reply->integer != 1) return lock_lost();
    lock_.token.clear();
    return {};
  }

  std::shared_ptr<RedisClient> redis_;
  std::string key_;
  std::string lifetime_s_;
  Lock lock_;
};

Result<void> check_id(const std::string& id) {
  if (is_php_session_id(id)) return {};
  return Error(ErrorCode::kInvalidArgument, "php session: this is not an id of a session");
}

// A serializer of its own, which phpredis's users choose for its size.
bool is_igbinary(std::string_view bytes) { return bytes.starts_with(std::string_view("\0\0\0", 3)); }

}  // namespace

Task<Result<std::unique_ptr<PhpSessionHold>>> PhpSessionRedis::hold(const std::string& id) const {
  auto hold = std::make_unique<RedisHold>(redis_, options_.prefix + id, seconds_of(options_.lifetime));
  if (!options_.locking) co_return hold;
  const TimePoint end = time_after(options_.lock_timeout);
  const Lock lock{hold->key() + "_LOCK", "banyan|" + new_php_session_id()};
  RedisCommand take{"SET", lock.key, lock.token, "NX", "PX"};
  take.add(milliseconds_of(options_.lock_expire));
  // Known before it is asked for: an answer that does not come in time may have been a yes.
  hold->locked_by(lock);
  for (;;) {
    const RespValue taken = co_await try_(redis_->command(take));
    if (!taken.is_null()) co_return hold;
    if (time_after(options_.lock_pause) > end) {
      hold->locked_by({});
      co_return Error(ErrorCode::kDeadlineExceeded, "php session: others had its lock all the time");
    }
    co_await try_(co_await sleep_for(options_.lock_pause));
  }
}

Task<Result<PhpSession>> PhpSessionRedis::open(std::string id) const {
  co_await try_(check_id(id));
  std::unique_ptr<PhpSessionHold> held = co_await try_(hold(id));
  const std::string key = options_.prefix + id;
  std::vector<RedisCommand> read;
  read.push_back({"GET", key});
  read.push_back({"EXPIRE", key, seconds_of(options_.lifetime)});
  const std::vector<RespValue> replies = co_await try_(redis_->pipeline(std::move(read)));
  const RespValue& value = replies.front();
  if (value.is_error()) co_return redis_server_error(value.text);
  if (value.is_null()) co_return Error(ErrorCode::kNotFound, "php session: there is no session of this id");
  if (value.text.size() > kPhpSessionBytesMax) co_return Error(ErrorCode::kDataLoss, "php session: more than 16 MiB");
  if (is_igbinary(value.text)) {
    co_return Error(ErrorCode::kDataLoss,
                    "php session: it is written by igbinary; set session.serialize_handler to php_serialize");
  }
  PhpSession session(std::move(id), options_.format, std::move(held));
  session.data = co_await try_(PhpSessionData::parse(value.text, options_.format));
  co_return session;
}

Task<Result<PhpSession>> PhpSessionRedis::create() const {
  std::string id = new_php_session_id();
  std::unique_ptr<PhpSessionHold> held = co_await try_(hold(id));
  const RespValue made =
      co_await try_(redis_->command({"SET", options_.prefix + id, "", "NX", "EX", seconds_of(options_.lifetime)}));
  if (made.is_null()) co_return Error(ErrorCode::kAlreadyExists, "php session: a new id was taken");
  co_return PhpSession(std::move(id), options_.format, std::move(held));
}

}  // namespace banyan
