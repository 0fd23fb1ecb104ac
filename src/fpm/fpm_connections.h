// How many connections a cluster of php-fpm may have, over all workers of the process.
//
// The problem: a connection occupies one php-fpm process from its first byte until it is closed, even while it is idle.
// Opened without limit, connections wait unseen in php-fpm's backlog; kept without thought, idle ones of one worker
// lock out the requests of another.
//
// The idea: one line of waiters, first come first served. Whoever has done with a connection looks at the line before
// keeping it: the first waiter gets the connection itself where it can use it (the same pool of the same worker), else
// its place. Whoever joins the line asks one pool that holds an idle connection to give it up, by a task on that pool's
// worker. So nobody waits while a connection is idle, and nobody is overtaken.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/result.h"
#include "runtime/futex_lock.h"
#include "runtime/sync.h"

namespace banyan {

class FpmConnection;
class FpmPool;

class FpmConnections {
 public:
  explicit FpmConnections(std::size_t connections_max);
  FpmConnections(const FpmConnections&) = delete;
  FpmConnections& operator=(const FpmConnections&) = delete;
  ~FpmConnections();

  std::size_t connections_max() const { return connections_max_; }
  // Connections that are open or being opened, idle ones included.
  std::size_t open() const;
  std::size_t waiting() const { return waiting_.load(); }

 private:
  friend class FpmPool;
  friend class FpmPlace;
  struct Waiter;
  class JoinLine;

  bool try_take();
  void give_back();

  const std::size_t connections_max_;
  mutable FutexLock lock_;
  std::size_t free_;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
  std::atomic<std::size_t> waiting_{0};
  std::vector<FpmPool*> pools_;
};

}  // namespace banyan
