#include "base/result.h"

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

namespace banyan {
namespace {

Result<int> parse_digit(char c) {
  if (c < '0' || c > '9') return Error(ErrorCode::kInvalidArgument, "not a digit");
  return c - '0';
}

Result<int> sum(char a, char b) {
  BANYAN_TRY(int x, parse_digit(a));
  BANYAN_TRY(int y, parse_digit(b));
  return x + y;
}

Result<void> both(char a, char b) {
  BANYAN_TRY_VOID(sum(a, b));
  return {};
}

TEST(Result, TryHandsOnTheValueOrTheError) {
  EXPECT_EQ(*sum('3', '4'), 7);
  Result<int> failed = sum('3', 'x');
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(both('1', '2').ok());
  EXPECT_FALSE(both('1', '-').ok());
}

TEST(Result, HoldsWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(Error, ContextIsReadOutsideIn) {
  Error error(ErrorCode::kNotFound, "no such file");
  error.add_context("reading site.yaml").add_context("loading the configuration");
  EXPECT_EQ(error.text(), "loading the configuration: reading site.yaml: no such file");
  EXPECT_EQ(error.message(), "no such file");
}

TEST(Error, ErrnoChoosesTheCode) {
  EXPECT_EQ(Error::from_errno(ENOENT, "open").code(), ErrorCode::kNotFound);
  EXPECT_EQ(Error::from_errno(EMFILE, "accept").code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(Error::from_errno(ECONNREFUSED, "connect").code(), ErrorCode::kUnavailable);
  EXPECT_EQ(Error::from_errno(ECONNREFUSED, "connect").errno_value(), ECONNREFUSED);
}

TEST(CheckDeathTest, AbortsWithPlaceAndExpression) {
  EXPECT_DEATH(BANYAN_CHECK(1 + 1 == 3), "result_test.cpp:[0-9]+: check failed: 1 \\+ 1 == 3");
}

}  // namespace
}  // namespace banyan
