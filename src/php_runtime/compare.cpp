// Comparison, after the manual's page on the comparison operators.
#include <cmath>

#include "php_runtime/diagnostic.h"
#include "php_runtime/object.h"
#include "php_runtime/operators.h"

namespace banyan::php_runtime {

namespace {

Int sign(Int n) { return n < 0 ? -1 : n > 0 ? 1 : 0; }
Int compare_floats(double a, double b) { return a == b ? 0 : a < b ? -1 : 1; }
Int compare_text(std::string_view a, std::string_view b) { return sign(a.compare(b)); }
bool no_number(const Value& v) { return v.is_float() && std::isnan(v.as_float()); }
bool is_case(const Value& v) { return v.is_object() && v.as_object().of().has_flag(kEnum); }

Int compare_values(const Value& a, const Value& b);

// An int or float with a string.
Int compare_number_string(const Value& n, const String& s) {
  if (no_number(n)) return 1;
  bool whole = false;
  const Value number = parse_number(s, whole);
  return whole ? compare_values(n, number) : compare_text(to_string(n), s);
}

Int compare_arrays(const Array& x, const Array& y) {
  if (x.body() == y.body()) return 0;
  if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
  for (const auto& [key, v] : x) {
    const Value* other = y.lookup(key);
    if (other == nullptr) return 1;
    if (const Int c = compare(v, *other); c != 0) return c;
  }
  return 0;
}

Int compare_object_scalar(Object& o, const Value& v) {
  if (v.is_string()) {
    String text;
    return object_string(o, text) ? compare_strings(text, v.as_string()) : 1;
  }
  if (!v.is_number()) return 1;
  notice("Object of class " + class_name(o) + " could not be converted to " + (v.is_int() ? "int" : "float"));
  return compare_values(v.is_int() ? Value(1) : Value(1.0), v);
}

// What the types of both do not settle at once: null first, then cases of enums, booleans, arrays and objects.
Int compare_mixed(const Value& a, const Value& b) {
  const bool with_null = a.is_null() || b.is_null();
  if (!with_null && (is_case(a) || is_case(b))) return strict_equal(a, b) ? 0 : 1;
  if (with_null || a.is_bool() || b.is_bool()) return to_int(to_bool(a)) - to_int(to_bool(b));
  if (a.is_object() && b.is_object()) return compare_objects(a.as_object(), b.as_object());
  if (a.is_object()) return compare_object_scalar(a.as_object(), b);
  if (b.is_object()) {
    const Int turned = compare_object_scalar(b.as_object(), a);
    return no_number(a) ? turned : -turned;
  }
  if (a.is_array()) return 1;
  if (b.is_array()) return -1;
  return compare_floats(to_float(a), to_float(b));
}

Int compare_values(const Value& a, const Value& b) {
  if (a.is_int() && b.is_int()) return compare_int(a.as_int(), b.as_int());
  if (a.is_number()) {
    if (b.is_number()) return compare_floats(to_float(a), to_float(b));
    if (b.is_string()) return compare_number_string(a, b.as_string());
  } else if (a.is_string()) {
    if (b.is_string()) return compare_strings(a.as_string(), b.as_string());
    if (no_number(b)) return 1;
    if (b.is_number()) return -compare_number_string(b, a.as_string());
    if (b.is_null()) return a.as_string().empty() ? 0 : 1;
  } else if (a.is_null()) {
    if (b.is_null()) return 0;
    if (b.is_string()) return b.as_string().empty() ? 0 : -1;
  } else if (a.is_array() && b.is_array()) {
    return compare_arrays(a.as_array(), b.as_array());
  }
  return compare_mixed(a, b);
}

// The sign of an integer that is too long for an int and was read as the float v; otherwise 0.
int overflow(std::string_view s, const Value& v) {
  if (!v.is_float() || s.find_first_of(".eE") != std::string_view::npos) return 0;
  return v.as_float() > 0 ? 1 : -1;
}

bool loose_arrays(const Array& x, const Array& y) {
  if (x.body() == y.body()) return true;
  if (x.size() != y.size()) return false;
  for (const auto& [key, v] : x) {
    const Value* other = y.lookup(key);
    if (other == nullptr || !loose_equal(v, *other)) return false;
  }
  return true;
}

}  // namespace

// Of an int and an integer that is too long for one the latter is further from 0; those too long that give the same
// float are compared as text.
int compare_strings(std::string_view a, std::string_view b) {
  const auto as_text = [&] { return static_cast<int>(compare_text(a, b)); };
  if (a.empty() || b.empty() || a[0] > '9' || b[0] > '9') return as_text();
  bool whole_a = false;
  bool whole_b = false;
  const Value x = parse_number(a, whole_a);
  if (!whole_a) return as_text();
  const Value y = parse_number(b, whole_b);
  if (!whole_b) return as_text();
  const int over_x = overflow(a, x);
  const int over_y = overflow(b, y);
  if (x.is_int() && over_y != 0) return -over_y;
  if (y.is_int() && over_x != 0) return over_x;
  const bool alike = x.is_float() && y.is_float() && x.as_float() == y.as_float();
  if (alike && (over_x * over_y != 0 || std::isinf(x.as_float()))) return as_text();
  return static_cast<int>(compare_values(x, y));
}

bool strict_equal(const Value& given_a, const Value& given_b) {
  const Value& a = given_a.deref();
  const Value& b = given_b.deref();
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::kFloat:
      return a.as_float() == b.as_float();
    case Kind::kString:
      return a.as_string() == b.as_string();
    case Kind::kArray: {
      const Array& x = a.as_array();
      const Array& y = b.as_array();
      if (x.body() == y.body()) return true;
      if (x.size() != y.size()) return false;
      auto other = y.begin();
      for (const auto& [key, v] : x) {
        if (!(key == (*other).key) || !strict_equal(v, (*other).value)) return false;
        ++other;
      }
      return true;
    }
    case Kind::kObject:
    case Kind::kResource:
      return a.same_body(b);
    default:
      return a.as_int() == b.as_int();
  }
}

bool loose_equal(const Value& given_a, const Value& given_b) {
  const Value& a = given_a.deref();
  const Value& b = given_b.deref();
  if (a.is_string() && b.is_string()) {
    return a.as_string() == b.as_string() || compare_strings(a.as_string(), b.as_string()) == 0;
  }
  if (a.is_array() && b.is_array()) return loose_arrays(a.as_array(), b.as_array());
  return compare_values(a, b) == 0;
}

Int compare(const Value& a, const Value& b) { return compare_values(a.deref(), b.deref()); }

bool less_slow(const Value& a, const Value& b) { return compare(a, b) < 0; }
bool less_equal_slow(const Value& a, const Value& b) { return compare(a, b) <= 0; }

}  // namespace banyan::php_runtime
