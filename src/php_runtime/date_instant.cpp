// After what PHP's library of dates does: fields that are out of their bounds run over into those above them.
#include "php_runtime/date_instant.h"

#include <time.h>

#include <algorithm>
#include <tuple>

#include "php_runtime/builtin.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

constexpr Int kDay = 86400;
constexpr Int kFarthest = 10'000'000'000;  // of years, months and days, so that all fits into an int

Int day_number(const DateFields& f) {
  return days_from_civil(f.year + floor_div(f.month - 1, 12), static_cast<int>(floor_mod(f.month - 1, 12)) + 1, 1) +
         f.day - 1;
}

void set_day(DateFields& f, Int days) {
  const CivilDate date = civil_from_days(days);
  f.year = date.year;
  f.month = date.month;
  f.day = date.day;
}

void carry(Int& low, Int size, Int& high) {
  high += floor_div(low, size);
  low = floor_mod(low, size);
}

void normalize(DateFields& f) {
  for (const Int part : {f.year, f.month, f.day, f.hour / 24}) {
    if (part > kFarthest || part < -kFarthest) stop("date-range", "a date is too far away");
  }
  carry(f.microsecond, 1'000'000, f.second);
  carry(f.second, 60, f.minute);
  carry(f.minute, 60, f.hour);
  carry(f.hour, 24, f.day);
  set_day(f, day_number(f));
}

void to_day_of_month(DateFields& f, int which) {
  if (which == 1) f.day = 1;
  if (which == 2) {
    f.day = 0;
    ++f.month;
  }
}

void to_weekday(DateFields& f, const DateShift& shift) {
  const Int today = floor_mod(day_number(f) + 4, 7);
  Int wanted = shift.weekday;
  if (shift.behavior == 2) {
    if (today == 0 && wanted != 0) wanted -= 7;
    if (wanted == 0 && today != 0) wanted = 7;
    f.day += wanted - today;
    return;
  }
  if (wanted < 0) {
    f.day -= 7 - (-wanted - today);
    return;
  }
  Int ahead = wanted - today;
  if ((shift.day < 0 && ahead < 0) || (shift.day >= 0 && ahead <= -shift.behavior)) ahead += 7;
  f.day += ahead;
}

// Forward or back over days from Monday to Friday.
Int add_workdays(Int days, Int amount) {
  const Int step = amount <= 0 ? -1 : 1;
  const auto is_free = [](Int day) { return floor_mod(day + 4, 7) % 6 == 0; };
  days += amount / 5 * 7;
  Int left = amount % 5;
  if (left == 0) {
    while (is_free(days)) days -= step;
    return days;
  }
  while (left != 0) {
    days += step;
    if (!is_free(days)) left -= step;
  }
  return days;
}

}  // namespace

DateFields DateInstant::fields() const {
  const Int local = seconds + span().offset, of_day = floor_mod(local, kDay);
  DateFields out{0, 0, 0, of_day / 3600, of_day / 60 % 60, of_day % 60, microsecond};
  set_day(out, floor_div(local, kDay));
  return out;
}

DateInstant instant_now(const DateZone& zone) {
  timespec t{};
  ::clock_gettime(CLOCK_REALTIME, &t);
  return {t.tv_sec, t.tv_nsec / 1000, zone};
}

DateInstant settle(DateFields f, DateShift shift, const DateZone& zone, std::optional<bool> summer) {
  if (shift.special == DateShift::kNthOfMonth || shift.special == DateShift::kLastOfMonth) {
    f.day = 1;
    f.month += std::exchange(shift.month, 0) + (shift.special == DateShift::kLastOfMonth ? 1 : 0);
  }
  to_day_of_month(f, shift.of_month);
  normalize(f);
  if (shift.has_weekday) to_weekday(f, shift);
  normalize(f);
  f.year += shift.year;
  f.month += shift.month;
  f.day += shift.day;
  to_day_of_month(f, shift.of_month);
  normalize(f);
  Int days = day_number(f);
  if (shift.special == DateShift::kWorkdays) days = add_workdays(days, shift.workdays);
  DateInstant out{0, f.microsecond + shift.microsecond, zone};
  const Int local =
      days * kDay + (f.hour + shift.hour) * 3600 + (f.minute + shift.minute) * 60 + f.second + shift.second;
  out.seconds = zone.rules->to_utc(local, summer.value_or(zone.rules->at(local).summer));
  carry(out.microsecond, 1'000'000, out.seconds);
  return out;
}

DateInstant instant_of(const DateText& text, const DateInstant& now, bool is_pattern) {
  const DateFields present = now.fields();
  const bool says_something = std::ranges::any_of(
      std::initializer_list<Int>{text.year, text.month, text.day, text.hour, text.minute, text.second},
      [](Int part) { return part != kNoPart; });
  const bool drops_time = !is_pattern && text.has_date && text.times == 0;
  const auto pick = [](Int part, Int missing) { return part == kNoPart ? missing : part; };
  DateFields f{pick(text.year, present.year), pick(text.month, present.month), pick(text.day, present.day)};
  f.hour = drops_time ? 0 : pick(text.hour, present.hour);
  f.minute = drops_time ? 0 : pick(text.minute, present.minute);
  f.second = drops_time ? 0 : pick(text.second, present.second);
  f.microsecond = drops_time ? 0 : pick(text.microsecond, says_something ? 0 : present.microsecond);
  return settle(f, text.shift, text.zone.kind != DateZone::kNone ? text.zone : now.zone, std::nullopt);
}

DateInstant modified(const DateInstant& from, const DateText& text) {
  DateFields f = from.fields();
  if (text.year != kNoPart) f.year = text.year;
  if (text.month != kNoPart) f.month = text.month;
  if (text.day != kNoPart) f.day = text.day;
  const auto or_zero = [](Int part) { return part == kNoPart ? 0 : part; };
  if (text.hour != kNoPart) {
    f.hour = text.hour;
    f.minute = or_zero(text.minute);
    f.second = or_zero(text.second);
  }
  if (text.microsecond != kNoPart) f.microsecond = text.microsecond;
  if (text.is_timestamp) return settle(f, text.shift, text.zone, std::nullopt);
  return settle(f, text.shift, from.zone, from.span().summer);
}

DateInstant shifted(const DateInstant& from, const DateShift& shift) {
  return settle(from.fields(), shift, from.zone, from.span().summer);
}

DateInstant moved(const DateInstant& from, const DateSpan& by, Int factor, bool passing) {
  if (by.is_backward) factor = -factor;
  DateShift shift{by.year * factor, by.month * factor, by.day * factor};
  const Int seconds = (by.hour * 3600 + by.minute * 60 + by.second) * factor;
  if (!passing) {
    shift.second = seconds;
    shift.microsecond = by.microsecond * factor;
    return shifted(from, shift);
  }
  DateInstant out = from;
  if (shift.year != 0 || shift.month != 0 || shift.day != 0) out = shifted(from, shift);
  out.seconds += seconds;
  out.microsecond += by.microsecond * factor;
  carry(out.microsecond, 1'000'000, out.seconds);
  return out;
}

int compare_instants(const DateInstant& a, const DateInstant& b) {
  return compare_numbers(std::tuple(a.seconds, a.microsecond), std::tuple(b.seconds, b.microsecond));
}

namespace {

// Days that are below 0 are taken from months: the one before the later date, or going backward the earlier one's.
void borrow_days(DateSpan& span, const DateFields& base) {
  Int year = base.year, month = base.month;
  const auto step = [&](Int by) {
    month += by;
    if (month < 1) month = 12, --year;
    if (month > 12) month = 1, ++year;
  };
  while (span.day < 0) {
    if (!span.is_backward) step(-1);
    span.day += days_in_month(year, static_cast<int>(month));
    --span.month;
    if (span.is_backward) step(1);
  }
}

void normalize(DateSpan& span, const DateFields& base) {
  carry(span.microsecond, 1'000'000, span.second);
  carry(span.second, 60, span.minute);
  carry(span.minute, 60, span.hour);
  carry(span.hour, 24, span.day);
  carry(span.month, 12, span.year);
  borrow_days(span, base);
  carry(span.month, 12, span.year);
}

Int time_of_day(const DateFields& f) { return ((f.hour * 60 + f.minute) * 60 + f.second) * 1'000'000 + f.microsecond; }

// What PHP makes of the hour that a change of the clocks between two moments of a zone takes or gives.
void over_transition(DateSpan& span, const DateInstant& one, const DateInstant& two) {
  const ZoneSpan before = one.span(), after = two.span();
  const Int correction = after.offset - before.offset, passed = two.seconds - one.seconds;
  const auto take = [&] {
    span.hour -= correction / 3600;
    span.minute -= correction / 60 % 60;
  };
  if (before.summer && !after.summer) {
    if (passed + correction < kDay) take();
  } else if (!before.summer && after.summer) {
    const Int next = one.seconds + kDay;
    const bool is_first_day = next > after.since && next <= after.since + correction;
    if (!is_first_day && (passed + correction) % kDay > two.seconds - after.since) take();
  } else if (passed >= kDay) {
    const ZoneSpan seen = two.zone.rules->at(two.seconds - after.offset);
    const Int change = before.offset - seen.offset;
    if (seen.since != INT64_MIN && two.seconds >= seen.since - change && two.seconds < seen.since) {
      --span.day;
      span.hour = 24;
    }
  }
}

}  // namespace

DateSpan difference(const DateInstant& from, const DateInstant& to) {
  DateSpan out;
  out.is_backward = compare_instants(from, to) > 0;
  const DateInstant& one = out.is_backward ? to : from;
  const DateInstant& two = out.is_backward ? from : to;
  const DateFields a = one.fields(), b = two.fields();
  const bool same_zone =
      one.zone.kind == DateZone::kNamed && two.zone.kind == DateZone::kNamed && one.zone.name == two.zone.name;
  const Int correction = two.span().offset - one.span().offset;
  out.year = b.year - a.year;
  out.month = b.month - a.month;
  out.day = b.day - a.day;
  out.hour = b.hour - a.hour;
  out.minute = b.minute - a.minute;
  out.second = b.second - a.second - (same_zone ? 0 : correction);
  out.microsecond = b.microsecond - a.microsecond;
  const bool same_offset = one.zone.kind == two.zone.kind && (same_zone || correction == 0);
  if (same_offset) {
    out.days = day_number(b) - day_number(a);
    if (out.days > 0 && time_of_day(b) < time_of_day(a)) --out.days;
  } else {
    out.days = (two.seconds - one.seconds) / kDay;
  }
  normalize(out, out.is_backward ? a : b);
  if (same_zone) over_transition(out, one, two);
  return out;
}

}  // namespace banyan::php_runtime
