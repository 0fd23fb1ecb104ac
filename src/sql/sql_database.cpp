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

namespace {

class CountedRows final : public SqlRowSink {
 public:
  explicit CountedRows(SqlRowSink* rows) : rows_(rows) {}
  void columns(std::span<const std::string_view> names) override { rows_->columns(names); }
  bool row(std::span<const SqlValueView> values) override {
    ++count;
    return rows_->row(values);
  }
  std::uint64_t count = 0;

 private:
  SqlRowSink* rows_;
};

}  // namespace

Task<SqlResult<SqlOutcome>> SqlConnection::run_observed(std::string_view text, std::span<const SqlValue> parameters,
                                                        SqlRowSink* rows) {
  const TimePoint start = current_env().now();
  CountedRows counted(rows);
  SqlResult<SqlOutcome> result = co_await run(text, parameters, rows == nullptr ? nullptr : &counted);
  observer_->statement_ended({.text = text,
                              .parameters = parameters.size(),
                              .took = current_env().now() - start,
                              .error = result.ok() ? nullptr : &result.error(),
                              .outcome = result.ok() ? *result : SqlOutcome{},
                              .rows = counted.count});
  co_return result;
}

Task<SqlResult<SqlOutcome>> SqlConnection::observed(std::string_view text, Task<SqlResult<SqlOutcome>> work) {
  return observer_ == nullptr ? std::move(work) : wait_and_tell(text, std::move(work));
}

Task<SqlResult<SqlOutcome>> SqlConnection::wait_and_tell(std::string_view text, Task<SqlResult<SqlOutcome>> work) {
  const TimePoint start = current_env().now();
  SqlResult<SqlOutcome> result = co_await std::move(work);
  observer_->statement_ended({.text = text,
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
