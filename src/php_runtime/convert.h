// Conversions between PHP's types, after the manual's pages on numeric strings, juggling and their neighbours.
#pragma once

#include "php_runtime/array.h"
#include "php_runtime/value.h"

namespace banyan::php_runtime {

// s as C sees it: up to the first zero byte.
inline std::string_view c_string(std::string_view s) { return s.substr(0, s.find('\0')); }

// The number a string begins with: an int or a float, null where there is none. `whole`: nothing but white space
// follows it, which makes it a numeric string.
Value parse_number(std::string_view text, bool& whole);
inline Value parse_number(std::string_view text) {
  bool whole = false;
  return parse_number(text, whole);
}

Int to_int(const Value& v);
Int string_to_int(std::string_view text);
// (int) of a float: towards zero, modulo 2^64 beyond the range, 0 for what is no number.
Int float_to_int(double f);
double to_float(const Value& v);
double string_to_float(std::string_view text);
bool to_bool(const Value& v);
inline bool to_bool(const String& s) { return !s.empty() && s.view() != "0"; }
inline bool to_bool(const Array& a) { return !a.empty(); }
inline Int to_int(const String& s) { return string_to_int(s); }
inline double to_float(const String& s) { return string_to_float(s); }
template <class T>
concept Number = std::integral<T> || std::floating_point<T>;
template <Number T>
bool to_bool(T n) {
  return n != T{};
}
template <Number T>
Int to_int(T n) {
  if constexpr (std::floating_point<T>) return float_to_int(n);
  return static_cast<Int>(n);
}
template <Number T>
double to_float(T n) {
  return static_cast<double>(n);
}
// (string): arrays warn and give "Array", objects give what __toString gives or throw.
String to_string(const Value& v);
String int_to_string(Int n);
inline String to_string(const String& s) { return s; }
// (array): null is empty, scalars stand alone, objects give their properties.
Array to_array(const Value& v);
ObjectPtr to_object(const Value& v);
// v as arithmetic takes it, with PHP's warning for what follows the number in a string; false where PHP refuses it.
bool to_number(const Value& v, Value& out);

// As echo shows a float (precision 14); as var_dump and json_encode do (the shortest text that reads back the same).
String float_to_string(double f);
String float_repr(double f);
// With so many significant digits, or the fewest that do for -1.
String format_general(double f, int precision);
// The digits of |f| without trailing zeros, and where the point stands after the first.
std::string decimal_digits(double f, int precision, int& point);

template <Number T>
String to_string(T n) {
  if constexpr (std::same_as<T, bool>) {
    return n ? String("1") : String();
  } else if constexpr (std::floating_point<T>) {
    return float_to_string(n);
  } else {
    return int_to_string(static_cast<Int>(n));
  }
}

inline bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace banyan::php_runtime
