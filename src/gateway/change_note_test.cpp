#include "gateway/change_note.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

ChangeNote note(const std::string& body) {
  Result<ChangeNote> read = read_change_note(body);
  EXPECT_TRUE(read.ok()) << body;
  return read.ok() ? *std::move(read) : ChangeNote{};
}

std::string refusal(const std::string& body) {
  const Result<ChangeNote> read = read_change_note(body);
  EXPECT_FALSE(read.ok()) << body;
  return read.ok() ? "" : read.error().message();
}

TEST(ChangeNote, SaysWhyAndWho) {
  const ChangeNote both = note(R"({"reason": "wrong totals", "who": "Ann", "force": "open"})");
  EXPECT_EQ(both.reason, "wrong totals");
  EXPECT_EQ(both.named("admin API"), "Ann (admin API)");
  EXPECT_EQ(note("{}").named("admin API"), "admin API");
  EXPECT_EQ(note("no JSON").reason, "");
  EXPECT_EQ(note("").who, "");
}

TEST(ChangeNote, BoundsAreOfCharactersAndNotOfBytes) {
  for (const char* character : {"x", "\u539f", "\U0001f333", "\\u539f", "\\ud83c\\udf33"}) {
    EXPECT_FALSE(note("{\"reason\":\"" + repeated(character, 500) + "\"}").reason.empty()) << character;
    EXPECT_NE(refusal("{\"reason\":\"" + repeated(character, 501) + "\"}").find("500 characters"), std::string::npos);
    EXPECT_FALSE(note("{\"who\":\"" + repeated(character, 100) + "\"}").who.empty()) << character;
    EXPECT_NE(refusal("{\"who\":\"" + repeated(character, 101) + "\"}").find("100 characters"), std::string::npos);
  }
  const std::string longest = R"({"reason":")" + repeated(R"(\ud83c\udf33)", 500) + R"(","who":")" +
                              repeated(R"(\ud83c\udf33)", 100) + R"(","force":"closed"})";
  EXPECT_LE(longest.size(), ChangeNote::kBodyBytesMax);
}

TEST(ChangeNote, ANameIsATextInOneLine) {
  for (const char* name : {R"("")", R"("a\nb")", R"("a\u0000")", R"("a\u007f")", "7", "null", "[\"Ann\"]"}) {
    EXPECT_NE(refusal(std::string(R"({"reason":"x","who":)") + name + "}"), "");
  }
  EXPECT_NE(refusal(R"({"reason":7})"), "");
}

}  // namespace
}  // namespace banyan
