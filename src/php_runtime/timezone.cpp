#include "php_runtime/timezone.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <unordered_map>

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a % b < 0) != (b < 0) ? 1 : 0);
}
std::int64_t floor_mod(std::int64_t a, std::int64_t b) { return a - floor_div(a, b) * b; }

bool is_leap_year(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(std::int64_t year, int month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// After "chrono-Compatible Low-Level Date Algorithms" by Howard Hinnant.
std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = floor_div(year, 400), of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

CivilDate civil_from_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = floor_div(days, 146097), of_era = days - era * 146097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100), shifted = (5 * of_year + 2) / 153;
  const int day = static_cast<int>(of_year - (153 * shifted + 2) / 5 + 1);
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

std::int64_t days_to_iso_week(std::int64_t year, std::int64_t week, std::int64_t day) {
  const std::int64_t weekday = floor_mod(days_from_civil(year, 1, 1) + 4, 7);
  return (weekday > 4 ? 7 - weekday : -weekday) + (week - 1) * 7 + day;
}

namespace {

constexpr std::string_view kFolder = "/usr/share/zoneinfo/";
constexpr std::size_t kFileBytesMax = 1 << 20;

std::string read_file(const std::string& path) {
  std::string out;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return out;
  char buffer[8192];
  for (ssize_t n = 0; out.size() < kFileBytesMax && (n = ::read(fd, buffer, sizeof buffer)) > 0;) {
    out.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(fd);
  return out;
}

// Names as they are written, by the same in lower case.
const std::unordered_map<std::string, std::string>& zone_names() {
  static const auto names = [] {
    std::unordered_map<std::string, std::string> out;
    const std::string table = read_file(std::string(kFolder) + "tzdata.zi");
    std::string_view rest = table;
    while (!rest.empty()) {
      std::string_view row = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(row.size() + 1, rest.size()));
      // "Z name offset ..." and "L target name"
      if (!row.starts_with("Z ") && !row.starts_with("L ")) continue;
      const bool link = row[0] == 'L';
      row.remove_prefix(2);
      if (link) row.remove_prefix(std::min(row.find(' ') + 1, row.size()));
      const std::string name(row.substr(0, row.find(' ')));
      out.emplace(lower(name), name);
    }
    return out;
  }();
  return names;
}

// Numbers in network order.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::int64_t number(std::size_t size) {
    if (bytes_.size() < size) {
      ok = false;
      return 0;
    }
    std::uint64_t n = byte_at(bytes_, 0) >= 0x80 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < size; ++i) n = n << 8 | byte_at(bytes_, i);
    bytes_.remove_prefix(size);
    return static_cast<std::int64_t>(n);
  }
  std::size_t count() { return static_cast<std::size_t>(number(4)); }
  std::string_view take(std::size_t size) {
    if (bytes_.size() < size) {
      ok = false;
      return {};
    }
    const std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }
  std::string_view rest() const { return bytes_; }
  bool ok = true;

 private:
  std::string_view bytes_;
};

struct Header {
  std::size_t utc, standard, leap, times, types, chars;
  std::size_t bytes(std::size_t time_size) const {
    return times * (time_size + 1) + types * 6 + chars + leap * (time_size + 4) + standard + utc;
  }
};

Header read_header(Reader& in) {
  in.ok = in.take(4) == "TZif" && in.ok;
  in.take(16);
  Header h{};
  for (std::size_t* field : {&h.utc, &h.standard, &h.leap, &h.times, &h.types, &h.chars}) *field = in.count();
  if (h.times > 100000 || h.types > 256 || h.chars > 100000 || h.leap > 100000) in.ok = false;
  return h;
}

}  // namespace

std::shared_ptr<const TimeZone> TimeZone::utc() {
  static const auto zone = [] {
    auto made = std::make_shared<TimeZone>();
    made->name_ = "UTC";
    made->spans_ = {ZoneSpan{}};
    return made;
  }();
  return zone;
}

std::shared_ptr<const TimeZone> TimeZone::fixed(std::int32_t offset, bool summer, std::string_view abbreviation) {
  auto made = std::make_shared<TimeZone>();
  made->name_ = abbreviation;
  made->spans_ = {ZoneSpan{INT64_MIN, offset, summer, std::string(abbreviation)}};
  return made;
}

std::shared_ptr<const TimeZone> TimeZone::named(std::string_view name) {
  if (lower(name) == "utc") return utc();
  thread_local std::unordered_map<std::string, std::shared_ptr<const TimeZone>> cache;
  const auto known = zone_names().find(lower(name));
  if (known == zone_names().end()) return nullptr;
  std::shared_ptr<const TimeZone>& held = cache[known->second];
  if (held == nullptr) {
    auto made = std::make_shared<TimeZone>();
    made->name_ = known->second;
    if (!made->read(read_file(std::string(kFolder) + known->second))) return nullptr;
    held = made;
  }
  return held;
}

bool TimeZone::read(std::string_view file) {
  Reader in(file);
  const Header narrow = read_header(in);
  if (!in.ok) return false;
  in.take(narrow.bytes(4));
  const Header h = read_header(in);
  if (!in.ok || h.types == 0) return false;
  Reader times(in.take(h.times * 8));
  const std::string_view indexes = in.take(h.times);
  Reader types(in.take(h.types * 6));
  const std::string_view letters = in.take(h.chars);
  in.take(h.leap * 12 + h.standard + h.utc);
  if (!in.ok) return false;
  std::vector<ZoneSpan> kinds;
  for (std::size_t i = 0; i < h.types; ++i) {
    ZoneSpan kind;
    kind.offset = static_cast<std::int32_t>(types.number(4));
    kind.summer = types.number(1) != 0;
    kind.abbreviation = c_string(letters.substr(std::min(static_cast<std::size_t>(types.number(1)), letters.size())));
    kinds.push_back(kind);
  }
  spans_ = {kinds[0]};
  for (std::size_t i = 0; i < h.times; ++i) {
    if (byte_at(indexes, i) >= kinds.size()) return false;
    spans_.push_back(kinds[byte_at(indexes, i)]);
    spans_.back().since = times.number(8);
  }
  std::string_view footer = in.rest();
  if (footer.starts_with('\n')) footer.remove_prefix(1);
  has_rule_ = read_rule(footer.substr(0, footer.find('\n')));
  return true;
}

namespace {

// The parts of a rule such as "CET-1CEST,M3.5.0,M10.5.0/3".
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : text_(text) {}
  bool done() const { return at_ >= text_.size(); }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string name() {
    std::string out;
    if (take('<')) {
      while (!done() && text_[at_] != '>') out += text_[at_++];
      take('>');
      return out;
    }
    while (!done() && is_ascii_letter(text_[at_])) out += text_[at_++];
    return out;
  }
  int number() {
    int n = 0;
    while (!done() && is_ascii_digit(text_[at_])) n = std::min(n * 10 + (text_[at_++] - '0'), 100000);
    return n;
  }
  // [+-]hh[:mm[:ss]]
  std::int32_t seconds() {
    const bool negative = take('-');
    if (!negative) take('+');
    std::int32_t n = number() * 3600;
    if (take(':')) n += number() * 60;
    if (take(':')) n += number();
    return negative ? -n : n;
  }
  bool starts_number() const {
    return !done() && (is_ascii_digit(text_[at_]) || text_[at_] == '-' || text_[at_] == '+');
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool TimeZone::read_rule(std::string_view text) {
  if (text.empty()) return false;
  RuleReader in(text);
  rule_.standard.abbreviation = in.name();
  rule_.standard.offset = -in.seconds();
  if (in.done()) return true;
  rule_.has_summer = true;
  rule_.summer.summer = true;
  rule_.summer.abbreviation = in.name();
  rule_.summer.offset = in.starts_number() ? -in.seconds() : rule_.standard.offset + 3600;
  for (Change* change : {&rule_.begins, &rule_.ends}) {
    if (!in.take(',')) return false;
    if (in.take('M')) {
      change->month = in.number();
      in.take('.');
      change->week = in.number();
      in.take('.');
      change->day = in.number();
    } else {
      change->kind = in.take('J') ? 'J' : 'n';
      change->day = in.number();
    }
    if (in.take('/')) change->seconds = in.seconds();
  }
  return true;
}

std::int64_t TimeZone::Change::in_year(std::int64_t year) const {
  std::int64_t days = days_from_civil(year, 1, 1);
  if (kind == 'M') {
    const std::int64_t first = days_from_civil(year, std::clamp(month, 1, 12), 1);
    const std::int64_t weekday = floor_mod(first + 4, 7);
    std::int64_t in_month = floor_mod(day - weekday, 7) + 7 * (week - 1);
    while (in_month >= days_in_month(year, std::clamp(month, 1, 12))) in_month -= 7;
    days = first + in_month;
  } else {
    days += kind == 'J' ? day - 1 + (is_leap_year(year) && day >= 60 ? 1 : 0) : day;
  }
  return days * 86400 + seconds;
}

ZoneSpan TimeZone::by_rule(std::int64_t utc_seconds) const {
  if (!rule_.has_summer) return rule_.standard;
  const std::int64_t year = civil_from_days(floor_div(utc_seconds + rule_.standard.offset, 86400)).year;
  ZoneSpan found = rule_.standard;
  // The last change that is not behind the moment, of this year or the one before.
  for (std::int64_t y = year - 1; y <= year + 1; ++y) {
    for (const bool summer : {true, false}) {
      const ZoneSpan& before = summer ? rule_.standard : rule_.summer;
      const std::int64_t since = (summer ? rule_.begins : rule_.ends).in_year(y) - before.offset;
      if (since > utc_seconds || since < found.since) continue;
      found = summer ? rule_.summer : rule_.standard;
      found.since = since;
    }
  }
  return found;
}

ZoneSpan TimeZone::at(std::int64_t utc_seconds) const {
  if (has_rule_ && (spans_.size() == 1 || utc_seconds >= spans_.back().since)) {
    ZoneSpan found = by_rule(utc_seconds);
    found.since = std::max(found.since, spans_.back().since);
    return found;
  }
  const auto after = std::upper_bound(spans_.begin() + 1, spans_.end(), utc_seconds,
                                      [](std::int64_t t, const ZoneSpan& span) { return t < span.since; });
  return *(after - 1);
}

// As timelib, PHP's library of dates, does it.
std::int64_t TimeZone::to_utc(std::int64_t local_seconds, bool summer_now) const {
  constexpr std::int64_t look = 7200;
  const ZoneSpan guess = at(local_seconds);
  const ZoneSpan after = at(local_seconds - guess.offset);
  ZoneSpan actual = after;
  if (guess.offset == after.offset && guess.offset >= 0 && summer_now && !guess.summer) {
    const ZoneSpan earlier = at(local_seconds - guess.offset - look);
    if (earlier.offset != after.offset && local_seconds - earlier.offset < after.since) actual = earlier;
  } else if (guess.offset == after.offset && guess.offset <= 0 && guess.summer && !summer_now) {
    const ZoneSpan later = at(local_seconds - guess.offset + look);
    if (later.offset != after.offset && local_seconds - later.offset >= later.since) actual.offset = later.offset;
  }
  const std::int64_t moment = local_seconds - actual.offset;
  const bool in_transition =
      actual.since != INT64_MIN && moment >= actual.since + (guess.offset - actual.offset) && moment < actual.since;
  return guess.offset != actual.offset && !in_transition ? moment : local_seconds - guess.offset;
}

}  // namespace banyan::php_runtime
