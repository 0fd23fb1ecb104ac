#include "static_files/range.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "http/field_id.h"

namespace banyan::static_files {
namespace {

// Reads the list behind "bytes=".
class RangeReader {
 public:
  explicit RangeReader(std::string_view text) : rest_(text) {}

  // False where the text is not a range, or more follows it than a comma.
  bool next(std::optional<std::uint64_t>& first, std::optional<std::uint64_t>& last) {
    skip_blanks();
    first = number();
    skip_blanks();
    if (!eat('-')) return false;
    skip_blanks();
    last = number();
    skip_blanks();
    if (!first && !last) return false;
    if (first && last && *last < *first) return false;
    return rest_.empty() || (eat(',') && !rest_.empty());
  }
  bool done() const { return rest_.empty(); }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }
  bool eat(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // A number too large for 64 bits counts as the largest: it is past the end of any file.
  std::optional<std::uint64_t> number() {
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
    std::size_t digits = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    if (digits == 0) return std::nullopt;
    std::uint64_t value = 0;
    for (char c : rest_.substr(0, digits)) {
      auto digit = static_cast<std::uint64_t>(c - '0');
      value = value > (kMax - digit) / 10 ? kMax : value * 10 + digit;
    }
    rest_.remove_prefix(digits);
    return value;
  }

  std::string_view rest_;
};

// The part of the file that is meant, of length 0 where it lies outside.
ByteRange within(std::optional<std::uint64_t> first, std::optional<std::uint64_t> last, std::uint64_t size) {
  if (!first) {
    std::uint64_t length = std::min(*last, size);
    return {size - length, length};
  }
  if (*first >= size) return {};
  std::uint64_t end = last && *last < size ? *last + 1 : size;
  return {*first, end - *first};
}

}  // namespace

RangeSet parse_range(std::string_view field, std::uint64_t size, std::size_t ranges_max) {
  constexpr std::string_view kUnit = "bytes=";
  if (size == 0 || field.size() <= kUnit.size()) return {};
  if (!equals_ignoring_case(field.substr(0, kUnit.size()), kUnit)) return {};
  RangeReader reader(field.substr(kUnit.size()));
  RangeSet set{RangeSet::Kind::kPart, {}};
  std::uint64_t total = 0;
  std::size_t count = 0;
  do {
    std::optional<std::uint64_t> first;
    std::optional<std::uint64_t> last;
    if (!reader.next(first, last)) return {RangeSet::Kind::kUnsatisfiable, {}};
    if (++count > ranges_max) return {};
    ByteRange range = within(first, last, size);
    if (range.length == 0) continue;
    // `total` is at most `size` before, so this cannot pass 64 bits unnoticed.
    if (range.length > size - total) return {};
    total += range.length;
    set.ranges.push_back(range);
  } while (!reader.done());
  if (set.ranges.empty()) set.kind = RangeSet::Kind::kUnsatisfiable;
  return set;
}

}  // namespace banyan::static_files
