// How errors of databases travel through tasks, and what they look like elsewhere.
#include <string>

#include <gtest/gtest.h>

#include "runtime/runtime.h"
#include "sql/sql_database.h"

namespace banyan {
namespace {

Task<SqlResult<int>> answer(bool well) {
  if (!well) co_return SqlError(SqlConstraintKind::kUnique, "users_email_key", "the address is taken");
  co_return 42;
}
Task<SqlResult<std::string>> pass_on(bool well) {
  const int number = co_await try_(answer(well));
  co_return std::to_string(number);
}
Task<Result<std::string>> as_plain_result(bool well) { co_return co_await try_(pass_on(well)); }
Task<Result<int>> from_below() { co_return Error(ErrorCode::kUnavailable, "the peer has closed"); }
Task<SqlResult<int>> over_a_socket() { co_return co_await try_(from_below()); }
Task<SqlResult<void>> nothing(bool well) {
  co_await try_(well ? SqlResult<void>() : SqlResult<void>(SqlError(SqlErrorKind::kTimeout, "too late")));
  co_return {};
}

Task<int> check_all() {
  EXPECT_EQ(*co_await pass_on(true), "42");
  const auto failed = co_await pass_on(false);
  EXPECT_FALSE(failed.ok());
  EXPECT_TRUE(failed.error().is_constraint(SqlConstraintKind::kUnique));
  EXPECT_EQ(failed.error().constraint_name(), "users_email_key");
  EXPECT_EQ(failed.error().text(), "constraint unique users_email_key: the address is taken");

  const auto plain = co_await as_plain_result(false);
  EXPECT_FALSE(plain.ok());
  EXPECT_EQ(plain.error().code(), ErrorCode::kAlreadyExists);

  const auto lost = co_await over_a_socket();
  EXPECT_EQ(lost.error().kind(), SqlErrorKind::kConnection);
  EXPECT_EQ(lost.error().message(), "the peer has closed");
  EXPECT_TRUE((co_await nothing(true)).ok());
  EXPECT_EQ((co_await nothing(false)).error().kind(), SqlErrorKind::kTimeout);
  co_return 0;
}

TEST(SqlResult, ErrorsTravelThroughTasks) { EXPECT_EQ(run({.workers = 1}, check_all()), 0); }

TEST(SqlValue, ViewsAndValuesAreTheSame) {
  const SqlValue values[] = {std::monostate{}, true,          std::int64_t{-7},         2.5,
                             std::string("é"), SqlBytes{"x"}, SqlTimestamp{1700000000}, SqlDecimal{"1.10"}};
  unsigned type = 0;
  for (const SqlValue& value : values) {
    EXPECT_EQ(static_cast<unsigned>(sql_type_of(value)), type++);
    EXPECT_EQ(to_sql_value(view_of(value)), value);
    EXPECT_FALSE(sql_type_name(sql_type_of(value)).empty());
  }
}

// What a program's own rules refuse is one thing, and a database that refuses the program another: it is no client's.
TEST(SqlError, ADatabaseThatRefusesTheProgramIsTheProgramsFault) {
  EXPECT_EQ(SqlError(SqlErrorKind::kDenied, "wrong password").to_error().code(), ErrorCode::kInternal);
  EXPECT_EQ(SqlError(SqlErrorKind::kForbidden, "users stay").to_error().code(), ErrorCode::kPermissionDenied);
}

TEST(SqlError, NamesTheDatabasesOwnCode) {
  const SqlError error = SqlError(SqlErrorKind::kSerialization, "deadlock").with_code("40P01");
  EXPECT_EQ(error.text(), "serialization: deadlock [40P01]");
  EXPECT_EQ(error.to_error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(SqlError(error).code(), "40P01");
}

}  // namespace
}  // namespace banyan
