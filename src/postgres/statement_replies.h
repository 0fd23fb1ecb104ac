// What the server answers to statements that are prepared, and to ones that are run: pure state machines over replies.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "postgres/session.h"
#include "postgres/statement_cache.h"
#include "sql/sql_database.h"

namespace banyan::pg {

// The error of a statement, and what else about it has to be known.
struct StatementFailure {
  SqlError error;
  std::size_t statement = 0;  // which one, from 0
  bool stale = false;         // the prepared statement does not fit any more
};

// Of Parse and Describe, for each statement.
class PrepareReplies final : public ReplyHandler {
 public:
  bool reply(const Message& message) override;
  std::vector<PreparedStatement>& prepared() { return prepared_; }  // those that were, in order
  std::optional<StatementFailure>& failure() { return failure_; }

 private:
  std::vector<PreparedStatement> prepared_;
  std::vector<Oid> parameters_;
  std::optional<StatementFailure> failure_;
};

// Whether a statement of this tag and text changes its session for longer than its transaction: SET, but for SET LOCAL
// and SET TRANSACTION, and LISTEN. Functions (set_config) do so unseen.
bool changes_session(std::string_view tag, std::string_view text);

// Of Bind and Execute, for each statement.
class RunReplies final : public ReplyHandler {
 public:
  struct Expected {
    const PreparedStatement* statement = nullptr;
    SqlRowSink* rows = nullptr;
  };
  explicit RunReplies(std::vector<Expected> expected) : expected_(std::move(expected)) {}

  bool reply(const Message& message) override;
  std::vector<SqlOutcome>& outcomes() { return outcomes_; }
  std::optional<StatementFailure>& failure() { return failure_; }
  // A sink was called.
  bool rows_given() const { return rows_given_; }
  bool session_changed() const { return session_changed_; }

 private:
  bool begin_rows();
  bool row(const Message& message);
  bool end_statement(std::uint64_t rows_affected);
  void refuse_rows(SqlErrorKind kind, std::string what);

  std::vector<Expected> expected_;
  std::vector<SqlOutcome> outcomes_;
  std::optional<StatementFailure> failure_;
  std::vector<SqlValueView> values_;
  SqlRowSink* rows_ = nullptr;  // of the statement at hand; null: its rows are dropped
  bool rows_given_ = false;
  bool session_changed_ = false;
};

// Of a simple query: everything is dropped but the error.
class ScriptReplies final : public ReplyHandler {
 public:
  bool reply(const Message& message) override;
  std::optional<SqlError>& error() { return error_; }
  bool session_changed() const { return session_changed_; }

 private:
  std::optional<SqlError> error_;
  bool session_changed_ = false;
};

}  // namespace banyan::pg
