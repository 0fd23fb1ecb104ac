#include "json_bind/time_text.h"

#include <cstdio>

namespace banyan::json {
namespace {

// Reads `digits` decimal digits from the front; false where they are not there.
bool take_number(std::string_view& text, std::size_t digits, int& out) {
  if (text.size() < digits) return false;
  out = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::nanoseconds> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return std::chrono::nanoseconds(0);
  std::int64_t nanoseconds = 0;
  int digits = 0;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1)) {
    if (++digits > 9) return std::nullopt;
    nanoseconds = nanoseconds * 10 + (text[0] - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 9; ++digits) nanoseconds *= 10;
  return std::chrono::nanoseconds(nanoseconds);
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take(text, 'Z')) return std::chrono::minutes(0);
  const bool east = take(text, '+');
  if (!east && !take(text, '-')) return std::nullopt;
  int hours = 0, minutes = 0;
  if (!take_number(text, 2, hours) || !take(text, ':') || !take_number(text, 2, minutes)) return std::nullopt;
  if (hours > 23 || minutes > 59) return std::nullopt;
  const std::chrono::minutes offset(hours * 60 + minutes);
  return east ? offset : -offset;
}

}  // namespace

std::optional<WallTime> parse_time(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!take_number(text, 4, year) || !take(text, '-') || !take_number(text, 2, month) || !take(text, '-') ||
      !take_number(text, 2, day) || !take(text, 'T') || !take_number(text, 2, hour) || !take(text, ':') ||
      !take_number(text, 2, minute) || !take(text, ':') || !take_number(text, 2, second)) {
    return std::nullopt;
  }
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty() || year < 1678 || year > 2261 || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const auto time_of_day = std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  return WallTime(std::chrono::sys_days(date).time_since_epoch() + time_of_day - *offset + *fraction);
}

void append_time(WallTime time, std::string& out) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss<Duration> clock(time - day);
  char text[48];
  const int length = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                   static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                                   static_cast<int>(clock.seconds().count()));
  out.append(text, static_cast<std::size_t>(length));
  const std::int64_t nanoseconds = clock.subseconds().count();
  if (nanoseconds != 0) {
    const bool milliseconds = nanoseconds % 1'000'000 == 0;
    const std::int64_t shown = milliseconds ? nanoseconds / 1'000'000 : nanoseconds;
    const int digits = milliseconds ? 3 : 9;
    out.append(text, static_cast<std::size_t>(
                         std::snprintf(text, sizeof text, ".%0*lld", digits, static_cast<long long>(shown))));
  }
  out += 'Z';
}

}  // namespace banyan::json
