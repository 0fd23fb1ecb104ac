#include "base/clock.h"

#include <algorithm>

namespace banyan {
namespace {

constexpr std::int64_t kFirstSecond = -62167219200;  // 0000-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253402300799;   // 9999-12-31T23:59:59Z

void write_digits(char* out, int count, std::int64_t value) {
  for (int i = count - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

struct Split {
  std::int64_t second;
  std::int64_t millisecond;
};

Split split(WallTime time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(time - second);
  return {std::clamp<std::int64_t>(second.time_since_epoch().count(), kFirstSecond, kLastSecond), rest.count()};
}

// Everything but the milliseconds, which stand at out + 20.
void write_second(std::int64_t second, char* out) {
  const std::chrono::sys_seconds time{std::chrono::seconds(second)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::int64_t of_day = (time - day).count();
  write_digits(out, 4, static_cast<int>(date.year()));
  out[4] = '-';
  write_digits(out + 5, 2, static_cast<unsigned>(date.month()));
  out[7] = '-';
  write_digits(out + 8, 2, static_cast<unsigned>(date.day()));
  out[10] = 'T';
  write_digits(out + 11, 2, of_day / 3600);
  out[13] = ':';
  write_digits(out + 14, 2, of_day / 60 % 60);
  out[16] = ':';
  write_digits(out + 17, 2, of_day % 60);
  out[19] = '.';
  out[23] = 'Z';
}

}  // namespace

void write_rfc3339(WallTime time, char* out) {
  const Split parts = split(time);
  write_second(parts.second, out);
  write_digits(out + 20, 3, parts.millisecond);
}

std::string rfc3339(WallTime time) {
  std::string text(kRfc3339Bytes, '\0');
  write_rfc3339(time, text.data());
  return text;
}

std::string_view Rfc3339Cache::format(WallTime time) {
  const Split parts = split(time);
  if (parts.second != second_) {
    write_second(parts.second, text_);
    second_ = parts.second;
  }
  write_digits(text_ + 20, 3, parts.millisecond);
  return {text_, kRfc3339Bytes};
}

}  // namespace banyan
