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

}  // namespace
}  // namespace banyan::php
