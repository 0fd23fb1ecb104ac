// When a rule holds: between two moments, between two times of day, on some days of the week.
//
// Times are those of one zone, given as its distance from UTC. Names of zones are not known: their summer time would
// have to be read from the machine the gateway runs on, and a rule must mean the same on each. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace banyan {

// A point as a rule writes it: a moment ("2026-12-01T09:00", "2026-12-01"), or a time of day ("09:00", to "24:00").
struct WindowEdge {
  bool daily = false;
  std::int64_t seconds = 0;  // daily: since midnight, 0 to 86,400; else since 1970 as if the zone were UTC
};
Result<WindowEdge> parse_window_edge(std::string_view text);

// "UTC", "+08:00", "-03:30": minutes east of Greenwich.
Result<int> parse_zone(std::string_view text);

// "mon" to "sun": 0 to 6.
std::optional<int> parse_weekday(std::string_view text);

struct TimeWindow {
  // Both of one kind; `from` is within, `until` is not. A daily window whose `from` is later than its `until` passes
  // midnight, and belongs to the day it began on.
  std::optional<WindowEdge> from;
  std::optional<WindowEdge> until;
  std::uint8_t days = 0;  // bit 0 is Monday; 0: every day
  int zone_minutes = 0;

  bool contains(std::int64_t unix_seconds) const;
};

}  // namespace banyan
