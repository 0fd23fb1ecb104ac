// The texts are read item by item: of all patterns the one with the longest match, of several the first, says what
// comes.
#include "php_runtime/date_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "php_runtime/builtin.h"
#include "php_runtime/date_pattern.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

// The parts that patterns have in common.
const DatePattern::Names& names() {
  static const DatePattern::Names all = {
      {"sp", "[ \t]+"},
      {"frac", "\\.[0-9]+"},
      {"h24", "[01]?[0-9]|2[0-4]"},
      {"h24lz", "[01][0-9]|2[0-4]"},
      {"h12", "0?[1-9]|1[0-2]"},
      {"min", "[0-5]?[0-9]"},
      {"minlz", "[0-5][0-9]"},
      {"sec", "<min>|60"},
      {"seclz", "<minlz>|60"},
      {"mer", "a[.]?m[.]?<endsp>|p[.]?m[.]?<endsp>"},
      {"endsp", "[%\t ]"},
      {"zone", "\\(?[A-Za-z]{1,6}\\)?|[A-Z][a-z]+([_/-][A-Za-z]+)+"},
      {"shift", "(GMT)?[+-]((<h24>)(:?<min>)?|(<h24lz>)<minlz>(<seclz>)|(<h24lz>):<minlz>:(<seclz>))"},
      {"month", "0?[0-9]|1[0-2]"},
      {"monthlz", "0[0-9]|1[0-2]"},
      {"day", "([0-2]?[0-9]|3[01])([s][t]|[n][d]|[r][d]|[t][h])?"},
      {"daylz", "0[0-9]|[1-2][0-9]|3[01]"},
      {"year", "[0-9]{1,4}"},
      {"year4", "[0-9]{4}"},
      {"dayofyear", "00[1-9]|0[1-9][0-9]|[12][0-9][0-9]|3[0-5][0-9]|36[0-6]"},
      {"weekofyear", "0[1-9]|[1-4][0-9]|5[0-3]"},
      {"dayname", "sun(days?)?|mon(days?)?|tue(sdays?)?|wed(nesdays?)?|thu(rsdays?)?|fri(days?)?|sat(urdays?)?"},
      {"daytext", "<dayname>|weekdays?"},
      {"monthabbr", "jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec"},
      {"monthname",
       "january|february|march|april|may|june|july|august|september|october|november|december|<monthabbr>"},
      {"monthtext", "<monthname>|I|II|III|IV|V|VI|VII|VIII|IX|X|XI|XII"},
      {"tiny12", "(<h12>)<sp>?(<mer>)"},
      {"short12", "(<h12>)[:.]<minlz><sp>?(<mer>)"},
      {"long12", "(<h12>)[:.]<min>[:.](<seclz>)<sp>?(<mer>)"},
      {"short24", "t?(<h24>)[:.]<min>"},
      {"long24", "t?(<h24>)[:.]<min>[:.](<sec>)"},
      {"withzone", "t?(<h24>)[:.]<min>[:.](<seclz>)<sp>?(<shift>|<zone>)"},
      {"noyear", "(<monthtext>)[ .\t-]*(<day>)([,.stndrh\t ]+|[%])"},
      {"nth", "first|second|third|fourth|fifth|sixth|seventh|eighth?|ninth|tenth|eleventh|twelfth"},
      {"which", "next|last|previous|this"},
      {"unit",
       "ms|(msec|millisecond|usec|microsecond|\xc2\xb5s|\xc2\xb5sec|\xc2\xb5second|sec|second|min|minute|hour|day|"
       "fortnight|forthnight|month|year)s?|weeks|<daytext>"},
  };
  return all;
}

struct Word {
  std::string_view name;
  Int value;
};

Int month_of(std::string_view word) {
  static constexpr std::string_view kNames[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                                "jul", "aug", "sep", "oct", "nov", "dec"};
  static constexpr std::string_view kRoman[] = {"i",   "ii",   "iii", "iv", "v",  "vi",
                                                "vii", "viii", "ix",  "x",  "xi", "xii"};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (word == kRoman[i] || word.starts_with(kNames[i])) return static_cast<Int>(i) + 1;
  }
  return 0;
}

// The amount that a word stands for.
Int amount_of(std::string_view word) {
  static constexpr Word kAmounts[] = {{"last", -1},     {"previous", -1}, {"this", 0},   {"first", 1}, {"next", 1},
                                      {"second", 2},    {"third", 3},     {"fourth", 4}, {"fifth", 5}, {"sixth", 6},
                                      {"seventh", 7},   {"eight", 8},     {"eighth", 8}, {"ninth", 9}, {"tenth", 10},
                                      {"eleventh", 11}, {"twelfth", 12}};
  const auto* const found = std::ranges::find(kAmounts, word, &Word::name);
  return found == std::end(kAmounts) ? 0 : found->value;
}

Int weekday_of(std::string_view word) {
  static constexpr std::string_view kNames[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (word.starts_with(kNames[i]) && (word.size() == 3 || word.find("day") != std::string_view::npos)) {
      return static_cast<Int>(i);
    }
  }
  return -1;
}

// What a unit counts, and how many of it.
struct Unit {
  Int DateShift::* part = nullptr;
  Int times = 1;
};
Unit unit_of(std::string_view word) {
  if (word == "ms") return {&DateShift::microsecond, 1000};
  if (word.size() > 2 && word.ends_with('s') && word != "\xc2\xb5s") word.remove_suffix(1);
  if (word == "msec" || word == "millisecond") return {&DateShift::microsecond, 1000};
  if (word == "usec" || word == "microsecond" || word.starts_with("\xc2\xb5")) return {&DateShift::microsecond};
  if (word == "sec" || word == "second") return {&DateShift::second};
  if (word == "min" || word == "minute") return {&DateShift::minute};
  if (word == "hour") return {&DateShift::hour};
  if (word == "day") return {&DateShift::day};
  if (word == "week") return {&DateShift::day, 7};
  if (word == "fortnight" || word == "forthnight") return {&DateShift::day, 14};
  if (word == "month") return {&DateShift::month};
  if (word == "year") return {&DateShift::year};
  return {};
}

// The text as far as it has been read, and the item that is being read.
class Scanner {
 public:
  explicit Scanner(std::string_view whole) : text_(whole) { text_.append(2, '\0'); }
  DateText run();

 private:
  struct Rule {
    DatePattern pattern;
    void (Scanner::*act)();
  };
  static const std::vector<Rule>& rules();
  void fail(std::string_view what) { out_.error(start_, text_[start_], what); }
  void warn(std::string_view what) { out_.warnings[start_] = what; }
  bool more() const { return !item_.empty() && item_[0] != '\0'; }
  bool next_is(std::string_view set) const { return more() && has(set, item_[0]); }

  // Numbers and words of the item, over what stands before them.
  Int number(std::size_t digits, std::size_t* size = nullptr);
  Int signed_number();
  Int fraction();
  Int month();
  std::string word();
  Int half_day(Int hour);
  void read_year(std::size_t digits = 4);
  void skip_suffix();
  void read_clock();
  void read_zone_after();
  void skip_blanks() { item_ = trim_left(item_, " \t"); }

  bool have_time();
  bool have_date();
  bool have_zone();
  void no_time();
  void shift() { out_.has_shift = true; }
  void set_date(Int y, Int m, Int d) { out_.year = y, out_.month = m, out_.day = d; }
  void set_clock(Int h, Int i, Int s) { out_.hour = h, out_.minute = i, out_.second = s; }
  void add(Int amount, Int behavior, bool keeps_time);

  void end() { done_ = true; }
  void blank() {}
  void now() {}
  void yesterday();
  void tomorrow();
  void noon();
  void today() { shift(), no_time(); }
  void timestamp();
  void first_day_of();
  void back_of();
  void weekday_of_month();
  void time12();
  void mssql_time();
  void time24();
  void time_without_colon();
  void long_time_without_colon();
  void american();
  void year_month_day();
  void signed_date();
  void year_month();
  void day_month_year();
  void dotted_date();
  void month_year();
  void year_month_name();
  void month_day_year();
  void day_month();
  void digits_only();
  void date_and_time();
  void year_and_day();
  void week_and_day();
  void log_date();
  void year_alone();
  void ago();
  void weekday();
  void week_by_word();
  void by_word();
  void month_alone();
  void zone_alone();
  void month_day_time12();
  void month_day_time24();
  void counted();

  std::string text_;
  std::size_t start_ = 0;  // of the item
  std::string_view item_;  // what is left of it
  bool done_ = false;
  DateText out_;
};

const std::vector<Scanner::Rule>& Scanner::rules() {
  static const std::vector<Rule> all = [] {
    const std::pair<std::string_view, void (Scanner::*)()> table[] = {
        {"yesterday", &Scanner::yesterday},
        {"now", &Scanner::now},
        {"noon", &Scanner::noon},
        {"midnight|today", &Scanner::today},
        {"tomorrow", &Scanner::tomorrow},
        {"@-?[0-9]+(\\.[0-9]{0,6})?", &Scanner::timestamp},
        {"(first|last) day of", &Scanner::first_day_of},
        {"(back|front) of (<h24>)(<sp>?(<mer>))?", &Scanner::back_of},
        {"(<nth>|<which>)<sp>(<dayname>)<sp>of", &Scanner::weekday_of_month},
        {"<tiny12>|<short12>|<long12>", &Scanner::time12},
        {"(<h12>):<minlz>:(<seclz>)[:.][0-9]+(<mer>)", &Scanner::mssql_time},
        {"t(<h24>)|<short24>|<long24>(<frac>)?", &Scanner::time24},
        {"t?(<h24lz>)<minlz>", &Scanner::time_without_colon},
        {"t?(<h24lz>)<minlz>(<seclz>)", &Scanner::long_time_without_colon},
        {"(<month>)/(<day>)(/<year>)?", &Scanner::american},
        {"[+-]?<year4>-(<monthlz>)-(<daylz>)|<year4>/(<monthlz>)/(<daylz>)/?|[+-][0-9]{5,19}-(<monthlz>)-(<daylz>)",
         &Scanner::signed_date},
        {"[0-9][0-9]-(<monthlz>)-(<daylz>)", &Scanner::year_month_day},
        {"<year4>-(<month>)", &Scanner::year_month},
        {"<year>-(<month>)-(<day>)", &Scanner::year_month_day},
        {"(<day>)[ \t.-]*(<monthtext>)[ \t.-]*<year>", &Scanner::day_month_year},
        {"(<day>)[.\t-](<month>)[.-]<year4>", &Scanner::dotted_date},
        {"(<day>)[.\t](<month>)\\.[0-9][0-9]", &Scanner::dotted_date},
        {"(<monthtext>)[ .\t-]*<year4>", &Scanner::month_year},
        {"<year4>[ .\t-]*(<monthtext>)", &Scanner::year_month_name},
        {"(<monthtext>)[ .\t-]*(<day>)[,.stndrh\t ]+<year>|<noyear>", &Scanner::month_day_year},
        {"(<day>)[ .\t-]*(<monthtext>)", &Scanner::day_month},
        {"<year4>(<monthlz>)(<daylz>)", &Scanner::digits_only},
        {"<year4>(<monthlz>)(<daylz>)T(<h24>):<minlz>:(<seclz>)|<year4>(<monthlz>)(<daylz>)t(<h24>)<minlz>(<seclz>)|"
         "<year4>-(<monthlz>)-(<daylz>)T(<h24lz>):<minlz>:(<seclz>)(<frac>)(<shift>)?|"
         "<year4>-(<month>)-(<day>)T(<h24>):<min>:(<sec>)|"
         "<year4>:(<monthlz>):(<daylz>) (<h24lz>):<minlz>:(<seclz>)",
         &Scanner::date_and_time},
        {"<year4>\\.?(<dayofyear>)", &Scanner::year_and_day},
        {"<year4>-?W(<weekofyear>)(-?[0-7])?", &Scanner::week_and_day},
        {"(<monthabbr>)-(<daylz>)-<year>", &Scanner::month_day_year},
        {"<year>-(<monthabbr>)-(<daylz>)", &Scanner::year_month_name},
        {"(<day>)/(<monthabbr>)/<year4>:(<h24lz>):<minlz>:(<seclz>)<sp>(<shift>)", &Scanner::log_date},
        {"<year4>", &Scanner::year_alone},
        {"ago", &Scanner::ago},
        {"<daytext>", &Scanner::weekday},
        {"(<which>)<sp>week", &Scanner::week_by_word},
        {"(<nth>|<which>)<sp>(<unit>)", &Scanner::by_word},
        {"<monthname>", &Scanner::month_alone},
        {"<shift>|<zone>", &Scanner::zone_alone},
        {"(<noyear>)(<short12>|<long12>)", &Scanner::month_day_time12},
        {"(<noyear>)(<short24>|<long24>|<withzone>)", &Scanner::month_day_time24},
        {"[+-]*[ \t]*[0-9]{1,13}<sp>?(<unit>|week)", &Scanner::counted},
        {"[%\n]", &Scanner::end},
        {"[ .,\t]", &Scanner::blank},
    };
    std::vector<Rule> out;
    for (const auto& [pattern, act] : table) out.push_back({DatePattern(pattern, names()), act});
    return out;
  }();
  return all;
}

DateText Scanner::run() {
  std::size_t at = 0;
  while (!done_) {
    start_ = std::min(at, text_.size() - 1);
    const std::string_view rest = std::string_view(text_).substr(start_);
    const Rule* best = nullptr;
    std::size_t size = 0;
    for (const Rule& rule : rules()) {
      const std::size_t found = rule.pattern.match(rest);
      if (found > size) size = found, best = &rule;
    }
    if (best == nullptr) {
      fail("Unexpected character");
      ++at;
      continue;
    }
    item_ = rest.substr(0, size);
    at += size;
    (this->*best->act)();
  }
  const bool bad_time = out_.times > 0 && (out_.hour > 23 || out_.minute > 59 || out_.second > 59);
  ++start_;  // PHP is past the end by then
  if (bad_time) warn("The parsed time was invalid");
  const bool whole = out_.has_date && out_.year != kNoPart && out_.month != kNoPart && out_.day != kNoPart;
  const bool bad_date = whole && (out_.month < 1 || out_.month > 12 || out_.day < 1 ||
                                  out_.day > days_in_month(out_.year, static_cast<int>(out_.month)));
  if (bad_date) warn("The parsed date was invalid");
  return std::move(out_);
}

// ---- Parts of an item ----

Int Scanner::number(std::size_t digits, std::size_t* size) {
  while (more() && !is_ascii_digit(item_[0])) item_.remove_prefix(1);
  std::size_t n = 0;
  while (n < digits && n < item_.size() && is_ascii_digit(item_[n])) ++n;
  if (size != nullptr) *size = n;
  if (n == 0) return kNoPart;
  const Int found = string_to_int(item_.substr(0, n));
  item_.remove_prefix(n);
  return found;
}

Int Scanner::signed_number() {
  Int sign = 1;
  while (more() && !is_ascii_digit(item_[0])) {
    if (item_[0] == '-') sign = -sign;
    item_.remove_prefix(1);
  }
  return sign * number(24);
}

// Microseconds.
Int Scanner::fraction() {
  item_.remove_prefix(1);
  Int found = 0, worth = 100'000;
  for (; next_is("0123456789"); item_.remove_prefix(1)) {
    found += (item_[0] - '0') * worth;
    worth /= 10;
  }
  return found;
}

std::string Scanner::word() {
  std::size_t n = 0;
  while (n < item_.size() && (is_ascii_letter(item_[n]) || byte_at(item_, n) >= 0x80)) ++n;
  const std::string out = lower(item_.substr(0, n));
  item_.remove_prefix(n);
  return out;
}

Int Scanner::month() {
  item_ = trim_left(item_, " \t-./");
  return month_of(word());
}

// What am or pm adds to the hour.
Int Scanner::half_day(Int hour) {
  while (more() && !has("aApP", item_[0])) item_.remove_prefix(1);
  const bool is_am = next_is("aA");
  item_ = {};
  if (is_am) return hour == 12 ? -12 : 0;
  return hour == 12 ? 0 : 12;
}

void Scanner::read_year(std::size_t digits) {
  std::size_t size = 0;
  out_.year = number(digits, &size);
  if (out_.year == kNoPart || size >= 4 || out_.year >= 100) return;
  out_.year += out_.year < 70 ? 2000 : 1900;
}

// What follows the number of a day.
void Scanner::skip_suffix() {
  const std::string suffix = lower(item_.substr(0, 2));
  if (suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th") item_.remove_prefix(2);
}

// Hours, and what follows them.
void Scanner::read_clock() {
  out_.hour = number(2);
  if (!next_is(":.")) return;
  out_.minute = number(2);
  if (!next_is(":.")) return;
  out_.second = number(2);
  if (next_is(".")) out_.microsecond = fraction();
}

void Scanner::read_zone_after() {
  if (!more()) return;
  if (auto zone = read_zone(item_)) {
    out_.zone = *zone;
  } else {
    fail("The timezone could not be found in the database");
  }
}

bool Scanner::have_time() {
  if (out_.times > 0) {
    fail("Double time specification");
    return false;
  }
  out_.times = 1;
  set_clock(0, 0, 0);
  out_.microsecond = 0;
  return true;
}

bool Scanner::have_date() {
  if (out_.has_date) {
    fail("Double date specification");
    return false;
  }
  return out_.has_date = true;
}

bool Scanner::have_zone() {
  if (out_.zones++ == 0) return true;
  if (out_.zones > 2) {
    fail("Double timezone specification");
  } else {
    warn("Double timezone specification");
  }
  return false;
}

void Scanner::no_time() {
  out_.times = 0;
  set_clock(0, 0, 0);
  out_.microsecond = 0;
}

// The amount of what the next word names: a unit, a weekday or weekdays.
void Scanner::add(Int amount, Int behavior, bool keeps_time) {
  skip_blanks();
  const std::string name = word();
  if (const Unit unit = unit_of(name); unit.part != nullptr) {
    out_.shift.*unit.part += amount * unit.times;
    return;
  }
  if (!keeps_time) no_time();
  if (name.starts_with("weekday")) {
    out_.shift.special = DateShift::kWorkdays;
    out_.shift.workdays = amount;
    return;
  }
  out_.shift.has_weekday = true;
  out_.shift.day += 7 * (amount > 0 ? amount - 1 : amount);
  out_.shift.weekday = weekday_of(name);
  out_.shift.behavior = behavior;
}

// ---- Items ----

void Scanner::yesterday() {
  today();
  out_.shift.day = -1;
}

void Scanner::tomorrow() {
  today();
  out_.shift.day = 1;
}

void Scanner::noon() {
  no_time();
  have_time();
  out_.hour = 12;
}

void Scanner::timestamp() {
  if (item_.size() + 2 != text_.size() || item_.ends_with('.')) {
    stop("builtin-missing", concat({"a timestamp within a text of a date: ", c_string(text_)}));
  }
  shift();
  no_time();
  if (!have_zone()) return;
  const bool negative = item_.substr(1, 1) == "-";
  set_date(1970, 1, 1);
  out_.shift.second += signed_number();
  if (next_is(".")) out_.shift.microsecond = (negative ? -1 : 1) * fraction();
  out_.zone = offset_zone(0);
  out_.is_timestamp = true;
}

void Scanner::first_day_of() {
  shift();
  out_.shift.of_month = next_is("fF") ? 1 : 2;
}

void Scanner::back_of() {
  no_time();
  have_time();
  const bool is_back = next_is("bB");
  out_.hour = number(2) - (is_back ? 0 : 1);
  out_.minute = is_back ? 15 : 45;
  if (more()) out_.hour += half_day(out_.hour);
}

void Scanner::weekday_of_month() {
  shift();
  no_time();
  const std::string which = word();
  const Int amount = amount_of(which);
  out_.shift.special = amount > 0 ? DateShift::kNthOfMonth : DateShift::kLastOfMonth;
  add(amount, amount > 0 || which == "this" ? 1 : 0, false);
}

void Scanner::time12() {
  if (!have_time()) return;
  read_clock();
  out_.hour += half_day(out_.hour);
}

void Scanner::mssql_time() {
  if (!have_time()) return;
  out_.hour = number(2);
  out_.minute = number(2);
  out_.second = number(2);
  out_.microsecond = fraction();
  out_.hour += half_day(out_.hour);
}

void Scanner::time24() {
  if (!have_time()) return;
  read_clock();
  read_zone_after();
}

// Where there is a time already, such as "10:00 2020", it is a year.
void Scanner::time_without_colon() {
  if (out_.times == 1) {
    ++out_.times;
    out_.year = number(4);
  } else if (out_.times > 1) {
    fail("Double time specification");
  } else {
    const Int hour = number(2);
    set_clock(hour, number(2), 0);
    ++out_.times;
  }
}

void Scanner::long_time_without_colon() {
  if (!have_time()) return;
  out_.hour = number(2);
  out_.minute = number(2);
  out_.second = number(2);
}

void Scanner::american() {
  if (!have_date()) return;
  out_.month = number(2);
  out_.day = number(2);
  if (item_.find('/') != std::string_view::npos) read_year();
}

void Scanner::year_month_day() {
  if (!have_date()) return;
  read_year();
  out_.month = number(2);
  out_.day = number(2);
}

void Scanner::signed_date() {
  if (!have_date()) return;
  const Int sign = next_is("-") ? -1 : 1;
  out_.year = sign * number(19);
  out_.month = number(2);
  out_.day = number(2);
}

void Scanner::year_month() {
  if (!have_date()) return;
  read_year();
  out_.month = number(2);
  out_.day = 1;
}

void Scanner::day_month_year() {
  if (!have_date()) return;
  out_.day = number(2);
  skip_suffix();
  out_.month = month();
  read_year();
}

void Scanner::dotted_date() {
  if (!have_date()) return;
  out_.day = number(2);
  out_.month = number(2);
  read_year();
}

void Scanner::month_year() {
  if (!have_date()) return;
  out_.month = month();
  read_year();
  out_.day = 1;
}

void Scanner::year_month_name() {
  if (!have_date()) return;
  read_year();
  out_.month = month();
  const Int day = number(2);
  out_.day = day == kNoPart ? 1 : day;
}

void Scanner::month_day_year() {
  if (!have_date()) return;
  out_.month = month();
  out_.day = number(2);
  read_year();
}

void Scanner::day_month() {
  if (!have_date()) return;
  out_.day = number(2);
  skip_suffix();
  out_.month = month();
}

void Scanner::digits_only() {
  if (!have_date()) return;
  out_.year = number(4);
  out_.month = number(2);
  out_.day = number(2);
}

void Scanner::date_and_time() {
  if (!have_time() || !have_date()) return;
  out_.year = number(4);
  out_.month = number(2);
  out_.day = number(2);
  out_.hour = number(2);
  out_.minute = number(2);
  out_.second = number(2);
  if (!next_is(".")) return;
  out_.microsecond = fraction();
  read_zone_after();
}

void Scanner::year_and_day() {
  if (!have_date()) return;
  out_.year = number(4);
  out_.day = number(3);
  out_.month = 1;
}

void Scanner::week_and_day() {
  if (!have_date()) return;
  shift();
  out_.year = number(4);
  const Int week = number(2), day = number(1);
  out_.month = out_.day = 1;
  out_.shift.day = days_to_iso_week(out_.year, week, day == kNoPart ? 1 : day);
}

void Scanner::log_date() {
  if (!have_time() || !have_date()) return;
  out_.day = number(2);
  out_.month = month();
  out_.year = number(4);
  out_.hour = number(2);
  out_.minute = number(2);
  out_.second = number(2);
  skip_blanks();
  read_zone_after();
}

void Scanner::year_alone() { out_.year = number(4); }

// Microseconds stay as they are.
void Scanner::ago() {
  DateShift& all = out_.shift;
  for (const auto part : {&DateShift::year, &DateShift::month, &DateShift::day, &DateShift::hour, &DateShift::minute,
                          &DateShift::second, &DateShift::weekday, &DateShift::workdays}) {
    all.*part = -(all.*part);
  }
  if (all.weekday == 0) all.weekday = -7;
}

void Scanner::weekday() {
  shift();
  no_time();
  const std::string name = word();
  out_.shift.has_weekday = true;
  out_.shift.weekday = name.starts_with("weekday") ? 1 : weekday_of(name);
  if (out_.shift.behavior != 2) out_.shift.behavior = 1;
}

void Scanner::week_by_word() {
  shift();
  const std::string which = word();
  add(amount_of(which), which == "this" ? 1 : 0, false);
  out_.shift.behavior = 2;
  if (std::exchange(out_.shift.has_weekday, true)) return;
  out_.shift.weekday = 1;
}

void Scanner::by_word() {
  shift();
  const std::string which = word();
  add(amount_of(which), which == "this" ? 1 : 0, false);
}

void Scanner::month_alone() {
  if (have_date()) out_.month = month();
}

void Scanner::zone_alone() {
  if (have_zone()) read_zone_after();
}

void Scanner::month_day_time12() {
  if (!have_date()) return;
  out_.month = month();
  out_.day = number(2);
  if (!have_time()) return;
  read_clock();
  out_.hour += half_day(out_.hour);
}

void Scanner::month_day_time24() {
  if (!have_date()) return;
  out_.month = month();
  out_.day = number(2);
  if (!have_time()) return;
  read_clock();
  read_zone_after();
}

void Scanner::counted() {
  shift();
  const Int amount = signed_number();
  add(amount, 1, true);
}

}  // namespace

// Of the errors at one place the last is kept; what PHP tells of first is the first.
void DateText::error(std::size_t at, char c, std::string_view what) {
  if (errors.empty()) first_error = at, first_character = c;
  errors[at] = what;
}

DateText read_date(std::string_view text) {
  const std::string_view inner = trim_both(text, kBlanks);
  if (!inner.empty()) return Scanner(inner).run();
  DateText none;
  if (text.empty()) none.error(0, '\0', "Empty string");
  return none;
}

}  // namespace banyan::php_runtime
