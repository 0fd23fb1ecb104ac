// For this module's tests: connections to the test server.
#pragma once

#include <string>

#include "mariadb/mariadb_database.h"
#include "mariadb/mariadb_server_test.h"
#include "net/loopback.h"
#include "runtime/runtime.h"
#include "sql/test_rows.h"

namespace banyan {

inline TestMariadb& test_server() { return *TestMariadb::instance(); }

namespace detail {
using TestOfConnection = Task<SqlResult<void>> (*)(MariadbConnection*);
using TestOfDatabase = Task<SqlResult<void>> (*)(MariadbDatabase*);

inline Task<Result<void>> connect_and_run(TestOfConnection test, MariadbOptions options) {
  auto database = co_await try_(MariadbDatabase::open(std::move(options)));
  auto connection = co_await try_(database->connect());
  co_await try_(test(connection.get()));
  co_return {};
}
inline Task<Result<void>> open_and_run(TestOfDatabase test, MariadbOptions options) {
  auto database = co_await try_(MariadbDatabase::open(std::move(options)));
  co_await try_(test(database.get()));
  co_return {};
}
}  // namespace detail

// Runs `test` with a connection, or with a pool; gives the error it ended with, or "".
inline std::string with_connection(detail::TestOfConnection test, MariadbOptions options = test_server().options()) {
  return run_test(2, detail::connect_and_run(test, std::move(options)));
}
inline std::string with_database(detail::TestOfDatabase test, MariadbOptions options = test_server().options()) {
  return run_test(2, detail::open_and_run(test, std::move(options)));
}

}  // namespace banyan
