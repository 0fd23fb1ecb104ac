// For this module's tests: connections to the test server, and sinks.
#pragma once

#include <string>
#include <vector>

#include "net/loopback.h"
#include "postgres/postgres_database.h"
#include "postgres/test_server.h"
#include "runtime/runtime.h"

namespace banyan {

// As a text, for comparisons.
inline std::string show(const SqlValueView& value) {
  switch (value.type) {
    case SqlType::kNull:
      return "NULL";
    case SqlType::kBool:
      return value.integer != 0 ? "t" : "f";
    case SqlType::kInteger:
    case SqlType::kTimestamp:
      return std::to_string(value.integer);
    case SqlType::kReal:
      return std::to_string(value.real);
    default:
      return std::string(value.text);
  }
}

// Keeps rows.
class Rows final : public SqlRowSink {
 public:
  void columns(std::span<const std::string_view> those) override { names.assign(those.begin(), those.end()); }
  bool row(std::span<const SqlValueView> values) override {
    std::vector<SqlValue>& row = rows.emplace_back();
    std::string& line = lines.emplace_back();
    for (const SqlValueView& value : values) {
      if (!row.empty()) line.push_back('|');
      row.push_back(to_sql_value(value));
      line.append(show(value));
    }
    return rows.size() < rows_max;
  }
  std::string text() const {
    std::string all;
    for (const std::string& line : lines) all.append(all.empty() ? "" : "\n").append(line);
    return all;
  }

  std::size_t rows_max = 1'000'000;
  std::vector<std::string> names;
  std::vector<std::vector<SqlValue>> rows;
  std::vector<std::string> lines;
};

inline TestPostgres& test_server() { return *TestPostgres::instance(); }

namespace detail {
using TestOfConnection = Task<SqlResult<void>> (*)(PostgresConnection*);
using TestOfDatabase = Task<SqlResult<void>> (*)(PostgresDatabase*);

inline Task<Result<void>> connect_and_run(TestOfConnection test, PostgresOptions options) {
  auto database = co_await try_(PostgresDatabase::open(std::move(options)));
  auto connection = co_await try_(database->connect());
  co_await try_(test(connection.get()));
  co_return {};
}
inline Task<Result<void>> open_and_run(TestOfDatabase test, PostgresOptions options) {
  auto database = co_await try_(PostgresDatabase::open(std::move(options)));
  co_await try_(test(database.get()));
  co_return {};
}
}  // namespace detail

// Runs `test` with a connection, or with a pool; gives the error it ended with, or "".
inline std::string with_connection(detail::TestOfConnection test, PostgresOptions options = test_server().options()) {
  return run_test(2, detail::connect_and_run(test, std::move(options)));
}
inline std::string with_database(detail::TestOfDatabase test, PostgresOptions options = test_server().options()) {
  return run_test(2, detail::open_and_run(test, std::move(options)));
}

}  // namespace banyan
