// After zend_sort() of PHP 8: insertion for up to 16 elements, otherwise a quicksort with a pivot of 3 or 5 samples.
#include "php_runtime/sort.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "php_runtime/builtin.h"
#include "php_runtime/object.h"
#include "php_runtime/operators.h"

namespace banyan::php_runtime {
namespace {

using Places = std::span<std::size_t>;

class Sorter {
 public:
  explicit Sorter(const std::function<int(std::size_t, std::size_t)>& compare) : compare_(compare) {}

  void sort(Places a) {
    while (a.size() > 16) {
      const std::size_t n = a.size(), half = n >> 1;
      if (n >> 10 != 0) {
        sort_samples<5>(a, {0, half >> 1, half, half + (half >> 1), n - 1});
      } else {
        sort_samples<3>(a, {0, half, n - 1});
      }
      std::swap(a[1], a[half]);
      const std::size_t i = partition(a);
      std::swap(a[1], a[i - 1]);
      const Places low = a.first(i - 1), high = a.subspan(i);
      sort(low.size() < high.size() ? low : high);
      a = low.size() < high.size() ? high : low;
    }
    insert_sort(a);
  }

 private:
  // Whether x comes behind y.
  bool after(std::size_t x, std::size_t y) {
    const int c = compare_(x, y);
    return c != 0 ? c > 0 : x > y;
  }

  template <std::size_t N>
  void sort_samples(Places a, std::array<std::size_t, N> at) {
    std::array<std::size_t, N> values;
    for (std::size_t i = 0; i < N; ++i) values[i] = a[at[i]];
    sort_few(values);
    for (std::size_t i = 0; i < N; ++i) a[at[i]] = values[i];
  }

  // Where what is greater than the pivot a[1] begins, after moving it there.
  std::size_t partition(Places a) {
    std::size_t i = 2, j = a.size() - 1;
    while (true) {
      while (after(a[1], a[i])) {
        if (++i == j) return i;
      }
      if (--j == i) return i;
      while (after(a[j], a[1])) {
        if (--j == i) return i;
      }
      std::swap(a[i], a[j]);
      if (++i == j) return i;
    }
  }

  void sort_few(Places a) {
    const std::size_t n = a.size();
    if (n > 3) {
      sort_few(a.first(n - 1));
      for (std::size_t i = n - 1; i > 0 && after(a[i - 1], a[i]); --i) std::swap(a[i - 1], a[i]);
    } else if (n == 3) {
      sort_three(a);
    } else if (n == 2 && after(a[0], a[1])) {
      std::swap(a[0], a[1]);
    }
  }

  void sort_three(Places a) {
    if (!after(a[0], a[1])) {
      if (!after(a[1], a[2])) return;
      std::swap(a[1], a[2]);
      if (after(a[0], a[1])) std::swap(a[0], a[1]);
    } else if (!after(a[2], a[1])) {
      std::swap(a[0], a[2]);
    } else {
      std::swap(a[0], a[1]);
      if (after(a[1], a[2])) std::swap(a[1], a[2]);
    }
  }

  // One step back at a time at first, then two.
  void insert_sort(Places a) {
    if (a.size() <= 5) return sort_few(a);
    for (std::size_t i = 1; i < a.size(); ++i) {
      if (!after(a[i - 1], a[i])) continue;
      const std::size_t at = i < 6 ? step_back(a, i) : leap_back(a, i);
      std::rotate(a.begin() + static_cast<std::ptrdiff_t>(at), a.begin() + static_cast<std::ptrdiff_t>(i),
                  a.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
  }

  std::size_t step_back(Places a, std::size_t i) {
    std::size_t j = i - 1;
    while (j > 0) {
      if (!after(a[--j], a[i])) return j + 1;
    }
    return j;
  }

  std::size_t leap_back(Places a, std::size_t i) {
    for (std::size_t j = i - 3;; j -= 2) {
      if (!after(a[j], a[i])) return after(a[j + 1], a[i]) ? j + 1 : j + 2;
      if (j == 0) return 0;
      if (j == 1) return after(a[i], a[0]) ? 1 : 0;
    }
  }

  const std::function<int(std::size_t, std::size_t)>& compare_;
};

int by_number(const Value& a, const Value& b) {
  const double first = to_float(a);
  const double difference = first - to_float(b);  // NAN for two infinities, which are not equal in PHP
  return difference == 0 ? 0 : difference < 0 ? -1 : 1;
}

int by_text(const Value& a, const Value& b) { return byte_compare(to_string(a), to_string(b)); }
int by_folded_text(const Value& a, const Value& b) { return case_compare(to_string(a), to_string(b)); }
int naturally(const Value& a, const Value& b) { return natural_compare(to_string(a), to_string(b), false); }
int naturally_folded(const Value& a, const Value& b) { return natural_compare(to_string(a), to_string(b), true); }

const Object* case_of(const Value& v) {
  return v.is_object() && v.as_object().of().has_flag(kEnum) ? &v.as_object() : nullptr;
}

// Cases of enums, which have no order, are put together behind all else.
int by_value(const Value& a, const Value& b) {
  const auto result = static_cast<int>(compare(a, b));
  const Object* const second = result > 0 ? case_of(b.deref()) : nullptr;
  if (second == nullptr) return result;
  return std::less<>()(case_of(a.deref()), second) ? -1 : 1;
}

}  // namespace

Comparison comparison(Int flags) {
  constexpr Int fold = 8;
  switch (flags & ~fold) {
    case 1:
      return by_number;
    case 2:
    case 5:
      return (flags & fold) != 0 ? by_folded_text : by_text;
    case 6:
      return (flags & fold) != 0 ? naturally_folded : naturally;
    default:
      return by_value;
  }
}

std::vector<std::size_t> sorted_order(std::size_t n, const std::function<int(std::size_t, std::size_t)>& compare) {
  std::vector<std::size_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = i;
  Sorter(compare).sort(order);
  return order;
}

}  // namespace banyan::php_runtime
