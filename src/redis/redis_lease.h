// A connection of one task's own, for what cannot be shared: commands that wait in the server, and WATCH.
//
//   RedisLease lease = co_await try_(redis.lease());
//   RespValue job = co_await try_(lease.command({"BLPOP", "jobs", "5"}, 5s));   // is_null() after five seconds
//
//   (void)co_await try_(lease.command({"WATCH", "stock"}));
//   ... read, decide ...
//   auto done = co_await try_(lease.transaction(std::move(commands)));          // nullopt: "stock" has changed; again
//
// Connections come from a pool (RedisPool) and go back to it with the object. One call at a time. A call that ends
// without its reply (deadline, cancellation, loss) closes the connection, and the server forgets the command if it
// still waited; an element it took for us at that very moment is lost, as Redis has it: where that matters, use BLMOVE
// or a stream. Nothing is sent twice. A server that turns out to be a replica (READONLY) is left, and so are
// connections to it that wait in the pool: the next lease connects anew.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "redis/redis_command.h"
#include "redis/redis_options.h"
#include "redis/redis_wire.h"
#include "runtime/futex_lock.h"
#include "runtime/sync.h"

namespace banyan {

class RedisPool;

class RedisLease {
 public:
  RedisLease(RedisLease&& other) noexcept = default;
  RedisLease& operator=(RedisLease&& other) noexcept;
  ~RedisLease() { give_back(); }

  // The reply; one that is an error is an Error of kind kServer. `waits`: how long the command itself may wait in the
  // server, to which the options' command_timeout is added; the ambient deadline holds too. Zero in the command (wait
  // for ever) goes with Duration::max().
  Task<Result<RespValue>> command(RedisCommand command, Duration waits = Duration::zero());
  Task<Result<std::vector<RespValue>>> pipeline(std::vector<RedisCommand> commands);
  // As RedisClient::transaction(); nullopt: a watched key had changed, and nothing was done.
  using Executed = std::optional<std::vector<RespValue>>;
  Task<Result<Executed>> transaction(std::vector<RedisCommand> commands);

  // False: a call has failed, or was answered by a replica, and the connection is closed; further calls are
  // kUnavailable.
  bool usable() const { return wire_ != nullptr && wire_->is_open(); }

 private:
  friend class RedisPool;
  RedisLease(std::shared_ptr<RedisPool> pool, std::unique_ptr<RedisWire> wire)
      : pool_(std::move(pool)), wire_(std::move(wire)) {}
  Task<Result<RespValue>> one(RedisCommand command, Duration waits);
  Task<Result<std::vector<RespValue>>> many(std::vector<RedisCommand> commands);
  Task<Result<Executed>> execute(std::vector<RedisCommand> commands);
  Task<Result<std::vector<RespValue>>> exchange(std::vector<RedisCommand> commands, Duration waits);
  void give_back();

  std::shared_ptr<RedisPool> pool_;  // null: moved from
  std::unique_ptr<RedisWire> wire_;
  bool watches_ = false;
};

// The connections that are leased, and those nobody wants at the moment. Shared by the leases; safe from all workers.
class RedisPool : public std::enable_shared_from_this<RedisPool> {
 public:
  explicit RedisPool(RedisOptions options) : options_(std::move(options)), permits_(options_.leases_max) {}

  const RedisOptions& options() const { return options_; }
  // Waits for a free connection, or makes one. kResourceExhausted: all leases_max were out for the command_timeout.
  // kUnavailable: the server cannot be reached.
  Task<Result<RedisLease>> acquire();
  // Closes idle connections, and from now on those that are given back.
  void close();
  void close_idle();
  std::size_t idle() const;

 private:
  friend class RedisLease;
  struct Kept {
    std::unique_ptr<RedisWire> wire;
    TimePoint given_back;
  };
  std::unique_ptr<RedisWire> take_idle();
  void give_back(std::unique_ptr<RedisWire> wire, bool clean);

  const RedisOptions options_;
  Semaphore permits_;
  mutable FutexLock lock_;
  std::vector<Kept> idle_;  // the last given back is last
  bool closed_ = false;
};

}  // namespace banyan
