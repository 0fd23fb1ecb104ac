// Finds the first of a few bytes, sixteen at a time where the machine can (SSE2, which every x86-64 has).
#pragma once

#include <bit>
#include <cstdint>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace banyan::php {

// The first of the given bytes in [from, end), or end.
template <char... kBytes>
inline const char* find_byte_of(const char* from, const char* end) {
#if defined(__SSE2__)
  while (end - from >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    __m128i hits = _mm_setzero_si128();
    ((hits = _mm_or_si128(hits, _mm_cmpeq_epi8(block, _mm_set1_epi8(kBytes)))), ...);
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(hits));
    if (mask != 0) return from + std::countr_zero(mask);
    from += 16;
  }
#endif
  while (from < end && !((*from == kBytes) || ...)) ++from;
  return from;
}

}  // namespace banyan::php
