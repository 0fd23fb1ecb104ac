// The operators of PHP on values. Where both operands are known to be ints, add_int() and its kin widen to a float
// beyond 64 bits; where they are known to be floats, those of C++ do.
#pragma once

#include "php_runtime/convert.h"
#include "php_runtime/value.h"

namespace banyan::php_runtime {

inline Value add_int(Int a, Int b) {
  Int out = 0;
  if (!__builtin_add_overflow(a, b, &out)) return out;
  return static_cast<double>(a) + static_cast<double>(b);
}
inline Value sub_int(Int a, Int b) {
  Int out = 0;
  if (!__builtin_sub_overflow(a, b, &out)) return out;
  return static_cast<double>(a) - static_cast<double>(b);
}
inline Value mul_int(Int a, Int b) {
  Int out = 0;
  if (!__builtin_mul_overflow(a, b, &out)) return out;
  return static_cast<double>(a) * static_cast<double>(b);
}
Value add_slow(const Value& a, const Value& b);
Value sub_slow(const Value& a, const Value& b);
Value mul_slow(const Value& a, const Value& b);
inline Value add(const Value& a, const Value& b) {
  if (a.is_int() && b.is_int()) return add_int(a.as_int(), b.as_int());
  if (a.is_float() && b.is_float()) return a.as_float() + b.as_float();
  return add_slow(a, b);
}
inline Value sub(const Value& a, const Value& b) {
  if (a.is_int() && b.is_int()) return sub_int(a.as_int(), b.as_int());
  if (a.is_float() && b.is_float()) return a.as_float() - b.as_float();
  return sub_slow(a, b);
}
inline Value mul(const Value& a, const Value& b) {
  if (a.is_int() && b.is_int()) return mul_int(a.as_int(), b.as_int());
  if (a.is_float() && b.is_float()) return a.as_float() * b.as_float();
  return mul_slow(a, b);
}
Value div(const Value& a, const Value& b);
double div_float(double a, double b);
Int mod(const Value& a, const Value& b);
Int mod_int(Int a, Int b);
Value pow(const Value& a, const Value& b);
Value pow_int(Int a, Int b);
Value neg(const Value& a);
Value plus(const Value& a);
Int shift_left(const Value& a, const Value& b);
Int shift_left_int(Int a, Int b);
Int shift_right(const Value& a, const Value& b);
Int shift_right_int(Int a, Int b);
Value bit_and(const Value& a, const Value& b);
Value bit_or(const Value& a, const Value& b);
Value bit_xor(const Value& a, const Value& b);
Value bit_not(const Value& a);
// An operator whose operands PHP's compiler turns round, which what it complains of tells.
inline Value turned(Value (*binary)(const Value&, const Value&), const Value& a, const Value& b) {
  return binary(b, a);
}
String concat(const Value& a, const Value& b);
Value inc(const Value& a);
Value dec(const Value& a);
inline double mul_float(double a, double b) { return a * b; }
Array array_union(const Array& a, const Array& b);
// The same as operations on two values.
Value concat_value(const Value& a, const Value& b);
Value mod_value(const Value& a, const Value& b);
Value shift_left_value(const Value& a, const Value& b);
Value shift_right_value(const Value& a, const Value& b);
Value inc_value(const Value& a, const Value& unused);
Value dec_value(const Value& a, const Value& unused);
// A number used as an int, with the deprecation for floats that have a fraction.
Int implicit_int(const Value& v);
[[noreturn]] void refuse_operands(const Value& a, const Value& b, std::string_view sign);

// ---- Comparison ----
bool strict_equal(const Value& a, const Value& b);
bool loose_equal(const Value& a, const Value& b);
Int compare(const Value& a, const Value& b);  // <=>: 1 also where the two cannot be compared
bool less_slow(const Value& a, const Value& b);
bool less_equal_slow(const Value& a, const Value& b);
inline bool less(const Value& a, const Value& b) {
  return a.is_int() && b.is_int() ? a.as_int() < b.as_int() : less_slow(a, b);
}
inline bool less_equal(const Value& a, const Value& b) {
  return a.is_int() && b.is_int() ? a.as_int() <= b.as_int() : less_equal_slow(a, b);
}
inline bool greater(const Value& a, const Value& b) { return less(b, a); }
inline bool greater_equal(const Value& a, const Value& b) { return less_equal(b, a); }
int compare_strings(std::string_view a, std::string_view b);  // as numbers where both are
inline Int compare_int(Int a, Int b) { return a < b ? -1 : a > b ? 1 : 0; }
inline Int min_int(Int a, Int b) { return b < a ? b : a; }
inline Int max_int(Int a, Int b) { return b > a ? b : a; }

}  // namespace banyan::php_runtime
