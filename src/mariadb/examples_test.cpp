// The examples of docs/mariadb.md, compiled and run; the last test holds the page against this file.
#include <string>

#include <gtest/gtest.h>

#include "mariadb/test_fixture.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

Task<SqlResult<void>> rename_user(MariadbDatabase* database, std::int64_t id, std::string name) {
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kWrite));
  co_await try_(lease->begin({.isolation = SqlIsolation::kReadCommitted}));
  const SqlValue values[] = {std::move(name), id};
  const SqlOutcome renamed = co_await try_(lease->execute("UPDATE users SET name = ? WHERE id = ?", values));
  if (renamed.rows_affected == 0) co_return SqlError(SqlErrorKind::kNotFound, "there is no such user");
  co_return co_await lease->commit();
}

Task<SqlResult<void>> rename_within_time(std::string url) {
  const MariadbOptions options = co_await try_(MariadbOptions::parse(url));
  auto database = co_await try_(MariadbDatabase::open(options));
  co_return co_await with_timeout(10s, rename_user(database.get(), 7, "Ada"));
}

Task<SqlResult<void>> rename_twice(MariadbConnection* connection) {
  const std::string url = "mariadb://banyan@/banyan?host=" + test_server().socket_path();
  co_await try_(connection->run_script("CREATE OR REPLACE TABLE users (id bigint, name text)"));
  EXPECT_EQ((co_await rename_within_time(url)).error().kind(), SqlErrorKind::kNotFound);
  co_await try_(connection->run_script("INSERT INTO users VALUES (7, 'Augusta')"));
  co_await try_(rename_within_time(url));
  Rows rows;
  (void)co_await try_(connection->execute("SELECT name FROM users", {}, &rows));
  EXPECT_EQ(rows.text(), "Ada");
  co_return co_await connection->run_script("DROP TABLE users");
}
TEST(MariadbExamples, Run) {
  if (TestMariadb::instance() == nullptr) GTEST_SKIP() << TestMariadb::kNotInstalled;
  EXPECT_EQ(with_connection(rename_twice), "");
}

TEST(MariadbExamples, AreThoseOfThePage) {
  const std::string folder = std::string(BANYAN_TESTDATA) + "/..";
  const std::string page = oracle::read_file(folder + "/../../docs/mariadb.md");
  const std::string here = oracle::read_file(folder + "/examples_test.cpp");
  std::size_t examples = 0;
  constexpr std::string_view kBegin = "```cpp\n";
  for (std::size_t at = page.find(kBegin); at != std::string::npos; at = page.find(kBegin, at)) {
    at += kBegin.size();
    EXPECT_NE(here.find(page.substr(at, page.find("```", at) - at)), std::string::npos);
    ++examples;
  }
  EXPECT_EQ(examples, 1U);
}

}  // namespace
}  // namespace banyan
