// Searching and folding arrays. What runs code of the program keeps a copy of the array that it walks over.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "php_runtime/builtin_arrays.h"
#include "php_runtime/operators.h"
#include "php_runtime/place.h"
#include "php_runtime/sort.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

bool in_array(const Value& needle, const Array& haystack, bool strict) {
  return !array_search(needle, haystack, strict).is_false();
}

// The key, or false.
Value array_search(const Value& needle, const Array& haystack, bool strict) {
  const Array kept = haystack;
  for (const auto& [key, value] : kept) {
    if (strict ? strict_equal(value.deref(), needle) : loose_equal(needle, value.deref())) return key.value();
  }
  return false;
}

namespace {

bool has_key(std::string_view function, const Value& key, const Array& array) {
  if (key.is_array() || key.is_object()) {
    throw_type_error(concat({argument(function, 1, "key"), " must be a valid array offset type"}));
  }
  return array.has(key);
}

}  // namespace

bool array_key_exists(const Value& key, const Array& array) { return has_key("array_key_exists", key, array); }
bool key_exists(const Value& key, const Array& array) { return has_key("key_exists", key, array); }

bool array_has_key(const Value& key, const Array& array) {
  if (key.is_array() || key.is_object()) throw_type_error("Illegal offset type");
  return array.has(key);
}

namespace {

// A value as array_sum() adds it.
Value loose_number(const Value& v) {
  if (v.is_number()) return v;
  if (!v.is_string()) return to_int(v);
  const Value n = parse_number(v.as_string());
  return n.is_null() ? Value(0) : n;
}

Value fold_numbers(const Array& array, Value result, Value (*f)(const Value&, const Value&)) {
  for (const auto& [key, raw] : array) {
    const Value& v = raw.deref();
    if (!v.is_array() && !v.is_object()) result = f(result, loose_number(v));
  }
  return result;
}

}  // namespace

Value array_sum(const Array& array) { return fold_numbers(array, 0, add); }
Value array_product(const Array& array) { return fold_numbers(array, 1, mul); }

namespace {

// The greatest (1) or smallest (-1) of several values, or of the elements of an array.
Value extreme(std::string_view function, const Value& value, Arguments values, int wanted) {
  std::vector<Value> all;
  if (values.empty()) {
    if (!value.deref().is_array()) {
      throw_type_error(
          concat({argument(function, 1, "value"), " must be of type array, ", type_name(value), " given"}));
    }
    all = values_of(value.deref().as_array());
    if (all.empty()) bad_argument(function, 1, "value", "must contain at least one element");
  } else {
    all.push_back(value.deref());
    for (const Value& v : values) all.push_back(v.deref());
  }
  Value best = all[0];
  for (std::size_t i = 1; i < all.size(); ++i) {
    const bool better = values.empty() ? compare(best, all[i]) == -wanted : compare(all[i], best) == wanted;
    if (better) best = all[i];
  }
  return best;
}

}  // namespace

Value max(const Value& value, Arguments values) { return extreme("max", value, values, 1); }
Value min(const Value& value, Arguments values) { return extreme("min", value, values, -1); }

Array array_map(const Callable& callback, const Array& array, Many<Array> arrays) {
  const Array kept = array;
  if (arrays.empty() && !callback) return kept;
  Array out;
  if (arrays.empty()) {
    for (const auto& [key, value] : kept) out.set_key(key, callback->call({value.deref()}));
    return out;
  }
  // Into rows go the references themselves.
  const auto column_of = [&](const Array& one) {
    if (callback) return values_of(one);
    std::vector<Value> column;
    for (const auto& [key, value] : one) column.push_back(value);
    return column;
  };
  std::vector<std::vector<Value>> columns = {column_of(kept)};
  for (const Array& one : arrays) columns.push_back(column_of(one));
  std::size_t longest = 0;
  for (const auto& column : columns) longest = std::max(longest, column.size());
  for (std::size_t i = 0; i < longest; ++i) {
    std::vector<Value> row;
    for (const auto& column : columns) row.push_back(i < column.size() ? column[i] : Value());
    out.append(callback ? callback->call(row) : Value(Array::list(row)));
  }
  return out;
}

Array array_filter(const Array& array, const Callable& callback, Int mode) {
  constexpr Int both = 1, by_key = 2;
  const Array kept = array;
  Array out;
  for (const auto& [key, raw] : kept) {
    const Value v = raw.deref();
    Value keep = v;
    if (callback) {
      keep = mode == by_key ? callback->call({key.value()})
             : mode == both ? callback->call({v, key.value()})
                            : callback->call({v});
    }
    if (to_bool(keep)) out.set_raw(key, own_copy(raw));
  }
  return out;
}

Value array_reduce(const Array& array, const Callable& callback, const Value& initial) {
  const Array kept = array;
  Value result = initial;
  for (const auto& [key, value] : kept) result = callback->call({result, value.deref()});
  return result;
}

namespace {

// What array_at() says about the array of a walk. The properties of an object, which it collected, are let go of
// however the walk over them ends.
class Walked {
 public:
  explicit Walked(Array& array) : array_(array) {
    const WalkedPlace found = std::exchange(walked_place(), {});
    if (found.array == &array) found_ = found;
  }
  Walked(const Walked&) = delete;
  Walked& operator=(const Walked&) = delete;
  ~Walked() {
    if (found_.is_collected) array_ = Array();
  }
  // Whether there still is an array where it was.
  bool stays() const { return found_.place == nullptr || found_.place->is_array(); }

 private:
  Array& array_;
  WalkedPlace found_;
};

void walk_element(const Walked& walked, Array& array, ArrayWalk& walk, const Callable& callback, const Value& extra) {
  const Value key = walk.key();
  std::vector<Value> arguments = {walk.value(), key};
  if (!extra.is_undefined()) arguments.push_back(extra);
  if (!callback->function().wants_reference(0)) {
    callback->call(arguments);
    return;
  }
  const Value* before = array.raw(to_key(key));
  const bool was_reference = before != nullptr && before->is_reference();
  const Ref element = walk.ref();
  arguments[0] = Value(element);
  callback->call(arguments);
  if (was_reference || !walked.stays()) return;
  const Value* now = array.raw(to_key(key));  // maybe of another array, which took the place of the one walked over
  if (now == nullptr || !now->is_reference() || !now->as_reference().same(element)) return;
  array.set_raw(to_key(key), element.value());
}

void walk_array(const Walked& walked, Array& array, const Callable& callback, const Value& extra, bool deep) {
  for (ArrayWalk walk(&array); walk.next();) {
    if (deep && walk.value().is_array()) {
      walk_array(walked, array.slot(to_key(walk.key())).array_here(), callback, extra, true);
    } else {
      walk_element(walked, array, walk, callback, extra);
    }
    if (!walked.stays()) throw_type_error("Iterated value is no longer an array or object");
  }
}

}  // namespace

// `extra` is handed to the callback where it is given.
bool array_walk(Array& array, const Callable& callback, const Value& extra) {
  const Walked walked(array);
  walk_array(walked, array, callback, extra, false);
  return true;
}

bool array_walk_recursive(Array& array, const Callable& callback, const Value& extra) {
  const Walked walked(array);
  walk_array(walked, array, callback, extra, true);
  return true;
}

namespace {

// Keeps the first of each run of equal values in sorted order, as PHP does for all flags but SORT_STRING.
Array unique_sorted(const Array& array, Comparison compare) {
  std::vector<ArrayEntry> all;
  for (const auto& [key, value] : array) all.push_back({key, value});
  auto compared = [&](std::size_t i, std::size_t j) { return compare(all[i].value.deref(), all[j].value.deref()); };
  const auto order = sorted_order(all.size(), compared);
  std::vector<bool> drop(all.size());
  std::size_t last = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (compared(order[last], order[i]) == 0) {
      drop[order[i]] = true;
    } else {
      last = i;
    }
  }
  Array out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!drop[i]) out.set_raw(all[i].key, own_copy(all[i].value));
  }
  return out;
}

}  // namespace

Array array_unique(const Array& array, Int flags) {
  const Array kept = array;
  if (kept.size() <= 1) return kept;
  if (flags != 2) return unique_sorted(kept, comparison(flags));
  Array out;
  std::unordered_set<std::string> seen;
  for (const auto& [key, value] : kept) {
    if (seen.insert(to_string(value).str()).second) out.set_raw(key, own_copy(value));
  }
  return out;
}

}  // namespace banyan::php_runtime
