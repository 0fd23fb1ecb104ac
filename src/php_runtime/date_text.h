// Texts of dates as PHP reads them, after https://www.php.net/manual/en/datetime.formats.php.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "php_runtime/timezone.h"
#include "php_runtime/value.h"

namespace banyan::php_runtime {

// A zone as a program names it; the number of its kind is what PHP shows as timezone_type.
struct DateZone {
  enum Kind : std::uint8_t { kNone = 0, kOffset = 1, kAbbreviation = 2, kNamed = 3 };
  Kind kind = kNone;
  std::shared_ptr<const TimeZone> rules;
  std::string name;
};

// A zone that is so many seconds east of UTC.
DateZone offset_zone(Int seconds);
DateZone utc_zone();
// What the text begins with, which is taken off: +02:00, CEST or Europe/Berlin; nothing where PHP knows no such zone.
std::optional<DateZone> read_zone(std::string_view& text);

// A part of a date that its text does not give.
inline constexpr Int kNoPart = INT64_MIN;

// What is added to a date.
struct DateShift {
  Int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, microsecond = 0;
  bool has_weekday = false;
  Int weekday = 0;
  Int behavior = 0;  // of the weekday: 0 not today, 1 today as well, 2 within the week
  enum Special : std::uint8_t { kNone, kWorkdays, kNthOfMonth, kLastOfMonth } special = kNone;
  Int workdays = 0;
  int of_month = 0;  // 1 the first day of it, 2 the last
};

// What a text says.
struct DateText {
  Int year = kNoPart, month = kNoPart, day = kNoPart;
  Int hour = kNoPart, minute = kNoPart, second = kNoPart, microsecond = kNoPart;
  bool has_date = false;
  int times = 0, zones = 0;  // how often it has one
  DateShift shift;
  bool has_shift = false;
  bool is_timestamp = false;
  DateZone zone;
  // By where they are in the text.
  std::map<std::size_t, std::string> errors, warnings;
  std::size_t first_error = 0;
  char first_character = '\0';  // 0 at the end of the text

  void error(std::size_t at, char c, std::string_view what);
};

DateText read_date(std::string_view text);

}  // namespace banyan::php_runtime
