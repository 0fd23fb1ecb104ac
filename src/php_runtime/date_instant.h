// Moments with a zone, and what PHP's dates do with them.
#pragma once

#include <string>
#include <string_view>

#include "php_runtime/date_text.h"

namespace banyan::php_runtime {

// What the clocks of a zone show.
struct DateFields {
  Int year, month, day, hour, minute, second, microsecond;
};

struct DateInstant {
  Int seconds = 0;  // of UTC since 1970
  Int microsecond = 0;
  DateZone zone;

  ZoneSpan span() const { return zone.rules->at(seconds); }
  DateFields fields() const;
};

// How far two dates are apart, or what an interval adds.
struct DateSpan {
  Int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, microsecond = 0;
  bool is_backward = false;
  Int days = kNoPart;  // whole days in all, where they are known
};

DateZone default_date_zone();
DateInstant instant_now(const DateZone& zone);
// The moment that a text stands for, beside now, whose zone is for a text that has none. `is_pattern`: it was read by a
// format, so that a date without a time keeps the time of now.
DateInstant instant_of(const DateText& text, const DateInstant& now, bool is_pattern);
// What the fields come to in a zone, with a shift; `summer` is whether it was summer there before, if that is known.
DateInstant settle(DateFields fields, DateShift shift, const DateZone& zone, std::optional<bool> summer);
// DateTime::modify().
DateInstant modified(const DateInstant& from, const DateText& text);
// From an instant by a span, on by a factor of 1, back by -1: hours as they pass, or on the clocks.
DateInstant moved(const DateInstant& from, const DateSpan& by, Int factor, bool passing);
DateInstant shifted(const DateInstant& from, const DateShift& shift);
DateSpan difference(const DateInstant& from, const DateInstant& to);
int compare_instants(const DateInstant& a, const DateInstant& b);

// What a letter of a format is for: as date() does, with microseconds and the zone.
std::string format_instant(const DateInstant& t, std::string_view format);

}  // namespace banyan::php_runtime
