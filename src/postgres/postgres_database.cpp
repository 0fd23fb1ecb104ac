#include "postgres/postgres_database.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "postgres/connector.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

// A connection given back just now is only looked at more closely when its poller has told of something.
constexpr Duration kLookAfter = std::chrono::seconds(1);

}  // namespace

Result<std::unique_ptr<PostgresDatabase>> PostgresDatabase::open(PostgresOptions options) {
  BANYAN_TRY(std::shared_ptr<pg::Connector> connector, pg::Connector::open(std::move(options)));
  return std::unique_ptr<PostgresDatabase>(new PostgresDatabase(std::move(connector)));
}

PostgresDatabase::PostgresDatabase(std::shared_ptr<pg::Connector> connector)
    : connector_(std::move(connector)), permits_(connector_->options().connections_max) {}

PostgresDatabase::~PostgresDatabase() { BANYAN_CHECK(taken_.empty()); }

Task<SqlResult<SqlLease>> PostgresDatabase::acquire(SqlAccess access) {
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

Task<SqlResult<void>> PostgresDatabase::wait_in_line() {
  const PostgresOptions& options = connector_->options();
  Result<void> permitted = co_await permits_.acquire(1, time_after(options.wait_max));
  if (permitted.ok()) co_return {};
  if (permitted.error().code() != ErrorCode::kDeadlineExceeded || now() >= current_context().deadline()) {
    co_return std::move(permitted).error().add_context("waiting for a connection to PostgreSQL");
  }
  const std::lock_guard guard(lock_);
  ++statistics_.exhausted;
  co_return SqlError(SqlErrorKind::kExhausted, "all " + std::to_string(options.connections_max) +
                                                   " connections to PostgreSQL were in use for as long as is waited");
}

Task<SqlResult<SqlConnection*>> PostgresDatabase::take() {
  Kept kept = take_idle();
  while (kept.connection != nullptr) {
    const bool unchecked = now() - kept.given_back > connector_->options().unchecked_max;
    if (!unchecked) break;
    SqlResult<void> alive = co_await with_timeout(connector_->options().cancel_timeout, kept.connection->check());
    if (alive.ok()) break;
    if (cancelled() || now() >= current_context().deadline()) co_return std::move(alive).error();
    kept = take_idle();
  }
  if (kept.connection == nullptr) {
    SqlResult<std::unique_ptr<PostgresConnection>> opened = co_await PostgresConnection::open(connector_);
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
PostgresDatabase::Kept PostgresDatabase::take_idle() {
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

void PostgresDatabase::drop_old(std::vector<Kept>* dropped) {
  const TimePoint oldest = now() - connector_->options().idle_max;
  const auto first_kept =
      std::find_if(idle_.begin(), idle_.end(), [&](const Kept& kept) { return kept.given_back > oldest; });
  dropped->insert(dropped->end(), std::make_move_iterator(idle_.begin()), std::make_move_iterator(first_kept));
  idle_.erase(idle_.begin(), first_kept);
}

void PostgresDatabase::release(SqlConnection* connection) {
  std::vector<Kept> dropped;
  {
    const std::lock_guard guard(lock_);
    const auto found = std::find_if(taken_.begin(), taken_.end(),
                                    [&](const Kept& kept) { return kept.connection.get() == connection; });
    BANYAN_CHECK(found != taken_.end());
    Kept kept = std::move(*found);
    taken_.erase(found);
    kept.given_back = now();
    const bool good = kept.connection->usable() && !kept.connection->in_transaction() &&
                      kept.given_back - kept.opened < connector_->options().lifetime_max;
    if (good) kept.connection->release_memory();
    (good ? idle_ : dropped).push_back(std::move(kept));
    drop_old(&dropped);
  }
  permits_.release();
}

Task<SqlResult<std::unique_ptr<PostgresConnection>>> PostgresDatabase::connect() {
  std::unique_ptr<PostgresConnection> connection = co_await try_(PostgresConnection::open(connector_));
  connection->set_observer(observer());
  co_return connection;
}

PostgresPoolStatistics PostgresDatabase::statistics() const {
  const std::lock_guard guard(lock_);
  PostgresPoolStatistics statistics = statistics_;
  statistics.idle = idle_.size();
  statistics.open = idle_.size() + taken_.size();
  return statistics;
}

}  // namespace banyan
