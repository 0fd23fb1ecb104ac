#include "fpm/fpm_pool.h"

#include <utility>

#include "fastcgi/record.h"
#include "net/connect.h"
#include "net/quiet_stream.h"
#include "runtime/context.h"
#include "runtime/runtime.h"

namespace banyan {

FpmPool::FpmPool(SocketAddress address, std::shared_ptr<FpmConnections> connections, MemoryBudget& memory,
                 FpmOptions options)
    : address_(std::move(address)),
      connections_(std::move(connections)),
      memory_(memory),
      options_(std::move(options)) {
  for (const auto& [name, value] : options_.params) fastcgi::append_pair(extra_params_, name, value);
  connections_->add(this);
}

FpmPool::~FpmPool() { connections_->remove(this); }

std::unique_ptr<FpmConnection> FpmPool::pop_idle() {
  std::unique_ptr<FpmConnection> connection = std::move(idle_.back().connection);
  idle_.pop_back();
  idle_count_.store(idle_.size());
  return connection;
}

// The one that was used last: the others may then become old.
std::unique_ptr<FpmConnection> FpmPool::take_idle() {
  while (!idle_.empty()) {
    std::unique_ptr<FpmConnection> connection = pop_idle();
    if (!is_quiet(connection->stream)) continue;
    connection->reused = true;
    return connection;
  }
  return nullptr;
}

Task<Result<std::unique_ptr<FpmConnection>>> FpmPool::take(bool fresh, bool yields) {
  worker_.store(current_worker_index(), std::memory_order_relaxed);
  FpmGrant grant;
  // Who comes now stands behind those who wait.
  if (connections_->waiting() == 0) {
    grant.connection = take_idle();
    if (grant.connection == nullptr) grant.place = connections_->try_take();
  }
  if (grant.connection == nullptr && !grant.place) {
    Result<FpmGrant> turn = co_await connections_->wait_in_line(this, yields, now() + options_.io_timeout);
    if (!turn.ok() && turn.error().code() == ErrorCode::kDeadlineExceeded) {
      co_return Error(ErrorCode::kResourceExhausted,
                      "all " + std::to_string(connections_->connections_max()) + " connections to " + address_.text() +
                          " stayed in use; raise connections_max and php-fpm's pm.max_children");
    }
    grant = co_await try_(std::move(turn));
  }
  if (grant.connection != nullptr) {
    if (!fresh && is_quiet(grant.connection->stream)) co_return std::move(grant.connection);
    grant.place = grant.connection->close();
    grant.connection.reset();
  }
  Stream stream = co_await try_(connect(address_, now() + options_.connect_timeout));
  co_return std::make_unique<FpmConnection>(std::move(grant.place), std::move(stream));
}

void FpmPool::done_with(std::unique_ptr<FpmConnection> connection) {
  connection->reset();
  if (retired_ || connection->stream.hung_up()) return;
  connection->reused = true;
  if (connections_->waiting() > 0) connections_->pass_on(this, connection);
  if (connection == nullptr || idle_.size() >= options_.idle_max) return;
  idle_.push_back({std::move(connection), now()});
  idle_count_.store(idle_.size());
  // Somebody may have come to wait meanwhile, or waits for another pool's.
  if (connections_->waiting() > 0) {
    connection = pop_idle();
    connections_->pass_on(this, connection);
  }
  if (idle_.empty() || expiring_) return;
  expiring_ = true;
  go_pinned("php-fpm idle", expire(shared_from_this()));
}

Task<void> FpmPool::give_up_one(std::shared_ptr<FpmPool> pool) {
  if (!pool->connections_->still_wanted(pool.get()) || pool->idle_.empty()) co_return;
  std::unique_ptr<FpmConnection> connection = pool->take_idle();
  if (connection != nullptr) pool->connections_->pass_on(pool.get(), connection);
  // Where nobody took it, it closes here, and its place goes to the first waiter.
}

Task<void> FpmPool::expire(std::shared_ptr<FpmPool> pool) {
  ContextGuard guard{ContextRef()};  // not the deadline of the request that happened to start it
  while (!pool->idle_.empty()) {
    if (!(co_await sleep_until(pool->idle_.front().since + pool->options_.idle_timeout)).ok()) break;
    pool->close_old();
  }
  pool->expiring_ = false;
}

void FpmPool::close_old() {
  const TimePoint limit = now() - options_.idle_timeout;
  std::size_t old = 0;
  while (old < idle_.size() && idle_[old].since <= limit) ++old;
  idle_.erase(idle_.begin(), idle_.begin() + static_cast<std::ptrdiff_t>(old));
  idle_count_.store(idle_.size());
}

void FpmPool::forget_idle() {
  idle_.clear();
  idle_count_.store(0);
}

void FpmPool::retire() {
  retired_ = true;
  forget_idle();
}

}  // namespace banyan
