#include "traffic/time_window.h"

#include <array>
#include <charconv>
#include <chrono>

namespace banyan {
namespace {

constexpr std::int64_t kDay = 86'400;

Error refuse(std::string_view text, const std::string& what) {
  return Error(ErrorCode::kInvalidArgument, std::string("'").append(text).append("' ").append(what));
}

// The digits of `text` that `pattern` has a '0' for, in groups ended by its other characters; false where the two
// differ in anything else.
template <std::size_t N>
bool read_pattern(std::string_view text, std::string_view pattern, std::array<int, N>& groups) {
  if (text.size() != pattern.size()) return false;
  groups.fill(0);
  std::size_t group = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (pattern[i] == '0') {
      if (text[i] < '0' || text[i] > '9') return false;
      groups[group] = groups[group] * 10 + (text[i] - '0');
    } else {
      if (text[i] != pattern[i]) return false;
      ++group;
    }
  }
  return true;
}

Result<WindowEdge> moment(std::string_view text, const std::array<int, 6>& parts) {
  const std::chrono::year_month_day date{std::chrono::year(parts[0]),
                                         std::chrono::month(static_cast<unsigned>(parts[1])),
                                         std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!date.ok()) return refuse(text, "is a day no calendar has");
  if (parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return refuse(text, "is a time no clock shows");
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return WindowEdge{false, days * kDay + parts[3] * 3600 + parts[4] * 60 + parts[5]};
}

std::int64_t floor_divide(std::int64_t value, std::int64_t by) { return (value - (value % by + by) % by) / by; }

}  // namespace

Result<WindowEdge> parse_window_edge(std::string_view text) {
  std::array<int, 2> clock{};
  if (read_pattern(text, "00:00", clock)) {
    const std::int64_t seconds = clock[0] * 3600 + clock[1] * 60;
    if (clock[1] > 59 || seconds > kDay) return refuse(text, "is a time no clock shows");
    return WindowEdge{true, seconds};
  }
  std::array<int, 6> parts{};
  for (const std::string_view pattern : {"0000-00-00T00:00:00", "0000-00-00T00:00", "0000-00-00"}) {
    if (read_pattern(text, pattern, parts)) return moment(text, parts);
  }
  return refuse(text, "is no time, write 2026-12-01T09:00, 2026-12-01, or 09:00 for every day");
}

Result<int> parse_zone(std::string_view text) {
  if (text == "UTC" || text == "Z") return 0;
  std::array<int, 2> clock{};
  const bool east = text.starts_with('+');
  if ((!east && !text.starts_with('-')) || !read_pattern(text.substr(1), "00:00", clock) || clock[0] > 14 ||
      clock[1] > 59) {
    return refuse(text, "is no zone, write UTC, or its distance from it, like +08:00");
  }
  const int minutes = clock[0] * 60 + clock[1];
  return east ? minutes : -minutes;
}

std::optional<int> parse_weekday(std::string_view text) {
  constexpr std::array<std::string_view, 7> kNames = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == text) return static_cast<int>(i);
  }
  return std::nullopt;
}

bool TimeWindow::contains(std::int64_t unix_seconds) const {
  const std::int64_t local = unix_seconds + zone_minutes * 60;
  const bool daily = (from && from->daily) || (until && until->daily);
  std::int64_t day = floor_divide(local, kDay);
  if (daily) {
    const std::int64_t clock = local - day * kDay;
    const std::int64_t first = from ? from->seconds : 0;
    const std::int64_t end = until ? until->seconds : kDay;
    const bool passes_midnight = first >= end;
    if (passes_midnight ? clock >= end && clock < first : clock < first || clock >= end) return false;
    if (passes_midnight && clock < end) --day;
  } else if ((from && local < from->seconds) || (until && local >= until->seconds)) {
    return false;
  }
  const std::int64_t weekday = ((day + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
  return days == 0 || (days >> weekday & 1) != 0;
}

}  // namespace banyan
