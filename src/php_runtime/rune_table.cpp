#include "php_runtime/rune_table.h"

#include <algorithm>
#include <array>

namespace banyan::php_runtime {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
constexpr std::size_t kTextMax = 32;  // the longest has 18 characters

// Reads the numbers of a table.
class NumberReader {
 public:
  explicit NumberReader(std::string_view text) : text_(text) {}
  bool more() const { return !text_.empty(); }
  unsigned number() {
    unsigned out = 0;
    for (unsigned shift = 0;; shift += 5) {
      const auto digit = static_cast<unsigned>(kDigits.find(text_[0]));
      text_.remove_prefix(1);
      out |= (digit & 31) << shift;
      if (digit < 32) return out;
    }
  }
  int signed_number() {
    const unsigned n = number();
    return (n & 1) != 0 ? -static_cast<int>((n + 1) / 2) : static_cast<int>(n / 2);
  }

 private:
  std::string_view text_;
};

}  // namespace

RuneRuns::RuneRuns(std::string_view table, bool valued) {
  unsigned next = 0;
  for (NumberReader reader(table); reader.more();) {
    const unsigned first = next + reader.number();
    next = first + reader.number() + 1;
    runs_.push_back({first, next - 1, valued ? reader.signed_number() : 0});
  }
}

const RuneRuns::Run* RuneRuns::find(std::uint32_t rune) const {
  const auto at = std::ranges::lower_bound(runs_, rune, {}, &Run::last);
  return at == runs_.end() || at->first > rune ? nullptr : &*at;
}

int RuneRuns::value(std::uint32_t rune) const {
  const Run* const found = find(rune);
  return found == nullptr ? 0 : found->value;
}

std::unordered_map<std::uint32_t, RuneReplacement> read_rune_texts(std::string_view table) {
  std::unordered_map<std::uint32_t, RuneReplacement> found;
  std::array<int, kTextMax> before{};
  unsigned next = 0;
  for (NumberReader reader(table); reader.more();) {
    const unsigned rune = next + reader.number();
    const unsigned head = reader.number();
    RuneReplacement made{.text = {}, .is_marked = (head & 1) != 0};
    for (std::size_t i = 0; i < head / 2; ++i) {
      before[i] += reader.signed_number();
      made.text.push_back(static_cast<std::uint32_t>(before[i]));
    }
    found.emplace(rune, std::move(made));
    next = rune + 1;
  }
  return found;
}

}  // namespace banyan::php_runtime
