#include "nginx_import/filter_text.h"

#include <gtest/gtest.h>

namespace banyan::nginx {
namespace {

std::string rewritten(std::string_view expression, std::string_view replacement) {
  const auto rule = read_rewrite(expression, replacement);
  if (!rule) return "-";
  return rule->from + " " + rule->to + (rule->exact ? "" : " ~") + (rule->drops_query ? " ?" : "");
}

TEST(NginxFilterText, ReadsExpressionsThatArePatternsOfSegments) {
  EXPECT_EQ(rewritten("^/old/(.*)$", "/new/$1"), "/old/*p1 /new/*p1");
  EXPECT_EQ(rewritten("^/api/(.*)", "/$1"), "/api/*p1 /*p1");
  EXPECT_EQ(rewritten("^/user/([^/]+)/photo/([^/]+)$", "/p/$2?of=$1"), "/user/:p1/photo/:p2 /p/:p2?of=:p1");
  EXPECT_EQ(rewritten("^(.*)$", "https://x.example$1"), "/*p1 https://x.example/*p1");
  EXPECT_EQ(rewritten("^(.*)$", "https://x.example/$1"), "/*p1 https://x.example/*p1");
  EXPECT_EQ(rewritten("^/a\\.html$", "$scheme://$host/b?"), "/a.html /b ?");
  EXPECT_EQ(rewritten("^/a.html$", "/b"), "/a.html /b ~");
  EXPECT_EQ(rewritten("^/old", "/new"), "/old/*rest /new ~");
  EXPECT_EQ(rewritten("^/old/", "/new"), "/old/*rest /new");
}

TEST(NginxFilterText, LeavesOtherExpressionsAlone) {
  for (const auto& [expression, replacement] : {std::pair{"/old/(.*)", "/new/$1"},
                                                {"^/item/(\\d+)$", "/i/$1"},
                                                {"^/a|^/b", "/c"},
                                                {"^/x(.*)$", "/y$1"},
                                                {"^/a/([^/]+)x$", "/$1"},
                                                {"^/a/(.*)$", "/b-$1"},
                                                {"^/a/(.*)$", "/b/$2"},
                                                {"^/a/(.*)$", "/$1x"},
                                                {"^/a$", "/$remote_user"},
                                                {"^/a/?$", "/b"},
                                                {"^$", "/b"},
                                                {"^/:a$", "/b"},
                                                {"^/a$", "/:b"},
                                                {"^/a$", "b"}}) {
    EXPECT_EQ(rewritten(expression, replacement), "-") << expression << " -> " << replacement;
  }
}

TEST(NginxFilterText, SaysVariablesInTheWordsOfFilters) {
  EXPECT_EQ(filter_text("https://$host$request_uri"), "https://${host}${uri}");
  EXPECT_EQ(filter_text("${scheme}://www.$host$uri$is_args$args"), "${scheme}://www.${host}${uri}");
  EXPECT_EQ(filter_text("$http_x_forwarded_for, $remote_addr"), "${header:x-forwarded-for}, ${client}");
  EXPECT_EQ(filter_text("plain {text}"), "plain {text}");
  EXPECT_EQ(filter_text("$upstream_cache_status"), std::nullopt);
  EXPECT_EQ(filter_text("${host"), std::nullopt);
  EXPECT_EQ(filter_text("$"), std::nullopt);
}

}  // namespace
}  // namespace banyan::nginx
