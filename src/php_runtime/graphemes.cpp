#include "php_runtime/graphemes.h"

#include <algorithm>

#include "php_runtime/rune_table.h"
#include "php_runtime/unicode_text_tables.h"
#include "php_runtime/utf8.h"

namespace banyan::php_runtime {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;
// Those that are the same as what they are compatible to; others differ from that by their form.
constexpr std::u32string_view kWeighAsParts = U"\u013f\u0140\u0e33\u0eb3\u0f77\u0f79\u210f";

// ICU's numbers of Grapheme_Cluster_Break, with one more for pictures.
enum Break : std::uint8_t {
  kControl = 1,
  kCr = 2,
  kExtend = 3,
  kL = 4,
  kLf = 5,
  kLv = 6,
  kLvt = 7,
  kT = 8,
  kV = 9,
  kSpacingMark = 10,
  kPrepend = 11,
  kRegional = 12,
  kJoiner = 17,
  kPictograph = 31
};

int break_of(std::uint32_t rune) {
  static const RuneRuns breaks(kUnicodeBreaks, true);
  if (is_hangul(rune)) return (rune - kHangulFirst) % kHangulTails == 0 ? kLv : kLvt;
  return breaks.value(rune);
}

bool is_control(int p) { return p == kControl || p == kCr || p == kLf; }

// Walks over a text.
class Walk {
 public:
  // Whether a grapheme ends before the next character, which is not the first.
  bool breaks_before(int next) const {
    if (before_ == kCr && next == kLf) return false;
    if (is_control(before_) || is_control(next)) return true;
    if (before_ == kL && (next == kL || next == kV || next == kLv || next == kLvt)) return false;
    if ((before_ == kLv || before_ == kV) && (next == kV || next == kT)) return false;
    if ((before_ == kLvt || before_ == kT) && next == kT) return false;
    if (next == kExtend || next == kJoiner || next == kSpacingMark || before_ == kPrepend) return false;
    if (joined_ && next == kPictograph) return false;
    return before_ != kRegional || next != kRegional || regionals_ % 2 == 0;
  }
  void take(int next) {
    joined_ = pictograph_ && next == kJoiner;
    pictograph_ = next == kPictograph || (pictograph_ && next == kExtend);
    regionals_ = next == kRegional ? regionals_ + 1 : 0;
    before_ = next;
  }

 private:
  int before_ = 0;
  int regionals_ = 0;        // how many regional indicators end the text so far
  bool pictograph_ = false;  // whether a picture with its extensions does
  bool joined_ = false;      // and a joiner behind it
};

std::vector<std::size_t> rune_ends(const Runes& runes) {
  std::vector<std::size_t> ends;
  Walk walk;
  for (std::size_t i = 0; i < runes.size(); ++i) {
    const int p = break_of(runes[i]);
    if (i > 0 && walk.breaks_before(p)) ends.push_back(i);
    walk.take(p);
  }
  if (!runes.empty()) ends.push_back(runes.size());
  return ends;
}

void append_weights(Runes& out, std::uint32_t rune, bool fold) {
  static const RuneRuns ignored(kUnicodeIgnored, false), unfolded(kUnicodeUnfolded, false);
  static const RuneRuns same(kUnicodeSame, true), same_folded(kUnicodeSameFolded, true);
  Runes parts;
  append_decomposed(parts, rune, kWeighAsParts.contains(rune));
  if (fold) {
    Runes folded;
    for (const std::uint32_t part : parts) {
      if (unfolded.has(part)) {
        folded += part;
        continue;
      }
      Runes several;
      append_folded(several, part);
      for (const std::uint32_t one : several) append_decomposed(folded, one, true);
    }
    parts.swap(folded);
  }
  for (const std::uint32_t part : parts) {
    if (ignored.has(part)) continue;
    out += part + static_cast<std::uint32_t>((fold ? same_folded : same).value(part));
  }
}

// Whether a vowel is written before the consonant behind which it is sorted: both are one then.
bool is_written_first(std::uint32_t vowel, std::uint32_t consonant) {
  const auto in = [](std::uint32_t rune, std::uint32_t first, std::uint32_t last) {
    return rune >= first && rune <= last;
  };
  if (in(vowel, 0xe40, 0xe44)) return in(consonant, 0xe01, 0xe2e);                                 // Thai
  if (in(vowel, 0xec0, 0xec4)) return in(consonant, 0xe81, 0xeae) || in(consonant, 0xedc, 0xedf);  // Lao
  if (in(vowel, 0x19b5, 0x19b7) || vowel == 0x19ba) return in(consonant, 0x1980, 0x19ab);          // New Tai Lue
  if (in(vowel, 0xaab5, 0xaab6) || vowel == 0xaab9 || in(vowel, 0xaabb, 0xaabc)) return in(consonant, 0xaa80, 0xaaaf);
  return false;
}

}  // namespace

std::vector<std::size_t> grapheme_ends(std::string_view s) {
  std::vector<std::size_t> ends;
  Walk walk;
  std::size_t at = 0;
  for (std::size_t size = 0; at < s.size(); at += size) {
    const std::uint32_t rune = decode_rune(s.substr(at), size);
    const int p = break_of(rune == kNoRune ? kReplacement : rune);
    if (at > 0 && walk.breaks_before(p)) ends.push_back(at);
    walk.take(p);
  }
  if (!s.empty()) ends.push_back(s.size());
  return ends;
}

GraphemeSearch::Text::Text(std::string_view s, bool fold) : runes(runes_of(s)) {
  for (std::size_t i = 0; i < runes.size(); ++i) {
    const std::size_t at = i;
    if (i + 1 < runes.size() && is_written_first(runes[i], runes[i + 1])) append_weights(weights, runes[++i], fold);
    append_weights(weights, runes[at], fold);
    of.resize(weights.size(), at);
  }
}

GraphemeSearch::GraphemeSearch(std::string_view haystack, std::string_view needle, bool fold)
    : text_(haystack, fold), needle_(Text(needle, fold).weights), ends_(rune_ends(text_.runes)) {}

bool GraphemeSearch::is_boundary(std::size_t place) const {
  return place == 0 || std::ranges::binary_search(ends_, place);
}

// Where the needle ends that is there from weight i on.
std::optional<std::size_t> GraphemeSearch::match_end(std::size_t i) const {
  if (text_.weights.compare(i, needle_.size(), needle_) != 0) return std::nullopt;
  const std::size_t after = i + needle_.size();
  const std::size_t last = text_.of[after - 1];
  const std::size_t next = after < text_.of.size() ? text_.of[after] : text_.runes.size();
  const std::size_t end = *std::ranges::upper_bound(ends_, last);
  const bool is_whole = (i == 0 || text_.of[i - 1] != text_.of[i]) && next != last;
  return is_whole && is_boundary(text_.of[i]) && end <= next ? std::optional(end) : std::nullopt;
}

std::optional<GraphemeSearch::Match> GraphemeSearch::first(std::size_t from) const {
  if (needle_.empty()) return from == text_.runes.size() ? std::nullopt : std::optional(Match{from, from + 1});
  for (std::size_t i = 0; i + needle_.size() <= text_.weights.size(); ++i) {
    if (text_.of[i] < from) continue;
    if (const auto end = match_end(i)) return Match{text_.of[i], *end};
  }
  return std::nullopt;
}

std::optional<std::size_t> GraphemeSearch::last() const {
  if (needle_.empty()) return text_.runes.empty() ? std::nullopt : std::optional(text_.runes.size() - 1);
  if (text_.weights.size() < needle_.size()) return std::nullopt;
  for (std::size_t i = text_.weights.size() - needle_.size() + 1; i-- > 0;) {
    if (match_end(i)) return text_.of[i];
  }
  return std::nullopt;
}

std::optional<std::size_t> GraphemeSearch::last_until(std::size_t place) const {
  std::optional<std::size_t> found;
  for (auto one = first(0); one && one->begin <= place; one = first(one->end)) found = one->begin;
  return found;
}

}  // namespace banyan::php_runtime
