#include "php_check/safe_text.h"

#include <gtest/gtest.h>

namespace banyan::php {
namespace {

constexpr SinkMask kHtml = sink_bit(TaintSink::kHtml);
constexpr SinkMask kSql = sink_bit(TaintSink::kSql);
constexpr SinkMask kPath = sink_bit(TaintSink::kPath);
constexpr SinkMask kHeader = sink_bit(TaintSink::kHeader);

TEST(SafeText, WhatIsLeftOfAWhiteList) {
  EXPECT_EQ(harmless_after_replacing("/[^A-Za-z0-9_-]/", ""), kAllSinks);
  EXPECT_EQ(harmless_after_replacing("~[^\\w]+~u", "-"), kAllSinks);
  EXPECT_EQ(harmless_after_replacing("([^0-9])", ""), kAllSinks);
  EXPECT_EQ(harmless_after_replacing("/[^a-z\\/.]/i", "") & (kHtml | kPath | kHeader), kHtml);
  EXPECT_EQ(harmless_after_replacing("/[^a-z' ]/i", "") & (kHtml | kSql), 0);
  EXPECT_EQ(harmless_after_replacing("/[^a-z]/", "'") & kSql, 0) << "the replacement is there too";
  EXPECT_EQ(harmless_after_replacing("/[^]a]/", "") & kHtml, kHtml) << "] as the first member is one";
}

TEST(SafeText, WhatProvesNothing) {
  for (const std::string_view pattern : {"", "/", "/[^a/", "/[a-z]/", "/[^a-z]x/", "/[^[:alnum:]]/", "/[^a-\\d]/",
                                         "/[^z-a]/", "a[^a]a", "/[^\\x41]/", "/[^a]|b/", "/[^a\\"}) {
    EXPECT_EQ(harmless_after_replacing(pattern, ""), 0) << pattern;
  }
  EXPECT_EQ(harmless_after_replacing("/[^a-z]/", "$0"), 0);
}

TEST(SafeText, WhatMatchesAsAWhole) {
  EXPECT_EQ(harmless_after_matching("/^[a-z0-9]+$/"), kAllSinks);
  EXPECT_EQ(harmless_after_matching("/^\\d{1,3}$/D"), kAllSinks);
  EXPECT_EQ(harmless_after_matching("/\\A\\w*\\z/"), kAllSinks);
  for (const std::string_view pattern :
       {"/[a-z]+/", "/^[a-z]+/", "/^[^a-z]+$/", "/^[a-z]+$/m", "/^a$/", "/^\\D+$/", "/^[a-z]+|x$/", "/^\\w{1/"}) {
    EXPECT_EQ(harmless_after_matching(pattern), 0) << pattern;
  }
}

TEST(SafeText, WhatStandsInAFormattedTextAsItIs) {
  const auto texts = [](std::string_view format, std::size_t arguments) {
    std::vector<bool> is_text(arguments + 1, true);
    mark_texts(format, is_text);
    std::string marks;
    for (std::size_t i = 1; i < is_text.size(); ++i) marks += is_text[i] ? 's' : '-';
    return marks;
  };
  EXPECT_EQ(texts("%d %s %05.2f %x", 4), "-s--");
  EXPECT_EQ(texts("%2$s %1$d 100%%", 2), "-s");
  EXPECT_EQ(texts("%'010d %-5s %+ld", 3), "-s-");
  EXPECT_EQ(texts("%d", 2), "--") << "what no conversion names does not stand there";
  for (const std::string_view format : {"%*d", "%k", "%", "%d %s", "%9$d"}) EXPECT_EQ(texts(format, 1), "s") << format;
}

}  // namespace
}  // namespace banyan::php
