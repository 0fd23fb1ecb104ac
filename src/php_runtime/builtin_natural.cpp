// Natural order, after strnatcmp.c by Martin Pool as PHP has it: runs of digits are compared as numbers, those with
// leading zeros as fractions.
#include "php_runtime/builtin.h"

namespace banyan::php_runtime {
namespace {

char at(std::string_view s, std::size_t i) { return i < s.size() ? s[i] : '\0'; }

// How much there is behind a place: 1 for any, -1 for a place that blanks at the end led beyond it.
int rest(std::string_view s, std::size_t i) { return i < s.size() ? 1 : i == s.size() ? 0 : -1; }

// A place in each of the two strings.
struct Places {
  std::string_view a, b;
  std::size_t i = 0, j = 0;
};

// Compares two runs of digits of which the longer is greater.
int compare_right(Places& p) {
  int bias = 0;
  for (;; ++p.i, ++p.j) {
    const bool x = is_ascii_digit(at(p.a, p.i)), y = is_ascii_digit(at(p.b, p.j));
    if (!x && !y) return bias;
    if (!x) return -1;
    if (!y) return 1;
    if (bias == 0) bias = compare_numbers(p.a[p.i], p.b[p.j]);
  }
}

// Compares two runs of digits as fractions.
int compare_left(Places& p) {
  for (;; ++p.i, ++p.j) {
    const bool x = is_ascii_digit(at(p.a, p.i)), y = is_ascii_digit(at(p.b, p.j));
    if (!x && !y) return 0;
    if (!x) return -1;
    if (!y) return 1;
    if (p.a[p.i] != p.b[p.j]) return compare_numbers(p.a[p.i], p.b[p.j]);
  }
}

std::size_t skip_zeros(std::string_view s) {
  std::size_t i = 0;
  while (at(s, i) == '0' && is_ascii_digit(at(s, i + 1))) ++i;
  return i;
}

// Compares the numbers that begin at both places; 0 where the comparison goes on behind them, `done` where both ended.
int compare_run(Places& p, bool& done) {
  const bool fraction = p.a[p.i] == '0' || p.b[p.j] == '0';
  if (int result = fraction ? compare_left(p) : compare_right(p); result != 0) return result;
  const bool end_a = p.i >= p.a.size(), end_b = p.j >= p.b.size();
  done = end_a && end_b;
  return end_a && !end_b ? -1 : end_b && !end_a ? 1 : 0;
}

}  // namespace

int natural_compare(std::string_view a, std::string_view b, bool fold) {
  if (a.empty() || b.empty()) return compare_numbers(!a.empty() ? 1 : 0, !b.empty() ? 1 : 0);
  Places p{a, b, skip_zeros(a), skip_zeros(b)};
  while (true) {
    while (is_space(at(a, p.i))) ++p.i;
    while (is_space(at(b, p.j))) ++p.j;
    if (is_ascii_digit(at(a, p.i)) && is_ascii_digit(at(b, p.j))) {
      bool done = false;
      if (int result = compare_run(p, done); result != 0 || done) return result;
    }
    char x = at(a, p.i), y = at(b, p.j);
    if (fold) x = ascii_upper(x), y = ascii_upper(y);
    if (x != y) return compare_numbers(static_cast<unsigned char>(x), static_cast<unsigned char>(y));
    ++p.i, ++p.j;
    if (p.i >= a.size() || p.j >= b.size()) return compare_numbers(rest(a, p.i), rest(b, p.j));
  }
}

}  // namespace banyan::php_runtime
