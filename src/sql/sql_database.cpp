#include "sql/sql_database.h"

#include <string>

#include "runtime/env.h"

namespace banyan {

std::string_view sql_dialect_name(SqlDialect dialect) {
  switch (dialect) {
    case SqlDialect::kSqlite:
      return "sqlite";
    case SqlDialect::kPostgres:
      return "postgres";
    case SqlDialect::kMariadb:
      return "mariadb";
  }
  return "unknown";
}

Task<SqlResult<SqlOutcome>> SqlConnection::execute(std::string_view text, std::span<const SqlValue> parameters,
                                                   SqlRowSink* rows) {
  return observer_ == nullptr ? run(text, parameters, rows) : run_observed(text, parameters, rows);
}

Task<SqlResult<SqlOutcome>> SqlConnection::run_observed(std::string_view text, std::span<const SqlValue> parameters,
                                                        SqlRowSink* rows) {
  const TimePoint start = current_env().now();
  SqlResult<SqlOutcome> result = co_await run(text, parameters, rows);
  observer_->statement_ended({.text = text,
                              .parameters = parameters.size(),
                              .took = current_env().now() - start,
                              .error = result.ok() ? nullptr : &result.error(),
                              .outcome = result.ok() ? *result : SqlOutcome{}});
  co_return result;
}

Task<SqlResult<void>> SqlConnection::run_plain(std::string_view verb, unsigned level) {
  std::string text(verb);
  if (level > 0) text.append(std::to_string(level));
  (void)co_await try_(execute(text));
  co_return {};
}

Task<SqlResult<void>> SqlConnection::commit() { return run_plain("COMMIT", 0); }
Task<SqlResult<void>> SqlConnection::rollback() { return run_plain("ROLLBACK", 0); }
Task<SqlResult<void>> SqlConnection::savepoint(unsigned level) { return run_plain("SAVEPOINT level_", level); }
Task<SqlResult<void>> SqlConnection::release_savepoint(unsigned level) {
  return run_plain("RELEASE SAVEPOINT level_", level);
}
Task<SqlResult<void>> SqlConnection::rollback_to_savepoint(unsigned level) {
  return run_plain("ROLLBACK TO SAVEPOINT level_", level);
}

void SqlLease::give_back() {
  if (connection_ == nullptr) return;
  SqlConnection* const connection = std::exchange(connection_, nullptr);
  std::exchange(database_, nullptr)->release(connection);
}

}  // namespace banyan
