// Finding the end of a run of allowed bytes, 16 at a time.
//
// Parsing a head is mostly asking "where does this run end?". Each function below gives the first position in [p, end)
// whose byte does not belong to its class, or `end`. With SSE2 (part of every x86-64) a block of 16 is classified with
// a handful of instructions, and so is a shorter rest of 4 bytes and more that all belong; else, and on other machines,
// a table is asked byte by byte. No function reads outside [p, end).
#pragma once

#include <array>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace banyan::byte_scan {

enum Class : std::uint8_t {
  kToken = 1,       // RFC 9110 section 5.6.2
  kValue = 2,       // field value: HTAB, SP, VCHAR, 0x80..0xff
  kTargetPath = 4,  // see class_of
  kTargetQuery = 8,
  kHost = 16,  // letters, digits, "-._~"
  kHexDigit = 32,
};

// A target's path may not hold white space, controls, non-ASCII bytes, '#' (a fragment is never sent), '"', '<', '>',
// nor a backslash (which some servers take for a slash); '?' ends it. The query may hold '?' and a backslash. The
// characters
// "[]^`{|}" are not allowed by RFC 3986, but browsers and everyday PHP links ("?ids[]=1") send them bare, and no two
// parsers disagree about them: they pass.
constexpr std::uint8_t class_of(unsigned c) {
  const bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool digit = c >= '0' && c <= '9';
  const auto in = [c](const char* set) {
    for (; *set != '\0'; ++set) {
      if (static_cast<unsigned char>(*set) == c) return true;
    }
    return false;
  };
  unsigned bits = 0;
  if (alpha || digit || in("!#$%&'*+-.^_`|~")) bits |= kToken;
  if (c == '\t' || (c >= 0x20 && c != 0x7f)) bits |= kValue;
  const bool target = c > 0x20 && c < 0x7f && !in("\"#<>");
  if (target) bits |= kTargetQuery;
  if (target && c != '?' && c != '\\') bits |= kTargetPath;
  if (alpha || digit || in("-._~")) bits |= kHost;
  if (digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) bits |= kHexDigit;
  return static_cast<std::uint8_t>(bits);
}

inline constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 0; c < 256; ++c) classes[c] = class_of(c);
  return classes;
}();

inline bool is(char c, Class wanted) { return (kClasses[static_cast<unsigned char>(c)] & wanted) != 0; }

inline const char* skip_by_table(const char* p, const char* end, Class wanted) {
  while (p != end && is(*p, wanted)) ++p;
  return p;
}

#if defined(__SSE2__)
namespace sse2 {

inline __m128i load(const char* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
inline __m128i equal(__m128i block, char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); }
// Bytes with low <= byte <= low + span, unsigned.
inline __m128i within(__m128i block, char low, char span) {
  const __m128i shifted = _mm_sub_epi8(block, _mm_set1_epi8(low));
  return _mm_cmpeq_epi8(_mm_min_epu8(shifted, _mm_set1_epi8(span)), shifted);
}
inline unsigned mask(__m128i bytes) { return static_cast<unsigned>(_mm_movemask_epi8(bytes)); }

// Letters, digits, '-' and '_': what all names in use are made of. Other token characters are left to the table.
inline unsigned not_common_token(__m128i block) {
  const __m128i letters = within(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 25);
  const __m128i digits = within(block, '0', 9);
  const __m128i marks = _mm_or_si128(equal(block, '-'), equal(block, '_'));
  return mask(_mm_or_si128(_mm_or_si128(letters, digits), marks)) ^ 0xffffU;
}
// Control characters, HTAB among them, and DEL.
inline unsigned control(__m128i block) { return mask(_mm_or_si128(within(block, 0, 0x1f), equal(block, 0x7f))); }
inline unsigned not_target_query(__m128i block) {
  const __m128i quote = _mm_or_si128(within(block, '"', 1), equal(_mm_or_si128(block, _mm_set1_epi8(2)), '>'));
  return mask(_mm_or_si128(_mm_xor_si128(within(block, 0x21, 0x5d), _mm_set1_epi8(-1)), quote));
}
inline unsigned not_target_path(__m128i block) {
  return not_target_query(block) | mask(_mm_or_si128(equal(block, '?'), equal(block, '\\')));
}

// The 4 to 15 bytes from `p` to `end`, in two loads that overlap; the block repeats some of them.
inline __m128i last(const char* p, const char* end) {
  if (end - p >= 8) {
    return _mm_unpacklo_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)),
                              _mm_loadl_epi64(reinterpret_cast<const __m128i*>(end - 8)));
  }
  const __m128i both = _mm_unpacklo_epi32(_mm_loadu_si32(p), _mm_loadu_si32(end - 4));
  return _mm_unpacklo_epi64(both, both);
}

template <unsigned (*stops)(__m128i)>
inline const char* skip(const char* p, const char* end) {
  while (end - p >= 16) {
    const unsigned found = stops(load(p));
    if (found != 0) return p + __builtin_ctz(found);
    p += 16;
  }
  return end - p >= 4 && stops(last(p, end)) == 0 ? end : p;
}

}  // namespace sse2
#endif

inline const char* skip_token(const char* p, const char* end) {
#if defined(__SSE2__)
  p = sse2::skip<sse2::not_common_token>(p, end);
#endif
  return skip_by_table(p, end, kToken);
}

inline const char* skip_value(const char* p, const char* end) {
#if defined(__SSE2__)
  for (;;) {
    p = sse2::skip<sse2::control>(p, end);
    if (end - p < 16 || *p != '\t') break;
    ++p;
  }
#endif
  return skip_by_table(p, end, kValue);
}

inline const char* skip_target_path(const char* p, const char* end) {
#if defined(__SSE2__)
  p = sse2::skip<sse2::not_target_path>(p, end);
#endif
  return skip_by_table(p, end, kTargetPath);
}

inline const char* skip_target_query(const char* p, const char* end) {
#if defined(__SSE2__)
  p = sse2::skip<sse2::not_target_query>(p, end);
#endif
  return skip_by_table(p, end, kTargetQuery);
}

}  // namespace banyan::byte_scan
