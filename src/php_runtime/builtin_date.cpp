#include "php_runtime/builtin_date.h"

#include <time.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "php_runtime/builtin_math.h"
#include "php_runtime/date_instant.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/timezone.h"

namespace banyan::php_runtime {
namespace {

constexpr std::string_view kDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};

struct ZoneState {
  std::shared_ptr<const TimeZone> zone = TimeZone::utc();
  std::string name = "UTC";  // as the program wrote it
};

const TimeZone& zone() { return *request_state<ZoneState>().zone; }
const std::string& zone_name() { return request_state<ZoneState>().name; }

std::string padded(Int n, std::size_t digits) {
  std::string out = std::to_string(n < 0 ? -n : n);
  if (out.size() < digits) out.insert(0, digits - out.size(), '0');
  return n < 0 ? "-" + out : out;
}

// A moment on the clocks of a zone.
struct Moment {
  Moment(Int seconds, const TimeZone& in, std::string_view name, Int microseconds = 0)
      : utc(seconds), microsecond(microseconds), zone(name), span(in.at(seconds)) {
    const Int local = seconds + span.offset;
    days = floor_div(local, 86400);
    const Int of_day = floor_mod(local, 86400);
    date = civil_from_days(days);
    hour = of_day / 3600;
    minute = of_day / 60 % 60;
    second = of_day % 60;
    weekday = floor_mod(days + 4, 7);
    day_of_year = days - days_from_civil(date.year, 1, 1);
  }

  // The year and week of ISO 8601: the week belongs to the year of its Thursday.
  Int iso_year() const { return civil_from_days(thursday()).year; }
  Int iso_week() const { return (thursday() - days_from_civil(iso_year(), 1, 1)) / 7 + 1; }
  Int thursday() const { return days - floor_mod(weekday + 6, 7) + 3; }

  std::string offset(std::string_view colon) const {
    const Int size = span.offset < 0 ? -span.offset : span.offset;
    return concat({span.offset < 0 ? "-" : "+", padded(size / 3600, 2), colon, padded(size / 60 % 60, 2)});
  }

  Int utc, microsecond;
  std::string_view zone;  // its name
  ZoneSpan span;
  Int days;
  CivilDate date{};
  Int hour, minute, second, weekday, day_of_year;
};

std::string_view suffix_of(int day) {
  if (day % 100 >= 11 && day % 100 <= 13) return "th";
  return day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th";
}

std::string expanded_year(Int year, bool always) {
  return (year >= 0 && (always || year > 9999) ? "+" : "") + padded(year, 4);
}

// What a letter of a format is for a day; nothing for one that is for none.
std::optional<std::string> day_part(const Moment& t, char c) {
  const std::size_t month = static_cast<std::size_t>(t.date.month - 1), weekday = index(t.weekday);
  switch (c) {
    case 'd':
      return padded(t.date.day, 2);
    case 'D':
      return std::string(kDays[weekday].substr(0, 3));
    case 'j':
      return std::to_string(t.date.day);
    case 'l':
      return std::string(kDays[weekday]);
    case 'N':
      return std::to_string((t.weekday + 6) % 7 + 1);
    case 'S':
      return std::string(suffix_of(t.date.day));
    case 'w':
      return std::to_string(t.weekday);
    case 'z':
      return std::to_string(t.day_of_year);
    case 'W':
      return padded(t.iso_week(), 2);
    case 'F':
      return std::string(kMonths[month]);
    case 'm':
      return padded(t.date.month, 2);
    case 'M':
      return std::string(kMonths[month].substr(0, 3));
    case 'n':
      return std::to_string(t.date.month);
    case 't':
      return std::to_string(days_in_month(t.date.year, t.date.month));
    case 'L':
      return std::string(is_leap_year(t.date.year) ? "1" : "0");
    case 'o':
      return std::to_string(t.iso_year());
    case 'Y':
      return padded(t.date.year, 4);
    case 'X':
    case 'x':
      return expanded_year(t.date.year, c == 'X');
    case 'y':
      return padded(floor_mod(t.date.year, 100), 2);
    default:
      return std::nullopt;
  }
}

std::optional<std::string> clock_part(const Moment& t, char c) {
  const Int hour12 = (t.hour + 11) % 12 + 1;
  switch (c) {
    case 'a':
      return std::string(t.hour >= 12 ? "pm" : "am");
    case 'A':
      return std::string(t.hour >= 12 ? "PM" : "AM");
    case 'B':
      return padded((floor_mod(t.utc, 86400) + 3600) % 86400 * 1000 / 86400, 3);
    case 'g':
      return std::to_string(hour12);
    case 'G':
      return std::to_string(t.hour);
    case 'h':
      return padded(hour12, 2);
    case 'H':
      return padded(t.hour, 2);
    case 'i':
      return padded(t.minute, 2);
    case 's':
      return padded(t.second, 2);
    case 'u':
      return padded(t.microsecond, 6);
    case 'v':
      return padded(t.microsecond / 1000, 3);
    default:
      return std::nullopt;
  }
}

std::string format_moment(const Moment& t, std::string_view format);

// Four places, the sign among them.
std::string plain_year(Int year) { return year < 0 ? padded(year, 3) : padded(year, 4); }

// London is not at Z in winter.
bool is_utc(std::string_view abbreviation) {
  return abbreviation == "UTC" || abbreviation == "Z" || abbreviation == "GMT+0000";
}

std::optional<std::string> zone_part(const Moment& t, char c) {
  switch (c) {
    case 'e':
      return std::string(t.zone);
    case 'I':
      return std::string(t.span.summer ? "1" : "0");
    case 'O':
      return t.offset("");
    case 'P':
      return t.offset(":");
    case 'p':
      return is_utc(t.span.abbreviation) ? std::string("Z") : t.offset(":");
    case 'T':
      return t.span.abbreviation;
    case 'Z':
      return std::to_string(t.span.offset);
    case 'c':
      return plain_year(t.date.year) + format_moment(t, "-m-d\\TH:i:sP");
    case 'r':
      return format_moment(t, "D, d M ") + plain_year(t.date.year) + format_moment(t, " H:i:s O");
    case 'U':
      return std::to_string(t.utc);
    default:
      return std::nullopt;
  }
}

std::string format_moment(const Moment& t, std::string_view format) {
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (c == '\\') {
      if (++i < format.size()) out += format[i];
      continue;
    }
    std::optional<std::string> part = day_part(t, c);
    if (!part) part = clock_part(t, c);
    if (!part) part = zone_part(t, c);
    if (part) {
      out += *part;
    } else {
      out += c;
    }
  }
  return out;
}

Int seconds_of(const Value& timestamp) { return timestamp.is_null() ? ::time(nullptr) : to_int(timestamp); }

}  // namespace

DateZone default_date_zone() {
  const auto& state = request_state<ZoneState>();
  return {DateZone::kNamed, state.zone, state.name};
}

std::string format_instant(const DateInstant& t, std::string_view format) {
  return format_moment(Moment(t.seconds, *t.zone.rules, t.zone.name, t.microsecond), format);
}

// timestamp is an int, or null for now.
String date(const String& format, const Value& timestamp) {
  return format_moment(Moment(seconds_of(timestamp), zone(), zone_name()), format);
}

String gmdate(const String& format, const Value& timestamp) {
  std::string changed;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '\\') {
      changed += format.view().substr(i++, 2);
    } else if (format[i] == 'T') {  // the abbreviation is GMT here
      changed += "\\G\\M\\T";
    } else {
      changed += format[i];
    }
  }
  return format_moment(Moment(seconds_of(timestamp), *TimeZone::utc(), "UTC"), changed);
}

namespace {

struct Given {
  Int hour;
  const Value &minute, &second, &month, &day, &year;
};

// Parts left out (null) are those of now; nothing where the moment is beyond an int.
std::optional<Int> make_time(const TimeZone& in, const Given& given) {
  const Moment now(::time(nullptr), in, in.name());
  auto pick = [](const Value& v, Int missing) { return v.is_null() ? missing : to_int(v); };
  Int year = pick(given.year, now.date.year);
  if (!given.year.is_null()) {
    if (year >= 0 && year < 70) {
      year += 2000;
    } else if (year >= 70 && year <= 100) {
      year += 1900;
    }
  }
  constexpr Int bound = 100'000'000'000;  // of years and months, so that what follows stays within an int
  const Int month = pick(given.month, now.date.month) - 1;
  if (year > bound || year < -bound || month > bound || month < -bound) return std::nullopt;
  const Int first = days_from_civil(year + floor_div(month, 12), static_cast<int>(floor_mod(month, 12)) + 1, 1);
  // Modulo 2^64, as PHP's own arithmetic goes.
  Int total = wrap_multiply(wrap_add(first - 1, pick(given.day, now.date.day)), 86400);
  total = wrap_add(total, wrap_multiply(given.hour, 3600));
  total = wrap_add(total, wrap_multiply(pick(given.minute, now.minute), 60));
  total = wrap_add(total, pick(given.second, now.second));
  return in.to_utc(total, now.span.summer);
}

}  // namespace

// PHP's, a fixed signature.
std::optional<Int> mktime(Int hour, const Value& minute, const Value& second, const Value& month, const Value& day,
                          const Value& year) {
  return make_time(zone(), {hour, minute, second, month, day, year});
}

// PHP's, a fixed signature.
std::optional<Int> gmmktime(Int hour, const Value& minute, const Value& second, const Value& month, const Value& day,
                            const Value& year) {
  return make_time(*TimeZone::utc(), {hour, minute, second, month, day, year});
}

bool checkdate(Int month, Int day, Int year) {
  return year >= 1 && year <= 32767 && month >= 1 && month <= 12 && day >= 1 &&
         day <= days_in_month(year, static_cast<int>(month));
}

std::optional<Int> idate(const String& format, const Value& timestamp) {
  if (format.size() != 1) {
    warn_function("idate", "idate format is one char");
    return std::nullopt;
  }
  if (!has("BdhHiILmNsUtwWyYzZo", format[0])) {
    warn_function("idate", "Unrecognized date format token");
    return std::nullopt;
  }
  return string_to_int(format_moment(Moment(seconds_of(timestamp), zone(), zone_name()), format));
}

Array getdate(const Value& timestamp) {
  const Moment t(seconds_of(timestamp), zone(), zone_name());
  return Array::map({"seconds", t.second,
                     "minutes", t.minute,
                     "hours",   t.hour,
                     "mday",    t.date.day,
                     "wday",    t.weekday,
                     "mon",     t.date.month,
                     "year",    t.date.year,
                     "yday",    t.day_of_year,
                     "weekday", kDays[index(t.weekday)],
                     "month",   kMonths[static_cast<std::size_t>(t.date.month - 1)],
                     0,         t.utc});
}

Array localtime(const Value& timestamp, bool associative) {
  const Moment t(seconds_of(timestamp), zone(), zone_name());
  const std::pair<std::string_view, Int> parts[] = {
      {"tm_sec", t.second},    {"tm_min", t.minute},         {"tm_hour", t.hour},
      {"tm_mday", t.date.day}, {"tm_mon", t.date.month - 1}, {"tm_year", t.date.year - 1900},
      {"tm_wday", t.weekday},  {"tm_yday", t.day_of_year},   {"tm_isdst", t.span.summer ? 1 : 0}};
  Array out;
  for (const auto& [name, value] : parts) {
    if (associative) {
      out.set(String(name), value);
    } else {
      out.push(value);
    }
  }
  return out;
}

bool date_default_timezone_set(const String& name) {
  auto found = TimeZone::named(name);
  if (found == nullptr) {
    notice(concat({"date_default_timezone_set(): Timezone ID '", c_string(name), "' is invalid"}));
    return false;
  }
  request_state<ZoneState>() = {std::move(found), name.str()};
  return true;
}

String date_default_timezone_get() { return zone_name(); }

namespace {

timespec clock_of(clockid_t id) {
  timespec t{};
  ::clock_gettime(id, &t);
  return t;
}

}  // namespace

Int time() { return ::time(nullptr); }

Value microtime(bool as_float) {
  const timespec t = clock_of(CLOCK_REALTIME);
  const double fraction = static_cast<double>(t.tv_nsec / 1000) / 1e6;
  if (as_float) return static_cast<double>(t.tv_sec) + fraction;
  return concat({format_fixed(fraction, 8), " ", std::to_string(t.tv_sec)});
}

Value hrtime(bool as_number) {
  const timespec t = clock_of(CLOCK_MONOTONIC);
  if (as_number) return Int{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
  return Array::list({Int{t.tv_sec}, Int{t.tv_nsec}});
}

String uniqid(const String& prefix, bool more_entropy) {
  const timespec t = clock_of(CLOCK_REALTIME);
  char digits[32];
  std::snprintf(digits, sizeof digits, "%08lx%05lx", static_cast<unsigned long>(t.tv_sec),
                static_cast<unsigned long>(t.tv_nsec / 1000));
  const std::string entropy =
      more_entropy ? format_fixed(static_cast<double>(random_int(0, 999999999)) / 1e8, 8) : std::string();
  return concat({prefix, digits, entropy});
}

namespace {

void wait(Int seconds, Int nanoseconds) {
  timespec left{static_cast<time_t>(seconds), static_cast<long>(nanoseconds)};
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

}  // namespace

Int sleep(Int seconds) {
  if (seconds < 0) bad_argument("sleep", 1, "seconds", "must be greater than or equal to 0");
  wait(seconds, 0);
  return 0;
}

void usleep(Int microseconds) {
  if (microseconds < 0) bad_argument("usleep", 1, "microseconds", "must be greater than or equal to 0");
  wait(microseconds / 1000000, microseconds % 1000000 * 1000);
}

}  // namespace banyan::php_runtime
