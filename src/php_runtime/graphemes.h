// Extended grapheme clusters, after https://www.unicode.org/reports/tr29/ (Unicode 15), and search for them as PHP's
// grapheme functions do it, which is ICU's by the root collation: two texts are the same where their weights are, at
// the third level, or at the second where case does not count. Characters without a weight are passed over, and a match
// is whole graphemes but for those.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "php_runtime/normalize.h"

namespace banyan::php_runtime {

// The bytes at which the graphemes of a text end. Bytes that are no UTF-8 are taken for U+FFFD.
std::vector<std::size_t> grapheme_ends(std::string_view s);

// A text in which a needle is looked for; places are counted in characters. Both are valid UTF-8.
class GraphemeSearch {
 public:
  GraphemeSearch(std::string_view haystack, std::string_view needle, bool fold);

  const Runes& runes() const { return text_.runes; }
  const std::vector<std::size_t>& ends() const { return ends_; }
  bool is_boundary(std::size_t place) const;
  struct Match {
    std::size_t begin, end;
  };
  // The first match from a place on; where the last one begins; and the last of the matches one behind the other that
  // begins at a place or before it.
  std::optional<Match> first(std::size_t from) const;
  std::optional<std::size_t> last() const;
  std::optional<std::size_t> last_until(std::size_t place) const;

 private:
  struct Text {
    Text(std::string_view s, bool fold);
    Runes runes;
    Runes weights;
    std::vector<std::size_t> of;  // the place of the character that a weight is of
  };
  std::optional<std::size_t> match_end(std::size_t i) const;

  Text text_;
  Runes needle_;
  std::vector<std::size_t> ends_;
};

}  // namespace banyan::php_runtime
