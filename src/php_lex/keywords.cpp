#include "php_lex/keywords.h"

#include <array>
#include <cstddef>

namespace banyan::php {

namespace {

constexpr std::size_t kSlots = 512;  // six slots a word: a miss nearly always ends at an empty slot
constexpr std::size_t kShortestWord = 2;
constexpr std::size_t kLongestWord = 15;

struct Word {
  std::string_view text;
  TokenKind kind = TokenKind::kIdentifier;
};

constexpr Word kAllTokens[] = {
#define X(name, text) {text, TokenKind::name},
#include "php_lex/token_kinds.def"
#undef X
};

constexpr std::size_t slot_of(std::string_view word) {
  const auto at = [word](std::size_t i) { return static_cast<std::size_t>(to_lower(word[i])); };
  const std::size_t n = word.size();
  return (n * 31 + at(0) * 7 + at(1) * 61 + at(n - 1) * 113 + at(n / 2) * 17) % kSlots;
}

constexpr void insert(std::array<Word, kSlots>& table, Word word) {
  std::size_t slot = slot_of(word.text);
  while (!table[slot].text.empty()) slot = (slot + 1) % kSlots;
  table[slot] = word;
}

constexpr std::array<Word, kSlots> build_table() {
  std::array<Word, kSlots> table = {};
  for (const Word& word : kAllTokens) {
    if (word.kind >= kFirstKeyword && word.kind <= kLastKeyword && word.kind != TokenKind::kEnum) insert(table, word);
  }
  insert(table, {"die", TokenKind::kExit});
  insert(table, {"__halt_compiler", TokenKind::kHaltCompiler});
  return table;
}

constexpr std::array<Word, kSlots> kTable = build_table();

bool is_reserved(TokenKind kind, Features features) {
  switch (kind) {
    case TokenKind::kFn:
      return features.has(Feature::kArrowFunction);
    case TokenKind::kMatch:
      return features.has(Feature::kMatch);
    case TokenKind::kReadonly:
      return features.has(Feature::kReadonlyProperty);
    case TokenKind::kPropertyConstant:
      return features.has(Feature::kPropertyHook);
    default:
      return true;
  }
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

TokenKind keyword_kind(std::string_view word, Features features) {
  if (word.size() < kShortestWord || word.size() > kLongestWord) return TokenKind::kIdentifier;
  for (std::size_t slot = slot_of(word);; slot = (slot + 1) % kSlots) {
    const Word& candidate = kTable[slot];
    if (candidate.text.empty()) return TokenKind::kIdentifier;
    if (!equals_ignoring_case(word, candidate.text)) continue;
    return is_reserved(candidate.kind, features) ? candidate.kind : TokenKind::kIdentifier;
  }
}

}  // namespace banyan::php
