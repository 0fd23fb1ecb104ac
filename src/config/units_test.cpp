#include "config/units.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

TEST(Units, SizesGoThereAndBack) {
  for (const char* text : {"1B", "1023B", "1KiB", "1025B", "16KiB", "64MiB", "2GiB", "1TiB"}) {
    const Result<std::int64_t> bytes = parse_size(text);
    ASSERT_TRUE(bytes.ok()) << text;
    EXPECT_EQ(format_size(*bytes), text);
  }
  EXPECT_EQ(*parse_size("512"), 512);
  EXPECT_EQ(*parse_size("0"), 0);
  EXPECT_EQ(*parse_size("1024B"), 1024);
}

TEST(Units, SizesSayWhatWasMeant) {
  const auto meant = [](const char* text) {
    const std::string error = parse_size(text).error().text();
    return error.substr(error.rfind(' ') + 1);
  };
  EXPECT_EQ(meant("16k"), "16KiB");
  EXPECT_EQ(meant("16KB"), "16KiB");
  EXPECT_EQ(meant("16mib"), "16MiB");
  EXPECT_EQ(meant("16 KiB"), "64KiB");
  EXPECT_EQ(meant(""), "64KiB");
  EXPECT_EQ(meant("-1"), "64KiB");
  EXPECT_EQ(meant("1048577TiB"), "large");
}

TEST(Units, DurationsGoThereAndBack) {
  for (const char* text : {"1us", "300ms", "10s", "90s", "2m", "1h", "25h", "0s"}) {
    const Result<Duration> duration = parse_duration(text);
    ASSERT_TRUE(duration.ok()) << text;
    EXPECT_EQ(format_duration(*duration), text);
  }
  ASSERT_TRUE(parse_duration("7d").ok());
  EXPECT_EQ(*parse_duration("7d"), std::chrono::hours(168));
  EXPECT_FALSE(parse_duration("106752d").ok());
  EXPECT_EQ(format_duration(*parse_duration("60s")), "1m");
  for (const char* text : {"", "10", "s", "1.5s", "-1s", "1 s", "1w", "1ns", "1S", "9999999999999999h"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
}

TEST(Units, EveryPercentageGoesThereAndBack) {
  for (std::int64_t hundredths = 0; hundredths <= 10000; ++hundredths) {
    ASSERT_EQ(*parse_percent(format_percent(hundredths)), hundredths);
  }
  EXPECT_EQ(*parse_percent("5"), 500);
  EXPECT_EQ(*parse_percent("0.5"), 50);
  EXPECT_EQ(*parse_percent("0.50%"), 50);
  EXPECT_EQ(*parse_percent("099"), 9900);
  for (const char* text : {"", "%", ".5", "5.", "5.%", "100.01", "101", "0.001", "1e2", "-1", "5%%", "0x5"}) {
    EXPECT_FALSE(parse_percent(text).ok()) << text;
  }
}

TEST(Units, BooleansTeach) {
  EXPECT_TRUE(*parse_boolean("true"));
  EXPECT_FALSE(*parse_boolean("false"));
  EXPECT_EQ(parse_boolean("yes").error().text(), "'yes' is not a boolean, write true");
  EXPECT_EQ(parse_boolean("Off").error().text(), "'Off' is not a boolean, write false");
  EXPECT_EQ(parse_boolean("maybe").error().text(), "'maybe' is not a boolean, write true or false");
}

TEST(Units, IntegersAreDigits) {
  EXPECT_EQ(*parse_integer("-5"), -5);
  for (const char* text : {"", "1.0", "1e3", "0x10", "1_000", "+1", "9223372036854775808"}) {
    EXPECT_FALSE(parse_integer(text).ok()) << text;
  }
}

}  // namespace
}  // namespace banyan
