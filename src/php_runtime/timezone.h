// The time zones of the system's database, after RFC 8536 (TZif).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace banyan::php_runtime {

// What holds in a zone from one transition to the next.
struct ZoneSpan {
  std::int64_t since = INT64_MIN;  // seconds of UTC
  std::int32_t offset = 0;         // seconds east of UTC
  bool summer = false;
  std::string abbreviation = "UTC";
};

class TimeZone {
 public:
  // By its name, such as Europe/Berlin, in any case; null for one that the database does not have.
  static std::shared_ptr<const TimeZone> named(std::string_view name);
  static std::shared_ptr<const TimeZone> utc();
  // One that never changes.
  static std::shared_ptr<const TimeZone> fixed(std::int32_t offset, bool summer, std::string_view abbreviation);

  const std::string& name() const { return name_; }
  ZoneSpan at(std::int64_t utc_seconds) const;
  // The moment of a time on its clocks; within a gap or an overlap as PHP chooses, which depends on whether it is
  // summer there now.
  std::int64_t to_utc(std::int64_t local_seconds, bool summer_now) const;

 private:
  // A day of the year on which a rule changes the clocks, and at which second of it.
  struct Change {
    char kind = 'M';  // Mm.w.d, Jn or n
    int month = 0, week = 0, day = 0;
    std::int32_t seconds = 7200;
    std::int64_t in_year(std::int64_t year) const;  // seconds of local time since 1970
  };
  // What follows the last transition, as in the environment variable TZ of POSIX.
  struct Rule {
    ZoneSpan standard, summer;
    Change begins, ends;
    bool has_summer = false;
  };

  bool read(std::string_view file);
  bool read_rule(std::string_view text);
  ZoneSpan by_rule(std::int64_t utc_seconds) const;

  std::string name_;
  std::vector<ZoneSpan> spans_;  // the first holds before all transitions
  Rule rule_;
  bool has_rule_ = false;
};

// Days since 1970 of a date of the Gregorian calendar, and back.
std::int64_t days_from_civil(std::int64_t year, int month, int day);
struct CivilDate {
  std::int64_t year;
  int month, day;
};
CivilDate civil_from_days(std::int64_t days);
// How many days after the first of January a day of a week of ISO 8601 is.
std::int64_t days_to_iso_week(std::int64_t year, std::int64_t week, std::int64_t day);
bool is_leap_year(std::int64_t year);
int days_in_month(std::int64_t year, int month);
std::int64_t floor_div(std::int64_t a, std::int64_t b);
std::int64_t floor_mod(std::int64_t a, std::int64_t b);

}  // namespace banyan::php_runtime
