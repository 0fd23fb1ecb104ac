// array_diff(), array_intersect() and their variants. They differ in what counts as equal: values as text or by a
// callback, keys or not.
#include <algorithm>
#include <unordered_set>

#include "php_runtime/builtin_arrays.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

// When an element is in another array.
struct Rule {
  bool intersect = false;
  bool values = false;
  bool keys = false;
  Callable value_callback;
  Callable key_callback;

  bool same_value(const Value& a, const Value& b) const {
    if (!values) return true;
    if (value_callback) return to_int(value_callback->call({a, b})) == 0;
    return to_string(a) == to_string(b);
  }

  bool has(const Array& other, const Key& key, const Value& v) const {
    if (keys && !key_callback) {
      const Value* found = other.lookup(key);
      return found != nullptr && same_value(v, *found);
    }
    for (const auto& [other_key, raw] : other) {
      const bool same_key = !key_callback || to_int(key_callback->call({key.value(), other_key.value()})) == 0;
      if (same_key && same_value(v, raw.deref())) return true;
    }
    return false;
  }

  Array run(const Array& array, Many<Array> others) const {
    const Array kept = array;
    Array out;
    for (const auto& [key, raw] : kept) {
      const Value v = raw.deref();
      bool keep = true;
      for (const Array& other : others) keep = keep && has(other, key, v) == intersect;
      if (keep) out.set_raw(key, own_copy(raw));
    }
    return out;
  }
};

using TextSet = std::unordered_set<std::string>;

std::vector<TextSet> text_sets(Many<Array> arrays) {
  std::vector<TextSet> sets;
  for (const Array& array : arrays) {
    TextSet& set = sets.emplace_back();
    for (const auto& [key, value] : array) set.insert(to_string(value).str());
  }
  return sets;
}

// The elements whose text is in all of the sets (intersect) or in none.
Array by_text(const Array& array, const std::vector<TextSet>& sets, bool intersect) {
  const Array kept = array;
  Array out;
  for (const auto& [key, value] : kept) {
    const std::string text = to_string(value).str();
    const bool keep =
        std::all_of(sets.begin(), sets.end(), [&](const TextSet& set) { return set.contains(text) == intersect; });
    if (keep) out.set_raw(key, own_copy(value));
  }
  return out;
}

}  // namespace

Array array_diff(const Array& array, Many<Array> arrays) {
  if (array.empty()) return {};
  if (arrays.empty() || (arrays.size() == 1 && array.size() == 1 && arrays[0].empty())) return array;
  return by_text(array, text_sets(arrays), false);
}

Array array_intersect(const Array& array, Many<Array> arrays) { return by_text(array, text_sets(arrays), true); }

Array array_diff_key(const Array& array, Many<Array> arrays) { return Rule{.keys = true}.run(array, arrays); }

Array array_diff_assoc(const Array& array, Many<Array> arrays) {
  return Rule{.values = true, .keys = true}.run(array, arrays);
}

Array array_intersect_key(const Array& array, Many<Array> arrays) {
  return Rule{.intersect = true, .keys = true}.run(array, arrays);
}

Array array_intersect_assoc(const Array& array, Many<Array> arrays) {
  return Rule{.intersect = true, .values = true, .keys = true}.run(array, arrays);
}

namespace {

enum Callbacks { kByValue = 1, kByKey = 2 };

// Takes the arrays and the callbacks at their end apart.
Array callback_set(std::string_view function, Rule rule, const Array& array, Arguments rest, int callbacks) {
  const std::size_t count = callbacks == (kByValue | kByKey) ? 2 : 1;
  if (rest.size() < count) {
    throw_argument_count(concat({"At least ", std::to_string(count + 1), " arguments are required, ",
                                 std::to_string(rest.size() + 1), " passed"}));
  }
  const std::size_t n = rest.size() - count;
  auto place = [&](std::size_t i) { return concat({function, "(): Argument #", std::to_string(i + 2)}); };
  std::vector<Callable> found;
  for (std::size_t i = n; i < rest.size(); ++i) found.push_back(param_callable(rest[i], place(i)));
  std::vector<Array> others;
  for (std::size_t i = 0; i < n; ++i) {
    if (!rest[i].deref().is_array()) {
      throw_type_error(concat({place(i), " must be of type array, ", type_name(rest[i]), " given"}));
    }
    others.push_back(rest[i].deref().as_array());
  }
  if ((callbacks & kByValue) != 0) rule.value_callback = found.front();
  if ((callbacks & kByKey) != 0) rule.key_callback = found.back();
  return rule.run(array, others);
}

}  // namespace

Array array_udiff(const Array& array, Arguments rest) {
  return callback_set("array_udiff", {.values = true}, array, rest, kByValue);
}

Array array_diff_ukey(const Array& array, Arguments rest) {
  return callback_set("array_diff_ukey", {.keys = true}, array, rest, kByKey);
}

Array array_diff_uassoc(const Array& array, Arguments rest) {
  return callback_set("array_diff_uassoc", {.values = true, .keys = true}, array, rest, kByKey);
}

Array array_udiff_assoc(const Array& array, Arguments rest) {
  return callback_set("array_udiff_assoc", {.values = true, .keys = true}, array, rest, kByValue);
}

Array array_udiff_uassoc(const Array& array, Arguments rest) {
  return callback_set("array_udiff_uassoc", {.values = true, .keys = true}, array, rest, kByValue | kByKey);
}

Array array_uintersect(const Array& array, Arguments rest) {
  return callback_set("array_uintersect", {.intersect = true, .values = true}, array, rest, kByValue);
}

Array array_intersect_ukey(const Array& array, Arguments rest) {
  return callback_set("array_intersect_ukey", {.intersect = true, .keys = true}, array, rest, kByKey);
}

Array array_intersect_uassoc(const Array& array, Arguments rest) {
  return callback_set("array_intersect_uassoc", {.intersect = true, .values = true, .keys = true}, array, rest, kByKey);
}

Array array_uintersect_assoc(const Array& array, Arguments rest) {
  return callback_set("array_uintersect_assoc", {.intersect = true, .values = true, .keys = true}, array, rest,
                      kByValue);
}

Array array_uintersect_uassoc(const Array& array, Arguments rest) {
  return callback_set("array_uintersect_uassoc", {.intersect = true, .values = true, .keys = true}, array, rest,
                      kByValue | kByKey);
}

}  // namespace banyan::php_runtime
