#include "mariadb/mariadb_connection.h"

#include <vector>

#include "mariadb/login.h"
#include "mariadb/packet_writer.h"
#include "mariadb/statement_replies.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

// COM_STMT_EXECUTE counts them in 16 bits.
constexpr std::size_t kParametersMax = 65535;

std::string_view isolation_text(SqlIsolation isolation) {
  switch (isolation) {
    case SqlIsolation::kDefault:
      break;
    case SqlIsolation::kReadCommitted:
      return "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";
    case SqlIsolation::kRepeatableRead:
      return "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    case SqlIsolation::kSerializable:
      return "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE";
  }
  return {};
}

SqlError transaction_lost() {
  return SqlError(SqlErrorKind::kSerialization, "the server has rolled the transaction back; it has to be begun again");
}

SqlError wrong_count(std::size_t wanted, std::size_t given) {
  return SqlError(SqlErrorKind::kInvalid, "the statement has " + std::to_string(wanted) + " parameters, and " +
                                              std::to_string(given) + " values were given");
}

}  // namespace

Task<SqlResult<std::unique_ptr<MariadbConnection>>> MariadbConnection::open(
    std::shared_ptr<maria::Connector> connector) {
  std::unique_ptr<maria::Session> session = co_await try_(maria::log_in(std::move(connector)));
  co_return std::unique_ptr<MariadbConnection>(new MariadbConnection(std::move(session)));
}

MariadbConnection::MariadbConnection(std::unique_ptr<maria::Session> session)
    : session_(std::move(session)),
      statements_(std::make_unique<SqlStatementCache<maria::PreparedStatement>>(session_->options().statements_max)) {}

MariadbConnection::~MariadbConnection() = default;

// ---- transactions ----

Task<SqlResult<void>> MariadbConnection::begin(SqlTransactionOptions options) {
  if (in_transaction()) co_return SqlError(SqlErrorKind::kInvalid, "a transaction is under way; they do not nest");
  const std::string_view isolation = isolation_text(options.isolation);  // of the next transaction alone
  if (!isolation.empty()) (void)co_await try_(execute(isolation));
  (void)co_await try_(execute(options.read_only ? "START TRANSACTION READ ONLY" : "START TRANSACTION"));
  co_return {};
}

Task<SqlResult<void>> MariadbConnection::commit() {
  if (!rolled_back_) co_return co_await SqlConnection::commit();
  co_await try_(rollback());
  co_return transaction_lost();
}

Task<SqlResult<void>> MariadbConnection::rollback() {
  rolled_back_ = false;
  return SqlConnection::rollback();
}

bool MariadbConnection::in_transaction() const { return rolled_back_ || session_->in_transaction(); }
bool MariadbConnection::usable() const { return session_->usable(); }

bool MariadbConnection::reusable() const {
  return SqlPooledConnection::reusable() && session_->schema() == session_->options().database;
}

// An error tells no status. After those that may have ended the transaction, the server is asked, by a task that was
// told to stop, too: else what is said after it might be done outside of any transaction.
Task<void> MariadbConnection::look_after_transaction() {
  const SqlResult<void> asked = co_await shielded(time_after(session_->options().cancel_timeout), check());
  rolled_back_ = !asked.ok() || !session_->in_transaction();
}

// ---- statements ----

Task<SqlResult<SqlOutcome>> MariadbConnection::run(std::string_view text, std::span<const SqlValue> parameters,
                                                   SqlRowSink* rows) {
  if (rolled_back_) co_return transaction_lost();
  if (parameters.size() > kParametersMax) {
    co_return SqlError(SqlErrorKind::kExhausted,
                       std::to_string(parameters.size()) + " parameters; MariaDB takes at most 65535");
  }
  maria::PreparedStatement* statement = statements_->find(text);
  if (statement == nullptr) statement = co_await try_(prepare(text));
  if (parameters.size() != statement->parameters) co_return wrong_count(statement->parameters, parameters.size());
  const bool cached_columns = session_->can(maria::capability::kCachedColumns);
  session_->out().clear();
  if (statement->id == 0) {
    maria::write_command(session_->out(), maria::Command::kQuery, text);
    maria::RunReplies replies(nullptr, rows, cached_columns);
    co_return co_await finish(&replies);
  }
  co_await try_(maria::write_execute(session_->out(), statement->id, parameters));
  maria::RunReplies replies(statement, rows, cached_columns);
  SqlResult<SqlOutcome> outcome = co_await finish(&replies);
  // DEALLOCATE, or a proxy that changed servers: the next time it is prepared anew.
  if (replies.server_code() == maria::kErrorUnknownStatement) statements_->remove(text);
  co_return outcome;
}

Task<SqlResult<SqlOutcome>> MariadbConnection::finish(maria::RunReplies* replies) {
  const bool was_in_transaction = session_->in_transaction();
  SqlResult<void> talked = co_await session_->converse(replies);
  // What is prepared means the tables of the schema it was prepared in.
  if (session_->take_schema_change()) statements_->clear();
  co_await try_(std::move(talked));
  if (!replies->error()) co_return replies->outcome();
  const bool may_have_ended = replies->error()->kind() == SqlErrorKind::kSerialization;
  if (was_in_transaction && may_have_ended) co_await look_after_transaction();
  co_return *std::move(replies->error());
}

Task<SqlResult<maria::PreparedStatement*>> MariadbConnection::prepare(std::string_view text) {
  std::string& out = session_->out();
  out.clear();
  std::vector<maria::PreparedStatement> closed = statements_->take_dropped();
  for (const maria::PreparedStatement& one : closed) {
    if (one.id != 0) maria::write_close_statement(out, one.id);
  }
  maria::write_command(out, maria::Command::kPrepare, text);
  maria::PrepareReplies replies;
  SqlResult<void> talked = co_await session_->converse(&replies);
  if (!talked.ok()) {
    // What the server has done of it is not known: it is told once more. To close what is not there is no error.
    for (maria::PreparedStatement& one : closed) statements_->drop(std::move(one));
    if (replies.prepared().id != 0) statements_->drop(std::move(replies.prepared()));
    co_return std::move(talked).error();
  }
  if (replies.error() && replies.server_code() != maria::kErrorNotPreparable) co_return *std::move(replies.error());
  maria::PreparedStatement prepared = std::move(replies.prepared());
  prepared.text = text;
  co_return statements_->add(std::move(prepared));
}

// Sends a command whose answer is of no interest but for its error.
Task<SqlResult<void>> MariadbConnection::command() {
  maria::RunReplies replies(nullptr, nullptr, session_->can(maria::capability::kCachedColumns));
  (void)co_await try_(finish(&replies));
  co_return {};
}

Task<SqlResult<void>> MariadbConnection::run_script(std::string_view text) {
  (void)co_await try_(observed(text, send_script(text)));
  co_return {};
}

Task<SqlResult<SqlOutcome>> MariadbConnection::send_script(std::string_view text) {
  if (rolled_back_) co_return transaction_lost();
  session_->out().clear();
  maria::write_multi_statements(session_->out(), true);
  co_await try_(command());
  maria::write_command(session_->out(), maria::Command::kQuery, text);
  maria::RunReplies replies(nullptr, nullptr, session_->can(maria::capability::kCachedColumns));
  SqlResult<SqlOutcome> ran = co_await finish(&replies);
  if (!usable()) co_return std::move(ran).error();
  session_->out().clear();
  maria::write_multi_statements(session_->out(), false);
  co_await try_(command());
  if (ran.ok()) co_return SqlOutcome{};
  co_return std::move(ran).error().add_context("statement " + std::to_string(replies.results() + 1) + " of the script");
}

// ---- about the session ----

std::uint32_t MariadbConnection::thread() const { return session_->thread(); }
std::string_view MariadbConnection::server_version() const { return session_->version(); }
std::size_t MariadbConnection::prepared() const { return statements_->size(); }
bool MariadbConnection::stale(bool look) { return session_->stale(look); }
void MariadbConnection::release_memory() { session_->release_memory(); }

Task<SqlResult<void>> MariadbConnection::check() {
  session_->out().clear();
  maria::write_command(session_->out(), maria::Command::kPing);
  return command();
}

}  // namespace banyan
