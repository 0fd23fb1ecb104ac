#include "http/date.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

namespace banyan {

namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t kSecondsPerDay = 86400;
constexpr std::int64_t kFirst = -62135596800;  // 0001-01-01 00:00:00
constexpr std::int64_t kLast = 253402300799;   // 9999-12-31 23:59:59

struct Civil {
  int year = 0, month = 0, day = 0;
  int hour = 0, minute = 0, second = 0;
};

void put_number(char* out, int digits, int value) {
  for (int i = digits; i-- > 0; value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

// Takes pieces from the front of a text; once one does not fit, all further ones fail too.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : rest_(text) {}

  void literal(std::string_view wanted) {
    ok_ = ok_ && rest_.starts_with(wanted);
    if (ok_) rest_.remove_prefix(wanted.size());
  }
  int number(std::size_t digits) {
    ok_ = ok_ && rest_.size() >= digits;
    int value = 0;
    for (std::size_t i = 0; ok_ && i < digits; ++i) {
      ok_ = rest_[i] >= '0' && rest_[i] <= '9';
      value = value * 10 + (rest_[i] - '0');
    }
    if (ok_) rest_.remove_prefix(digits);
    return value;
  }
  // Index of the name that stands here.
  template <std::size_t N>
  int one_of(const std::array<std::string_view, N>& names) {
    for (std::size_t i = 0; ok_ && i < N; ++i) {
      if (rest_.starts_with(names[i])) {
        rest_.remove_prefix(names[i].size());
        return static_cast<int>(i);
      }
    }
    ok_ = false;
    return 0;
  }
  void time(Civil& civil) {
    civil.hour = number(2);
    literal(":");
    civil.minute = number(2);
    literal(":");
    civil.second = number(2);
  }
  bool starts_with(std::string_view text) const { return rest_.starts_with(text); }
  bool finished() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

std::optional<std::int64_t> seconds_of(const Civil& civil) {
  using namespace std::chrono;
  const year_month_day date(year(civil.year), month(static_cast<unsigned>(civil.month)),
                            day(static_cast<unsigned>(civil.day)));
  const bool valid = date.ok() && civil.year >= 1 && civil.hour <= 23 && civil.minute <= 59 && civil.second <= 60;
  if (!valid) return std::nullopt;
  const std::int64_t days = sys_days(date).time_since_epoch().count();
  return days * kSecondsPerDay + civil.hour * 3600 + civil.minute * 60 + civil.second;
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<std::int64_t> parse_fixdate(std::string_view text) {
  Pieces pieces(text);
  Civil civil;
  pieces.one_of(kDays);
  pieces.literal(", ");
  civil.day = pieces.number(2);
  pieces.literal(" ");
  civil.month = pieces.one_of(kMonths) + 1;
  pieces.literal(" ");
  civil.year = pieces.number(4);
  pieces.literal(" ");
  pieces.time(civil);
  pieces.literal(" GMT");
  return pieces.finished() ? seconds_of(civil) : std::nullopt;
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
std::optional<std::int64_t> parse_rfc850(std::string_view text, std::int64_t now) {
  using namespace std::chrono;
  Pieces pieces(text);
  Civil civil;
  pieces.one_of(kLongDays);
  pieces.literal(", ");
  civil.day = pieces.number(2);
  pieces.literal("-");
  civil.month = pieces.one_of(kMonths) + 1;
  pieces.literal("-");
  const int short_year = pieces.number(2);
  pieces.literal(" ");
  pieces.time(civil);
  pieces.literal(" GMT");
  if (!pieces.finished()) return std::nullopt;
  const year_month_day today(floor<days>(sys_seconds(seconds(std::clamp(now, kFirst, kLast)))));
  const int this_year = static_cast<int>(today.year());
  civil.year = this_year - this_year % 100 + short_year;
  if (civil.year > this_year + 50) civil.year -= 100;
  if (civil.year <= this_year - 50) civil.year += 100;
  return seconds_of(civil);
}

// "Sun Nov  6 08:49:37 1994"
std::optional<std::int64_t> parse_asctime(std::string_view text) {
  Pieces pieces(text);
  Civil civil;
  pieces.one_of(kDays);
  pieces.literal(" ");
  civil.month = pieces.one_of(kMonths) + 1;
  pieces.literal(" ");
  if (pieces.starts_with(" ")) {
    pieces.literal(" ");
    civil.day = pieces.number(1);
  } else {
    civil.day = pieces.number(2);
  }
  pieces.literal(" ");
  pieces.time(civil);
  pieces.literal(" ");
  civil.year = pieces.number(4);
  return pieces.finished() ? seconds_of(civil) : std::nullopt;
}

}  // namespace

void format_http_date(std::int64_t seconds_since_1970, std::span<char, kHttpDateBytes> out) {
  using namespace std::chrono;
  const sys_seconds time(seconds(std::clamp(seconds_since_1970, kFirst, kLast)));
  const sys_days date = floor<days>(time);
  const year_month_day civil(date);
  const hh_mm_ss clock(time - date);
  std::memcpy(out.data(), "Sun, 00 Jan 0000 00:00:00 GMT", kHttpDateBytes);
  std::memcpy(out.data(), kDays[weekday(date).c_encoding()].data(), 3);
  put_number(out.data() + 5, 2, static_cast<int>(static_cast<unsigned>(civil.day())));
  std::memcpy(out.data() + 8, kMonths[static_cast<unsigned>(civil.month()) - 1].data(), 3);
  put_number(out.data() + 12, 4, static_cast<int>(civil.year()));
  put_number(out.data() + 17, 2, static_cast<int>(clock.hours().count()));
  put_number(out.data() + 20, 2, static_cast<int>(clock.minutes().count()));
  put_number(out.data() + 23, 2, static_cast<int>(clock.seconds().count()));
}

std::string_view http_date(std::int64_t seconds_since_1970) {
  thread_local std::int64_t second = INT64_MIN;
  thread_local std::array<char, kHttpDateBytes> text;
  if (seconds_since_1970 != second) {
    second = seconds_since_1970;
    format_http_date(second, text);
  }
  return {text.data(), text.size()};
}

std::optional<std::int64_t> parse_http_date(std::string_view text, std::int64_t now) {
  if (const auto seconds = parse_fixdate(text)) return seconds;
  if (const auto seconds = parse_rfc850(text, now)) return seconds;
  return parse_asctime(text);
}

}  // namespace banyan
