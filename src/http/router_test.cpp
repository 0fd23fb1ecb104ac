#include "http/router.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "http/target.h"

namespace banyan {
namespace {

Router compiled(const std::vector<RouteRule>& rules) {
  Result<Router> router = Router::compile(rules);
  EXPECT_TRUE(router.ok()) << router.error().text();
  return std::move(router).value();
}

std::size_t rule_for(const Router& router, std::string_view path) { return router.match({.path = path}).rule; }

TEST(Router, FirstRuleThatMatchesWins) {
  const Router router = compiled({{.path = "/user/profile"},
                                  {.path = "/user/:id"},
                                  {.prefix = "/user/"},
                                  {.path = "/user/me"},
                                  {.prefix = "/"},
                                  {.path = "/late"}});
  EXPECT_EQ(rule_for(router, "/user/profile"), 0U);
  EXPECT_EQ(rule_for(router, "/user/me"), 1U);
  EXPECT_EQ(rule_for(router, "/user/"), 2U);
  EXPECT_EQ(rule_for(router, "/user/a/b"), 2U);
  EXPECT_EQ(rule_for(router, "/user"), 4U);
  EXPECT_EQ(rule_for(router, "/late"), 4U);
  EXPECT_EQ(rule_for(router, "*"), Router::kNoRule);
  EXPECT_EQ(router.size(), 6U);
}

TEST(Router, Captures) {
  const Router router = compiled({{.path = "/user/:id/posts/:post"}, {.path = "/:a/:b"}});
  const Router::Match posts = router.match({.path = "/user/42/posts/x%2Fy"});
  ASSERT_EQ(posts.rule, 0U);
  EXPECT_EQ(posts.capture("id"), "42");
  EXPECT_EQ(posts.capture("post"), "x%2Fy");
  EXPECT_EQ(posts.capture("none"), "");
  const Router::Match two = router.match({.path = "/user/42"});
  ASSERT_EQ(two.rule, 1U);
  EXPECT_EQ(two.capture("a"), "user");
  EXPECT_EQ(two.capture("b"), "42");
  EXPECT_FALSE(router.match({.path = "/user//posts/1"}));
  EXPECT_FALSE(router.match({.path = "/user/42/posts/"}));
  EXPECT_FALSE(router.match({.path = "/user/42/posts/1/"}));
}

TEST(Router, Hosts) {
  const Router router = compiled({{.host = "a.example.com", .prefix = "/"},
                                  {.host = "*.example.com", .prefix = "/"},
                                  {.host = "example.com", .path = "/x"},
                                  {.prefix = "/"},
                                  {.host = "b.org", .prefix = "/"}});
  const auto rule = [&](std::string_view host, std::string_view path = "/") {
    return router.match({.host = host, .path = path}).rule;
  };
  EXPECT_EQ(rule("a.example.com"), 0U);
  EXPECT_EQ(rule("A.Example.COM"), 0U);
  EXPECT_EQ(rule("a.example.com."), 0U);
  EXPECT_EQ(rule("b.example.com"), 1U);
  EXPECT_EQ(rule("c.b.example.com"), 1U);
  EXPECT_EQ(rule("example.com"), 3U);
  EXPECT_EQ(rule("example.com", "/x"), 2U);
  EXPECT_EQ(rule(".example.com"), 3U);
  EXPECT_EQ(rule("notexample.com"), 3U);
  EXPECT_EQ(rule("b.org"), 3U);
  EXPECT_EQ(rule(""), 3U);
  EXPECT_EQ(rule(std::string(300, 'a')), 3U);
}

TEST(Router, Conditions) {
  const Router router = compiled({
      {.methods = {"GET", "PURGE"}, .path = "/m"},
      {.path = "/m", .headers = {{"x-gray-tag", "blue"}}},
      {.path = "/m", .headers = {{"Cookie", std::nullopt}, {"X-Own", "1"}}},
      {.path = "/m", .query = {{"v", "a b"}}},
      {.path = "/m", .query = {{"debug", std::nullopt}}},
  });
  Fields none;
  const auto rule = [&](Method method, std::string_view name, std::string_view query, const Fields* fields) {
    return router.match({.method = method, .method_name = name, .path = "/m", .query = query, .fields = fields}).rule;
  };
  EXPECT_EQ(rule(Method::kGet, "GET", "", &none), 0U);
  EXPECT_EQ(rule(Method::kOther, "PURGE", "", &none), 0U);
  EXPECT_EQ(rule(Method::kOther, "purge", "", &none), Router::kNoRule);
  EXPECT_EQ(rule(Method::kPost, "POST", "", &none), Router::kNoRule);
  Fields fields;
  fields.add_copy(FieldId::kXGrayTag, "green");
  fields.add_copy(FieldId::kXGrayTag, "blue");
  EXPECT_EQ(rule(Method::kPost, "POST", "", &fields), 1U);
  fields.reset();
  fields.add_copy(FieldId::kCookie, "");
  EXPECT_EQ(rule(Method::kPost, "POST", "", &fields), Router::kNoRule);
  ASSERT_TRUE(fields.add_copy("x-own", "1"));
  EXPECT_EQ(rule(Method::kPost, "POST", "", &fields), 2U);
  EXPECT_EQ(rule(Method::kPost, "POST", "v=x&v=a+b", &none), 3U);
  EXPECT_EQ(rule(Method::kPost, "POST", "%76=a%20b", nullptr), 3U);
  EXPECT_EQ(rule(Method::kPost, "POST", "debug", nullptr), 4U);
  EXPECT_EQ(rule(Method::kPost, "POST", "debug=0&v=c", nullptr), 4U);
  EXPECT_EQ(rule(Method::kPost, "POST", "debugger", nullptr), Router::kNoRule);
}

TEST(Router, RefusesRulesThatMakeNoSense) {
  const std::vector<RouteRule> wrong = {{.path = "user"},
                                        {.prefix = "user"},
                                        {.path = "/a", .prefix = "/a"},
                                        {.path = "/:"},
                                        {.path = "/:a/:a"},
                                        {.path = "/:a.b"},
                                        {.host = "a b", .path = "/"},
                                        {.host = "*", .path = "/"},
                                        {.host = "*.", .path = "/"},
                                        {.host = "a.*.b", .path = "/"},
                                        {.host = ".a", .path = "/"},
                                        {.methods = {"GE T"}, .path = "/"},
                                        {.methods = {""}, .path = "/"},
                                        {.path = "/", .headers = {{"X Y", {}}}},
                                        {.path = "/", .query = {{"", {}}}},
                                        {.path = "/:a/:b/:c/:d/:e/:f/:g/:h/:i/:j/:k/:l/:m/:n/:o/:p/:q"}};
  for (const RouteRule& rule : wrong) {
    const Result<Router> router = Router::compile(std::vector<RouteRule>{{.prefix = "/"}, rule});
    ASSERT_FALSE(router.ok()) << rule.path << " " << rule.host;
    EXPECT_TRUE(router.error().message().starts_with("rule 1: ")) << router.error().message();
  }
}

// The meaning, written down as plainly as can be: the oracle of the compiled form.
struct Naive {
  const std::vector<RouteRule>& rules;

  static std::vector<std::string> segments(std::string_view path) {
    std::vector<std::string> out(1);
    for (const char c : path) {
      if (c == '/')
        out.emplace_back();
      else
        out.back() += c;
    }
    return out;
  }
  static bool path_matches(const RouteRule& rule, std::string_view path, std::vector<std::string>& captures) {
    if (rule.path.empty()) return path.starts_with(rule.prefix);
    const auto wanted = segments(rule.path);
    const auto given = segments(path);
    if (wanted.size() != given.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const bool name = wanted[i].starts_with(':');
      if (name ? given[i].empty() : wanted[i] != given[i]) return false;
      if (name) captures.push_back(wanted[i].substr(1) + "=" + given[i]);
    }
    return true;
  }
  static bool host_matches(const std::string& pattern, std::string_view host) {
    if (pattern.empty()) return true;
    if (!pattern.starts_with('*')) return host == pattern;
    return host.size() > pattern.size() - 1 && host.ends_with(std::string_view(pattern).substr(1));
  }
  static bool conditions_match(const RouteRule& rule, const RouteQuery& query) {
    const bool method = rule.methods.empty() ||
                        std::find(rule.methods.begin(), rule.methods.end(), query.method_name) != rule.methods.end();
    const bool headers = std::all_of(rule.headers.begin(), rule.headers.end(), [&](const RouteCondition& condition) {
      return std::any_of(query.fields->begin(), query.fields->end(), [&](const Fields::Entry& entry) {
        return equals_ignoring_case(entry.name, condition.name) &&
               (!condition.value || *condition.value == entry.value);
      });
    });
    std::string value;
    const bool parameters = std::all_of(rule.query.begin(), rule.query.end(), [&](const RouteCondition& condition) {
      value.clear();
      return query_value(query.query, condition.name, value) && (!condition.value || *condition.value == value);
    });
    return method && headers && parameters;
  }
  std::size_t match(const RouteQuery& query, std::vector<std::string>& captures) const {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      captures.clear();
      if (host_matches(rules[i].host, query.host) && conditions_match(rules[i], query) &&
          path_matches(rules[i], query.path, captures)) {
        return i;
      }
    }
    captures.clear();
    return Router::kNoRule;
  }
};

class RandomRouter {
 public:
  explicit RandomRouter(unsigned seed) : random_(seed) {}

  std::string path(bool pattern) {
    std::string out;
    std::string names = "pqrs";
    for (unsigned i = 1 + pick(4); i-- > 0;) {
      out += '/';
      if (pattern && pick(3) == 0 && !names.empty()) {
        out += ':';
        out += names.back();
        names.pop_back();
      } else {
        for (unsigned n = pick(4); n-- > 0;) out += static_cast<char>('a' + pick(2));
      }
    }
    return out;
  }
  RouteRule rule() {
    RouteRule rule;
    if (pick(3) != 0)
      rule.path = path(true);
    else if (pick(8) != 0)
      rule.prefix = path(false);
    if (pick(3) == 0) rule.host = host(true);
    if (pick(4) == 0) rule.methods = {pick(2) != 0 ? "GET" : "POST"};
    if (pick(6) == 0) rule.headers = {{pick(2) != 0 ? "Cookie" : "x-own", optional_value()}};
    if (pick(6) == 0) rule.query = {{"q", optional_value()}};
    return rule;
  }
  std::string host(bool pattern) {
    std::string out = pattern && pick(2) == 0 ? "*.a" : "a";
    for (unsigned i = pick(3); i-- > 0;) out += pick(2) != 0 ? ".a" : ".b";
    return out;
  }
  unsigned pick(unsigned count) { return static_cast<unsigned>(random_() % count); }

 private:
  std::optional<std::string> optional_value() {
    if (pick(2) == 0) return std::nullopt;
    return pick(2) != 0 ? "1" : "2";
  }
  std::mt19937 random_;
};

TEST(Router, AgreesWithTheNaiveMatcherOnRandomRules) {
  std::size_t found = 0;
  std::size_t tried = 0;
  for (unsigned seed = 0; seed < 150; ++seed) {
    RandomRouter random(seed);
    std::vector<RouteRule> rules;
    for (unsigned n = 1 + random.pick(seed % 10 == 0 ? 400 : 25); n-- > 0;) rules.push_back(random.rule());
    const Router router = compiled(rules);
    const Naive naive{rules};
    for (int i = 0; i < 300; ++i) {
      const std::string path = random.path(false);
      const std::string host = random.host(false);
      const bool get = random.pick(2) != 0;
      Fields fields;
      if (random.pick(2) != 0) fields.add_copy(FieldId::kCookie, random.pick(2) != 0 ? "1" : "2");
      if (random.pick(2) != 0) ASSERT_TRUE(fields.add_copy("X-Own", "1"));
      const RouteQuery query = {.method = get ? Method::kGet : Method::kPost,
                                .method_name = get ? "GET" : "POST",
                                .host = host,
                                .path = path,
                                .query = random.pick(2) != 0 ? "q=1" : "",
                                .fields = &fields};
      std::vector<std::string> expected_captures;
      const std::size_t expected = naive.match(query, expected_captures);
      const Router::Match match = router.match(query);
      ASSERT_EQ(match.rule, expected) << "seed " << seed << " " << host << path;
      std::vector<std::string> captures;
      for (const Router::Capture& capture : match.captured()) {
        captures.push_back(std::string(capture.name) + "=" + std::string(capture.value));
      }
      ASSERT_EQ(captures, expected_captures) << "seed " << seed << " " << path;
      found += match ? 1 : 0;
      ++tried;
    }
  }
  // The test would tell nothing if all or none matched.
  EXPECT_GT(found, tried / 4);
  EXPECT_LT(found, tried);
}

}  // namespace
}  // namespace banyan
