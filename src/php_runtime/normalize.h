// The normalisation forms of Unicode 15, after https://www.unicode.org/reports/tr15/ and PHP's class Normalizer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace banyan::php_runtime {

// As PHP numbers them.
enum class NormalForm : std::uint8_t { kD = 4, kKd = 8, kC = 16, kKc = 32, kKcFolded = 48 };

using Runes = std::u32string;

bool is_ascii(std::string_view s);
// The characters of valid UTF-8.
Runes runes_of(std::string_view s);
std::string text_of(const Runes& runes);

// Append the full decomposition of a character, or what NFKC_Casefold makes of it, which is not composed.
void append_decomposed(Runes& out, std::uint32_t rune, bool compatible);
void append_folded(Runes& out, std::uint32_t rune);

// Valid UTF-8 in a form.
std::string normalized(std::string_view s, NormalForm form);
// One step of the decomposition of a text of one character; nothing for others.
std::optional<std::string> raw_decomposition(std::string_view s, NormalForm form);

// Syllables of Hangul, which are composed by arithmetic.
inline constexpr std::uint32_t kHangulFirst = 0xac00, kHangulTails = 28, kHangulVowels = 21,
                               kHangulCount = 19 * kHangulVowels * kHangulTails;
constexpr bool is_hangul(std::uint32_t rune) { return rune - kHangulFirst < kHangulCount; }

}  // namespace banyan::php_runtime
