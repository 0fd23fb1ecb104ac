// The examples of docs/postgres.md, compiled and run; the last test holds the page against this file.
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "postgres/test_fixture.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

Task<SqlResult<void>> rename_user(PostgresDatabase* database, std::int64_t id, std::string name) {
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kWrite));
  co_await try_(lease->begin({.isolation = SqlIsolation::kSerializable}));
  const SqlValue values[] = {std::move(name), id};
  const SqlOutcome renamed = co_await try_(lease->execute("UPDATE users SET name = $1 WHERE id = $2", values));
  if (renamed.rows_affected == 0) co_return SqlError(SqlErrorKind::kNotFound, "there is no such user");
  co_return co_await lease->commit();
}

Task<SqlResult<void>> rename_within_time(std::string url) {
  const PostgresOptions options = co_await try_(PostgresOptions::parse(url));
  auto database = co_await try_(PostgresDatabase::open(options));
  co_return co_await with_timeout(10s, rename_user(database.get(), 7, "Ada"));
}

std::string url() {
  return "postgresql://banyan@:" + std::to_string(test_server().port()) + "/postgres?host=" + test_server().directory();
}

Task<SqlResult<void>> rename_twice(PostgresConnection* connection) {
  co_await try_(connection->run_script("DROP TABLE IF EXISTS users; CREATE TABLE users (id int8, name text)"));
  EXPECT_EQ((co_await rename_within_time(url())).error().kind(), SqlErrorKind::kNotFound);
  co_await try_(connection->run_script("INSERT INTO users VALUES (7, 'Augusta')"));
  co_await try_(rename_within_time(url()));
  Rows rows;
  (void)co_await try_(connection->execute("SELECT name FROM users", {}, &rows));
  EXPECT_EQ(rows.text(), "Ada");
  co_return co_await connection->run_script("DROP TABLE users");
}
TEST(PostgresExamples, Run) {
  if (TestPostgres::instance() == nullptr) GTEST_SKIP() << TestPostgres::kNotInstalled;
  EXPECT_EQ(with_connection(rename_twice), "");
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(PostgresExamples, AreThoseOfThePage) {
  const std::string folder = std::string(BANYAN_TESTDATA) + "/..";
  const std::string page = read_file(folder + "/../../docs/postgres.md");
  const std::string here = read_file(folder + "/examples_test.cpp");
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
