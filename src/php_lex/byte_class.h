// What a byte may be to the lexer, as one table look-up.
#pragma once

#include <array>
#include <cstdint>

namespace banyan::php {

enum ByteClass : std::uint8_t {
  kLabelStart = 1,  // a-z A-Z _ and every byte from 0x80: PHP takes UTF-8, and anything else, as letters
  kLabelByte = 2,   // the same and 0-9
  kSpaceByte = 4,   // space, tab, \r, \n
  kDigitByte = 8,
  kHexByte = 16,
};

constexpr std::array<std::uint8_t, 256> make_byte_classes() {
  std::array<std::uint8_t, 256> classes = {};
  for (unsigned c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    const bool digit = c >= '0' && c <= '9';
    const bool hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    classes[c] =
        static_cast<std::uint8_t>((letter ? kLabelStart | kLabelByte : 0) | (digit ? kDigitByte | kLabelByte : 0) |
                                  (hex ? kHexByte : 0) | (space ? kSpaceByte : 0));
  }
  return classes;
}

inline constexpr std::array<std::uint8_t, 256> kByteClasses = make_byte_classes();

constexpr bool byte_is(char c, unsigned classes) {
  return (kByteClasses[static_cast<unsigned char>(c)] & classes) != 0;
}

}  // namespace banyan::php
