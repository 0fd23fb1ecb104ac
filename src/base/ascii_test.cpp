#include "base/ascii.h"

#include <gtest/gtest.h>

#include <cctype>

namespace banyan {
namespace {

TEST(Ascii, IsWhatTheCLocaleHas) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_EQ(is_ascii_digit(c), std::isdigit(byte) != 0) << byte;
    EXPECT_EQ(is_ascii_letter(c), std::isalpha(byte) != 0) << byte;
    EXPECT_EQ(is_ascii_alnum(c), std::isalnum(byte) != 0) << byte;
    EXPECT_EQ(ascii_lower(c), static_cast<char>(std::tolower(byte))) << byte;
    EXPECT_EQ(ascii_upper(c), static_cast<char>(std::toupper(byte))) << byte;
    EXPECT_EQ(hex_value(c) >= 0, std::isxdigit(byte) != 0) << byte;
  }
  EXPECT_EQ(hex_value('9'), 9);
  EXPECT_EQ(hex_value('a'), 10);
  EXPECT_EQ(hex_value('F'), 15);
}

TEST(Ascii, LeavesBytesOfOtherLettersAlone) {
  EXPECT_EQ(ascii_lower("\xc3\x84 ABC-1"), "\xc3\x84 abc-1");
  EXPECT_TRUE(ascii_equal_ignoring_case("Content-Type", "content-type"));
  EXPECT_FALSE(ascii_equal_ignoring_case("a", "ab"));
  EXPECT_FALSE(ascii_equal_ignoring_case("\xc3\x84", "\xc3\xa4"));
}

}  // namespace
}  // namespace banyan
