#include "http/date.h"

#include <gtest/gtest.h>

#include <ctime>
#include <random>
#include <string>

namespace banyan {
namespace {

constexpr std::int64_t kNow = 1'750'000'000;  // June 2025

std::string format(std::int64_t seconds) {
  char out[kHttpDateBytes];
  format_http_date(seconds, out);
  return std::string(out, kHttpDateBytes);
}

TEST(HttpDate, TheThreeFormsOfTheRfc) {
  EXPECT_EQ(format(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", kNow), 784111777);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", kNow), 784111777);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994", kNow), 784111777);
  EXPECT_EQ(parse_http_date("Sun Nov 16 08:49:37 1994", kNow), 784111777 + 10 * 86400);
}

TEST(HttpDate, AgreesWithTheCLibrary) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const auto seconds = static_cast<std::int64_t>(random() % 253402300800);
    const auto time = static_cast<std::time_t>(seconds);
    std::tm civil{};
    gmtime_r(&time, &civil);
    char expected[64];
    std::strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S GMT", &civil);
    ASSERT_EQ(format(seconds), expected);
    ASSERT_EQ(parse_http_date(expected, kNow), seconds);
    std::strftime(expected, sizeof expected, "%a %b %e %H:%M:%S %Y", &civil);
    ASSERT_EQ(parse_http_date(expected, kNow), seconds);
  }
}

TEST(HttpDate, TwoDigitYearsAreWithinFiftyYears) {
  EXPECT_EQ(parse_http_date("Tuesday, 01-Jan-75 00:00:00 GMT", kNow), 3313526400);  // 2075
  EXPECT_EQ(parse_http_date("Thursday, 01-Jan-76 00:00:00 GMT", kNow), 189302400);  // 1976
}

TEST(HttpDate, OutOfRangeIsBroughtIn) {
  EXPECT_EQ(format(INT64_MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
  EXPECT_EQ(format(INT64_MIN), "Mon, 01 Jan 0001 00:00:00 GMT");
  EXPECT_EQ(format(-1), "Wed, 31 Dec 1969 23:59:59 GMT");
  EXPECT_TRUE(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", INT64_MAX));
}

TEST(HttpDate, RefusesWhatIsNoDate) {
  for (const char* text : {"",
                           "Sun",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 06 Nov 1994 08:49:37 GMT ",
                           " Sun, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 6 Nov 1994 08:49:37 GMT",
                           "Sun, 32 Nov 1994 08:49:37 GMT",
                           "Sun, 29 Feb 1995 08:49:37 GMT",
                           "Sun, 06 Nov 0000 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:00:00 GMT",
                           "Sun, 06 Nov 1994 23:60:00 GMT",
                           "Sun, 06 Nov 1994 23:59:61 GMT",
                           "Sun, 06 nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 94 08:49:37 GMT",
                           "0",
                           "784111777",
                           "Sun Nov 6 08:49:37 1994",
                           "Sun, 00 Nov 1994 08:49:37 GMT",
                           "Sun, +6 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(parse_http_date(text, kNow), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace banyan
