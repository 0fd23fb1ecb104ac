// Values kept in Redis beside the place they come from (cache-aside), with one loader for each key.
//
//   RedisCache profiles(&redis, {.prefix = "profile:", .lifetime = 60s});
//   const RedisCache::Value text = co_await try_(profiles.get("17", load_profile(&db, 17)));
//   co_await try_(profiles.forget("17"));   // after the database was changed
//
// When a key that many want runs out, one task of all processes loads it: in a process the others wait for that task,
// and between processes a lock in Redis (`key:lock`, a token, with an end) says who it is. Those of other processes
// look again after pauses, and load for themselves after load_max. Lifetimes vary by a tenth, so that what was loaded
// together does not run out together.
//
// A change is never hidden by an older load: forget() removes value and lock, and a load that began before finds its
// lock gone and is not kept. Without Redis every process loads by itself, still one task for each key; nothing fails
// because of the cache. What other programs change without forget() is seen after `lifetime` at the latest.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "redis/redis_client.h"
#include "runtime/futex_lock.h"
#include "runtime/sync.h"

namespace banyan {

struct RedisCacheOptions {
  std::string prefix;
  Duration lifetime = std::chrono::seconds(60);
  // The longest a load takes: so long the lock of one who died stands, and others wait.
  Duration load_max = std::chrono::seconds(2);
};

struct RedisCacheStatistics {
  std::uint64_t hits = 0;      // found in Redis
  std::uint64_t joined = 0;    // given what another task of this process was loading
  std::uint64_t loads = 0;     // loaded by this process
  std::uint64_t failures = 0;  // questions that Redis did not answer
};

class RedisCache {
 public:
  using Value = std::optional<std::string>;  // nullopt: there is no such thing, which is not kept

  // `redis` must outlive it.
  RedisCache(RedisClient* redis, RedisCacheOptions options) : redis_(redis), options_(std::move(options)) {}

  // What Redis has under the key, else what `load` gives, which is then kept. `load` runs at most once, and not at all
  // where somebody else has the value. Errors are load's; kCancelled and kDeadlineExceeded.
  Task<Result<Value>> get(std::string key, Task<Result<Value>> load);
  // The value has changed. An error of Redis: it may be given for up to `lifetime`.
  Task<Result<void>> forget(std::string key);

  RedisCacheStatistics statistics() const;

 private:
  // A value being loaded by a task of this process.
  struct Flight {
    Event done;
    Result<Value> value = Value();
  };
  enum class Lock : std::uint8_t { kOurs, kOthers, kNoRedis };
  struct Look {
    Value value;
    Lock lock = Lock::kNoRedis;
  };

  Task<Result<Value>> fly(std::string key, std::shared_ptr<Flight> flight, Task<Result<Value>> load);
  Task<Result<Value>> load_and_keep(std::string key, Task<Result<Value>> load);
  Task<Result<Look>> wait_for_turn(std::string key, std::string token);
  Task<Look> look(std::string key, std::string token);
  Task<void> keep(std::string key, std::string token, Value value);
  std::string lock_key(const std::string& key) const { return options_.prefix + key + ":lock"; }

  RedisClient* redis_;
  RedisCacheOptions options_;
  FutexLock lock_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
  std::atomic<std::uint64_t> hits_{0};
  std::atomic<std::uint64_t> joined_{0};
  std::atomic<std::uint64_t> loads_{0};
  std::atomic<std::uint64_t> failures_{0};
};

}  // namespace banyan
