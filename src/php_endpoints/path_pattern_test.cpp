#include "php_endpoints/path_pattern.h"

#include <gtest/gtest.h>

namespace banyan::php {
namespace {

std::string braces(std::string_view text) {
  std::string out;
  for (const PathPattern& pattern : PathPattern::from_braces(text)) out += (out.empty() ? "" : " ") + pattern.text();
  return out;
}

std::string regex(std::string_view text) {
  const auto pattern = PathPattern::from_regex(text);
  return pattern ? pattern->text() : "none";
}

TEST(PathPattern, Literal) {
  EXPECT_EQ(PathPattern::from_literal("").text(), "/");
  EXPECT_EQ(PathPattern::from_literal("/").text(), "/");
  EXPECT_EQ(PathPattern::from_literal("a//b/").text(), "/a/b");
  EXPECT_EQ(PathPattern::from_literal("/a/\1rest base\2/b").text(), "/a/:rest_base/b");
  EXPECT_EQ(PathPattern::from_literal("/a\1open").text(), "/a:open");
}

TEST(PathPattern, Braces) {
  EXPECT_EQ(braces("/users/{id}"), "/users/:id");
  EXPECT_EQ(braces("users/{id?}"), "/users /users/:id");
  EXPECT_EQ(braces("/users[/{id:\\d+}[/{tab}]]"), "/users /users/:id /users/:id/:tab");
  EXPECT_EQ(braces("/f/{path:.*}"), "/f/*");
  EXPECT_EQ(braces("/f/{path<.+>}/x"), "/f/*");
  EXPECT_EQ(braces("/f/{y:[0-9]{4}}"), "/f/:y");
  EXPECT_EQ(braces("/{name}.{format}"), "/:name.:format");
  EXPECT_EQ(braces("/open/{id"), "/open/:id");
  EXPECT_EQ(braces("/open[/a"), "/open");
  EXPECT_EQ(braces("[a][b][c][d][e][f]").empty(), false);
}

TEST(PathPattern, Regex) {
  EXPECT_EQ(regex("^/users/(\\d+)$"), "/users/:1");
  EXPECT_EQ(regex("^\\/users\\/([^/]+)\\/?$"), "/users/:1");
  EXPECT_EQ(regex("/posts/(?P<id>[\\d]+)"), "/posts/:id/*");
  EXPECT_EQ(regex("^feed/(?:rss|atom)/?$"), "/feed/:1");
  EXPECT_EQ(regex("^a/(.*)$"), "/a/*");
  EXPECT_EQ(regex("^a/[a-z]{2}-\\d+$"), "/a/:1-:2");
  EXPECT_EQ(regex("users/(\\d+)$"), "none");
  EXPECT_EQ(regex("^/a|/b$"), "none");
  EXPECT_EQ(regex("^/ab?c"), "none");
  EXPECT_EQ(regex("^/a(?!b)"), "none");
  EXPECT_EQ(regex("^/a("), "none");
  EXPECT_EQ(regex("^/a["), "none");
  EXPECT_EQ(regex("^/a\\"), "none");
}

TEST(PathPattern, SegmentsMatch) {
  const auto match = [](std::string_view pattern, std::string_view text) {
    return segment_matches(PathPattern::from_braces(pattern)[0].segments()[0], text);
  };
  EXPECT_TRUE(match("a", "a"));
  EXPECT_FALSE(match("a", "ab"));
  EXPECT_TRUE(match("{x}", "ab"));
  EXPECT_FALSE(match("{x}", ""));
  EXPECT_TRUE(match("{x}.json", "a.json"));
  EXPECT_FALSE(match("{x}.json", ".json"));
  EXPECT_TRUE(match("a-{x}-b-{y}", "a-1-b-2"));
  EXPECT_FALSE(match("a-{x}-b-{y}", "a-1-c-2"));
  EXPECT_TRUE(match("{x}{y}", "ab"));
  EXPECT_FALSE(match("{x}{y}", "a"));
}

TEST(PathPattern, CanonicalRequestPath) {
  EXPECT_EQ(canonical_request_path("/a//b/?x=1"), "/a/b");
  EXPECT_EQ(canonical_request_path("/index.php"), "/");
  EXPECT_EQ(canonical_request_path("/index.php/a"), "/a");
  EXPECT_EQ(canonical_request_path("/x/index.php?a"), "/x");
  EXPECT_EQ(canonical_request_path("/%61%2"), "/a%2");
  EXPECT_EQ(canonical_request_path("http://h/a"), "/a");
  EXPECT_EQ(canonical_request_path(""), "/");
}

}  // namespace
}  // namespace banyan::php
