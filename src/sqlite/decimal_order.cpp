#include "sqlite/decimal_order.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace banyan {
namespace {

struct Decimal {
  bool negative = false;
  std::string_view whole;     // without zeros before it
  std::string_view fraction;  // without zeros behind it
};

std::optional<Decimal> decimal_of(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string_view whole = text.substr(0, point);
  std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  const bool digits = std::ranges::all_of(whole, is_ascii_digit) && std::ranges::all_of(fraction, is_ascii_digit);
  if (!digits || (whole.empty() && fraction.empty())) return std::nullopt;
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  return Decimal{minus && !(whole.empty() && fraction.empty()), whole, fraction};
}

int sign(int number) { return (number > 0 ? 1 : 0) - (number < 0 ? 1 : 0); }

}  // namespace

int compare_decimals(std::string_view left, std::string_view right) {
  const std::optional<Decimal> a = decimal_of(left);
  const std::optional<Decimal> b = decimal_of(right);
  if (!a && !b) return sign(left.compare(right));
  if (!a || !b) return a ? -1 : 1;
  if (a->negative != b->negative) return a->negative ? -1 : 1;
  int size = 0;
  if (a->whole.size() != b->whole.size()) {
    size = a->whole.size() < b->whole.size() ? -1 : 1;
  } else {
    size = sign(a->whole.compare(b->whole));
  }
  if (size == 0) size = sign(a->fraction.compare(b->fraction));
  return a->negative ? -size : size;
}

}  // namespace banyan
