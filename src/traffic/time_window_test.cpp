#include "traffic/time_window.h"

#include <ctime>

#include <gtest/gtest.h>

namespace banyan {
namespace {

// The system's calendar as the oracle.
std::int64_t utc(int year, int month, int day, int hour = 0, int minute = 0) {
  std::tm time{};
  time.tm_year = year - 1900;
  time.tm_mon = month - 1;
  time.tm_mday = day;
  time.tm_hour = hour;
  time.tm_min = minute;
  return timegm(&time);
}

TimeWindow window(const char* from, const char* until, std::uint8_t days = 0, int zone_minutes = 0) {
  TimeWindow made;
  if (from != nullptr) made.from = *parse_window_edge(from);
  if (until != nullptr) made.until = *parse_window_edge(until);
  made.days = days;
  made.zone_minutes = zone_minutes;
  return made;
}

TEST(TimeWindow, LiesBetweenTwoMoments) {
  const TimeWindow december = window("2026-12-01", "2027-01-01T00:00");
  EXPECT_FALSE(december.contains(utc(2026, 11, 30, 23, 59) + 59));
  EXPECT_TRUE(december.contains(utc(2026, 12, 1)));
  EXPECT_TRUE(december.contains(utc(2026, 12, 31, 23, 59) + 59));
  EXPECT_FALSE(december.contains(utc(2027, 1, 1)));
  EXPECT_TRUE(window("2026-12-01", nullptr).contains(utc(2099, 1, 1)));
  EXPECT_TRUE(window(nullptr, "2026-12-01T00:00:01").contains(utc(2026, 12, 1)));
  EXPECT_TRUE(window(nullptr, nullptr).contains(0));
}

TEST(TimeWindow, IsThatOfItsZone) {
  const TimeWindow shanghai = window("2026-12-01", nullptr, 0, *parse_zone("+08:00"));
  EXPECT_TRUE(shanghai.contains(utc(2026, 11, 30, 16)));
  EXPECT_FALSE(shanghai.contains(utc(2026, 11, 30, 15, 59) + 59));
  const TimeWindow west = window("09:00", "10:00", 0, *parse_zone("-03:30"));
  EXPECT_TRUE(west.contains(utc(2026, 1, 1, 12, 30)));
  EXPECT_FALSE(west.contains(utc(2026, 1, 1, 9, 30)));
}

TEST(TimeWindow, RecursEveryDay) {
  const TimeWindow office = window("09:00", "17:30", 0b0011111);
  EXPECT_TRUE(office.contains(utc(2026, 11, 27, 9)));  // a Friday
  EXPECT_FALSE(office.contains(utc(2026, 11, 27, 17, 30)));
  EXPECT_FALSE(office.contains(utc(2026, 11, 28, 9))) << "a Saturday";
  EXPECT_TRUE(window("22:00", nullptr).contains(utc(2026, 1, 1, 23, 59) + 59));
  EXPECT_TRUE(window("22:00", "24:00").contains(utc(2026, 1, 1, 23, 59) + 59));
}

TEST(TimeWindow, PassesMidnightAndBelongsToTheDayItBeganOn) {
  const TimeWindow night = window("22:00", "06:00", 0b0010000);  // Fridays
  EXPECT_TRUE(night.contains(utc(2026, 11, 27, 22)));
  EXPECT_TRUE(night.contains(utc(2026, 11, 28, 5, 59)));
  EXPECT_FALSE(night.contains(utc(2026, 11, 28, 6)));
  EXPECT_FALSE(night.contains(utc(2026, 11, 28, 22)));
  EXPECT_FALSE(night.contains(utc(2026, 11, 27, 5)));
}

TEST(TimeWindow, KnowsTheWeekdayOfEveryDay) {
  for (std::int64_t day = -2'000; day < 40'000; ++day) {
    const std::time_t at = day * 86'400 + 3'600;
    std::tm time{};
    gmtime_r(&at, &time);
    const int monday_first = (time.tm_wday + 6) % 7;
    TimeWindow one;
    one.days = static_cast<std::uint8_t>(1 << monday_first);
    ASSERT_TRUE(one.contains(at)) << day;
    one.days = static_cast<std::uint8_t>(~one.days & 127);
    ASSERT_FALSE(one.contains(at)) << day;
  }
}

TEST(TimeWindow, RefusesWhatIsNoTime) {
  for (const char* text : {"", "9:00", "24:01", "12:60", "2026-02-30", "2026-13-01", "2026-1-1", "2026-01-01 09:00",
                           "2026-01-01T24:00", "2026-01-01T09:00Z", "09:00:00", "0x:00"}) {
    EXPECT_FALSE(parse_window_edge(text).ok()) << text;
  }
  for (const char* text : {"", "08:00", "+8", "+15:00", "+08:60", "Asia/Shanghai", "+0800"}) {
    EXPECT_FALSE(parse_zone(text).ok()) << text;
  }
  EXPECT_EQ(parse_weekday("sun"), 6);
  EXPECT_EQ(parse_weekday("Sunday"), std::nullopt);
}

}  // namespace
}  // namespace banyan
