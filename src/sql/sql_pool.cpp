#include "sql/sql_pool.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

// A connection given back just now is only looked at more closely when its poller has told of something.
constexpr Duration kLookAfter = std::chrono::seconds(1);

}  // namespace

SqlPool::SqlPool(const SqlServerOptions& options, std::string_view server)
    : options_(options), server_(server), permits_(options.connections_max) {}

SqlPool::~SqlPool() { BANYAN_CHECK(taken_.empty()); }

Task<SqlResult<SqlLease>> SqlPool::acquire(SqlAccess access) {
  (void)access;  // there is one server, which reads and writes
  co_await try_(wait_in_line());
  SqlResult<SqlConnection*> connection = co_await take();
  if (!connection.ok()) {
    permits_.release();
    co_return std::move(connection).error();
  }
  (*connection)->set_observer(observer());
  co_return SqlLease(this, *connection);
}

Task<SqlResult<void>> SqlPool::wait_in_line() {
  Result<void> permitted = co_await permits_.acquire(1, time_after(options_.wait_max));
  if (permitted.ok()) co_return {};
  if (permitted.error().code() != ErrorCode::kDeadlineExceeded || now() >= current_context().deadline()) {
    co_return std::move(permitted).error().add_context("waiting for a connection to " + std::string(server_));
  }
  const std::lock_guard guard(lock_);
  ++statistics_.exhausted;
  co_return SqlError(SqlErrorKind::kExhausted, "all " + std::to_string(options_.connections_max) + " connections to " +
                                                   std::string(server_) + " were in use for as long as is waited");
}

Task<SqlResult<SqlConnection*>> SqlPool::take() {
  Kept kept = take_idle();
  while (kept.connection != nullptr) {
    const bool unchecked = now() - kept.given_back > options_.unchecked_max;
    if (!unchecked) break;
    SqlResult<void> alive = co_await with_timeout(options_.cancel_timeout, kept.connection->check());
    if (alive.ok()) break;
    if (cancelled() || now() >= current_context().deadline()) co_return std::move(alive).error();
    kept = take_idle();
  }
  if (kept.connection == nullptr) {
    SqlResult<std::unique_ptr<SqlPooledConnection>> opened = co_await open_connection();
    const std::lock_guard guard(lock_);
    if (!opened.ok()) {
      ++statistics_.failed;
      co_return std::move(opened).error();
    }
    ++statistics_.connected;
    kept = {*std::move(opened), now(), {}, current_worker_index()};
  }
  SqlConnection* const connection = kept.connection.get();
  const std::lock_guard guard(lock_);
  ++statistics_.acquired;
  taken_.push_back(std::move(kept));
  co_return connection;
}

// Connections are closed after the lock is left.
SqlPool::Kept SqlPool::take_idle() {
  std::vector<Kept> dropped;
  const std::lock_guard guard(lock_);
  drop_old(&dropped);
  while (!idle_.empty()) {
    const auto own = std::find_if(idle_.rbegin(), idle_.rend(),
                                  [](const Kept& kept) { return kept.worker == current_worker_index(); });
    const auto chosen = own == idle_.rend() ? std::prev(idle_.end()) : std::prev(own.base());
    Kept kept = std::move(*chosen);
    idle_.erase(chosen);
    if (!kept.connection->stale(now() - kept.given_back > kLookAfter)) return kept;
    dropped.push_back(std::move(kept));
  }
  return {};
}

void SqlPool::drop_old(std::vector<Kept>* dropped) {
  const TimePoint oldest = now() - options_.idle_max;
  const auto first_kept =
      std::find_if(idle_.begin(), idle_.end(), [&](const Kept& kept) { return kept.given_back > oldest; });
  dropped->insert(dropped->end(), std::make_move_iterator(idle_.begin()), std::make_move_iterator(first_kept));
  idle_.erase(idle_.begin(), first_kept);
}

void SqlPool::release(SqlConnection* connection) {
  std::vector<Kept> dropped;
  {
    const std::lock_guard guard(lock_);
    const auto found = std::find_if(taken_.begin(), taken_.end(),
                                    [&](const Kept& kept) { return kept.connection.get() == connection; });
    BANYAN_CHECK(found != taken_.end());
    Kept kept = std::move(*found);
    taken_.erase(found);
    kept.given_back = now();
    const bool good = kept.connection->reusable() && kept.given_back - kept.opened < options_.lifetime_max;
    if (good) kept.connection->release_memory();
    (good ? idle_ : dropped).push_back(std::move(kept));
    drop_old(&dropped);
  }
  permits_.release();
}

SqlPoolStatistics SqlPool::statistics() const {
  const std::lock_guard guard(lock_);
  SqlPoolStatistics statistics = statistics_;
  statistics.idle = idle_.size();
  statistics.open = idle_.size() + taken_.size();
  return statistics;
}

}  // namespace banyan
