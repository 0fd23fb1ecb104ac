// strtotime(), after https://www.php.net/manual/en/datetime.formats.php: the everyday texts, item by item. A text that
// has anything else stops the program, except where it is certain that PHP takes it for no date.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "php_runtime/builtin_date.h"
#include "php_runtime/builtin_dump.h"
#include "php_runtime/throwable.h"
#include "php_runtime/timezone.h"

namespace banyan::php_runtime {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kMonths[] = {"january", "february", "march",     "april",   "may",      "june",
                                        "july",    "august",   "september", "october", "november", "december"};
constexpr std::string_view kDays[] = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
constexpr std::string_view kOrdinals[] = {"this",    "next",   "second", "third", "fourth",   "fifth",  "sixth",
                                          "seventh", "eighth", "ninth",  "tenth", "eleventh", "twelfth"};
constexpr std::string_view kBackward[] = {"first", "last", "previous"};
// What PHP knows besides, by three letters.
constexpr std::string_view kOthers[] = {"now", "tod", "mid", "noo", "tom", "yes", "fir", "las", "pre", "bac", "fro",
                                        "ago", "sec", "min", "hou", "wee", "for", "mil", "mic", "mse", "use", "eig"};
// PHP reads six letters as a zone's name.
constexpr std::string_view kZonesOfSix[] = {"israel", "navajo", "poland", "turkey"};
constexpr std::string_view kDatePatterns[] = {"Y-M-D", "Y/M/D", "M/D/Y",  "D-M-Y", "D.M.Y", "D_N_Y",
                                              "D-N-Y", "N_D_Y", "N_D,_Y", "N_Y",   "N",     "Y-M"};
constexpr std::string_view kTimePatterns[] = {"H:I:S.F", "H:I:S", "H:I", "H"};

// What a unit counts (years 0 to seconds 5) and how many of it.
struct Unit {
  std::string_view name;
  std::size_t part;
  Int times;
};
constexpr Unit kUnits[] = {{"year", 0, 1}, {"month", 1, 1}, {"fortnight", 2, 14}, {"week", 2, 7}, {"day", 2, 1},
                           {"hour", 3, 1}, {"min", 4, 1},   {"minute", 4, 1},     {"sec", 5, 1},  {"second", 5, 1}};

const Unit* unit_of(std::string_view word) {
  if (word.ends_with('s')) word.remove_suffix(1);
  const auto* const found = std::ranges::find(kUnits, word, &Unit::name);
  return found == std::end(kUnits) ? nullptr : found;
}

bool has_name(Names names, std::string_view word) { return std::ranges::find(names, word) != names.end(); }

// The place of a name, or of its first three letters; -1 where it is none.
int index_of_name(Names names, std::string_view word) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (word == names[i] || word == names[i].substr(0, 3)) return static_cast<int>(i);
  }
  return -1;
}

// The first of a month in days since 1970; month is any number.
Int start_of_month(Int year, Int month) {
  return days_from_civil(year + floor_div(month - 1, 12), static_cast<int>(floor_mod(month - 1, 12)) + 1, 1);
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

using Clock = std::array<Int, 3>;  // hours, minutes and seconds

// A text as far as it has been read. A function that reads an item says whether there was one.
class DateText {
 public:
  DateText(std::string_view lower_case, const CivilDate& today, const Clock& now)
      : text_(lower_case), year_(today.year), month_(today.month), day_(today.day), clock_(now) {}

  bool items();
  bool timestamp(Int& moment);
  bool is_no_date();

  // What the items come to: the time on the clocks of the zone, and what is added to it as time that passes.
  Int local();
  Int passes() const { return add_[3] * 3600 + add_[4] * 60 + add_[5]; }
  bool has_zone() const { return has_zone_; }
  Int offset() const { return offset_; }
  bool has_workdays() const { return has_workdays_; }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  bool at_end() const { return rest().empty() || rest()[0] == ' ' || rest().starts_with(", "); }
  bool take(std::string_view word) {
    if (!rest().starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  // How many digits come, no more than `most`.
  std::size_t digits(std::size_t most) const {
    std::size_t n = 0;
    while (n < most && at_ + n < text_.size() && is_ascii_digit(text_[at_ + n])) ++n;
    return n;
  }
  Int& found(char letter) { return found_[static_cast<unsigned char>(letter)]; }
  bool number(std::size_t least, std::size_t most, Int max, char into);
  std::string_view word();
  bool month_name();
  bool part(char letter);
  bool match(std::string_view pattern);

  bool date();
  void set_date(std::string_view pattern);
  bool time();
  bool hour(std::string_view pattern, Int& hours);
  bool zone();
  bool counted();
  bool keyword();
  bool ordinal(std::string_view name);
  bool nth(Int amount, std::string_view day);
  bool ago();
  bool item();

  void drop_time() {
    has_time_ = false;
    clock_ = {};
  }
  void set_time(const Clock& clock) {
    has_time_ = true;
    clock_ = clock;
  }
  void set_weekday(Int day, Int behavior) {
    weekday_ = day;
    behavior_ = behavior;
  }
  bool add_units(Int amount, Int behavior, std::string_view name, bool keeps_time);
  Int to_weekday(Int days) const;
  Int day_of_month(Int month) const;

  std::string_view text_;
  std::size_t at_ = 0;
  std::array<Int, 128> found_{};  // by letter of a pattern
  Int year_, month_, day_;
  Clock clock_;
  bool has_date_ = false, has_time_ = false, has_zone_ = false;
  Int offset_ = 0;            // seconds east of UTC
  std::array<Int, 6> add_{};  // years to seconds
  Int weekday_ = -1;          // to go to
  Int behavior_ = 0;          // 0: not today, 1: today as well, 2: within the week
  Int workdays_ = 0;
  bool has_workdays_ = false;
  int of_month_ = 0;    // first (1) or last (-1) day of it
  int weekday_of_ = 0;  // first (1) or last (-1) weekdays of it
};

bool DateText::number(std::size_t least, std::size_t most, Int max, char into) {
  const std::size_t n = digits(most);
  if (n < least) return false;
  found(into) = string_to_int(text_.substr(at_, n));
  at_ += n;
  return found(into) <= max;
}

std::string_view DateText::word() {
  const std::size_t from = at_;
  while (at_ < text_.size() && is_lower(text_[at_])) ++at_;
  return text_.substr(from, at_ - from);
}

bool DateText::month_name() {
  const std::string_view name = word();
  found('M') = index_of_name(kMonths, name == "sept" ? "sep" : name) + 1;
  return found('M') > 0;
}

bool DateText::part(char letter) {
  switch (letter) {
    case 'Y':
      return number(4, 4, 9999, letter);
    case 'M':
      return number(1, 2, 12, letter);
    case 'D':
      return number(1, 2, 31, letter);
    case 'H':
      return number(1, 2, 24, letter);
    case 'I':
    case 'S':
    case 'Z':
      return number(2, 2, 59, letter);
    case 'F':
      return number(1, 9, 999'999'999, letter);
    case 'N':
      return month_name();
    case '_':
      return take(" ");
    default:
      return take(std::string_view(&letter, 1));
  }
}

// The letters of a pattern in upper case are parts, a line below is a blank.
bool DateText::match(std::string_view pattern) {
  const std::size_t from = at_;
  for (const char letter : pattern) {
    if (!part(letter)) {
      at_ = from;
      return false;
    }
    if (letter == 'D' && (pattern.starts_with('N') || pattern.starts_with("D_"))) {
      for (const std::string_view suffix : {"st", "nd", "rd", "th"}) {
        if (take(suffix)) break;
      }
    }
  }
  return true;
}

bool DateText::date() {
  const std::size_t from = at_;
  for (const std::string_view pattern : kDatePatterns) {
    if (!match(pattern)) continue;
    const bool has_clock = pattern == "Y-M-D" && at_ - from == 10 && take("t");
    const std::string_view follows = trim_left(rest(), " .-");
    const bool reads_on = pattern == "N" && !follows.empty() && is_ascii_digit(follows[0]);  // as a day
    if (reads_on || (!has_clock && !at_end())) {
      at_ = from;
      continue;
    }
    if (has_date_) return false;
    set_date(pattern);
    return !has_clock || (digits(2) == 2 && time());
  }
  return false;
}

void DateText::set_date(std::string_view pattern) {
  has_date_ = true;
  month_ = found('M');
  if (pattern != "N") {
    year_ = found('Y');
    day_ = pattern == "N_Y" || pattern == "Y-M" ? 1 : found('D');
  }
}

bool DateText::time() {
  const std::size_t from = at_;
  for (const std::string_view pattern : kTimePatterns) {
    found('I') = found('S') = 0;
    if (!match(pattern)) continue;
    Int hours = 0;
    const bool is_time = hour(pattern, hours);
    const bool is_after_t = from > 0 && text_[from - 1] == 't';
    if (is_time && !has_time_ && !(is_after_t && text_.substr(0, at_).ends_with('m'))) {
      set_time({hours, found('I'), found('S')});
      return true;
    }
    at_ = from;
  }
  return false;
}

// What follows a time: am or pm, or a zone, with which the text ends.
bool DateText::hour(std::string_view pattern, Int& hours) {
  hours = found('H');
  const std::size_t from = at_;
  take(" ");
  const bool is_am = take("am");
  if (is_am || take("pm")) {
    if (hours < 1 || hours > 12 || pattern == "H:I:S.F" || rest().starts_with(',')) return false;
    hours = hours % 12 + (is_am ? 0 : 12);
    return true;
  }
  if (!zone()) at_ = from;
  return pattern != "H" && at_end();
}

bool DateText::zone() {
  if (rest() == "z" || rest() == "utc" || rest() == "gmt") {
    has_zone_ = true;
    offset_ = 0;
    at_ = text_.size();
    return true;
  }
  const Int sign = rest().starts_with('-') ? -1 : 1;
  if (!take("+") && !take("-")) return false;
  if (!part('Z') || found('Z') > 23) return false;
  const Int hours = found('Z');
  take(":");
  if (!part('Z') || !rest().empty()) return false;
  has_zone_ = true;
  offset_ = sign * (hours * 3600 + found('Z') * 60);
  return true;
}

// Amount times what the word names, a weekday or a unit.
bool DateText::add_units(Int amount, Int behavior, std::string_view name, bool keeps_time) {
  const int day = index_of_name(kDays, name);
  const bool is_workday = name == "weekday" || name == "weekdays";
  if ((day >= 0 || is_workday) && !keeps_time) drop_time();
  if (is_workday) {
    if (has_workdays_ || weekday_of_ != 0) return false;
    workdays_ = amount;
    has_workdays_ = true;
    return true;
  }
  if (day >= 0) {
    add_[2] += 7 * (amount > 0 ? amount - 1 : amount);
    set_weekday(day, behavior);
    return true;
  }
  const Unit* const unit = unit_of(name);
  if (unit != nullptr) add_[unit->part] += amount * unit->times;
  return unit != nullptr;
}

// Such as "+2 weeks".
bool DateText::counted() {
  const Int sign = rest().starts_with('-') ? -1 : 1;
  if (!take("-")) take("+");
  if (!number(1, 7, 9'999'999, 'F')) return false;
  take(" ");
  return add_units(sign * found('F'), 1, word(), true);
}

// Such as "next monday" and "first day of".
bool DateText::ordinal(std::string_view name) {
  const auto place = std::ranges::find(kOrdinals, name);
  const Int amount = name == "first" ? 1 : place == std::end(kOrdinals) ? -1 : place - std::begin(kOrdinals);
  if (!take(" ")) return false;
  if ((name == "first" || name == "last") && take("day of")) {
    of_month_ = static_cast<int>(amount);
    return true;
  }
  const std::string_view unit = word();
  if (index_of_name(kDays, unit) >= 0 && take(" of")) return nth(amount, unit);
  const bool is_ordinal = name == "first" || amount > 1;
  if ((unit == "week" && is_ordinal) || !add_units(amount, name == "this" ? 1 : 0, unit, false)) return false;
  if (unit == "week") {
    behavior_ = 2;
    if (weekday_ < 0) weekday_ = 1;
  }
  return true;
}

// Such as "first monday of".
bool DateText::nth(Int amount, std::string_view day) {
  if (has_workdays_ || weekday_of_ != 0 || amount == 0) return false;
  weekday_of_ = amount > 0 ? 1 : -1;
  return add_units(amount, amount > 0 ? 1 : 0, day, false);
}

bool DateText::ago() {
  for (Int& n : add_) n = -n;
  workdays_ = -workdays_;
  return weekday_ < 0 && weekday_of_ == 0;
}

bool DateText::keyword() {
  const std::string_view name = word();
  if (name == "now") return true;
  if (name == "ago") return ago();
  if (name == "today" || name == "midnight") {
    drop_time();
  } else if (name == "noon") {
    set_time({12, 0, 0});
  } else if (name == "tomorrow" || name == "yesterday") {
    drop_time();
    add_[2] = name == "tomorrow" ? 1 : -1;
  } else if (const int day = index_of_name(kDays, name); day >= 0) {
    drop_time();
    set_weekday(day, behavior_ == 2 ? 2 : 1);
  } else {
    return (has_name(kOrdinals, name) || has_name(kBackward, name)) && ordinal(name);
  }
  return true;
}

// Leaves everything as it is where there is none.
bool DateText::item() {
  for (const auto read : {&DateText::date, &DateText::time, &DateText::counted, &DateText::keyword}) {
    const DateText before = *this;
    if ((this->*read)() && at_end()) return true;
    *this = before;
  }
  return false;
}

bool DateText::items() {
  while (item()) {
    if (rest().empty()) return true;
    take(",");
    take(" ");
  }
  return false;
}

// "@" and seconds since 1970.
bool DateText::timestamp(Int& moment) {
  if (!take("@")) return false;
  const Int sign = take("-") ? -1 : 1;
  const bool is_whole = number(1, 17, INT64_MAX, 'F') && rest().empty();
  at_ = 0;
  moment = sign * found('F');
  return is_whole;
}

// Whether PHP finds no date in the text for certain: a month or day that is none, or a word that is no keyword and too
// long to be a time zone's.
bool DateText::is_no_date() {
  std::string shape(text_);
  std::ranges::replace_if(shape, is_ascii_digit, '9');
  if (shape == "9999-99-99") return text_.substr(5, 2) > "12" || text_.substr(8) > "31";
  if (shape == "99/99/9999") return text_.substr(0, 2) > "12" || text_.substr(3, 2) > "31";
  const std::string_view name = word();
  const bool is_whole = at_end();
  at_ = 0;
  if (name.size() < 6 || !is_whole || has_name(kZonesOfSix, name.substr(0, 6))) return false;
  const std::string_view begin = name.substr(0, 3);
  const auto begins_one = [&](Names names) {
    return std::ranges::any_of(names, [&](std::string_view one) { return one.starts_with(begin); });
  };
  return !begins_one(kMonths) && !begins_one(kDays) && !begins_one(kOrdinals) && !begins_one(kOthers);
}

// From a day, as days since 1970, to the one of the week that is asked for.
Int DateText::to_weekday(Int days) const {
  const Int today = floor_mod(days + 4, 7);
  if (behavior_ == 2) return days - (today + 6) % 7 - 1 + (weekday_ == 0 ? 7 : weekday_);
  Int ahead = weekday_ - today;
  if ((ahead < 0 && add_[2] < 0) || (add_[2] >= 0 && ahead <= -behavior_)) ahead += 7;
  return days + ahead;
}

Int DateText::day_of_month(Int month) const {
  if (of_month_ == 1) return start_of_month(year_, month);
  if (of_month_ == -1) return start_of_month(year_, month + 1) - 1;
  return start_of_month(year_, month) + day_ - 1;
}

Int DateText::local() {
  if (has_date_ && !has_time_) clock_ = {};
  Int month = month_;
  if (weekday_of_ != 0) {
    month += add_[1] + (weekday_of_ < 0 ? 1 : 0);
    day_ = 1;
    add_[1] = 0;
  }
  Int days = day_of_month(month) + clock_[0] / 24;
  if (weekday_ >= 0) days = to_weekday(days);
  const CivilDate date = civil_from_days(days);
  year_ = date.year + add_[0];
  day_ = date.day;
  days = day_of_month(date.month + add_[1]);
  if (of_month_ == 0) days += add_[2];
  if (has_workdays_) days = add_workdays(days, workdays_);
  return days * 86400 + clock_[0] % 24 * 3600 + clock_[1] * 60 + clock_[2];
}

[[noreturn]] void stop_for_text(const String& text, std::string_view why) {
  stop("builtin-missing", concat({"strtotime() of this runtime ", why, " ", to_string(var_export(text, true))}));
}

constexpr Int kFarthestBase = 1'000'000'000'000;  // in seconds from 1970

}  // namespace

std::optional<Int> strtotime(const String& datetime, const Value& base) {
  const std::string text = lower(trim_both(datetime, kBlanks));
  if (datetime.empty()) return std::nullopt;
  const TimeZone& in = default_zone();
  const Int now = base.is_null() ? time() : to_int(base);
  if (now > kFarthestBase || now < -kFarthestBase) stop_for_text(datetime, "does not begin that far from now with");
  const Int here = now + in.at(now).offset, of_day = floor_mod(here, 86400);
  DateText read(text, civil_from_days(floor_div(here, 86400)), {of_day / 3600, of_day / 60 % 60, of_day % 60});
  if (!text.empty() && read.is_no_date()) return std::nullopt;
  Int moment = 0;
  if (read.timestamp(moment)) return moment;
  if (!read.items()) stop_for_text(datetime, "does not read");
  const Int local = read.local(), passes = read.passes();
  // A text does not say whether it is summer: what the zone has at that time stands.
  const auto utc = [&](Int at) { return read.has_zone() ? at - read.offset() : in.to_utc(at, in.at(at).summer); };
  moment = utc(local + passes);
  const bool differs = read.has_workdays() || moment != utc(local) + passes;
  if (passes != 0 && differs) stop_for_text(datetime, "does not choose between the versions of PHP for");
  return moment;
}

}  // namespace banyan::php_runtime
