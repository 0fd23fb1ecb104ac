// SQLite as a SqlDatabase: one file, one writer, several readers.
//
// SQLite blocks, so statements run on the blocking pool while their task is suspended. The file is in WAL mode:
// readers go on while the one writer writes, and a writer waits for its turn here, in order of arrival, rather than
// inside SQLite. Other processes (a PHP application, the sqlite3 program) may use the file at the same time; for their
// locks a statement waits `busy_timeout`, then fails with kSerialization. A statement whose task is cancelled or out of
// time is stopped within a millisecond or so of computing, through SQLite's progress handler; one that was changing
// rows inside a transaction then takes the whole transaction with it, as SQLite does, and until rollback() everything
// else is refused with kSerialization.
//
// Values: bool and timestamps (microseconds) are stored as integers, decimals as text, which statements compare by
// their value if they say COLLATE decimal.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "sql/sql_database.h"

namespace banyan {

struct SqliteOptions {
  std::string path;      // ":memory:": a database of its own, with one connection for everything
  unsigned readers = 4;  // 1 to 64
  Duration busy_timeout = std::chrono::seconds(5);
  bool create = true;  // false: it is an error if there is no such file
  // Readers run on the worker that asks, and hold it up: for look-ups by key in a file that memory holds, which take
  // some microseconds, while handing one over to the blocking pool and back costs several times that. Writes never do.
  bool inline_reads = false;
};

class SqliteDatabase : public SqlDatabase {
 public:
  // Opens all connections. WAL, foreign keys enforced, synchronous=NORMAL: a crash of the process loses nothing, one of
  // the machine may lose the last commits but never corrupts. kConnection if the file cannot be opened or is none of
  // SQLite's.
  static Task<SqlResult<std::unique_ptr<SqliteDatabase>>> open(SqliteOptions options);
  ~SqliteDatabase() override;

  SqlDialect dialect() const override { return SqlDialect::kSqlite; }
  SqlPlace place() const override;
  Task<SqlResult<SqlLease>> acquire(SqlAccess access) override;
  std::size_t parameters_max() const override { return 32766; }

 private:
  struct Pool;
  explicit SqliteDatabase(std::unique_ptr<Pool> pool);
  void release(SqlConnection* connection) override;
  std::unique_ptr<Pool> pool_;
};

}  // namespace banyan
