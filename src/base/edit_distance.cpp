#include "base/edit_distance.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/ascii.h"

namespace banyan {
namespace {

constexpr std::size_t kNameBytesMax = 256;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > kNameBytesMax || b.size() > kNameBytesMax) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1);  // the row two above: a swap reaches that far back
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return std::min(row[b.size()], limit + 1);
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  const std::size_t limit = std::max<std::size_t>(1, name.size() / 3);
  const std::string lower = ascii_lower(name);
  std::size_t best = limit + 1;
  std::string_view nearest;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(lower, ascii_lower(candidate), limit);
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace banyan
