// The connections of one worker to one address of php-fpm: takes, keeps, expires and gives them up.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "fpm/fpm_connection.h"
#include "fpm/fpm_connections.h"
#include "fpm/fpm_upstream.h"
#include "net/buffer_pool.h"
#include "runtime/env.h"
#include "runtime/task.h"

namespace banyan {

// Used on the worker of its first request alone, but for what FpmConnections asks.
class FpmPool : public std::enable_shared_from_this<FpmPool> {
 public:
  FpmPool(SocketAddress address, std::shared_ptr<FpmConnections> connections, MemoryBudget& memory, FpmOptions options);
  FpmPool(const FpmPool&) = delete;
  FpmPool& operator=(const FpmPool&) = delete;
  ~FpmPool();

  // A connection, waiting for its turn where the limit is reached. `fresh`: one that has not served before; an idle one
  // is closed for it, so that it takes no further process of php-fpm. Who `yields` waits behind all who do not. Errors:
  // kResourceExhausted (no turn in time), those of connect().
  Task<Result<std::unique_ptr<FpmConnection>>> take(bool fresh, bool yields);
  // The request on it has ended well: it serves whoever waits, or is kept.
  void done_with(std::unique_ptr<FpmConnection> connection);
  // php-fpm has closed one of them, so probably all.
  void forget_idle();
  // Nothing is kept any more.
  void retire();

  const SocketAddress& address() const { return address_; }
  MemoryBudget& memory() { return memory_; }
  const FpmOptions& options() const { return options_; }
  const std::string& extra_params() const { return extra_params_; }
  std::size_t idle() const { return idle_count_.load(); }
  unsigned worker() const { return worker_.load(); }

  // For FpmConnections, under its lock.
  bool may_be_asked() const { return idle_count_.load() > asked_; }
  void note_asked() { ++asked_; }
  void note_answered() { --asked_; }
  // On the pool's worker: gives an idle connection to those who wait.
  static Task<void> give_up_one(std::shared_ptr<FpmPool> pool);

 private:
  struct Idle {
    std::unique_ptr<FpmConnection> connection;
    TimePoint since;
  };
  std::unique_ptr<FpmConnection> take_idle();
  std::unique_ptr<FpmConnection> pop_idle();
  void close_old();
  static Task<void> expire(std::shared_ptr<FpmPool> pool);

  const SocketAddress address_;
  const std::shared_ptr<FpmConnections> connections_;
  MemoryBudget& memory_;
  const FpmOptions options_;
  std::string extra_params_;  // FpmOptions::params as name-value pairs
  std::vector<Idle> idle_;    // the longest idle first
  bool expiring_ = false;
  bool retired_ = false;
  std::atomic<std::size_t> idle_count_{0};
  std::atomic<unsigned> worker_{0};
  std::size_t asked_ = 0;  // under the lock of FpmConnections: asked to give up, and not yet done
};

}  // namespace banyan
