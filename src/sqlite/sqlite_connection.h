// One connection to a SQLite file, with its prepared statements. Internal to the module.
//
// Some errors end the whole transaction: a change that was interrupted, a full disk. So that nothing is done outside of
// it by mistake, every statement but rollback() is refused from then on with kSerialization.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "runtime/env.h"
#include "runtime/task_record.h"
#include "sql/sql_database.h"

struct sqlite3;
struct sqlite3_stmt;

namespace banyan {

class SqliteConnection : public SqlConnection {
 public:
  // Blocks. `writes`: transactions take the write lock when they begin; else the connection refuses to write.
  static SqlResult<std::unique_ptr<SqliteConnection>> open(const std::string& path, bool create, bool writes,
                                                           Duration busy_timeout);
  ~SqliteConnection() override;

  SqlDialect dialect() const override { return SqlDialect::kSqlite; }
  Task<SqlResult<void>> begin(SqlTransactionOptions options) override;
  // kSerialization: SQLite had rolled the transaction back before.
  Task<SqlResult<void>> commit() override;
  Task<SqlResult<void>> rollback() override;
  bool in_transaction() const override { return rolled_back_ || transaction_open(); }
  bool usable() const override { return true; }
  bool writes() const { return writes_; }
  // From now on statements run where they are given, and not on the blocking pool.
  void run_inline() { inline_ = true; }
  // Blocks, for as long as a rollback takes. Does nothing outside a transaction.
  void roll_back_now();

 protected:
  Task<SqlResult<SqlOutcome>> run(std::string_view text, std::span<const SqlValue> parameters,
                                  SqlRowSink* rows) override;

 private:
  static constexpr std::size_t kStatementsMax = 256;
  struct Prepared {
    std::string text;
    sqlite3_stmt* statement;
  };

  SqliteConnection(sqlite3* handle, bool writes, Duration busy_timeout);
  SqlResult<SqlOutcome> run_now(std::string_view text, std::span<const SqlValue> parameters, SqlRowSink* rows);
  SqlResult<sqlite3_stmt*> prepare(std::string_view text);
  SqlResult<void> bind(sqlite3_stmt* statement, std::span<const SqlValue> parameters);
  SqlResult<void> step_through(sqlite3_stmt* statement, SqlRowSink* rows);
  SqlError error_now(int code) const;
  bool must_stop() const;
  bool transaction_open() const;
  static int on_progress(void* self);
  static int on_busy(void* self, int attempts);

  sqlite3* handle_;
  bool writes_;
  bool inline_ = false;
  bool rolled_back_ = false;  // by SQLite, and nobody has said rollback() yet
  Duration busy_timeout_;
  // The most recently used stand first.
  std::list<Prepared> prepared_;
  std::unordered_map<std::string_view, std::list<Prepared>::iterator> by_text_;
  // Of the statement that runs now.
  Env* env_ = nullptr;
  const TaskRecord* task_ = nullptr;  // null: it cannot be cancelled
  TimePoint deadline_ = kNever;
  TimePoint busy_since_ = kNever;
};

}  // namespace banyan
