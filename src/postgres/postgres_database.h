// A pool of connections to one PostgreSQL server.
//
// A connection is opened when one is wanted, none is free and connections_max are not reached; beyond that whoever
// wants one waits in line. One that was given back is used again, the last one first, until it is idle_max unused or
// lifetime_max old. One in a transaction is closed, and by that rolled back. A connection whose server has gone is
// noticed when it is taken and replaced without a word, so a server that was restarted is found again by the next
// statement; only statements under way are lost (kConnection).
//
// Safe to use from all workers. A connection is best used on the worker that opened it, so that one is preferred.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "postgres/postgres_connection.h"
#include "postgres/postgres_options.h"
#include "runtime/futex_lock.h"
#include "runtime/sync.h"
#include "sql/sql_database.h"

namespace banyan {

struct PostgresPoolStatistics {
  std::size_t open = 0;  // in use and idle
  std::size_t idle = 0;
  std::uint64_t acquired = 0;   // connections given out so far
  std::uint64_t connected = 0;  // connections opened so far
  std::uint64_t failed = 0;     // attempts to open one that came to nothing
  std::uint64_t exhausted = 0;  // times that wait_max passed in line
};

class PostgresDatabase final : public SqlDatabase {
 public:
  // Reads the files of certificates and connects to nothing yet. kInvalidArgument, or what those files are at fault
  // for.
  static Result<std::unique_ptr<PostgresDatabase>> open(PostgresOptions options);
  // All leases have been given back.
  ~PostgresDatabase() override;

  SqlDialect dialect() const override { return SqlDialect::kPostgres; }
  // kExhausted: no connection became free within wait_max. kConnection, kDenied: none can be opened.
  Task<SqlResult<SqlLease>> acquire(SqlAccess access) override;
  std::size_t parameters_max() const override { return 65535; }

  // What a lease of this pool holds, with all that PostgreSQL has beyond other databases.
  static PostgresConnection& connection(const SqlLease& lease) { return static_cast<PostgresConnection&>(*lease); }
  // A connection outside of the pool: for LISTEN, say, which keeps one for good.
  Task<SqlResult<std::unique_ptr<PostgresConnection>>> connect();

  PostgresPoolStatistics statistics() const;

 private:
  struct Kept {
    std::unique_ptr<PostgresConnection> connection;
    TimePoint opened;
    TimePoint given_back;
    unsigned worker = 0;  // that opened it
  };
  explicit PostgresDatabase(std::shared_ptr<pg::Connector> connector);
  void release(SqlConnection* connection) override;
  Task<SqlResult<void>> wait_in_line();
  Task<SqlResult<SqlConnection*>> take();
  // An idle connection; without one, if there is none.
  Kept take_idle();
  void drop_old(std::vector<Kept>* dropped);

  std::shared_ptr<pg::Connector> connector_;
  Semaphore permits_;  // one for each connection that may be in use
  mutable FutexLock lock_;
  std::vector<Kept> idle_;  // the last given back is last
  std::vector<Kept> taken_;
  PostgresPoolStatistics statistics_;
};

}  // namespace banyan
