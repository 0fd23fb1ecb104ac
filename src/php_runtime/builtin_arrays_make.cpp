// Making arrays from nothing and from others.
#include <algorithm>
#include <cmath>

#include "php_runtime/builtin_arrays.h"
#include "php_runtime/builtin_math.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/object.h"
#include "php_runtime/operators.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

Int count_nested(const Array& array) {
  Int n = array.count();
  for (const auto& [key, value] : array) {
    if (value.deref().is_array()) n += count_nested(value.deref().as_array());
  }
  return n;
}

Int count_in(std::string_view function, const Value& v, Int mode) {
  if (mode != 0 && mode != 1) bad_argument(function, 2, "mode", "must be either COUNT_NORMAL or COUNT_RECURSIVE");
  if (v.is_array()) return mode == 1 ? count_nested(v.as_array()) : v.as_array().count();
  if (v.is_object() && is_a(v, "Countable")) return to_int(call_method(v.as_object(), "count"));
  throw_type_error(
      concat({argument(function, 1, "value"), " must be of type Countable|array, ", type_name(v), " given"}));
}

}  // namespace

Int count(const Value& v, Int mode) { return count_in("count", v.deref(), mode); }
Int sizeof_(const Value& v, Int mode) { return count_in("sizeof", v.deref(), mode); }

namespace {

// What a string is as a number.
enum Numeric { kNone, kInteger, kReal };

Numeric numeric_kind(std::string_view s) {
  bool whole = false;
  const Value n = parse_number(s, whole);
  return !whole ? kNone : n.is_int() ? kInteger : kReal;
}

bool float_like(const Value& v) { return v.is_string() ? numeric_kind(v.as_string()) == kReal : v.is_float(); }

[[noreturn]] void range_too_wide() { bad_argument("range", 3, "step", "must not exceed the specified range"); }

// An end of a range as messages show it.
String range_end(double f) { return std::isinf(f) ? "inf" : concat({f < 0 ? "-" : "", format_fixed(std::fabs(f), 0)}); }
String range_end(Int n) { return std::to_string(n); }

template <class Number>
void check_range_size(double size, Number low, Number high) {
  if (size < static_cast<double>(kArrayElementsMax) || std::isnan(size)) return;
  throw_value_error(concat({"The supplied range exceeds the maximum array size: start=", range_end(std::min(low, high)),
                            " end=", range_end(std::max(low, high))}));
}

Array range_floats(double low, double high, double step) {
  if (std::isinf(low) || std::isinf(high)) {
    throw_value_error(concat({"Invalid range supplied: start=", range_end(low), " end=", range_end(high)}));
  }
  const double distance = std::fabs(high - low);
  if (distance == 0 || std::isnan(distance)) return Array::list({low});
  if (distance < step || step <= 0) range_too_wide();
  const double size = distance / step + 1;
  check_range_size(size, low, high);
  Array out;
  if (low > high) step = -step;
  const Int most = float_to_int(round_float(size, 0));
  for (Int i = 0; i < most; ++i) {
    const double element = low + static_cast<double>(i) * step;
    if (step > 0 ? element > high : element < high) break;
    out.append(element);
  }
  return out;
}

// step is not negative.
Array range_ints(Int low, Int high, Int step) {
  if (low == high) return Array::list({low});
  if (step <= 0) range_too_wide();
  const std::uint64_t a = static_cast<std::uint64_t>(low), b = static_cast<std::uint64_t>(high);
  const std::uint64_t distance = low > high ? a - b : b - a, by = static_cast<std::uint64_t>(step);
  if (distance < by) range_too_wide();
  const std::uint64_t last = distance / by;
  check_range_size(static_cast<double>(last), low, high);
  Array out;
  out.reserve(last + 1);
  for (std::uint64_t i = 0; i <= last; ++i) out.append(static_cast<Int>(low > high ? a - i * by : a + i * by));
  return out;
}

Array range_bytes(unsigned char low, unsigned char high, Int step) {
  Array out;
  const Array codes = range_ints(low, high, step);
  for (const auto& [key, code] : codes) {
    const char c = static_cast<char>(code.as_int());
    out.append(std::string_view(&c, 1));
  }
  return out;
}

}  // namespace

// As PHP 8.2 has it.
Array range(const Value& start, const Value& end, const Value& step) {
  const double by = std::fabs(to_float(step));
  bool real = start.is_float() || end.is_float() || float_like(step);
  if (start.is_string() && end.is_string() && !start.as_string().empty() && !end.as_string().empty()) {
    const Numeric low = numeric_kind(start.as_string()), high = numeric_kind(end.as_string());
    if (low == kReal || high == kReal || float_like(step)) {
      real = true;
    } else if (low == kNone && high == kNone) {
      return range_bytes(byte_at(start.as_string(), 0), byte_at(end.as_string(), 0), float_to_int(by));
    }
  }
  if (real) return range_floats(to_float(start), to_float(end), by);
  if (by <= 0) range_too_wide();
  return range_ints(to_int(start), to_int(end), float_to_int(by));
}

// For how many elements room is made before they are.
static constexpr Int kRoomMost = 1 << 22;

Array array_fill(Int start, Int count, const Value& v) {
  if (count < 0 || count >= kArrayElementsMax) {
    bad_argument("array_fill", 2, "count", count > 0 ? "is too large" : "must be greater than or equal to 0");
  }
  Array out;
  if (count == 0) return out;
  out.own().unbegun = true;
  if (start == 0) out.reserve(static_cast<std::size_t>(std::min(count, kRoomMost)));
  out.set_key(Key(start), v);
  for (Int i = 1; i < count; ++i) out.append(v);
  return out;
}

namespace {

// A value as a key where PHP goes by its text: ints stay.
Key text_key(const Value& v) { return v.deref().is_int() ? Key(v.deref().as_int()) : Key(to_string(v)); }

}  // namespace

Array array_fill_keys(const Array& keys, const Value& v) {
  Array out;
  for (const auto& [key, value] : keys) out.set_key(text_key(value), v);
  return out;
}

Array array_combine(const Array& keys, const Array& values) {
  if (keys.size() != values.size()) {
    throw_value_error(
        "array_combine(): Argument #1 ($keys) and argument #2 ($values) must have the same number of elements");
  }
  Array out;
  const std::vector<Value> all = values_of(values);
  std::size_t i = 0;
  for (const auto& [key, value] : keys) out.set_key(text_key(value), all[i++]);
  return out;
}

Array array_flip(const Array& array) {
  Array out;
  for (const auto& [key, raw] : array) {
    const Value& v = raw.deref();
    if (v.is_int() || v.is_string()) {
      out.set_key(text_key(v), key.value());
    } else {
      warn_function("array_flip", "Can only flip string and integer values, entry skipped");
    }
  }
  return out;
}

namespace {

// Adds an element: int keys become new ones, strings stay.
void add_renumbered(Array& to, const Key& key, const Value& value) {
  if (key.is_text()) {
    to.set_raw(key, own_copy(value));
  } else {
    to.append(own_copy(value));
  }
}

void append_renumbered(Array& to, const Array& from) {
  for (const auto& [key, value] : from) add_renumbered(to, key, value);
}

}  // namespace

Array array_pad(const Array& array, Int length, const Value& v) {
  const Int size = length == INT64_MIN ? length : std::abs(length);
  const Int missing = wrap_add(size, -array.count());
  if (missing > 1048576 || size < 0) bad_argument("array_pad", 2, "length", "must be less than or equal to 1048576");
  if (missing <= 0) return array;
  Array out;
  auto pad = [&] {
    for (Int i = 0; i < missing; ++i) out.append(v);
  };
  if (length < 0) pad();
  append_renumbered(out, array);
  if (length > 0) pad();
  return out;
}

Array array_merge(Many<Array> arrays) {
  Array out;
  for (const Array& array : arrays) append_renumbered(out, array);
  return out;
}

namespace {

// The arrays that are being taken in: one that holds itself by a reference never ends.
using Active = std::vector<const ArrayBody*>;

void enter(Active& active, const Array& array) {
  if (std::ranges::find(active, array.body()) != active.end()) throw_error("Recursion detected");
  active.push_back(array.body());
}

void merge_into(Array& to, const Array& from, Active& active) {
  for (const auto& [key, raw] : from) {
    if (!key.is_text()) {
      to.append(own_copy(raw));
      continue;
    }
    const Value* found = to.lookup(key);
    if (found == nullptr) {
      to.set_raw(key, own_copy(raw));
      continue;
    }
    const Value old = *found;
    const Value v = raw.deref();
    const std::size_t before = active.size();
    if (old.is_array() && !old.as_array().empty()) enter(active, old.as_array());
    Array merged = old.is_null() ? Array::list({Value()}) : to_array(old);
    if (v.is_array()) {
      merge_into(merged, v.as_array(), active);
    } else if (v.is_object()) {
      merge_into(merged, to_array(v), active);
    } else {
      merged.append(v);
    }
    active.resize(before);
    to.set_raw(key, merged);
  }
}

Array replaced(Array out, const Array& by, Active& active) {
  for (const auto& [key, raw] : by) {
    const Value* const old = out.raw(key);
    const Value& v = raw.deref();
    if (old == nullptr || !old->deref().is_array() || !v.is_array()) {
      out.set_raw(key, own_copy(raw));
      continue;
    }
    const std::size_t before = active.size();
    if (!v.as_array().empty()) enter(active, v.as_array());
    out.set_raw(key, replaced(old->deref().as_array(), v.as_array(), active));
    active.resize(before);
  }
  return out;
}

}  // namespace

Array array_merge_recursive(Many<Array> arrays) {
  Array out;
  Active active;
  for (const Array& array : arrays) merge_into(out, array, active);
  return out;
}

Array array_replace(const Array& array, Many<Array> replacements) {
  Array out = array;
  for (const Array& one : replacements) {
    for (const auto& [key, value] : one) out.set_raw(key, own_copy(value));
  }
  return out;
}

Array array_replace_recursive(const Array& array, Many<Array> replacements) {
  Array out = array;
  Active active;
  for (const Array& one : replacements) out = replaced(std::move(out), one, active);
  return out;
}

Array array_keys(const Array& array, const Value& filter, bool strict) {
  Array out;
  for (const auto& [key, value] : array) {
    const bool wanted =
        filter.is_undefined() || (strict ? strict_equal(value.deref(), filter) : loose_equal(value.deref(), filter));
    if (wanted) out.append(key.value());
  }
  return out;
}

Array array_values(const Array& array) {
  if (array.is_packed()) return array;
  Array out;
  out.reserve(array.size());
  for (const auto& [key, value] : array) out.append(own_copy(value));
  return out;
}

bool array_is_list(const Array& array) { return array.is_list(); }

Value array_key_first(const Array& array) { return array.empty() ? Value() : (*array.begin()).key.value(); }

Value array_key_last(const Array& array) {
  for (std::size_t slot = array.slots(); slot > 0; --slot) {
    if (array.occupied(slot - 1)) return array.key_at(slot - 1).value();
  }
  return {};
}

namespace {

Key column_key(const Value& v) {
  if (v.is_object()) return Key(to_string(v));
  if (v.is_array()) throw_type_error("Cannot access offset of type array on array");
  return to_key(v);
}

// Nothing where the row has no such column.
std::optional<Value> column_of(const Value& row, const Value& name) {
  if (name.is_null()) return std::nullopt;
  if (row.is_array()) {
    const Value* found = row.as_array().lookup(name);
    if (found != nullptr) return *found;
  } else if (row.is_object() && isset_prop(row, to_string(name), nullptr)) {
    return prop(row, to_string(name), nullptr);
  }
  return std::nullopt;
}

}  // namespace

Array array_column(const Array& array, const Value& column, const Value& index_key) {
  Array out;
  for (const Value& row : values_of(array)) {
    const std::optional<Value> v = column.is_null() ? std::optional<Value>(row) : column_of(row, column);
    if (!v) continue;
    if (const std::optional<Value> key = column_of(row, index_key)) {
      out.set_key(column_key(*key), *v);
    } else {
      out.append(*v);
    }
  }
  return out;
}

Array array_chunk(const Array& array, Int length, bool preserve_keys) {
  if (length < 1) bad_argument("array_chunk", 2, "length", "must be greater than 0");
  Array chunks, chunk;
  for (const auto& [key, value] : array) {
    if (preserve_keys) {
      chunk.set_raw(key, own_copy(value));
    } else {
      chunk.append(own_copy(value));
    }
    if (chunk.count() == length) chunks.append(std::exchange(chunk, Array()));
  }
  if (!chunk.empty()) chunks.append(chunk);
  return chunks;
}

Array array_slice(const Array& array, Int offset, const Value& length, bool preserve_keys) {
  const Part part = clip(array.size(), offset, length);
  Array out;
  std::size_t i = 0;
  for (const auto& [key, value] : array) {
    if (i >= part.to) break;
    if (i++ < part.from) continue;
    if (preserve_keys) {
      out.set_raw(key, own_copy(value));
    } else {
      add_renumbered(out, key, value);
    }
  }
  return out;
}

Array array_reverse(const Array& array, bool preserve_keys) {
  Array out;
  for (std::size_t slot = array.slots(); slot > 0; --slot) {
    if (!array.occupied(slot - 1)) continue;
    const Key key = array.key_at(slot - 1);
    if (preserve_keys) {
      out.set_raw(key, own_copy(array.at(slot - 1)));
    } else {
      add_renumbered(out, key, array.at(slot - 1));
    }
  }
  return out;
}

Array array_change_key_case(const Array& array, Int mode) {
  Array out;
  for (const auto& [key, value] : array) {
    if (key.is_text()) {
      out.set_raw(Key::text_as_is(mode != 0 ? upper(key.text()) : lower(key.text())), own_copy(value));
    } else {
      out.set_raw(key, own_copy(value));
    }
  }
  return out;
}

Array array_count_values(const Array& array) {
  Array out;
  for (const auto& [key, raw] : array) {
    const Value& v = raw.deref();
    if (!v.is_int() && !v.is_string()) {
      warn_function("array_count_values", "Can only count string and integer values, entry skipped");
      continue;
    }
    const Key counted = text_key(v);
    const Value* old = out.lookup(counted);
    out.set_key(counted, old == nullptr ? Int{1} : old->as_int() + 1);
  }
  return out;
}

}  // namespace banyan::php_runtime
