// One session with a MariaDB (10.2 and later) or MySQL (5.7.5 and later) server. It suspends and never blocks.
//
//   std::unique_ptr<MariadbDatabase> database = co_await try_(MariadbDatabase::open(options));
//   SqlLease lease = co_await try_(database->acquire(SqlAccess::kWrite));
//   co_await try_(lease->execute("INSERT INTO users (name) VALUES (?)", parameters));
//
// A statement is prepared when its text is first seen, which takes a round trip more, and kept under that text, until
// the session's schema changes (USE): a statement means the tables of the one it was prepared in. Values go as
// parameters, in binary (which types of column give which SqlType: docs/mariadb.md). Statements that a server does not
// prepare (a few of MySQL's) are sent as texts if they have no parameters; their rows are then texts. The session is in
// UTC, in utf8mb4 and in strict mode, and takes one statement at a time, but for run_script().
//
// When the deadline passes or the task is cancelled while a statement runs, the server is told to stop (KILL QUERY,
// over a second connection), and the connection is good for the next statement. Where that does not work within
// cancel_timeout, it is closed instead.
//
// A deadlock rolls the whole transaction back. So that nothing is done outside of it by mistake, every statement but
// rollback() is refused from then on with kSerialization.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "mariadb/mariadb_options.h"
#include "sql/sql_pool.h"
#include "sql/sql_statement_cache.h"

namespace banyan {

namespace maria {
class Connector;
class Session;
class RunReplies;
struct PreparedStatement;
}  // namespace maria

class MariadbConnection final : public SqlPooledConnection {
 public:
  // Connects and logs in. Errors: kConnection, kDenied, kExhausted (the server has too many), kTimeout, kCancelled.
  static Task<SqlResult<std::unique_ptr<MariadbConnection>>> open(std::shared_ptr<maria::Connector> connector);
  ~MariadbConnection() override;

  SqlDialect dialect() const override { return SqlDialect::kMariadb; }
  Task<SqlResult<void>> begin(SqlTransactionOptions options) override;
  // kSerialization: the server had rolled the transaction back before.
  Task<SqlResult<void>> commit() override;
  Task<SqlResult<void>> rollback() override;
  bool in_transaction() const override;
  bool usable() const override;

  // Runs a text of any number of statements, separated by semicolons, without parameters; rows are dropped. It ends
  // with the first that fails, whose number from 1 is in the error; those before it are done. For migrations.
  Task<SqlResult<void>> run_script(std::string_view text);

  // The server's number for this session, as in SHOW PROCESSLIST.
  std::uint32_t thread() const;
  // As the server tells it, such as "10.11.6-MariaDB".
  std::string_view server_version() const;
  // Statements prepared and kept.
  std::size_t prepared() const;

  // False, too, where the session's schema is not that of the options: the next one relies on it.
  bool reusable() const override;
  bool stale(bool look) override;
  Task<SqlResult<void>> check() override;
  void release_memory() override;

 protected:
  Task<SqlResult<SqlOutcome>> run(std::string_view text, std::span<const SqlValue> parameters,
                                  SqlRowSink* rows) override;

 private:
  explicit MariadbConnection(std::unique_ptr<maria::Session> session);
  Task<SqlResult<maria::PreparedStatement*>> prepare(std::string_view text);
  // Sends what stands in the session's out() and takes the answer.
  Task<SqlResult<SqlOutcome>> finish(maria::RunReplies* replies);
  Task<SqlResult<void>> command();
  Task<SqlResult<SqlOutcome>> send_script(std::string_view text);
  Task<void> look_after_transaction();

  std::unique_ptr<maria::Session> session_;
  std::unique_ptr<SqlStatementCache<maria::PreparedStatement>> statements_;
  bool rolled_back_ = false;  // by the server, and nobody has said rollback() yet
};

}  // namespace banyan
