#include "base/utf8.h"

#include <string>

#include <gtest/gtest.h>

namespace banyan {
namespace {

std::string encode(unsigned code) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xc0 | code >> 6), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xe0 | code >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xf0 | code >> 18), tail(12), tail(6), tail(0)};
}

TEST(Utf8, TakesEveryScalarValueAndNoSurrogate) {
  for (unsigned code = 0; code < 0x120000; ++code) {
    const std::string text = encode(code);
    const bool scalar = code < 0x110000 && (code < 0xd800 || code > 0xdfff);
    ASSERT_EQ(utf8_sequence_bytes(text, 0), scalar ? text.size() : 0) << code;
  }
}

// Counts instead of naming: exactly as many 2-byte and 3-byte strings are well formed as there are values to encode.
TEST(Utf8, TakesNothingElse) {
  int two = 0;
  int three = 0;
  char bytes[3];
  for (int a = 0x80; a < 256; ++a) {
    bytes[0] = static_cast<char>(a);
    for (int b = 0; b < 256; ++b) {
      bytes[1] = static_cast<char>(b);
      two += utf8_sequence_bytes({bytes, 2}, 0) == 2 ? 1 : 0;
      for (int c = 0; c < 256; ++c) {
        bytes[2] = static_cast<char>(c);
        three += utf8_sequence_bytes({bytes, 3}, 0) == 3 ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(two, 0x800 - 0x80);
  EXPECT_EQ(three, 0x10000 - 0x800 - 0x800);
}

TEST(Utf8, FindsTheFirstBadByte) {
  EXPECT_EQ(utf8_valid_prefix("caf\xc3\xa9"), 5u);
  EXPECT_EQ(utf8_valid_prefix("caf\xe9 au lait"), 3u);
  EXPECT_EQ(utf8_valid_prefix("cut \xe2\x82"), 4u);
}

TEST(Utf8, CutsBetweenCharacters) {
  EXPECT_EQ(utf8_prefix("\u539f\u56e0 ok", 0), "");
  EXPECT_EQ(utf8_prefix("\u539f\u56e0 ok", 2), "\u539f\u56e0");
  EXPECT_EQ(utf8_prefix("\u539f\u56e0 ok", 5), "\u539f\u56e0 ok");
  EXPECT_EQ(utf8_prefix("\U0001f333x", 1), "\U0001f333");
  EXPECT_EQ(utf8_prefix("a\xe5\x8e", 5), "a");
  EXPECT_EQ(utf8_prefix("", 5), "");
}

}  // namespace
}  // namespace banyan
