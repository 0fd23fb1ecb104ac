#include "php_runtime/normalize.h"

#include <algorithm>
#include <map>

#include "php_runtime/rune_table.h"
#include "php_runtime/unicode_text_tables.h"
#include "php_runtime/utf8.h"

namespace banyan::php_runtime {
namespace {

constexpr std::uint32_t kLead = 0x1100, kVowel = 0x1161, kTail = 0x11a7;  // the last is one before the first tail

struct Tables {
  std::unordered_map<std::uint32_t, RuneReplacement> decompositions = read_rune_texts(kUnicodeDecompositions);
  std::unordered_map<std::uint32_t, RuneReplacement> foldings = read_rune_texts(kUnicodeFoldings);
  RuneRuns combining{kUnicodeCombining, true};
  RuneRuns folded_away{kUnicodeFoldedAway, false};
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> compositions;

  Tables() {
    const RuneRuns uncomposed(kUnicodeUncomposed, false);
    for (const auto& [rune, made] : decompositions) {
      if (!made.is_marked && made.text.size() == 2 && !uncomposed.has(rune)) {
        compositions.emplace(std::pair(made.text[0], made.text[1]), rune);
      }
    }
  }
};

const Tables& tables() {
  static const Tables made;
  return made;
}

int combining_class(std::uint32_t rune) { return rune < 0x300 ? 0 : tables().combining.value(rune); }

// Puts the combining marks behind each other in the order of their classes.
void order_marks(Runes& text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    const int wanted = combining_class(text[i]);
    if (wanted == 0) continue;
    for (std::size_t j = i; j > 0 && combining_class(text[j - 1]) > wanted; --j) std::swap(text[j - 1], text[j]);
  }
}

std::optional<std::uint32_t> composed(std::uint32_t first, std::uint32_t second) {
  if (first - kLead < 19 && second - kVowel < kHangulVowels) {
    return kHangulFirst + ((first - kLead) * kHangulVowels + second - kVowel) * kHangulTails;
  }
  if (is_hangul(first) && (first - kHangulFirst) % kHangulTails == 0 && second > kTail &&
      second < kTail + kHangulTails) {
    return first + (second - kTail);
  }
  const auto found = tables().compositions.find({first, second});
  if (found == tables().compositions.end()) return std::nullopt;
  return found->second;
}

// Joins what is decomposed and in order.
Runes compose(const Runes& text) {
  Runes out;
  std::size_t starter = 0;
  bool has_starter = false;
  int last = 0;  // the class of what stands behind the starter
  for (const std::uint32_t rune : text) {
    const int here = combining_class(rune);
    if (has_starter && (last < here || (last == 0 && starter + 1 == out.size()))) {
      if (const auto joined = composed(out[starter], rune)) {
        out[starter] = *joined;
        continue;
      }
    }
    if (here == 0) {
      starter = out.size();
      has_starter = true;
    }
    last = here;
    out += rune;
  }
  return out;
}

}  // namespace

bool is_ascii(std::string_view s) {
  return std::ranges::none_of(s, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

Runes runes_of(std::string_view s) {
  Runes out;
  for (std::size_t size = 0; !s.empty(); s.remove_prefix(size)) out += decode_rune(s, size);
  return out;
}

std::string text_of(const Runes& runes) {
  std::string out;
  for (const std::uint32_t rune : runes) append_rune(out, rune);
  return out;
}

void append_decomposed(Runes& out, std::uint32_t rune, bool compatible) {
  if (rune < 0xa0) {
    out += rune;
  } else if (is_hangul(rune)) {
    const std::uint32_t i = rune - kHangulFirst;
    out += kLead + i / (kHangulVowels * kHangulTails);
    out += kVowel + i / kHangulTails % kHangulVowels;
    if (i % kHangulTails != 0) out += kTail + i % kHangulTails;
  } else if (const auto found = tables().decompositions.find(rune);
             found != tables().decompositions.end() && (compatible || !found->second.is_marked)) {
    for (const std::uint32_t part : found->second.text) append_decomposed(out, part, compatible);
  } else {
    out += rune;
  }
}

void append_folded(Runes& out, std::uint32_t rune) {
  const Tables& all = tables();
  const auto append = [&](std::uint32_t part) {
    const auto found = all.foldings.find(part);
    if (found != all.foldings.end()) {
      out.append(found->second.text.begin(), found->second.text.end());
    } else if (!all.folded_away.has(part)) {
      out += part;
    }
  };
  if (all.foldings.contains(rune) || all.folded_away.has(rune)) return append(rune);
  Runes parts;
  append_decomposed(parts, rune, true);
  for (const std::uint32_t part : parts) append(part);
}

std::string normalized(std::string_view s, NormalForm form) {
  if (is_ascii(s) && form != NormalForm::kKcFolded) return std::string(s);
  const bool compatible = form == NormalForm::kKd || form == NormalForm::kKc;
  Runes text = runes_of(s), out;
  if (form == NormalForm::kKcFolded) {
    for (const std::uint32_t rune : text) append_folded(out, rune);
    text.swap(out);
    out.clear();
  }
  for (const std::uint32_t rune : text) append_decomposed(out, rune, compatible);
  order_marks(out);
  return text_of(form == NormalForm::kD || form == NormalForm::kKd ? out : compose(out));
}

std::optional<std::string> raw_decomposition(std::string_view s, NormalForm form) {
  std::size_t size = 0;
  if (s.empty()) return std::nullopt;
  const std::uint32_t rune = decode_rune(s, size);
  if (rune == kNoRune || size < s.size()) return std::nullopt;
  if (form == NormalForm::kKcFolded) {
    std::string folded = normalized(s, form);
    return folded == s ? std::nullopt : std::optional(std::move(folded));
  }
  if (is_hangul(rune)) {
    const std::uint32_t tail = (rune - kHangulFirst) % kHangulTails;
    Runes out;
    if (tail != 0) {
      out = {rune - tail, kTail + tail};
    } else {
      append_decomposed(out, rune, false);
    }
    return text_of(out);
  }
  const auto found = tables().decompositions.find(rune);
  if (found == tables().decompositions.end()) return std::nullopt;
  if (found->second.is_marked && form != NormalForm::kKd && form != NormalForm::kKc) return std::nullopt;
  return text_of(Runes(found->second.text.begin(), found->second.text.end()));
}

}  // namespace banyan::php_runtime
