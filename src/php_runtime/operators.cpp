#include "php_runtime/operators.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "php_runtime/context.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/object.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

struct Operands {
  Value x;
  Value y;
};

// PHP is done with the first operand before it looks at the second.
Operands operands(const Value& a, const Value& b, std::string_view sign) {
  Operands out;
  if (!to_number(a, out.x) || !to_number(b, out.y)) refuse_operands(a, b, sign);
  return out;
}

template <class Ints, class Floats>
Value arithmetic(const Value& a, const Value& b, std::string_view sign, Ints ints, Floats floats) {
  const auto [x, y] = operands(a, b, sign);
  if (x.is_int() && y.is_int()) return ints(x.as_int(), y.as_int());
  return floats(to_float(x), to_float(y));
}

struct Ints {
  Int x;
  Int y;
};

// A numeric string beyond the range of ints gives the last one there is.
Int int_of_float_string(const String& text, double f) {
  const double limit = 9223372036854775808.0;
  const Int n = std::isnan(f) ? 0 : f >= limit ? INT64_MAX : f < -limit ? INT64_MIN : static_cast<Int>(f);
  if (static_cast<double>(n) != f) {
    deprecated("Implicit conversion from float-string \"" + text + "\" to int loses precision");
  }
  return n;
}

// As operands(), of what takes ints.
Ints integer_operands(const Value& a, const Value& b, std::string_view sign) {
  const auto one = [&](const Value& given) {
    const Value& v = given.deref();
    Value number;
    if (!to_number(v, number)) refuse_operands(a, b, sign);
    if (number.is_float() && v.is_string()) return int_of_float_string(v.as_string(), number.as_float());
    return implicit_int(number);
  };
  const Int first = one(a);
  return {first, one(b)};
}

Value stepped(Value v, int step) {
  if (v.is_float()) context().last_step = step;
  return v;
}

template <class Bytes>
String zip(std::string_view a, std::string_view b, Bytes bytes) {
  String out = String::uninitialized(std::min(a.size(), b.size()));
  char* to = out.writable();
  for (std::size_t i = 0; i < out.size(); ++i) to[i] = static_cast<char>(bytes(a[i], b[i]));
  return out;
}

Value inc_string(const String& s) {
  if (s.empty()) return "1";
  bool whole = false;
  const Value number = parse_number(s, whole);
  if (whole) return inc(number);
  String out = s;
  char* bytes = out.writable();
  char last = 0;
  for (std::size_t i = out.size(); i-- > 0;) {
    char& c = bytes[i];
    if ((c >= 'a' && c < 'z') || (c >= 'A' && c < 'Z') || (c >= '0' && c < '9')) {
      ++c;
      return out;
    }
    if (c == 'z') {
      c = last = 'a';
    } else if (c == 'Z') {
      c = last = 'A';
    } else if (c == '9') {
      c = '0';
      last = '1';
    } else {
      return out;
    }
  }
  return String(std::string_view(&last, 1)) + out;
}

}  // namespace

void refuse_operands(const Value& a, const Value& b, std::string_view sign) {
  throw_type_error("Unsupported operand types: " + type_name(a) + " " + sign + " " + type_name(b));
}

Value add_slow(const Value& a, const Value& b) {
  if (a.deref().is_array() && b.deref().is_array()) return array_union(a.deref().as_array(), b.deref().as_array());
  return arithmetic(a, b, "+", add_int, [](double x, double y) { return x + y; });
}
Value sub_slow(const Value& a, const Value& b) {
  return arithmetic(a, b, "-", sub_int, [](double x, double y) { return x - y; });
}
Value mul_slow(const Value& a, const Value& b) {
  return arithmetic(a, b, "*", mul_int, [](double x, double y) { return x * y; });
}

Value div(const Value& a, const Value& b) {
  const auto [x, y] = operands(a, b, "/");
  if (to_float(y) == 0) throw_division_by_zero("Division by zero");
  if (x.is_int() && y.is_int()) {
    const Int i = x.as_int();
    const Int j = y.as_int();
    if (!(i == std::numeric_limits<Int>::min() && j == -1) && i % j == 0) return i / j;
  }
  return to_float(x) / to_float(y);
}

double div_float(double a, double b) {
  if (b == 0) throw_division_by_zero("Division by zero");
  return a / b;
}

Int implicit_int(const Value& v) {
  if (!v.is_float()) return to_int(v);
  const Int n = float_to_int(v.as_float());
  if (static_cast<double>(n) != v.as_float()) {
    deprecated("Implicit conversion from float " + float_repr(v.as_float()) + " to int loses precision");
  }
  return n;
}

Int mod_int(Int a, Int b) {
  if (b == 0) throw_division_by_zero("Modulo by zero");
  return b == -1 ? 0 : a % b;
}
Int mod(const Value& a, const Value& b) {
  const auto [x, y] = integer_operands(a, b, "%");
  return mod_int(x, y);
}

Value pow_int(Int a, Int b) {
  if (b < 0) return std::pow(static_cast<double>(a), static_cast<double>(b));
  Int result = 1;
  Int base = a;
  for (Int n = b; n > 0;) {
    if ((n & 1) == 1) {
      --n;
      const Value product = mul_int(result, base);
      if (product.is_float()) return product.as_float() * std::pow(static_cast<double>(base), static_cast<double>(n));
      result = product.as_int();
      continue;
    }
    n /= 2;
    const Value square = mul_int(base, base);
    if (square.is_float()) return static_cast<double>(result) * std::pow(square.as_float(), static_cast<double>(n));
    base = square.as_int();
  }
  return result;
}
Value pow(const Value& a, const Value& b) {
  return arithmetic(a, b, "**", pow_int, [](double x, double y) { return std::pow(x, y); });
}
Value neg(const Value& a) { return mul(a, -1); }
Value plus(const Value& a) { return mul(a, 1); }

Int shift_left_int(Int a, Int b) {
  if (b < 0) throw_new("ArithmeticError", "Bit shift by negative number");
  return b >= 64 ? 0 : static_cast<Int>(static_cast<std::uint64_t>(a) << b);
}
Int shift_left(const Value& a, const Value& b) {
  const auto [x, y] = integer_operands(a, b, "<<");
  return shift_left_int(x, y);
}
Int shift_right_int(Int a, Int b) {
  if (b < 0) throw_new("ArithmeticError", "Bit shift by negative number");
  return a >> (b >= 64 ? 63 : b);
}
Int shift_right(const Value& a, const Value& b) {
  const auto [x, y] = integer_operands(a, b, ">>");
  return shift_right_int(x, y);
}

static bool both_strings(const Value& a, const Value& b) { return a.deref().is_string() && b.deref().is_string(); }

Value bit_and(const Value& a, const Value& b) {
  if (both_strings(a, b)) {
    return zip(a.deref().as_string(), b.deref().as_string(), [](char x, char y) { return x & y; });
  }
  const auto [x, y] = integer_operands(a, b, "&");
  return x & y;
}
Value bit_xor(const Value& a, const Value& b) {
  if (both_strings(a, b)) {
    return zip(a.deref().as_string(), b.deref().as_string(), [](char x, char y) { return x ^ y; });
  }
  const auto [x, y] = integer_operands(a, b, "^");
  return x ^ y;
}
Value bit_or(const Value& a, const Value& b) {
  if (both_strings(a, b)) {
    std::string_view longer = a.deref().as_string();
    std::string_view shorter = b.deref().as_string();
    if (longer.size() < shorter.size()) std::swap(longer, shorter);
    return zip(longer, shorter, [](char x, char y) { return x | y; }) + longer.substr(shorter.size());
  }
  const auto [x, y] = integer_operands(a, b, "|");
  return x | y;
}
Value bit_not(const Value& given) {
  const Value& v = given.deref();
  if (v.is_int()) return ~v.as_int();
  if (v.is_float()) return ~implicit_int(v);
  if (v.is_string()) return zip(v.as_string(), v.as_string(), [](char x, char) { return ~x; });
  throw_type_error("Cannot perform bitwise not on " + type_name(v));
}

String concat(const Value& a, const Value& b) {
  String x = to_string(a);
  return std::move(x) + to_string(b);
}

Value inc(const Value& given) {
  const Value& v = given.deref();
  switch (v.kind()) {
    case Kind::kUndefined:
    case Kind::kNull:
      return 1;
    case Kind::kInt:
      return stepped(add_int(v.as_int(), 1), 1);
    case Kind::kFloat:
      return v.as_float() + 1;
    case Kind::kString:
      return inc_string(v.as_string());
    case Kind::kArray:
      throw_type_error("Cannot increment array");
    case Kind::kObject:
    case Kind::kResource:
      throw_type_error("Cannot increment " + type_name(v));
    default:
      return v;
  }
}

Value dec(const Value& given) {
  const Value& v = given.deref();
  switch (v.kind()) {
    case Kind::kInt:
      return stepped(sub_int(v.as_int(), 1), -1);
    case Kind::kFloat:
      return v.as_float() - 1;
    case Kind::kString: {
      if (v.as_string().empty()) return -1;
      bool whole = false;
      const Value number = parse_number(v.as_string(), whole);
      return whole ? dec(number) : v;
    }
    case Kind::kArray:
      throw_type_error("Cannot decrement array");
    case Kind::kObject:
    case Kind::kResource:
      throw_type_error("Cannot decrement " + type_name(v));
    default:
      return v.is_undefined() ? Value() : v;
  }
}

Array array_union(const Array& a, const Array& b) {
  Array out = a;
  for (const auto& [key, v] : b) {
    if (out.find(key) >= 0) continue;
    out.set_raw(key, v.is_reference() && v.as_reference().alone() ? v.deref() : v);
  }
  return out;
}

Value concat_value(const Value& a, const Value& b) { return concat(a, b); }
Value mod_value(const Value& a, const Value& b) { return mod(a, b); }
Value shift_left_value(const Value& a, const Value& b) { return shift_left(a, b); }
Value shift_right_value(const Value& a, const Value& b) { return shift_right(a, b); }
Value inc_value(const Value& a, const Value&) { return inc(a); }
Value dec_value(const Value& a, const Value&) { return dec(a); }

}  // namespace banyan::php_runtime
