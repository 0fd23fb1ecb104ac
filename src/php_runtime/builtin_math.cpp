#include "php_runtime/builtin_math.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>

#include "php_runtime/diagnostic.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

Value abs(const Value& num) {
  if (num.is_float()) return std::fabs(num.as_float());
  const Int n = num.as_int();
  if (n == INT64_MIN) return -static_cast<double>(n);
  return n < 0 ? -n : n;
}

double ceil(const Value& num) { return std::ceil(to_float(num)); }
double floor(const Value& num) { return std::floor(to_float(num)); }

// An int without a negative precision stays what it is, as a float.
double round(const Value& num, Int precision, Int mode) {
  if (num.is_int() && precision >= 0) return static_cast<double>(num.as_int());
  return round_float(to_float(num), static_cast<int>(std::clamp<Int>(precision, -1000, 1000)), static_cast<int>(mode));
}

namespace {

enum Halves { kUp = 1, kDown, kEven, kOdd };

// The whole number next to f; the mode says which of two where it lies in the middle.
double round_helper(double f, int mode) {
  if (f < 0) return -round_helper(-f, mode);
  const double up = std::floor(f + 0.5), even = 2 * std::floor(up / 2);
  const bool down =
      (mode == kDown && f == up - 0.5) || (mode == kEven && f == even + 0.5) || (mode == kOdd && f == even - 0.5);
  return down ? up - 1 : up;
}

double power_of_ten(int n) {
  if (n < 0 || n > 22) return std::pow(10.0, n);
  double p = 1;
  for (; n > 0; --n) p *= 10;
  return p;
}

// f * 10^places, by division where that loses less.
double scaled(double f, int places) { return places >= 0 ? f * power_of_ten(places) : f / power_of_ten(-places); }

}  // namespace

double round_float(double f, int places, int mode) {
  if (!std::isfinite(f) || f == 0) return f;
  if (places < -309) return 0;
  const int precision_places = 14 - static_cast<int>(std::floor(std::log10(std::fabs(f))));
  const bool pre_round = precision_places > places && precision_places - 15 < places;
  double t = pre_round ? round_helper(scaled(f, precision_places), mode) / power_of_ten(precision_places - places)
                       : scaled(f, places);
  if (!pre_round && std::fabs(t) >= 1e15) return f;
  t = round_helper(t, mode);
  if (std::abs(places) < 23) return scaled(t, -places);
  const double back = string_to_float(concat({format_fixed(std::fabs(t), 0), "e", std::to_string(-places)}));
  if (!std::isfinite(back)) return f;
  return t < 0 ? -back : back;
}

double sqrt(double f) { return std::sqrt(f); }
double sin(double f) { return std::sin(f); }
double cos(double f) { return std::cos(f); }
double tan(double f) { return std::tan(f); }
double asin(double f) { return std::asin(f); }
double acos(double f) { return std::acos(f); }
double atan(double f) { return std::atan(f); }
double atan2(double y, double x) { return std::atan2(y, x); }
double sinh(double f) { return std::sinh(f); }
double cosh(double f) { return std::cosh(f); }
double tanh(double f) { return std::tanh(f); }
double asinh(double f) { return std::asinh(f); }
double acosh(double f) { return std::acosh(f); }
double atanh(double f) { return std::atanh(f); }
double exp(double f) { return std::exp(f); }
double expm1(double f) { return std::expm1(f); }
double log10(double f) { return std::log10(f); }
double log2(double f) { return std::log2(f); }
double log1p(double f) { return std::log1p(f); }

double log(double f, double base) {
  if (base == std::numbers::e) return std::log(f);
  if (base == 2) return std::log2(f);
  if (base == 10) return std::log10(f);
  if (base == 1) return std::numeric_limits<double>::quiet_NaN();
  if (base <= 0) bad_argument("log", 2, "base", "must be greater than 0");
  return std::log(f) / std::log(base);
}

double pi() { return std::numbers::pi; }
double hypot(double x, double y) { return std::hypot(x, y); }
double deg2rad(double f) { return f / 180 * std::numbers::pi; }
double rad2deg(double f) { return f / std::numbers::pi * 180; }
double fmod(double x, double y) { return std::fmod(x, y); }

// Division after IEEE 754, without an error.
#if defined(__clang__)
__attribute__((no_sanitize("float-divide-by-zero")))
#endif
double
fdiv(double x, double y) {
  return x / y;
}

Int intdiv(Int a, Int b) {
  if (b == 0) throw_division_by_zero("Division by zero");
  if (b == -1 && a == INT64_MIN) throw_new("ArithmeticError", "Division of PHP_INT_MIN by -1 is not an integer");
  return a / b;
}

bool is_nan(double f) { return std::isnan(f); }
bool is_infinite(double f) { return std::isinf(f); }
bool is_finite(double f) { return std::isfinite(f); }

String decbin(Int n) { return to_base(static_cast<std::uint64_t>(n), 2); }
String dechex(Int n) { return to_base(static_cast<std::uint64_t>(n), 16); }
String decoct(Int n) { return to_base(static_cast<std::uint64_t>(n), 8); }

namespace {

// Reads s in a base: an int, or a float where it is too big; other bytes are ignored with a deprecation.
Value from_base(std::string_view s, int base) {
  s = trim_both(s, kBlanks);
  if (s.size() > 1 && s[0] == '0') {
    const char p = ascii_lower(s[1]);
    if ((base == 16 && p == 'x') || (base == 2 && p == 'b') || (base == 8 && p == 'o')) s.remove_prefix(2);
  }
  Int n = 0;
  double f = 0;
  bool real = false, invalid = false;
  for (char c : s) {
    const int d = digit_value(c);
    if (d >= base) {
      invalid = true;
    } else if (real) {
      f = f * base + d;
    } else if (Int product = 0, sum = 0;
               __builtin_mul_overflow(n, Int{base}, &product) || __builtin_add_overflow(product, Int{d}, &sum)) {
      real = true;
      f = static_cast<double>(n) * base + d;
    } else {
      n = sum;
    }
  }
  if (invalid) deprecated("Invalid characters passed for attempted conversion, these have been ignored");
  return real ? Value(f) : Value(n);
}

String float_to_base(double f, unsigned base) {
  if (std::isinf(f)) {
    warn_function("base_convert", "Number too large");
    return {};
  }
  std::string out;
  f = std::floor(f);
  do {
    out += "0123456789abcdefghijklmnopqrstuvwxyz"[static_cast<int>(std::fmod(f, base))];
    f /= base;
  } while (std::fabs(f) >= 1 && out.size() < 64);
  return std::string(out.rbegin(), out.rend());
}

}  // namespace

Value bindec(const String& s) { return from_base(s, 2); }
Value hexdec(const String& s) { return from_base(s, 16); }
Value octdec(const String& s) { return from_base(s, 8); }

String base_convert(const String& num, Int from, Int to) {
  constexpr std::string_view bounds = "must be between 2 and 36 (inclusive)";
  if (from < 2 || from > 36) bad_argument("base_convert", 2, "from_base", bounds);
  if (to < 2 || to > 36) bad_argument("base_convert", 3, "to_base", bounds);
  const Value n = from_base(num, static_cast<int>(from));
  if (n.is_int()) return to_base(static_cast<std::uint64_t>(n.as_int()), static_cast<unsigned>(to));
  return float_to_base(n.as_float(), static_cast<unsigned>(to));
}

std::string format_fixed(double f, int decimals) {
  if (std::isnan(f)) return "nan";
  if (std::isinf(f)) return "inf";
  std::string out(static_cast<std::size_t>(decimals) + 330, '\0');
  const auto end = std::to_chars(out.data(), out.data() + out.size(), f, std::chars_format::fixed, decimals).ptr;
  out.resize(static_cast<std::size_t>(end - out.data()));
  return out;
}

// The separators are strings, or null for the usual ones.
String number_format(double num, Int decimals, const Value& point, const Value& thousands) {
  const String decimal_point = point.is_null() ? String(".") : to_string(point);
  const String separator = thousands.is_null() ? String(",") : to_string(thousands);
  decimals = std::max<Int>(decimals, 0);
  if (decimals > kStringBytesMax >> 8) out_of_memory();
  const int places = static_cast<int>(decimals);
  num = round_float(num, std::min(places, 1000));
  const std::string text = format_fixed(std::fabs(num), places);
  if (!is_ascii_digit(text[0])) return text;
  const std::string_view whole = std::string_view(text).substr(0, text.find('.'));
  String out;
  if (num < 0 && text.find_first_not_of("0.") != std::string::npos) out += '-';
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i > 0 && (whole.size() - i) % 3 == 0) out += separator;
    out += whole[i];
  }
  if (decimals > 0) {
    out += decimal_point;
    out += std::string_view(text).substr(whole.size() + 1);
  }
  return out;
}

}  // namespace banyan::php_runtime
