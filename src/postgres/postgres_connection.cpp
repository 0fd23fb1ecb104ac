#include "postgres/postgres_connection.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "postgres/login.h"
#include "postgres/request_writer.h"
#include "postgres/statement_replies.h"
#include "postgres/value_codec.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

// A Bind message counts them in 16 bits.
constexpr std::size_t kParametersMax = 65535;
// No statement holds it.
constexpr char kEndOfSql = '\0';

SqlResult<void> check_limits(std::span<const PostgresStatement> statements, std::size_t statements_max) {
  if (statements.size() > statements_max) {
    return SqlError(SqlErrorKind::kExhausted, "a pipeline of " + std::to_string(statements.size()) +
                                                  " statements; statements_max allows " +
                                                  std::to_string(statements_max));
  }
  for (const PostgresStatement& statement : statements) {
    if (statement.text.find('\0') != std::string_view::npos) {
      return SqlError(SqlErrorKind::kInvalid, "the statement's text holds a zero byte");
    }
    if (statement.parameters.size() > kParametersMax) {
      return SqlError(SqlErrorKind::kExhausted,
                      std::to_string(statement.parameters.size()) + " parameters; PostgreSQL takes at most 65535");
    }
  }
  return {};
}

SqlError numbered(pg::StatementFailure failure, std::size_t statements) {
  if (statements == 1) return std::move(failure.error);
  return std::move(failure.error)
      .add_context("statement " + std::to_string(failure.statement + 1) + " of the pipeline");
}

std::string begin_text(SqlTransactionOptions options) {
  std::string text = "BEGIN";
  if (options.isolation == SqlIsolation::kReadCommitted) text.append(" ISOLATION LEVEL READ COMMITTED");
  if (options.isolation == SqlIsolation::kRepeatableRead) text.append(" ISOLATION LEVEL REPEATABLE READ");
  if (options.isolation == SqlIsolation::kSerializable) text.append(" ISOLATION LEVEL SERIALIZABLE");
  if (options.read_only) text.append(" READ ONLY");
  return text;
}

}  // namespace

Task<SqlResult<std::unique_ptr<PostgresConnection>>> PostgresConnection::open(
    std::shared_ptr<pg::Connector> connector) {
  std::unique_ptr<pg::Session> session = co_await try_(pg::log_in(std::move(connector)));
  co_return std::unique_ptr<PostgresConnection>(new PostgresConnection(std::move(session)));
}

PostgresConnection::PostgresConnection(std::unique_ptr<pg::Session> session)
    : session_(std::move(session)),
      statements_(std::make_unique<pg::StatementCache>(session_->options().statements_max)) {}

PostgresConnection::~PostgresConnection() = default;

// ---- transactions ----

Task<SqlResult<void>> PostgresConnection::begin(SqlTransactionOptions options) {
  if (in_transaction()) co_return SqlError(SqlErrorKind::kInvalid, "a transaction is under way; they do not nest");
  const std::string text = begin_text(options);
  (void)co_await try_(execute(text));
  co_return {};
}

// To COMMIT a transaction that has failed the server says "ROLLBACK", but no error.
Task<SqlResult<void>> PostgresConnection::commit() {
  const bool failed = session_->transaction() == 'E';
  co_await try_(SqlConnection::commit());
  if (failed) {
    co_return SqlError(SqlErrorKind::kInvalid, "a statement of the transaction had failed; it was rolled back");
  }
  co_return {};
}

bool PostgresConnection::in_transaction() const { return session_->transaction() != 'I'; }
bool PostgresConnection::usable() const { return session_->usable(); }

// ---- statements ----

Task<SqlResult<SqlOutcome>> PostgresConnection::run(std::string_view text, std::span<const SqlValue> parameters,
                                                    SqlRowSink* rows) {
  const PostgresStatement statement{text, parameters, rows};
  std::vector<SqlOutcome> outcomes;
  co_await try_(run_all({&statement, 1}, &outcomes));
  co_return outcomes.empty() ? SqlOutcome{} : outcomes.front();
}

Task<SqlResult<std::vector<SqlOutcome>>> PostgresConnection::pipeline(std::span<const PostgresStatement> statements) {
  const TimePoint start = now();
  std::vector<SqlOutcome> outcomes;
  SqlResult<void> done;
  if (!statements.empty()) done = co_await run_all(statements, &outcomes);
  for (std::size_t i = 0; i < statements.size() && observer() != nullptr; ++i) {
    observer()->statement_ended({.text = statements[i].text,
                                 .parameters = statements[i].parameters.size(),
                                 .took = now() - start,
                                 .error = done.ok() ? nullptr : &done.error(),
                                 .outcome = done.ok() && i < outcomes.size() ? outcomes[i] : SqlOutcome{}});
  }
  co_await try_(std::move(done));
  co_return outcomes;
}

// A statement that has gone stale is found out when it is bound, before anything was done. Then it is prepared anew,
// but in a transaction: that has failed by it, and has to be begun again.
Task<SqlResult<void>> PostgresConnection::run_all(std::span<const PostgresStatement> statements,
                                                  std::vector<SqlOutcome>* outcomes) {
  co_await try_(check_limits(statements, statements_->statements_max()));
  bool retry = false;
  SqlResult<void> done = co_await run_prepared(statements, outcomes, &retry);
  if (!retry) co_return done;
  outcomes->clear();
  co_return co_await run_prepared(statements, outcomes, &retry);
}

Task<SqlResult<void>> PostgresConnection::run_prepared(std::span<const PostgresStatement> statements,
                                                       std::vector<SqlOutcome>* outcomes, bool* retry) {
  co_await try_(prepare(statements));
  const bool in_transaction_before = in_transaction();
  std::string& out = session_->out();
  out.clear();
  std::vector<pg::RunReplies::Expected> expected;
  std::string wide;  // what the only statement is kept by, if not by its text
  for (const PostgresStatement& statement : statements) {
    const pg::PreparedStatement* prepared = statements_->find(statement.text);
    if (statement.parameters.size() != prepared->parameters.size()) {
      co_return SqlError(SqlErrorKind::kInvalid, "the statement has " + std::to_string(prepared->parameters.size()) +
                                                     " parameters, and " + std::to_string(statement.parameters.size()) +
                                                     " values were given");
    }
    SqlResult<void> bound =
        pg::write_bind(out, prepared->name, statement.parameters, prepared->parameters, prepared->columns);
    if (!bound.ok() && statements.size() == 1) wide = co_await try_(prepare_wide(statement));
    if (!wide.empty()) {
      prepared = statements_->find(wide);
      bound = pg::write_bind(out, prepared->name, statement.parameters, prepared->parameters, prepared->columns);
    }
    if (!bound.ok()) {
      statements_->remove(statement.text);
      co_return bound;
    }
    pg::write_execute(out);
    expected.push_back({prepared, statement.rows});
  }
  pg::write_sync(out);

  pg::RunReplies replies(std::move(expected));
  SqlResult<void> talked = co_await session_->converse(&replies);
  *outcomes = std::move(replies.outcomes());
  session_changed_ = session_changed_ || replies.session_changed();
  std::optional<pg::StatementFailure>& failure = replies.failure();
  if (!failure) co_return talked;
  if (!talked.ok() && talked.error().kind() != SqlErrorKind::kConnection) co_return talked;
  *retry = false;
  // The types of a statement's parameters are fixed when it is prepared. If the schema has changed since, they may be
  // why it is refused; prepared anew, it will be right the next time.
  if (failure->stale || failure->error.kind() == SqlErrorKind::kInvalid) {
    statements_->remove(wide.empty() ? statements[failure->statement].text : std::string_view(wide));
  }
  if (failure->stale && talked.ok()) {
    *retry = !in_transaction_before && !replies.rows_given();
    failure->error = SqlError(SqlErrorKind::kSerialization, "the schema has changed under a prepared statement")
                         .with_code(failure->error.code());
  }
  co_return numbered(*std::move(failure), statements.size());
}

Task<SqlResult<void>> PostgresConnection::prepare(std::span<const PostgresStatement> statements) {
  std::vector<std::size_t> missing;  // indices into `statements`
  std::vector<pg::PreparedStatement> wanted;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const bool seen = std::any_of(missing.begin(), missing.end(),
                                  [&](std::size_t earlier) { return statements[earlier].text == statements[i].text; });
    if (seen || statements_->find(statements[i].text) != nullptr) continue;
    missing.push_back(i);
    wanted.push_back({.text = std::string(statements[i].text), .name = {}, .parameters = {}, .columns = {}});
  }
  if (missing.empty()) co_return {};
  std::optional<pg::StatementFailure> failure = co_await try_(prepare_all(std::move(wanted)));
  if (!failure) co_return {};
  failure->statement = missing[std::min(failure->statement, missing.size() - 1)];
  co_return numbered(*std::move(failure), statements.size());
}

// An integer beyond the type that the server has found for its parameter is a number like others: compared, it equals
// nothing, as in other databases, and where it would be stored the server refuses it. So the statement is prepared once
// more, with eight bytes for each integer. Gives the text it is then kept by, which no other statement can have; "" if
// that is not what is wrong with it, or the server takes no larger ones.
Task<SqlResult<std::string>> PostgresConnection::prepare_wide(const PostgresStatement& statement) {
  const pg::PreparedStatement& narrow = *statements_->find(statement.text);
  if (!pg::any_beyond(statement.parameters, narrow.parameters)) co_return std::string();
  std::string text = std::string(statement.text).append(1, kEndOfSql);
  if (statements_->find(text) != nullptr) co_return text;
  std::vector<pg::PreparedStatement> wanted;
  wanted.push_back({.text = text, .name = {}, .parameters = pg::widened(narrow.parameters), .columns = {}});
  const std::optional<pg::StatementFailure> failure = co_await try_(prepare_all(std::move(wanted)));
  co_return failure ? std::string() : std::move(text);
}

Task<SqlResult<std::optional<pg::StatementFailure>>> PostgresConnection::prepare_all(
    std::vector<pg::PreparedStatement> wanted) {
  std::string& out = session_->out();
  out.clear();
  std::vector<pg::PreparedStatement> closed = statements_->take_dropped();
  for (const pg::PreparedStatement& one : closed) pg::write_close_statement(out, one.name);
  for (pg::PreparedStatement& one : wanted) {
    one.name = "s" + std::to_string(++names_);
    pg::write_parse(out, one.name, std::string_view(one.text).substr(0, one.text.find(kEndOfSql)), one.parameters);
    pg::write_describe_statement(out, one.name);
  }
  pg::write_sync(out);
  const bool begins = !cancelled() && now() < current_context().deadline();  // else nothing is sent
  pg::PrepareReplies replies;
  SqlResult<void> talked = co_await session_->converse(&replies);
  // What the server has done of a request that was given up is not known: it is told once more. To close what is not
  // there is no error.
  for (std::size_t i = 0; i < closed.size() && !talked.ok(); ++i) statements_->drop(std::move(closed[i]));
  std::vector<pg::PreparedStatement>& prepared = replies.prepared();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i >= prepared.size()) {
      if (begins) statements_->drop(std::move(wanted[i]));
      continue;
    }
    wanted[i].parameters = std::move(prepared[i].parameters);
    wanted[i].columns = std::move(prepared[i].columns);
    statements_->add(std::move(wanted[i]));
  }
  co_await try_(std::move(talked));
  co_return std::move(replies.failure());
}

Task<SqlResult<void>> PostgresConnection::run_script(std::string_view text) {
  (void)co_await try_(observed(text, send_script(text)));
  co_return {};
}

Task<SqlResult<SqlOutcome>> PostgresConnection::send_script(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    co_return SqlError(SqlErrorKind::kInvalid, "the script holds a zero byte");
  }
  session_->out().clear();
  pg::write_query(session_->out(), text);
  pg::ScriptReplies replies;
  SqlResult<void> talked = co_await session_->converse(&replies);
  session_changed_ = session_changed_ || replies.session_changed();
  if (replies.error() && talked.ok()) co_return *std::move(replies.error());
  co_await try_(std::move(talked));
  co_return SqlOutcome{};
}

// ---- notifications ----

Task<SqlResult<PostgresNotification>> PostgresConnection::next_notification() {
  std::deque<pg::Notification>& waiting = session_->notifications();
  if (!usable()) co_return SqlError(SqlErrorKind::kConnection, "the connection to PostgreSQL was lost before");
  while (waiting.empty()) {
    const std::optional<pg::Message> message = co_await try_(session_->take());
    if (message) {  // with no request under way, this is a farewell
      session_->give_up();
      const auto report = pg::read_server_report(message->body);
      if (message->type == 'E' && report) co_return pg::to_sql_error(*report);
      co_return SqlError(SqlErrorKind::kConnection, "the server broke PostgreSQL's protocol");
    }
    if (!waiting.empty()) break;
    Result<void> filled = co_await session_->fill();
    if (filled.ok()) continue;
    if (filled.error().code() == ErrorCode::kUnavailable) session_->give_up();
    co_return std::move(filled).error();
  }
  pg::Notification notification = std::move(waiting.front());
  waiting.pop_front();
  co_return PostgresNotification{notification.process, std::move(notification.channel),
                                 std::move(notification.payload)};
}

std::uint64_t PostgresConnection::notifications_lost() const { return session_->notifications_lost(); }

// ---- about the session ----

std::int32_t PostgresConnection::process() const { return static_cast<std::int32_t>(session_->process()); }

std::string_view PostgresConnection::setting(std::string_view name) const {
  const auto found = session_->settings().find(name);
  return found == session_->settings().end() ? std::string_view() : std::string_view(found->second);
}

std::size_t PostgresConnection::prepared() const { return statements_->size(); }
bool PostgresConnection::stale(bool look) { return session_->stale(look); }
void PostgresConnection::release_memory() { session_->release_memory(); }

Task<SqlResult<void>> PostgresConnection::check() {
  session_->out().clear();
  pg::write_sync(session_->out());
  co_return co_await session_->converse(nullptr);
}

}  // namespace banyan
