// How many connections a cluster of php-fpm may have, over all workers of the process.
//
// The problem: a connection occupies one php-fpm process from its first byte until it is closed, even while it is idle.
// Opened without limit, connections wait unseen in php-fpm's backlog; kept without thought, the idle ones of one worker
// lock out the requests of another. So the limit should be at most php-fpm's pm.max_children.
//
// The idea: one line of waiters, first come first served, but copies, for which no client waits, let up to
// sixteen others pass. Whoever has done with a connection looks at the line before keeping it: the first waiter gets
// the connection itself where it can use it (the same pool and so the same worker), else its place. Whoever joins the
// line asks one pool that holds an idle connection to give it up, by a task on that pool's worker. So nobody waits
// while a connection is idle, and only copies are overtaken.
//
// Why no wake-up is lost: a waiter counts itself in and then looks at the pools' numbers of idle connections; a pool
// counts a connection as idle and then looks at the number of waiters. One of the two sees the other (all of these are
// sequentially consistent). A pool that was asked answers under the lock under which waiters ask.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "runtime/futex_lock.h"
#include "runtime/task.h"
#include "runtime/task_record.h"

namespace banyan {

class FpmConnection;
class FpmConnections;
class FpmPool;

// One of the connections a cluster may have, taken; given back with the object.
class [[nodiscard]] FpmPlace {
 public:
  FpmPlace() = default;
  explicit FpmPlace(std::shared_ptr<FpmConnections> taken_from) : connections_(std::move(taken_from)) {}
  FpmPlace(FpmPlace&&) noexcept = default;
  FpmPlace& operator=(FpmPlace&& other) noexcept {
    std::swap(connections_, other.connections_);
    return *this;
  }
  ~FpmPlace();
  explicit operator bool() const { return connections_ != nullptr; }

 private:
  std::shared_ptr<FpmConnections> connections_;
};

// What a waiter gets: a kept connection, or the place to open one.
struct FpmGrant {
  FpmPlace place;
  std::unique_ptr<FpmConnection> connection;

  FpmGrant();
  FpmGrant(FpmGrant&&) noexcept;
  FpmGrant& operator=(FpmGrant&&) noexcept;
  ~FpmGrant();
};

// Any worker. Held by shared pointers: places hold on to it.
class FpmConnections : public std::enable_shared_from_this<FpmConnections> {
 public:
  explicit FpmConnections(std::size_t connections_max) : connections_max_(connections_max), free_(connections_max) {}
  FpmConnections(const FpmConnections&) = delete;
  FpmConnections& operator=(const FpmConnections&) = delete;

  std::size_t connections_max() const { return connections_max_; }
  // Connections that are open or being opened, idle ones included.
  std::size_t open() const;
  std::size_t waiting() const { return waiting_.load(); }
  // Whether one more copy would wait for long: as many wait as there are connections, or one does and clients as well.
  bool behind_with_copies() const;

  // For pools alone (fpm/fpm_pool.h).
  void add(FpmPool* pool);
  void remove(FpmPool* pool);
  // Empty: all are taken, or others wait already.
  FpmPlace try_take();
  // Waits for a place, or for a connection of `pool` where it is not null; who `yields` behind all who do not. Errors:
  // kDeadlineExceeded, kCancelled.
  Task<Result<FpmGrant>> wait_in_line(FpmPool* pool, bool yields, TimePoint deadline);
  // Gives the connection to the first waiter if that is one of `pool`; else leaves it.
  void pass_on(FpmPool* pool, std::unique_ptr<FpmConnection>& connection);
  // A pool was asked to give up an idle connection and does so now: whether somebody still waits.
  bool still_wanted(FpmPool* pool);

 private:
  friend class FpmPlace;
  struct Waiter;
  class LineAwaiter;

  std::shared_ptr<FpmPool> join_and_choose_pool();
  void link(Waiter* waiter);
  Waiter* claim_first();
  void unlink(Waiter* waiter);
  void give_back();

  const std::size_t connections_max_;
  mutable FutexLock lock_;
  std::size_t free_;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
  Waiter* first_yielding_ = nullptr;  // all from here on yield
  std::size_t yielding_ = 0;          // so many
  // Those in the line, and those about to join it.
  std::atomic<std::size_t> waiting_{0};
  std::vector<FpmPool*> pools_;
};

}  // namespace banyan
