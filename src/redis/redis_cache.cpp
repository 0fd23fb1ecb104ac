#include "redis/redis_cache.h"

#include <algorithm>
#include <mutex>
#include <span>

#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// KEYS: value, lock. ARGV: token, value, milliseconds. Nothing where the lock is not ours any more.
const RedisScript& keep_script() {
  static const RedisScript script(
      "if redis.call('get',KEYS[2]) ~= ARGV[1] then return 0 end "
      "redis.call('del',KEYS[2]) redis.call('set',KEYS[1],ARGV[2],'px',ARGV[3]) return 1");
  return script;
}
const RedisScript& unlock_script() {
  static const RedisScript script(
      "if redis.call('get',KEYS[1]) == ARGV[1] then return redis.call('del',KEYS[1]) end return 0");
  return script;
}

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  current_env().fill_random(std::as_writable_bytes(std::span(&bits, 1)));
  return bits;
}

std::string milliseconds_of(Duration duration) {
  const std::int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return std::to_string(std::max<std::int64_t>(1, ms));
}

// The one who loaded gave up; that says nothing to others.
bool gave_up(const Result<RedisCache::Value>& value) {
  if (value.ok()) return false;
  const ErrorCode code = value.error().code();
  return code == ErrorCode::kCancelled || code == ErrorCode::kDeadlineExceeded;
}

}  // namespace

Task<Result<RedisCache::Value>> RedisCache::get(std::string key, Task<Result<Value>> load) {
  Result<RespValue> found = co_await redis_->command({"GET", options_.prefix + key});
  if (found.ok() && !found->is_null()) {
    hits_.fetch_add(1, std::memory_order_relaxed);
    co_return Value(std::move(found->text));
  }
  for (;;) {
    std::shared_ptr<Flight> flight;
    bool ours = false;
    {
      const std::lock_guard guard(lock_);
      std::shared_ptr<Flight>& slot = flights_[key];
      ours = slot == nullptr;
      if (ours) slot = std::make_shared<Flight>();
      flight = slot;
    }
    if (ours) co_return co_await fly(std::move(key), std::move(flight), std::move(load));
    co_await try_(co_await flight->done.wait());
    if (gave_up(flight->value)) continue;
    joined_.fetch_add(1, std::memory_order_relaxed);
    co_return flight->value;
  }
}

Task<Result<RedisCache::Value>> RedisCache::fly(std::string key, std::shared_ptr<Flight> flight,
                                                Task<Result<Value>> load) {
  flight->value = co_await load_and_keep(key, std::move(load));
  {
    const std::lock_guard guard(lock_);
    const auto found = flights_.find(key);
    if (found != flights_.end() && found->second == flight) flights_.erase(found);
  }
  flight->done.set();
  co_return flight->value;
}

Task<Result<RedisCache::Value>> RedisCache::load_and_keep(std::string key, Task<Result<Value>> load) {
  const std::string token = std::to_string(random_bits());
  Look turn = co_await try_(wait_for_turn(key, token));
  if (turn.value.has_value()) {
    hits_.fetch_add(1, std::memory_order_relaxed);
    co_return std::move(turn.value);
  }
  loads_.fetch_add(1, std::memory_order_relaxed);
  Result<Value> value = co_await std::move(load);
  if (turn.lock != Lock::kOurs) co_return value;
  // Also when the time is up: others wait for the lock.
  co_await shielded(now() + 1s, keep(std::move(key), token, value.ok() ? *value : Value()));
  co_return value;
}

// Ends with a value, with the lock, or with neither when others took too long or there is no Redis.
Task<Result<RedisCache::Look>> RedisCache::wait_for_turn(std::string key, std::string token) {
  const TimePoint end = now() + options_.load_max;
  for (Duration pause = 2ms;; pause = std::min<Duration>(pause * 2, 50ms)) {
    Look seen = co_await look(key, token);
    if (seen.value.has_value() || seen.lock != Lock::kOthers || now() + pause > end) co_return seen;
    co_await try_(co_await sleep_for(pause));
  }
}

// Tries to get the lock, and looks whether the value has come meanwhile.
Task<RedisCache::Look> RedisCache::look(std::string key, std::string token) {
  std::vector<RedisCommand> both;
  both.push_back({"SET", lock_key(key), token, "NX", "PX", milliseconds_of(options_.load_max)});
  both.push_back({"GET", options_.prefix + key});
  Result<std::vector<RespValue>> replies = co_await redis_->pipeline(std::move(both));
  if (!replies.ok() || replies->at(0).is_error() || replies->at(1).is_error()) {
    failures_.fetch_add(1, std::memory_order_relaxed);
    co_return Look{};
  }
  Look seen{.value = {}, .lock = replies->at(0).is_null() ? Lock::kOthers : Lock::kOurs};
  if (replies->at(1).is_null()) co_return seen;
  seen.value = std::move(replies->at(1).text);
  if (seen.lock == Lock::kOurs) co_await keep(std::move(key), std::move(token), {});
  co_return seen;
}

// Gives the lock up, with a value or without.
Task<void> RedisCache::keep(std::string key, std::string token, Value value) {
  const Duration tenth(static_cast<std::int64_t>(random_bits() % 1024) * (options_.lifetime.count() / 10 / 1024));
  const std::string lifetime = milliseconds_of(options_.lifetime - tenth);
  const Result<RespValue> kept =
      value.has_value()
          ? co_await redis_->run(keep_script(), {options_.prefix + key, lock_key(key)}, {token, *value, lifetime})
          : co_await redis_->run(unlock_script(), {lock_key(key)}, {token});
  if (!kept.ok()) failures_.fetch_add(1, std::memory_order_relaxed);
}

Task<Result<void>> RedisCache::forget(std::string key) {
  {
    const std::lock_guard guard(lock_);
    flights_.erase(key);  // whoever comes now waits for no load that began before the change
  }
  (void)co_await try_(redis_->command({"DEL", options_.prefix + key, lock_key(key)}));
  co_return {};
}

RedisCacheStatistics RedisCache::statistics() const {
  return {.hits = hits_.load(std::memory_order_relaxed),
          .joined = joined_.load(std::memory_order_relaxed),
          .loads = loads_.load(std::memory_order_relaxed),
          .failures = failures_.load(std::memory_order_relaxed)};
}

}  // namespace banyan
