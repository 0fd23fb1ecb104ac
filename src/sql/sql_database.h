// The one seam between what speaks SQL (orm, migrations, services) and the databases that understand it.
//
// A driver implements SqlConnection and SqlDatabase. Everything that touches the database is a Task: it suspends and
// never blocks a worker. All of it obeys the ambient deadline and cancellation of the task (runtime/context.h): a
// statement whose time is up is stopped in the database, too, and ends with kTimeout or kCancelled.
//
// Values reach the database as bound parameters and in no other way; the texts here are written by programs, never put
// together from input. Placeholders are the database's own: `?` for SQLite and MariaDB, `$1` for PostgreSQL.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "runtime/task.h"
#include "sql/sql_result.h"
#include "sql/sql_value.h"

namespace banyan {

enum class SqlDialect : std::uint8_t { kSqlite, kPostgres, kMariadb };
std::string_view sql_dialect_name(SqlDialect dialect);

// Takes the rows of a statement, one by one, as they arrive. Its functions must neither suspend nor block; they run
// while the task that called execute() waits, possibly on another thread.
class SqlRowSink {
 public:
  virtual ~SqlRowSink() = default;
  // The names of the columns, before the first row. They live until the call returns.
  virtual void columns(std::span<const std::string_view> names) { (void)names; }
  // One row. What the views point at lives until the call returns. False: no more rows are wanted; the statement then
  // ends as if there were none.
  virtual bool row(std::span<const SqlValueView> values) = 0;
};

struct SqlOutcome {
  std::uint64_t rows_affected = 0;  // rows an INSERT, UPDATE or DELETE has changed; matched ones count in every driver
  std::int64_t last_insert_id = 0;  // SQLite and MariaDB: the key the last INSERT has made; else 0
};

enum class SqlIsolation : std::uint8_t { kDefault, kReadCommitted, kRepeatableRead, kSerializable };

struct SqlTransactionOptions {
  SqlIsolation isolation = SqlIsolation::kDefault;  // SQLite: always serialisable
  bool read_only = false;
};

// Told of every statement when it has ended, on whatever worker that was, in the task that ran it and with that task's
// context in force. It must be safe to call from several at once, and must not suspend.
class SqlObserver {
 public:
  struct Statement {
    std::string_view text;  // without parameters' values; what a program wrote into it stands there
    std::size_t parameters = 0;
    Duration took{};
    const SqlError* error = nullptr;  // null: it went well
    SqlOutcome outcome;
    std::uint64_t rows = 0;  // given to whoever asked for them
  };
  virtual ~SqlObserver() = default;
  virtual void statement_ended(const Statement& statement) = 0;
};

// One session with the database, used by one task at a time.
class SqlConnection {
 public:
  SqlConnection() = default;
  SqlConnection(const SqlConnection&) = delete;
  SqlConnection& operator=(const SqlConnection&) = delete;
  virtual ~SqlConnection() = default;

  virtual SqlDialect dialect() const = 0;

  // Runs one statement. `text`, `parameters` and `rows` must live until the task has ended. A null `rows` drops rows.
  // Drivers prepare the statement and keep it in a cache by its text, so a text should not vary with its values.
  Task<SqlResult<SqlOutcome>> execute(std::string_view text, std::span<const SqlValue> parameters = {},
                                      SqlRowSink* rows = nullptr);

  // Transactions do not nest; savepoints do, `level` counting from 1. A failed statement leaves SQLite's and MariaDB's
  // transactions as they were before it, while PostgreSQL's can then only be rolled back (to a savepoint, or wholly).
  virtual Task<SqlResult<void>> begin(SqlTransactionOptions options) = 0;
  virtual Task<SqlResult<void>> commit();
  virtual Task<SqlResult<void>> rollback();
  Task<SqlResult<void>> savepoint(unsigned level);
  Task<SqlResult<void>> release_savepoint(unsigned level);
  Task<SqlResult<void>> rollback_to_savepoint(unsigned level);

  // Between begin() and commit() or rollback(), as far as the driver knows.
  virtual bool in_transaction() const = 0;
  // False: the session is lost, and the connection good for nothing but to be given back.
  virtual bool usable() const = 0;

  // Null: nobody. It must outlive the connection. Set by the driver's pool.
  void set_observer(SqlObserver* observer) { observer_ = observer; }

 protected:
  virtual Task<SqlResult<SqlOutcome>> run(std::string_view text, std::span<const SqlValue> parameters,
                                          SqlRowSink* rows) = 0;
  // What a driver runs beside execute(): its observer is told of it as of one statement.
  Task<SqlResult<SqlOutcome>> observed(std::string_view text, Task<SqlResult<SqlOutcome>> work);
  // Null: nobody listens.
  SqlObserver* observer() const { return observer_; }

 private:
  Task<SqlResult<SqlOutcome>> run_observed(std::string_view text, std::span<const SqlValue> parameters,
                                           SqlRowSink* rows);
  Task<SqlResult<SqlOutcome>> wait_and_tell(std::string_view text, Task<SqlResult<SqlOutcome>> work);
  Task<SqlResult<void>> run_plain(std::string_view verb, unsigned level);
  SqlObserver* observer_ = nullptr;
};

class SqlDatabase;

// A connection on loan from a pool; goes back when this is destroyed. One in a transaction is rolled back or closed.
class [[nodiscard]] SqlLease {
 public:
  SqlLease() = default;
  SqlLease(SqlDatabase* database, SqlConnection* connection) : database_(database), connection_(connection) {}
  SqlLease(SqlLease&& other) noexcept
      : database_(std::exchange(other.database_, nullptr)), connection_(std::exchange(other.connection_, nullptr)) {}
  SqlLease& operator=(SqlLease&& other) noexcept {
    std::swap(database_, other.database_);
    std::swap(connection_, other.connection_);
    return *this;
  }
  ~SqlLease() { give_back(); }

  explicit operator bool() const { return connection_ != nullptr; }
  SqlConnection& operator*() const { return *connection_; }
  SqlConnection* operator->() const { return connection_; }
  SqlConnection* get() const { return connection_; }
  void give_back();

 private:
  SqlDatabase* database_ = nullptr;
  SqlConnection* connection_ = nullptr;
};

// What the work on a connection will be. Where a database has one writer (SQLite) or replicas, it decides which
// connection is given; a kRead connection may refuse to write.
enum class SqlAccess : std::uint8_t { kRead, kWrite };

// Where a database is, as metrics and spans tell it.
struct SqlPlace {
  std::string name;        // PostgreSQL's and MariaDB's database; SQLite's file
  std::string host;        // name, address, or path of a unix socket; "" for SQLite
  std::uint16_t port = 0;  // 0: none
  bool operator==(const SqlPlace&) const = default;
};

// A pool of connections. Safe to use from all workers; must outlive its leases.
class SqlDatabase {
 public:
  SqlDatabase() = default;
  SqlDatabase(const SqlDatabase&) = delete;
  SqlDatabase& operator=(const SqlDatabase&) = delete;
  virtual ~SqlDatabase() = default;

  virtual SqlDialect dialect() const = 0;
  virtual SqlPlace place() const = 0;
  // Suspends until a connection is free, within the ambient deadline; kTimeout, kCancelled, kConnection, kExhausted.
  virtual Task<SqlResult<SqlLease>> acquire(SqlAccess access) = 0;
  // The most values one statement may have bound to it: 32766 (SQLite), 65535 (the others).
  virtual std::size_t parameters_max() const = 0;

  // Hears of every statement of every connection. Null: nobody. Set it before the first acquire().
  void set_observer(SqlObserver* observer) { observer_ = observer; }

 protected:
  SqlObserver* observer() const { return observer_; }

 private:
  friend class SqlLease;
  // Called once for each lease. Must not suspend.
  virtual void release(SqlConnection* connection) = 0;
  SqlObserver* observer_ = nullptr;
};

}  // namespace banyan
