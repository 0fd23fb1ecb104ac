// One session with a PostgreSQL server, by protocol 3.0 (PostgreSQL 9.6 and later). It suspends and never blocks.
//
//   std::unique_ptr<PostgresDatabase> database = co_await try_(PostgresDatabase::open(options));
//   SqlLease lease = co_await try_(database->acquire(SqlAccess::kWrite));
//   co_await try_(lease->execute("INSERT INTO users (name) VALUES ($1)", parameters));
//   PostgresConnection& connection = PostgresDatabase::connection(lease);  // for what only PostgreSQL has
//
// A statement is prepared when its text is first seen, which takes a round trip more, and kept under that text; when
// the schema changes under it, it is prepared anew. Values go as parameters, in binary where program and database mean
// the same by a type, else as text (which types of column give which SqlType: docs/postgres.md).
//
// When the deadline passes or the task is cancelled while a statement runs, the server is told to stop (CancelRequest,
// over a second connection), and the connection is good for the next statement. Where that does not work within
// cancel_timeout, it is closed instead.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/postgres_options.h"
#include "sql/sql_pool.h"
#include "sql/sql_statement_cache.h"

namespace banyan {

namespace pg {
class Connector;
class Session;
struct PreparedStatement;
struct StatementFailure;
}  // namespace pg

struct PostgresStatement {
  std::string_view text;
  std::span<const SqlValue> parameters;
  SqlRowSink* rows = nullptr;
};

struct PostgresNotification {
  std::int32_t process = 0;  // of the session that sent it
  std::string channel;
  std::string payload;
};

// Where the data of a COPY FROM STDIN comes from.
class PostgresCopySource {
 public:
  virtual ~PostgresCopySource() = default;
  // The next piece, of any size; it need not end with a row. Empty: the end. The view lives until the next call. May
  // suspend. An error ends the COPY without effect.
  virtual Task<SqlResult<std::string_view>> next() = 0;
};

// Where the data of a COPY TO STDOUT goes.
class PostgresCopySink {
 public:
  virtual ~PostgresCopySink() = default;
  // One row as the server formats it (text and CSV: a line with its end). The view lives until the task has ended. May
  // suspend: the server then waits. An error ends the COPY.
  virtual Task<SqlResult<void>> take(std::string_view data) = 0;
};

class PostgresConnection final : public SqlPooledConnection {
 public:
  // Connects and logs in. Errors: kConnection, kDenied, kExhausted (the server has too many), kTimeout, kCancelled.
  static Task<SqlResult<std::unique_ptr<PostgresConnection>>> open(std::shared_ptr<pg::Connector> connector);
  ~PostgresConnection() override;

  SqlDialect dialect() const override { return SqlDialect::kPostgres; }
  Task<SqlResult<void>> begin(SqlTransactionOptions options) override;
  // kInvalid: the transaction had failed before, and was rolled back.
  Task<SqlResult<void>> commit() override;
  bool in_transaction() const override;
  bool usable() const override;

  // Runs several statements with one round trip. Outside of a transaction they are one: all are done or none. Gives as
  // many outcomes as there are statements done; when one fails, its error, with its number from 1 in the message, is
  // what is given, and those after it were not run. At most statements_max of them.
  Task<SqlResult<std::vector<SqlOutcome>>> pipeline(std::span<const PostgresStatement> statements);
  // Runs a text of any number of statements, separated by semicolons, without parameters; rows are dropped. Outside of
  // a transaction they are one, unless the text itself says otherwise. For migrations.
  Task<SqlResult<void>> run_script(std::string_view text);

  // `text` is a COPY ... FROM STDIN; gives the number of rows.
  Task<SqlResult<SqlOutcome>> copy_in(std::string_view text, PostgresCopySource* source);
  // `text` is a COPY ... TO STDOUT; gives the number of rows.
  Task<SqlResult<SqlOutcome>> copy_out(std::string_view text, PostgresCopySink* sink);

  // The next notification on a channel this session has said LISTEN to; suspends until there is one. Up to 1024 wait;
  // beyond that the oldest are dropped, and counted.
  Task<SqlResult<PostgresNotification>> next_notification();
  std::uint64_t notifications_lost() const;

  // The server's process for this session, as in pg_stat_activity.
  std::int32_t process() const;
  // A setting the server reports, such as "server_version"; empty: not reported.
  std::string_view setting(std::string_view name) const;
  // Statements prepared and kept.
  std::size_t prepared() const;

  // False, too, where a statement has changed the session (SET, LISTEN): the next one relies on its being as it was.
  bool reusable() const override { return SqlPooledConnection::reusable() && !session_changed_; }
  bool stale(bool look) override;
  Task<SqlResult<void>> check() override;
  void release_memory() override;

 protected:
  Task<SqlResult<SqlOutcome>> run(std::string_view text, std::span<const SqlValue> parameters,
                                  SqlRowSink* rows) override;

 private:
  explicit PostgresConnection(std::unique_ptr<pg::Session> session);
  // Makes sure that every statement is prepared.
  Task<SqlResult<void>> prepare(std::span<const PostgresStatement> statements);
  Task<SqlResult<std::string>> prepare_wide(const PostgresStatement& statement);
  // Prepares them by text and types of parameters, and keeps them. Gives why the server refuses one of them, and with
  // it all behind it.
  Task<SqlResult<std::optional<pg::StatementFailure>>> prepare_all(std::vector<pg::PreparedStatement> wanted);
  Task<SqlResult<void>> run_prepared(std::span<const PostgresStatement> statements, std::vector<SqlOutcome>* outcomes,
                                     bool* retry);
  Task<SqlResult<SqlOutcome>> send_script(std::string_view text);
  Task<SqlResult<SqlOutcome>> send_copy(std::string_view text, PostgresCopySource* source);
  Task<SqlResult<SqlOutcome>> take_copy(std::string_view text, PostgresCopySink* sink);
  Task<SqlResult<void>> run_all(std::span<const PostgresStatement> statements, std::vector<SqlOutcome>* outcomes);

  std::unique_ptr<pg::Session> session_;
  std::unique_ptr<SqlStatementCache<pg::PreparedStatement>> statements_;
  std::uint64_t names_ = 0;  // given to statements so far
  bool session_changed_ = false;
};

}  // namespace banyan
