// The inner loop of reading and writing strings: which of 16 bytes need a closer look.
//
// Most bytes of a JSON string stand for themselves. Those that may not are the quote, the backslash, control
// characters and bytes of 0x80 and above (UTF-8 to be checked). SSE2, part of every x86-64, answers for 16 bytes in
// four instructions: as signed bytes, control characters and those above 0x7f are exactly the ones below 0x20.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace banyan::json {

inline bool is_plain(char c) { return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\'; }

// Bit i is set when p[i] is not plain. Reads 16 bytes.
inline unsigned special_mask(const char* p) {
#ifdef __SSE2__
  __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  __m128i special = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
  special = _mm_or_si128(special, _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)));
  return static_cast<unsigned>(_mm_movemask_epi8(special));
#else
  unsigned mask = 0;
  for (unsigned i = 0; i < 16; ++i) mask |= static_cast<unsigned>(!is_plain(p[i])) << i;
  return mask;
#endif
}

// How many bytes at the front of `text` are plain.
inline std::size_t plain_prefix(std::string_view text) {
  std::size_t i = 0;
  for (; i + 16 <= text.size(); i += 16) {
    if (unsigned mask = special_mask(text.data() + i)) return i + static_cast<std::size_t>(std::countr_zero(mask));
  }
  if (text.size() - i >= 8) {
    // What is left, as its first eight bytes and its last.
    char rest[16];
    const std::size_t last = text.size() - 8;
    std::memcpy(rest, text.data() + i, 8);
    std::memcpy(rest + 8, text.data() + last, 8);
    const unsigned mask = special_mask(rest);
    if (mask == 0) return text.size();
    const auto at = static_cast<std::size_t>(std::countr_zero(mask));
    return at < 8 ? i + at : last + at - 8;
  }
  while (i < text.size() && is_plain(text[i])) ++i;
  return i;
}

}  // namespace banyan::json
