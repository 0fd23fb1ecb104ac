// Patterns of the texts that dates are written in, matched to the longest end.
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace banyan::php_runtime {

// A regular expression: (a|b), [a-z], ?, *, +, {n,m}, and <name> for a pattern that has a name. A letter in lower case
// stands for both cases, % for a byte of 0. It sees 62 bytes.
class DatePattern {
 public:
  using Names = std::vector<std::pair<std::string_view, std::string_view>>;
  DatePattern(std::string_view source, const Names& names);
  // How many bytes the longest match from the start of the text has; 0: there is none.
  std::size_t match(std::string_view text) const;

 private:
  struct Node {
    enum class Kind : std::uint8_t { kBytes, kSequence, kChoice, kRepeat } kind = Kind::kSequence;
    std::bitset<256> bytes;
    std::vector<Node> parts;
    int least = 0, most = 0;
  };
  struct Reader;
  // The places (one bit each) where a match that starts at one of `from` can end.
  static std::uint64_t ends(const Node& node, std::string_view text, std::uint64_t from);

  Node root_;
};

}  // namespace banyan::php_runtime
