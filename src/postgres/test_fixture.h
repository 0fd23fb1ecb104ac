// For this module's tests: connections to the test server.
#pragma once

#include <string>

#include "net/loopback.h"
#include "postgres/postgres_database.h"
#include "postgres/test_server.h"
#include "runtime/runtime.h"
#include "sql/test_rows.h"

namespace banyan {

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
