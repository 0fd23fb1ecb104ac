#include "sqlite/sqlite_database.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "runtime/blocking.h"
#include "runtime/sync.h"
#include "sqlite/sqlite_connection.h"

namespace banyan {

struct SqliteDatabase::Pool {
  Pool(std::string its_path, unsigned readers) : path(std::move(its_path)), readers_free(readers) {}

  const std::string path;
  std::unique_ptr<SqliteConnection> writer;
  std::vector<std::unique_ptr<SqliteConnection>> readers;  // empty: everything goes through the writer
  Semaphore writer_free{1};
  Semaphore readers_free;
  std::mutex lock;
  std::vector<SqliteConnection*> idle;  // readers; under `lock`
};

namespace {

SqlResult<std::vector<std::unique_ptr<SqliteConnection>>> open_all(const SqliteOptions& options, unsigned readers) {
  std::vector<std::unique_ptr<SqliteConnection>> connections;
  for (unsigned i = 0; i <= readers; ++i) {
    auto connection = SqliteConnection::open(options.path, options.create && i == 0, i == 0, options.busy_timeout);
    if (!connection.ok()) return std::move(connection).error();
    if (options.inline_reads && i > 0) (*connection)->run_inline();
    connections.push_back(std::move(*connection));
  }
  return connections;
}

}  // namespace

SqliteDatabase::SqliteDatabase(std::unique_ptr<Pool> pool) : pool_(std::move(pool)) {}
SqliteDatabase::~SqliteDatabase() = default;

SqlPlace SqliteDatabase::place() const { return {.name = pool_->path, .host = {}, .port = 0}; }

Task<SqlResult<std::unique_ptr<SqliteDatabase>>> SqliteDatabase::open(SqliteOptions options) {
  if (options.path.empty()) co_return SqlError(SqlErrorKind::kInvalid, "SqliteOptions::path is empty");
  const bool private_memory = options.path == ":memory:";
  const unsigned readers = private_memory ? 0 : std::clamp(options.readers, 1U, 64U);
  auto connections = co_await try_(co_await blocking([&] { return open_all(options, readers); }));
  auto pool = std::make_unique<Pool>(options.path, readers);
  pool->writer = std::move(connections.front());
  for (std::size_t i = 1; i < connections.size(); ++i) {
    pool->idle.push_back(connections[i].get());
    pool->readers.push_back(std::move(connections[i]));
  }
  co_return std::unique_ptr<SqliteDatabase>(new SqliteDatabase(std::move(pool)));
}

Task<SqlResult<SqlLease>> SqliteDatabase::acquire(SqlAccess access) {
  if (access == SqlAccess::kWrite || pool_->readers.empty()) {
    co_await try_(co_await pool_->writer_free.acquire());
    pool_->writer->set_observer(observer());
    co_return SqlLease(this, pool_->writer.get());
  }
  co_await try_(co_await pool_->readers_free.acquire());
  SqliteConnection* reader = nullptr;
  {
    const std::lock_guard guard(pool_->lock);
    reader = pool_->idle.back();
    pool_->idle.pop_back();
  }
  reader->set_observer(observer());
  co_return SqlLease(this, reader);
}

void SqliteDatabase::release(SqlConnection* connection) {
  auto* const sqlite = static_cast<SqliteConnection*>(connection);
  sqlite->roll_back_now();
  if (sqlite->writes()) {
    pool_->writer_free.release();
    return;
  }
  {
    const std::lock_guard guard(pool_->lock);
    pool_->idle.push_back(sqlite);
  }
  pool_->readers_free.release();
}

}  // namespace banyan
