// Declared types: what they take, and as what.
#include <algorithm>
#include <cmath>

#include "php_runtime/context.h"
#include "php_runtime/convert.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/function.h"
#include "php_runtime/object.h"
#include "php_runtime/params.h"
#include "php_runtime/returned.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

constexpr double kTwo63 = 9223372036854775808.0;

bool is_of_type(const Value& v, std::string_view t) {
  if (t == "mixed") return true;
  if (t == "int") return v.is_int();
  if (t == "float") return v.is_float();
  if (t == "string") return v.is_string();
  if (t == "bool") return v.is_bool();
  if (t == "false") return v.is_false();
  if (t == "true") return v.is_true();
  if (t == "array") return v.is_array();
  if (t == "null" || t == "void") return v.is_null();
  if (t == "object" || t == "self" || t == "static") return v.is_object();
  if (t == "iterable") return is_iterable(v);
  if (t == "callable") return is_callable(v);
  if (!v.is_object()) return false;
  while (!t.empty() && t.front() == '(') t.remove_prefix(1);
  while (!t.empty() && t.back() == ')') t.remove_suffix(1);
  for (std::size_t at = 0; at <= t.size();) {
    const std::size_t end = std::min(t.find('&', at), t.size());
    if (!is_a(v, t.substr(at, end - at))) return false;
    at = end + 1;
  }
  return true;
}

// Calls f with each member of a type until one is taken.
template <class F>
bool any_of_type(std::string_view types, F f) {
  if (types.starts_with('?')) return f(types.substr(1)) || f("null");
  for (std::size_t at = 0; at <= types.size();) {
    const std::size_t end = std::min(types.find('|', at), types.size());
    if (f(types.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

bool has(std::string_view types, std::string_view one) {
  return any_of_type(types, [&](std::string_view t) { return t == one; });
}

bool weak_int(const Value& v, bool takes_float, Value& out) {
  if (v.is_bool()) {
    out = to_int(v);
    return true;
  }
  Value number = v;
  if (v.is_string()) {
    bool whole = false;
    number = parse_number(v.as_string(), whole);
    if (!whole) return false;
    if (number.is_float() && takes_float) return false;
  }
  if (number.is_int()) {
    out = number;
    return true;
  }
  const double f = number.as_float();
  if (std::isnan(f) || f < -kTwo63 || f >= kTwo63) return false;
  const auto n = static_cast<Int>(f);
  if (static_cast<double>(n) != f) {
    if (takes_float) return false;
    deprecated(v.is_string() ? "Implicit conversion from float-string \"" + v.as_string() + "\" to int loses precision"
                             : "Implicit conversion from float " + float_repr(f) + " to int loses precision");
  }
  out = n;
  return true;
}

bool coerce_weakly(const Value& v, std::string_view types, Value& out) {
  if (v.is_object()) {
    String text;
    if (!has(types, "string") || !object_string(v.as_object(), text)) return false;
    out = text;
    return true;
  }
  if (!is_scalar(v)) return false;
  if (has(types, "int") && weak_int(v, has(types, "float"), out)) return true;
  if (has(types, "float")) {
    bool whole = false;
    if (v.is_bool() || (v.is_string() && (static_cast<void>(parse_number(v.as_string(), whole)), whole))) {
      out = to_float(v);
      return true;
    }
  }
  if (has(types, "string")) {
    out = to_string(v);
    return true;
  }
  if (has(types, "bool")) {
    out = to_bool(v);
    return true;
  }
  return false;
}

// The program is on another line as long as it lives; 0 is none.
struct OnLine {
  explicit OnLine(int line) : before(context().line) {
    if (line != 0) context().line = line;
  }
  ~OnLine() { context().line = before; }
  OnLine(const OnLine&) = delete;
  OnLine& operator=(const OnLine&) = delete;
  Int before;
};

// `line` is where the function that refuses is declared.
[[noreturn]] void refuse_arg(const Value& v, std::string_view types, std::string_view place, int line,
                             bool by_program = true) {
  std::string called;
  const Context& c = context();
  if (by_program && !c.file().empty())
    called = ", called in " + std::string(c.file()) + " on line " + std::to_string(c.line);
  const OnLine there(line);
  throw_type_error(std::string(place) + " must be of type " + std::string(types) + ", " + type_name(v).str() +
                   " given" + called);
}

Value checked(const Value& v, std::string_view types, std::string_view function, bool strictly) {
  if (is_exactly(v, types)) return v;
  Value out;
  if (coerce(v, types, strictly, out)) return out;
  throw_type_error(std::string(function) + "(): Return value must be of type " + std::string(types) + ", " +
                   type_name(v).str() + " returned");
}

}  // namespace

bool is_exactly(const Value& v, std::string_view types) {
  if (types.starts_with('?')) {
    if (v.is_null()) return true;
    types.remove_prefix(1);
  }
  switch (v.kind()) {
    case Kind::kInt:
      return types == "int";
    case Kind::kFloat:
      return types == "float";
    case Kind::kBool:
      return types == "bool";
    case Kind::kString:
      return types == "string";
    case Kind::kArray:
      return types == "array";
    case Kind::kObject:
      return types == v.as_object().of().name;
    default:
      return false;
  }
}

bool coerce(const Value& given, std::string_view types, bool strictly, Value& out) {
  const Value& v = given.deref();
  if (is_exactly(v, types)) {
    out = v;
    return true;
  }
  if (any_of_type(types, [&](std::string_view t) { return is_of_type(v, t); })) {
    out = v;
    return true;
  }
  if (v.is_int() && has(types, "float")) {
    out = to_float(v);
    return true;
  }
  return !strictly && coerce_weakly(v, types, out);
}

namespace {

// The line on which the function at the beginning of a place, such as "A::f(): Argument #1", is declared; 0 where that
// is not known.
int declared_on(std::string_view place) {
  const std::string_view name = place.substr(0, place.find('('));
  const std::size_t colon = name.find("::");
  if (colon == name.npos) {
    const Function* f = function_named(name);
    return f == nullptr ? 0 : f->line;
  }
  const Class* c = find_class(name.substr(0, colon));
  const Method* m = c == nullptr ? nullptr : c->find_method(name.substr(colon + 2));
  return m == nullptr ? 0 : m->function->line;
}

// coerce() for an argument: what it loses is reported where the function is declared.
template <class Line>
bool coerce_argument(const Value& v, std::string_view types, bool strictly, Value& out, Line line) {
  const Value& given = v.deref();
  const int at = (given.is_float() || given.is_string()) && types.find("int") != types.npos ? line() : 0;
  const OnLine there(at);
  return coerce(v, types, strictly, out);
}

}  // namespace

Value arg(const Value& v, std::string_view types, std::string_view place) {
  if (is_exactly(v, types)) return v;
  Value out;
  if (coerce_argument(v, types, false, out, [&] { return declared_on(place); })) return out;
  refuse_arg(v, types, place, declared_on(place));
}
Value strict_arg(const Value& v, std::string_view types, std::string_view place) {
  Value out;
  if (coerce(v, types, true, out)) return out;
  refuse_arg(v, types, place, declared_on(place));
}
Value given_arg(const Value& v, std::string_view types, const Function& f, std::size_t i, bool by_program) {
  Value out;
  const bool strictly = by_program && context().source->strict;
  if (coerce_argument(v, types, strictly, out, [&] { return f.line; })) return out;
  refuse_arg(v, types, argument_place(f, i), f.line, by_program && !f.is_builtin);
}
Value check_result(const Value& v, std::string_view types, std::string_view function) {
  return checked(v, types, function, false);
}
Value check_strict_result(const Value& v, std::string_view types, std::string_view function) {
  return checked(v, types, function, true);
}
Ref check_result_ref(const Ref& r, std::string_view types, std::string_view function) {
  *r = check_result(*r, types, function);
  return r;
}
Ref check_strict_result_ref(const Ref& r, std::string_view types, std::string_view function) {
  *r = check_strict_result(*r, types, function);
  return r;
}
Value strict(const Value& v, std::string_view types, std::string_view place) {
  Value out;
  if (coerce(v, types, true, out)) return out;
  refuse_param(place, types, v);
}
Ref typed_ref(const Ref& r, std::string_view types, std::string_view function, Int n, std::string_view name) {
  const std::string place = argument(function, static_cast<int>(n), name);
  r.set(context().source->strict ? strict_arg(*r, types, place) : arg(*r, types, place));
  return r;
}

// ---- Arguments of builtins ----

std::string argument(std::string_view function, int n, std::string_view name) {
  return std::string(function) + "(): Argument #" + std::to_string(n) + " ($" + std::string(name) + ")";
}

void bad_argument(std::string_view function, int n, std::string_view name, std::string_view complaint) {
  throw_value_error(argument(function, n, name) + " " + std::string(complaint));
}

void refuse_param(std::string_view place, std::string_view want, const Value& v) {
  throw_type_error(std::string(place) + " must be of type " + std::string(want) + ", " + type_name(v).str() + " given");
}

namespace {

// Null where a scalar is wanted, which only builtins take.
void null_given(std::string_view place, std::string_view want) {
  constexpr std::string_view kMark = ": Argument ";
  const std::size_t at = place.find(kMark);
  deprecated(std::string(place.substr(0, at)) + ": Passing null to parameter " +
             std::string(place.substr(std::min(at + kMark.size(), place.size()))) + " of type " + std::string(want) +
             " is deprecated");
}

Int float_param_int(double f, const Value& v, std::string_view place, std::string_view want) {
  if (std::isnan(f) || f < -kTwo63 || f >= kTwo63) refuse_param(place, want, v);
  const auto n = static_cast<Int>(f);
  if (static_cast<double>(n) != f) {
    const Value& x = v.deref();
    deprecated(x.is_string() ? "Implicit conversion from float-string \"" + x.as_string() + "\" to int loses precision"
                             : "Implicit conversion from float " + float_repr(f) + " to int loses precision");
  }
  return n;
}

Int param_int_of(const Value& given, std::string_view place, std::string_view want) {
  const Value& v = given.deref();
  switch (v.kind()) {
    case Kind::kInt:
      return v.as_int();
    case Kind::kFloat:
      return float_param_int(v.as_float(), v, place, want);
    case Kind::kBool:
      return to_int(v);
    case Kind::kUndefined:
    case Kind::kNull:
      null_given(place, want);
      return 0;
    case Kind::kString: {
      bool whole = false;
      const Value number = parse_number(v.as_string(), whole);
      if (!whole) break;
      return number.is_float() ? float_param_int(number.as_float(), v, place, want) : number.as_int();
    }
    default:
      break;
  }
  refuse_param(place, want, v);
}

}  // namespace

Int param_int(const Value& v, std::string_view place) { return param_int_of(v, place, "int"); }

double param_float(const Value& given, std::string_view place) {
  const Value& v = given.deref();
  if (v.is_number() || v.is_bool()) return to_float(v);
  if (v.is_null()) {
    null_given(place, "float");
    return 0;
  }
  bool whole = false;
  if (v.is_string()) {
    const Value number = parse_number(v.as_string(), whole);
    if (whole) return to_float(number);
  }
  refuse_param(place, "float", v);
}

Value param_number(const Value& given, std::string_view place) {
  const Value& v = given.deref();
  if (v.is_number()) return v;
  if (v.is_bool()) return to_int(v);
  if (v.is_null()) {
    null_given(place, "int|float");
    return 0;
  }
  bool whole = false;
  if (v.is_string()) {
    Value number = parse_number(v.as_string(), whole);
    if (whole) return number;
  }
  refuse_param(place, "int|float", v);
}

String param_string(const Value& given, std::string_view place) {
  const Value& v = given.deref();
  if (is_scalar(v)) return to_string(v);
  if (v.is_null()) {
    null_given(place, "string");
    return {};
  }
  String out;
  if (v.is_object() && object_string(v.as_object(), out)) return out;
  refuse_param(place, "string", v);
}

bool param_bool(const Value& given, std::string_view place) {
  const Value& v = given.deref();
  if (is_scalar(v)) return to_bool(v);
  if (!v.is_null()) refuse_param(place, "bool", v);
  null_given(place, "bool");
  return false;
}

Array param_array(const Value& given, std::string_view place) {
  const Value& v = given.deref();
  if (!v.is_array()) refuse_param(place, "array", v);
  return v.as_array();
}

std::optional<Array> param_array_or_null(const Value& given, std::string_view place) {
  const Value& v = given.deref();
  if (v.is_null()) return std::nullopt;
  if (!v.is_array()) refuse_param(place, "?array", v);
  return v.as_array();
}

ObjectPtr param_object(const Value& given, std::string_view place) {
  const Value& v = given.deref();
  if (!v.is_object()) refuse_param(place, "object", v);
  return v.object();
}

Value param_union(const Value& given, std::string_view types, std::string_view place) {
  const Value& v = given.deref();
  const bool integer = has(types, "int");
  const bool floating = has(types, "float");
  const bool text = has(types, "string");
  const bool boolean = has(types, "bool");
  const auto fits = [&](std::string_view t) {
    const bool known =
        t == "int" || t == "float" || t == "string" || t == "bool" || t == "array" || t == "null" || t == "mixed";
    return known ? is_of_type(v, t) : v.is_object();
  };
  if (any_of_type(types, fits)) return v;
  const std::string_view shown = types == "object|array" ? "array" : types;
  switch (v.kind()) {
    case Kind::kUndefined:
    case Kind::kNull:
      if (!integer && !floating && !text && !boolean) break;
      null_given(place, shown);
      if (integer && !text) return 0;
      if (text) return "";
      return floating ? Value(0.0) : Value(false);
    case Kind::kInt:
      if (floating) return to_float(v);
      if (text) return to_string(v);
      if (boolean) return to_bool(v);
      break;
    case Kind::kFloat: {
      const double f = v.as_float();
      if (integer && f == std::trunc(f) && std::fabs(f) < kTwo63) return static_cast<Int>(f);
      if (text) return to_string(v);
      if (integer) return float_param_int(f, v, place, shown);
      if (boolean) return f != 0;
      break;
    }
    case Kind::kBool:
      if (integer) return to_int(v);
      if (floating) return to_float(v);
      if (text) return to_string(v);
      break;
    case Kind::kString: {
      bool whole = false;
      const Value number = parse_number(v.as_string(), whole);
      if (whole && number.is_int() && (integer || floating)) return integer ? number : Value(to_float(number));
      if (whole && number.is_float() && (integer || floating)) {
        return floating ? number : Value(param_int_of(v, place, shown));
      }
      if (boolean) return to_bool(v);
      break;
    }
    case Kind::kObject: {
      String out;
      if (text && object_string(v.as_object(), out)) return out;
      break;
    }
    default:
      break;
  }
  refuse_param(place, shown, v);
}

}  // namespace banyan::php_runtime
