#include "php_runtime/utf8.h"

#include <algorithm>

namespace banyan::php_runtime {
namespace {

unsigned byte(std::string_view s, std::size_t i) { return static_cast<unsigned char>(s[i]); }

// How many bytes must follow the first, and what the second may be.
struct Lead {
  std::size_t more;
  unsigned low, high;
};

Lead lead_of(unsigned c) {
  if (c >= 0xc2 && c < 0xe0) return {1, 0x80, 0xbf};
  if (c >= 0xe0 && c < 0xf0) return {2, c == 0xe0 ? 0xa0U : 0x80U, c == 0xed ? 0x9fU : 0xbfU};
  if (c >= 0xf0 && c < 0xf5) return {3, c == 0xf0 ? 0x90U : 0x80U, c == 0xf4 ? 0x8fU : 0xbfU};
  return {0, 0, 0};
}

}  // namespace

std::uint32_t decode_rune(std::string_view s, std::size_t& size) {
  const unsigned c = byte(s, 0);
  size = 1;
  if (c < 0x80) return c;
  const Lead lead = lead_of(c);
  if (lead.more == 0) return kNoRune;
  std::uint32_t rune = c & (0x3fU >> lead.more);
  while (size <= lead.more) {
    if (size >= s.size()) return kNoRune;
    const unsigned next = byte(s, size);
    const bool fits = size == 1 ? next >= lead.low && next <= lead.high : (next & 0xc0) == 0x80;
    if (!fits) return kNoRune;
    rune = rune << 6 | (next & 0x3f);
    ++size;
  }
  return rune;
}

void append_rune(std::string& out, std::uint32_t rune) {
  auto put = [&](std::uint32_t c) { out += static_cast<char>(c); };
  if (rune < 0x80) {
    put(rune);
  } else if (rune < 0x800) {
    put(0xc0 | rune >> 6), put(0x80 | (rune & 0x3f));
  } else if (rune < 0x10000) {
    put(0xe0 | rune >> 12), put(0x80 | (rune >> 6 & 0x3f)), put(0x80 | (rune & 0x3f));
  } else {
    put(0xf0 | rune >> 18), put(0x80 | (rune >> 12 & 0x3f)), put(0x80 | (rune >> 6 & 0x3f)), put(0x80 | (rune & 0x3f));
  }
}

bool valid_utf8(std::string_view s) {
  for (std::size_t size = 0; !s.empty(); s.remove_prefix(size)) {
    if (decode_rune(s, size) == kNoRune) return false;
  }
  return true;
}

std::string repaired(std::string_view s, std::string_view instead) {
  std::string out;
  for (std::size_t size = 0; !s.empty(); s.remove_prefix(size)) {
    const bool bad = decode_rune(s, size) == kNoRune;
    out += bad ? instead : s.substr(0, size);
  }
  return out;
}

std::size_t lead_size(char first) {
  const unsigned c = static_cast<unsigned char>(first);
  return c < 0xc2 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf8 ? 4 : 1;
}

std::size_t character_size(std::string_view s) { return std::min(lead_size(s[0]), s.size()); }

}  // namespace banyan::php_runtime
