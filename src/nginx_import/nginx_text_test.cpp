#include "nginx_import/nginx_text.h"

#include <map>

#include <gtest/gtest.h>

#include "nginx_import/advice.h"
#include "nginx_import/location_pattern.h"
#include "nginx_import/nginx_files.h"
#include "nginx_import/scope.h"

namespace banyan::nginx {
namespace {

// The tree on one line: words in brackets, blocks in braces.
std::string shown(const std::vector<Directive>& directives) {
  std::string out;
  for (const Directive& directive : directives) {
    out += "[" + directive.name + "]";
    for (const std::string& word : directive.arguments) out += "[" + word + "]";
    if (directive.has_block) out += "{" + shown(directive.block) + "}";
  }
  return out;
}

std::string parsed(std::string_view text) {
  Diagnostics diagnostics("f");
  const auto directives = parse_text(text, 0, diagnostics);
  EXPECT_EQ(directives.has_value(), !diagnostics.has_errors());
  return directives ? shown(*directives) : diagnostics_text(diagnostics.sorted());
}

TEST(NginxText, WordsQuotesAndEscapes) {
  EXPECT_EQ(parsed("a b  c;\nd;"), "[a][b][c][d]");
  EXPECT_EQ(parsed("a \"b c\" 'd;e' f\"g;"), "[a][b c][d;e][f\"g]");
  EXPECT_EQ(parsed(R"(a \.php$ "\"" '\'' "\\d" b\;c "\t";)"), "[a][\\.php$][\"]['][\\d][b\\;c][\t]");
  EXPECT_EQ(parsed("a # b;\n c#d; # e"), "[a][c#d]");
  EXPECT_EQ(parsed("a ${b}c/${d} \"{\";"), "[a][${b}c/${d}][{]");
  EXPECT_EQ(parsed("a{b c;d{}}"), "[a]{[b][c][d]{}}");
  EXPECT_EQ(parsed("map $a $b { \"\" x; ~^b y; }"), "[map][$a][$b]{[][x][~^b][y]}");
  EXPECT_EQ(parsed(""), "");
}

TEST(NginxText, BlocksOfLuaAreSkipped) {
  EXPECT_EQ(parsed("content_by_lua_block { x = { '}' } -- }\n y = \"\\\"}\" } a;"), "[content_by_lua_block]{}[a]");
}

TEST(NginxText, CommentsMayBeInAnyEncoding) {
  EXPECT_EQ(parsed("# \xc4\xe3\xba\xc3\na;"), "[a]");
  EXPECT_EQ(parsed("a \xc4\xe3;"), "f:1:3: this word is not UTF-8, only comments may be in another encoding\n");
}

TEST(NginxText, MistakesNameTheirPlace) {
  EXPECT_EQ(parsed("a b"), "f:1:1: the directive 'a' has no end, add ';'\n");
  EXPECT_EQ(parsed("a {\n b c\n}"), "f:3:1: '}' before the end of 'b', add ';'\n");
  EXPECT_EQ(parsed("a {\n b;"), "f:1:3: this block is never closed, add '}' at its end\n");
  EXPECT_EQ(parsed("a; }"), "f:1:4: '}' closes no block, delete it\n");
  EXPECT_EQ(parsed("a;\n;"), "f:2:1: ';' ends no directive, delete it\n");
  EXPECT_EQ(parsed("{ a; }"), "f:1:1: '{' without a name before it\n");
  EXPECT_EQ(parsed("a \"b;\nc;"), "f:1:3: the quote is never closed, add \"\n");
  EXPECT_EQ(parsed("a \"b\"c;"), "f:1:6: 'c' directly behind a closing quote, put a space between them\n");
  EXPECT_EQ(parsed("a \x01;"), "f:1:3: a control character, delete it\n");
}

TEST(NginxText, NestingAndWordsAreBounded) {
  std::string deep;
  for (std::size_t i = 0; i <= kDepthMax; ++i) deep += "a{";
  EXPECT_EQ(parsed(deep), "f:1:66: blocks are nested deeper than 32 levels\n");
  EXPECT_EQ(parsed("a " + std::string(kWordBytesMax + 2, 'b') + ";"),
            "f:1:3: a word is longer than 4096 bytes, is a quote missing?\n");
}

class MapFiles final : public FileSource {
 public:
  explicit MapFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  Result<std::string> read(const std::string& path) override {
    const auto file = files_.find(path);
    if (file == files_.end()) return Error(ErrorCode::kNotFound, path);
    return file->second;
  }
  std::vector<std::string> matching(const std::string& pattern) override {
    std::vector<std::string> found;
    const std::string folder = pattern.substr(0, pattern.find('*'));
    for (const auto& [path, text] : files_) {
      if (path.starts_with(folder)) found.push_back(path);
    }
    return found;
  }

 private:
  std::map<std::string, std::string> files_;
};

TEST(NginxFiles, IncludesStandInTheirPlace) {
  MapFiles files({{"/n/main.conf", "a; include sites/*; include none; http { include sites/one; }"},
                  {"/n/sites/one", "b;"},
                  {"/n/sites/two", "\n\nc;"}});
  const Configuration configuration = load("/n/main.conf", files);
  EXPECT_EQ(diagnostics_text(configuration.diagnostics), "");
  EXPECT_EQ(shown(configuration.directives), "[a][b][c][http]{[b]}");
  EXPECT_EQ(configuration.place_text(configuration.directives[2].place), "/n/sites/two:3");
  ASSERT_EQ(configuration.unread.size(), 1u);
  EXPECT_EQ(configuration.unread[0].path, "/n/none");
}

TEST(NginxFiles, AnEndlessIncludeIsAMistake) {
  MapFiles files({{"/n/main.conf", "include main.conf;"}});
  const Configuration configuration = load("/n/main.conf", files);
  ASSERT_EQ(configuration.diagnostics.size(), 1u);
  EXPECT_EQ(configuration.diagnostics[0].text(),
            "/n/main.conf:1:1: includes are nested deeper than 16 files, does one include itself?");
  MapFiles wide({{"/n/main.conf", "include main.conf; include main.conf; include main.conf; include main.conf;"}});
  EXPECT_FALSE(load("/n/main.conf", wide).diagnostics.empty());
}

TEST(NginxFiles, PatternsAreMatchedOnTheDisk) {
  DiskFiles disk;
  const std::string folder = BANYAN_TESTDATA;
  EXPECT_EQ(disk.matching(folder + "/lara*.conf"), std::vector<std::string>{folder + "/laravel.conf"});
  EXPECT_EQ(disk.matching(folder + "/[sw]*.conf"),
            (std::vector<std::string>{folder + "/symfony.conf", folder + "/wordpress.conf"}));
  EXPECT_EQ(disk.matching(folder + "/f*z/nginx_te?t/l*"),
            (std::vector<std::string>{folder + "/fuzz/nginx_text/laravel.conf", folder + "/fuzz/nginx_text/lua"}))
      << "in order of name";
  EXPECT_EQ(disk.matching("./*/f*z/nothing"), std::vector<std::string>{});
  EXPECT_EQ(disk.matching("/nonexistent/*"), std::vector<std::string>{});
  EXPECT_FALSE(disk.read(folder).ok()) << "a folder is no file";
}

TEST(NginxScope, TimesAndSizes) {
  EXPECT_EQ(read_time("30"), Duration(std::chrono::seconds(30)));
  EXPECT_EQ(read_time("1m30s"), Duration(std::chrono::seconds(90)));
  EXPECT_EQ(read_time("250ms"), Duration(std::chrono::milliseconds(250)));
  EXPECT_EQ(read_time("1d"), Duration(std::chrono::hours(24)));
  for (std::string_view wrong : {"", "s", "5x", "-1", "99999999999999999999", "400d", "3000000000d"}) {
    EXPECT_FALSE(read_time(wrong)) << wrong;
  }
  EXPECT_EQ(read_size("8k"), 8192);
  EXPECT_EQ(read_size("2M"), 2 * 1024 * 1024);
  EXPECT_EQ(read_size("0"), 0);
  EXPECT_FALSE(read_size("1x"));
  EXPECT_FALSE(read_size("9999999999999g"));
}

std::string pattern_text(std::string_view expression) {
  const LocationPattern pattern = read_location_pattern(expression);
  switch (pattern.kind) {
    case LocationPattern::Kind::kPhp:
      return pattern.path_info ? "php with path info" : "php";
    case LocationPattern::Kind::kExtensions:
      return "extensions";
    case LocationPattern::Kind::kHidden:
      return "hidden";
    case LocationPattern::Kind::kOther:
      return "other";
    default:
      break;
  }
  std::string out;
  for (const PathRule& rule : pattern.rules) out += (rule.exact ? "=" : "") + rule.path + " ";
  return out;
}

TEST(NginxPattern, ExpressionsThatArePaths) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"^/api", "/api "},
      {"^/api/", "/api/ "},
      {"^/api/.*", "/api/ "},
      {"^/api/(.*)$", "/api/ "},
      {"^/api/?(.*)$", "/api "},
      {"^/api$", "=/api "},
      {"^/api/?$", "=/api =/api/ "},
      {"^/(api|admin)/", "/api/ /admin/ "},
      {"^/(?:api|admin)(/|$)", "=/api /api/ =/admin /admin/ "},
      {"^/index\\.php(/|$)", "=/index.php /index.php/ "},
      {"^/(index|app_dev)\\.php$", "=/index.php =/app_dev.php "},
      {"^/user/([^/]+)$", "=/user/:p1 "},
      {"^/user/[^/]+/posts/[^/]+$", "=/user/:p1/posts/:p2 "},
      {"^/a\\-b", "/a-b "},
  };
  for (const auto& [expression, paths] : cases) EXPECT_EQ(pattern_text(expression), paths) << expression;
}

TEST(NginxPattern, ExpressionsThatAreKindsOfFiles) {
  for (std::string_view php : {"\\.php$", "[^/]\\.php$"}) EXPECT_EQ(pattern_text(php), "php") << php;
  for (std::string_view php : {"[^/]\\.php(/|$)", "\\.php(?:$|/)", "\\.php"}) {
    EXPECT_EQ(pattern_text(php), "php with path info") << php;
  }
  for (std::string_view hidden : {"/\\.ht", "/\\.", "/\\.(?!well-known).*", "(^|/)\\.", "/\\.git"}) {
    EXPECT_EQ(pattern_text(hidden), "hidden") << hidden;
  }
  for (std::string_view files : {"\\.(css|js)$", "\\.(?:png|jpe?g)$", "\\.css$", ".+\\.(ico|svg)$"}) {
    EXPECT_EQ(pattern_text(files), "extensions") << files;
  }
}

TEST(NginxPattern, WhatIsNotCertainIsLeft) {
  for (std::string_view other :
       {"",       "^",     "^/a+", "^/a*b",           "^/item/\\d+$", "^/(a|b)?c",     "^/[ab]",
        "/api",   "^/a(b", "^api", "^/user/([^/]+)/", "^/x[^/]+$",    "^/a|^/b",       "/(?:uploads|files)/.*\\.php$",
        "^/a{2}", "^/:a/", "^/()", "(?i)^/a",         "^/a\\",        "\\.(css|js)/x$"}) {
    EXPECT_EQ(pattern_text(other), "other") << other;
  }
}

TEST(NginxAdvice, ExactNamesGoBeforePatterns) {
  EXPECT_EQ(find_advice("proxy_buffering")->fate, Fate::kNotNeeded);
  EXPECT_EQ(find_advice("proxy_cache_valid")->fate, Fate::kMissing);
  EXPECT_EQ(find_advice("content_by_lua_block")->fate, Fate::kMissing);
  EXPECT_EQ(find_advice("made_up"), nullptr);
}

}  // namespace
}  // namespace banyan::nginx
