// The sort family, after https://www.php.net/manual/en/array.sorting.php.
#include <exception>

#include "php_runtime/builtin_arrays.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/place.h"
#include "php_runtime/sort.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

using Compare = std::function<int(const Value&, const Value&)>;

enum By { kValues, kKeys };

// Sorts in place; `renumber` gives new keys.
void sort_array(Array& array, By by, bool renumber, const Compare& compare) {
  std::vector<ArrayEntry> all;
  for (const auto& [key, value] : array) all.push_back({key, own_copy(value)});
  std::vector<Value> keys;
  if (by == kKeys) {
    for (const ArrayEntry& entry : all) keys.push_back(entry.key.value());
  }
  const auto order = sorted_order(all.size(), [&](std::size_t i, std::size_t j) {
    return by == kKeys ? compare(keys[i], keys[j]) : compare(all[i].value.deref(), all[j].value.deref());
  });
  std::vector<ArrayEntry> sorted;
  sorted.reserve(all.size());
  for (std::size_t at : order) sorted.push_back(all[at]);
  array.replace(std::move(sorted), renumber);
}

Compare reversed(Comparison compare) {
  return [compare](const Value& a, const Value& b) { return -compare(a, b); };
}

// A comparison by a callback. One that gives booleans is asked the other way round as well, as PHP does for callbacks
// of old; after one that throws the sort goes on without it, then the exception does.
class UserCompare {
 public:
  UserCompare(std::string_view name, const Callable& callback) : name_(name), callback_(callback) {}

  int operator()(const Value& a, const Value& b) {
    if (thrown_ != nullptr) return 0;
    try {
      return asked(a, b);
    } catch (...) {
      thrown_ = std::current_exception();
      return 0;
    }
  }
  void rethrow() const {
    if (thrown_ != nullptr) std::rethrow_exception(thrown_);
  }

 private:
  int asked(const Value& a, const Value& b) {
    const Value result = callback_->call({a, b});
    if (!result.is_bool()) return compare_numbers<Int>(to_int(result), 0);
    if (!warned_) {
      deprecated(concat({name_,
                         "(): Returning bool from comparison function is deprecated, return an integer less than,"
                         " equal to, or greater than zero"}));
      warned_ = true;
    }
    if (result.as_bool()) return 1;
    return to_bool(callback_->call({b, a})) ? -1 : 0;
  }

  std::string_view name_;
  Callable callback_;
  bool warned_ = false;
  std::exception_ptr thrown_;
};

bool user_sort(std::string_view name, Array& array, const Callable& callback, By by, bool renumber) {
  UserCompare compare(name, callback);
  sort_array(array, by, renumber, std::ref(compare));
  compare.rethrow();
  return true;
}

}  // namespace

bool sort(Array& array, Int flags) { return sort_array(array, kValues, true, comparison(flags)), true; }
bool rsort(Array& array, Int flags) { return sort_array(array, kValues, true, reversed(comparison(flags))), true; }
bool asort(Array& array, Int flags) { return sort_array(array, kValues, false, comparison(flags)), true; }
bool arsort(Array& array, Int flags) { return sort_array(array, kValues, false, reversed(comparison(flags))), true; }
bool ksort(Array& array, Int flags) { return sort_array(array, kKeys, false, comparison(flags)), true; }
bool krsort(Array& array, Int flags) { return sort_array(array, kKeys, false, reversed(comparison(flags))), true; }
bool natsort(Array& array) { return asort(array, 6); }
bool natcasesort(Array& array) { return asort(array, 6 | 8); }

bool usort(Array& array, const Callable& callback) { return user_sort("usort", array, callback, kValues, true); }
bool uasort(Array& array, const Callable& callback) { return user_sort("uasort", array, callback, kValues, false); }
bool uksort(Array& array, const Callable& callback) { return user_sort("uksort", array, callback, kKeys, false); }

namespace {

struct Column {
  Ref array;
  std::vector<ArrayEntry> entries;
  bool descending = false;
  Int flags = 0;
};

[[noreturn]] void bad_multisort(std::size_t i, std::string_view complaint) {
  throw_type_error(
      concat({"array_multisort(): Argument #", std::to_string(i + 1), i == 0 ? " ($array) " : " ", complaint}));
}

// The arrays and the order and flags that follow each.
std::vector<Column> multisort_columns(Many<Ref> arguments) {
  constexpr std::string_view again = "must be an array or a sort flag that has not already been specified";
  std::vector<Column> columns;
  bool order_given = false, flag_given = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Value& v = arguments[i].value();
    if (v.is_array()) {
      columns.push_back({arguments[i], {}, false, 0});
      for (const auto& [key, value] : v.as_array()) columns.back().entries.push_back({key, own_copy(value)});
      order_given = flag_given = false;
      continue;
    }
    if (!v.is_int()) bad_multisort(i, "must be an array or a sort flag");
    const Int flag = v.as_int() & ~Int{8};
    const bool is_order = flag == 4 || flag == 3,
               is_flag = flag == 0 || flag == 1 || flag == 2 || flag == 5 || flag == 6;
    if (!is_order && !is_flag) {
      throw_value_error(concat({"array_multisort(): Argument #", std::to_string(i + 1), " must be a valid sort flag"}));
    }
    if (columns.empty() || (is_order ? order_given : flag_given)) bad_multisort(i, again);
    (is_order ? order_given : flag_given) = true;
    if (is_order) columns.back().descending = flag == 3;
    if (is_flag) columns.back().flags = v.as_int();
  }
  return columns;
}

}  // namespace

// Sorts several arrays as columns of one table.
bool array_multisort(Many<Ref> arguments) {
  std::vector<Column> columns = multisort_columns(arguments);
  const std::size_t rows = columns[0].entries.size();
  for (const Column& column : columns) {
    if (column.entries.size() != rows) throw_value_error("Array sizes are inconsistent");
  }
  const auto order = sorted_order(rows, [&](std::size_t x, std::size_t y) {
    for (const Column& column : columns) {
      const int c = comparison(column.flags)(column.entries[x].value.deref(), column.entries[y].value.deref());
      if (c != 0) return column.descending ? -c : c;
    }
    return 0;
  });
  for (Column& column : columns) {
    Array sorted;
    for (std::size_t at : order) {
      const ArrayEntry& entry = column.entries[at];
      if (entry.key.is_text()) {
        sorted.set_raw(entry.key, entry.value);
      } else {
        sorted.append(entry.value);
      }
    }
    column.array.value() = sorted;
  }
  return true;
}

bool multisort_places(Many<PlaceOrValue> arguments) {
  std::vector<Ref> given;
  for (const PlaceOrValue& one : arguments) given.emplace_back(quiet(one.place.deref()));
  const bool done = array_multisort(given);
  for (std::size_t i = 0; i < given.size(); ++i) {
    if ((*given[i]).is_array()) arguments[i].place.deref() = *given[i];
  }
  return done;
}

}  // namespace banyan::php_runtime
