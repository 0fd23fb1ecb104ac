#include "config/units.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include "base/ascii.h"

namespace banyan {
namespace {

constexpr std::int64_t kValueMax = std::int64_t{1} << 60;

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
constexpr Unit kSizeUnits[] = {
    {"TiB", std::int64_t{1} << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}};
constexpr Unit kDurationUnits[] = {{"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000},
                                   {"ms", 1'000'000},        {"us", 1'000},         {"ns", 1}};

std::string quoted(std::string_view text) { return std::string("'").append(text).append("'"); }

Error refuse(std::string_view text, const std::string& what) {
  return Error(ErrorCode::kInvalidArgument, quoted(text) + " " + what);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

std::optional<std::int64_t> to_number(std::string_view digits) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
  return number;
}

// `number` times the unit, or an error where that is too much.
Result<std::int64_t> scale(std::string_view text, std::string_view digits, std::int64_t factor) {
  const std::optional<std::int64_t> number = to_number(digits);
  if (!number || *number > kValueMax / factor) return refuse(text, "is too large");
  return *number * factor;
}

std::string format(std::int64_t value, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) return std::to_string(value / unit.factor).append(unit.name);
  }
  return "0";
}

// What the likes of "16k", "16KB" and "16kib" must have meant.
std::string intended_size(std::string_view digits, std::string_view unit) {
  if (digits.empty() || unit.empty() || unit.size() > 3) return "64KiB";
  const char letter = static_cast<char>(unit[0] & ~0x20);
  if (std::string_view("KMGT").find(letter) == std::string_view::npos) return "64KiB";
  return std::string(digits).append(1, letter).append("iB");
}

std::string intended_duration(std::string_view digits, std::string_view unit) {
  if (digits.empty()) return "10s";
  if (unit.empty()) return std::string(digits) + "s or " + std::string(digits) + "ms";
  for (const Unit& known : kDurationUnits) {
    if (unit.starts_with(known.name) && known.name != "h") return std::string(digits).append(known.name);
  }
  return std::string(digits).append(unit[0] == 'h' || unit[0] == 'H' ? "h" : "s");
}

}  // namespace

Result<std::int64_t> parse_size(std::string_view text) {
  const std::string_view digits = text.substr(0, digits_at(text));
  const std::string_view unit = text.substr(digits.size());
  if (!digits.empty() && unit.empty()) return scale(text, digits, 1);
  for (const Unit& known : kSizeUnits) {
    if (!digits.empty() && unit == known.name) return scale(text, digits, known.factor);
  }
  return refuse(text,
                "is not a size, write a whole number of B, KiB, MiB, GiB or TiB, like " + intended_size(digits, unit));
}

Result<Duration> parse_duration(std::string_view text) {
  const std::string_view digits = text.substr(0, digits_at(text));
  const std::string_view unit = text.substr(digits.size());
  if (!digits.empty() && unit == "d") {
    BANYAN_TRY(const std::int64_t nanoseconds, scale(text, digits, std::int64_t{24} * 3600 * 1'000'000'000));
    return Duration(nanoseconds);
  }
  for (const Unit& known : kDurationUnits) {
    if (digits.empty() || unit != known.name || unit == "ns") continue;
    BANYAN_TRY(const std::int64_t nanoseconds, scale(text, digits, known.factor));
    return Duration(nanoseconds);
  }
  return refuse(text, "is not a duration, write a whole number of us, ms, s, m or h, like " +
                          intended_duration(unit.starts_with('.') ? std::string_view() : digits, unit));
}

Result<std::int64_t> parse_percent(std::string_view text) {
  const auto wrong = [&] {
    return refuse(text,
                  "is not a percentage, write a number from 0 to 100 with at most two decimals, like 5% or 0.25%");
  };
  std::string_view number = text;
  if (number.ends_with('%')) number.remove_suffix(1);
  const std::string_view whole = number.substr(0, digits_at(number));
  std::string_view decimals = number.substr(whole.size());
  if (whole.empty() || whole.size() > 3) return wrong();
  if (!decimals.empty()) {
    if (decimals[0] != '.' || decimals.size() < 2 || decimals.size() > 3) return wrong();
    decimals.remove_prefix(1);
    if (digits_at(decimals) != decimals.size()) return wrong();
  }
  std::int64_t hundredths = *to_number(whole) * 100;
  if (!decimals.empty()) hundredths += *to_number(decimals) * (decimals.size() == 1 ? 10 : 1);
  if (hundredths > 10000) return wrong();
  return hundredths;
}

Result<bool> parse_boolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  std::string lower(text);
  for (char& c : lower) c = ascii_lower(c);
  for (const std::string_view yes : {"yes", "on", "y", "1", "true", "enabled"}) {
    if (lower == yes) return refuse(text, "is not a boolean, write true");
  }
  for (const std::string_view no : {"no", "off", "n", "0", "false", "disabled"}) {
    if (lower == no) return refuse(text, "is not a boolean, write false");
  }
  return refuse(text, "is not a boolean, write true or false");
}

Result<std::int64_t> parse_integer(std::string_view text) {
  const std::optional<std::int64_t> number = to_number(text);
  if (!number) return refuse(text, "is not a whole number, write digits only");
  return *number;
}

std::string format_size(std::int64_t bytes) { return format(bytes, kSizeUnits); }
std::string format_duration(Duration duration) {
  return duration.count() == 0 ? "0s" : format(duration.count(), kDurationUnits);
}

std::string format_percent(std::int64_t hundredths) {
  std::string text = std::to_string(hundredths / 100);
  if (hundredths % 100 != 0) text.append(".").append(1, static_cast<char>('0' + hundredths / 10 % 10));
  if (hundredths % 10 != 0) text.append(1, static_cast<char>('0' + hundredths % 10));
  return text + "%";
}

}  // namespace banyan
