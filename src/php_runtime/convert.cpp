#include "php_runtime/convert.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "php_runtime/diagnostic.h"
#include "php_runtime/object.h"
#include "php_runtime/resource.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

constexpr double kTwo63 = 9223372036854775808.0;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Scanned {
  std::size_t start = 0;
  std::size_t end = 0;  // 0: no number
  bool is_float = false;
};

Scanned scan_number(std::string_view s) {
  std::size_t i = 0;
  while (i < s.size() && is_space(s[i])) ++i;
  Scanned out{.start = i};
  if (i < s.size() && (s[i] == '+' || s[i] == '-')) ++i;
  std::size_t count = 0;
  for (; i < s.size() && is_digit(s[i]); ++i) ++count;
  if (i < s.size() && s[i] == '.' && (count > 0 || (i + 1 < s.size() && is_digit(s[i + 1])))) {
    out.is_float = true;
    for (++i; i < s.size() && is_digit(s[i]); ++i) ++count;
  }
  if (count == 0) return {};
  if (i < s.size() && (s[i] | 32) == 'e') {
    std::size_t j = i + 1;
    if (j < s.size() && (s[j] == '+' || s[j] == '-')) ++j;
    if (j < s.size() && is_digit(s[j])) {
      while (j < s.size() && is_digit(s[j])) ++j;
      i = j;
      out.is_float = true;
    }
  }
  out.end = i;
  return out;
}

double parse_float(std::string_view text) {
  // Beyond the range from_chars gives nothing, where PHP has infinity or zero.
  const std::string held(text);
  return std::strtod(held.c_str(), nullptr);
}

}  // namespace

Value parse_number(std::string_view s, bool& whole) {
  const Scanned found = scan_number(s);
  whole = false;
  if (found.end == 0) return {};
  std::size_t tail = found.end;
  while (tail < s.size() && is_space(s[tail])) ++tail;
  whole = tail == s.size();
  std::string_view text = s.substr(found.start, found.end - found.start);
  if (!found.is_float) {
    const std::string_view digits = text[0] == '+' ? text.substr(1) : text;
    Int n = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (error == std::errc()) return n;
  }
  return parse_float(text);
}

Int float_to_int(double f) {
  if (f >= -kTwo63 && f < kTwo63) return static_cast<Int>(f);
  if (std::isnan(f) || std::isinf(f)) return 0;
  constexpr double kTwo64 = 18446744073709551616.0;
  double rest = std::fmod(std::trunc(f), kTwo64);
  if (rest < 0) rest += kTwo64;
  return static_cast<Int>(static_cast<std::uint64_t>(rest));
}

Int string_to_int(std::string_view s) {
  const Value number = parse_number(s);
  if (number.is_int()) return number.as_int();
  if (!number.is_float() || !std::isfinite(number.as_float())) return 0;
  const double f = number.as_float();
  if (f >= kTwo63) return std::numeric_limits<Int>::max();
  if (f < -kTwo63) return std::numeric_limits<Int>::min();
  return static_cast<Int>(f);
}

Int to_int(const Value& given) {
  const Value& v = given.deref();
  switch (v.kind()) {
    case Kind::kUndefined:
    case Kind::kNull:
      return 0;
    case Kind::kBool:
    case Kind::kInt:
      return v.as_int();
    case Kind::kFloat:
      return float_to_int(v.as_float());
    case Kind::kString:
      return string_to_int(v.as_string());
    case Kind::kArray:
      return v.as_array().empty() ? 0 : 1;
    case Kind::kResource:
      return v.as_resource().id();
    default:
      warning("Object of class " + class_name(v.as_object()) + " could not be converted to int");
      return 1;
  }
}

double string_to_float(std::string_view s) {
  const Scanned found = scan_number(s);
  return found.end == 0 ? 0 : parse_float(s.substr(found.start, found.end - found.start));
}

double to_float(const Value& given) {
  const Value& v = given.deref();
  switch (v.kind()) {
    case Kind::kFloat:
      return v.as_float();
    case Kind::kString:
      return string_to_float(v.as_string());
    case Kind::kObject:
      warning("Object of class " + class_name(v.as_object()) + " could not be converted to float");
      return 1;
    default:
      return static_cast<double>(to_int(v));
  }
}

bool to_bool(const Value& given) {
  const Value& v = given.deref();
  switch (v.kind()) {
    case Kind::kUndefined:
    case Kind::kNull:
      return false;
    case Kind::kBool:
    case Kind::kInt:
      return v.as_int() != 0;
    case Kind::kFloat:
      return v.as_float() != 0;
    case Kind::kString:
      return to_bool(v.as_string());
    case Kind::kArray:
      return !v.as_array().empty();
    default:
      return true;
  }
}

String int_to_string(Int n) {
  char buffer[24];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, n);
  return std::string_view(buffer, static_cast<std::size_t>(end - buffer));
}

String to_string(const Value& given) {
  const Value& v = given.deref();
  switch (v.kind()) {
    case Kind::kString:
      return v.as_string();
    case Kind::kInt:
      return int_to_string(v.as_int());
    case Kind::kUndefined:
    case Kind::kNull:
      return {};
    case Kind::kBool:
      return v.as_bool() ? "1" : "";
    case Kind::kFloat:
      return float_to_string(v.as_float());
    case Kind::kArray:
      warning("Array to string conversion");
      return "Array";
    case Kind::kResource:
      return String(v.as_resource().title());
    default: {
      String out;
      if (object_string(v.as_object(), out)) return out;
      throw_error("Object of class " + class_name(v.as_object()) + " could not be converted to string");
    }
  }
}

Array to_array(const Value& given) {
  const Value& v = given.deref();
  if (v.is_null()) return {};
  if (v.is_array()) return v.as_array();
  if (v.is_object() && v.as_object().native() != Native::kClosure) return object_to_array(v.as_object());
  return Array::list({v});
}

bool to_number(const Value& given, Value& out) {
  const Value& v = given.deref();
  switch (v.kind()) {
    case Kind::kInt:
    case Kind::kFloat:
      out = v;
      return true;
    case Kind::kUndefined:
    case Kind::kNull:
      out = Int{0};
      return true;
    case Kind::kBool:
      out = v.as_int();
      return true;
    case Kind::kString: {
      bool whole = false;
      out = parse_number(v.as_string(), whole);
      if (out.is_null()) return false;
      if (!whole) warning("A non-numeric value encountered");
      return true;
    }
    default:
      return false;
  }
}

// ---- Floats as text: php_gcvt() ----

String float_to_string(double f) { return format_general(f, 14); }
String float_repr(double f) { return format_general(f, -1); }

std::string decimal_digits(double f, int precision, int& point) {
  char buffer[512];
  const double size = std::fabs(f);
  const auto [end, error] = precision < 0
                                ? std::to_chars(buffer, buffer + sizeof buffer, size, std::chars_format::scientific)
                                : std::to_chars(buffer, buffer + sizeof buffer, size, std::chars_format::scientific,
                                                precision > 0 ? precision - 1 : 0);
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t e = text.find('e');
  std::string digits;
  for (const char c : text.substr(0, e)) {
    if (c != '.') digits += c;
  }
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  int power = 0;
  const std::string_view exponent = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), power);
  point = power + 1;
  return digits;
}

String format_general(double f, int precision) {
  if (std::isnan(f)) return "NAN";
  if (std::isinf(f)) return f > 0 ? "INF" : "-INF";
  if (f == 0) return std::signbit(f) ? "-0" : "0";
  int point = 0;
  const std::string digits = decimal_digits(f, precision, point);
  const int limit = precision < 0 ? 17 : precision;
  std::string out = f < 0 ? "-" : "";
  const auto count = static_cast<int>(digits.size());
  if (point < -3 || point > limit) {
    out += digits.substr(0, 1) + "." + (count == 1 ? "0" : digits.substr(1)) + "E";
    if (point >= 1) out += "+";
    out += std::to_string(point - 1);
  } else if (point <= 0) {
    out += "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  } else if (point >= count) {
    out += digits + std::string(static_cast<std::size_t>(point - count), '0');
  } else {
    out += digits.substr(0, static_cast<std::size_t>(point)) + "." + digits.substr(static_cast<std::size_t>(point));
  }
  return out;
}

}  // namespace banyan::php_runtime
