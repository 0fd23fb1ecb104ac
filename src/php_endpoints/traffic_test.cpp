#include "php_endpoints/traffic.h"

#include <gtest/gtest.h>

namespace banyan::php {
namespace {

using std::chrono::milliseconds;

std::string titles_matched(const std::vector<Endpoint>& endpoints, const std::vector<std::string>& requests) {
  const PathMatcher matcher(endpoints);
  std::string out;
  for (const std::string& request : requests) {
    const std::size_t space = request.find(' ');
    const auto found = matcher.match(request.substr(0, space), request.substr(space + 1));
    out += request + " = " + (found ? endpoint_title(endpoints[*found]) : "none") + "\n";
  }
  return out;
}

Endpoint endpoint(std::string methods, std::string_view path, std::string query = "") {
  Endpoint one{.path = PathPattern::from_braces(path).back(), .query = std::move(query)};
  if (!methods.empty()) one.methods.push_back(methods);
  return one;
}

TEST(PathMatcher, TheMoreExactComesFirst) {
  const std::vector<Endpoint> endpoints = {endpoint("", "/{all:.*}"),
                                           endpoint("GET", "/users/{id}"),
                                           endpoint("POST", "/users/{id}"),
                                           endpoint("", "/users/me"),
                                           endpoint("", "/users/{id}.json"),
                                           endpoint("", "/ajax.php"),
                                           endpoint("", "/ajax.php", "action=save"),
                                           endpoint("", "/files/{path:.*}")};
  EXPECT_EQ(titles_matched(endpoints, {"GET /users/7", "HEAD /users/7", "POST /users/7?x=1", "DELETE /users/7",
                                       "GET /users/me/", "GET /users/7.json", "GET /ajax.php?a=b&action=save",
                                       "GET /ajax.php?action=saved", "GET /files", "GET /files/a/b", "GET /"}),
            "GET /users/7 = GET /users/:id\n"
            "HEAD /users/7 = GET /users/:id\n"
            "POST /users/7?x=1 = POST /users/:id\n"
            "DELETE /users/7 = /*\n"
            "GET /users/me/ = /users/me\n"
            "GET /users/7.json = /users/:id.json\n"
            "GET /ajax.php?a=b&action=save = /ajax.php?action=save\n"
            "GET /ajax.php?action=saved = /ajax.php\n"
            "GET /files = /files/*\n"
            "GET /files/a/b = /files/*\n"
            "GET / = /*\n");
}

TEST(PathMatcher, NothingMatchesNothing) {
  const std::vector<Endpoint> none;
  EXPECT_FALSE(PathMatcher(none).match("GET", "/"));
  const std::vector<Endpoint> one = {endpoint("GET", "/a/{b}")};
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "/a";
  EXPECT_FALSE(PathMatcher(one).match("GET", deep));
  EXPECT_FALSE(PathMatcher(one).match("GET", "/a"));
}

TEST(AccessLog, OneLine) {
  const auto show = [](std::string_view line) {
    const auto request = parse_log_line(line);
    if (!request) return std::string("none");
    const std::string time = request->duration ? std::to_string(request->duration->count() / 1000) + "us" : "-";
    return request->method + " " + request->target + " " + std::to_string(request->status) + " " + time;
  };
  EXPECT_EQ(show(R"({"time":"x","method":"GET","target":"/a?b=1","status":200,"duration_ms":0.523})"),
            "GET /a?b=1 200 523us");
  EXPECT_EQ(show(R"({"method":"GET","target":"/a"})"), "GET /a 0 -");
  EXPECT_EQ(show(R"({"method":"GET"})"), "none");
  EXPECT_EQ(show(R"({"method":)"), "none");
  const std::string combined =
      R"(1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET /a\"b\x20 HTTP/1.1" 404 12 "-" "Moz \"x\" 1.0")";
  EXPECT_EQ(show(combined), "GET /a\"b 404 -");
  EXPECT_EQ(show(combined + " 0.250"), "GET /a\"b 404 250000us");
  EXPECT_EQ(show(combined + " rt=0.250"), "GET /a\"b 404 250000us");
  EXPECT_EQ(show(combined + " 1234"), "GET /a\"b 404 1234us");
  EXPECT_EQ(show(combined + " \"-\""), "GET /a\"b 404 -");
  EXPECT_EQ(show(R"(1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "-" 400 0 "-" "-")"), "none");
  EXPECT_EQ(show("nonsense"), "none");
  EXPECT_EQ(show(R"(x] "GET / HTTP/1.1" abc 1)"), "none");
}

TEST(AccessLog, PiecesOfAnySize) {
  std::string log = R"({"method":"GET","target":"/a"})"
                    "\n\r\nbad\n" +
                    std::string(100'000, 'x') + "\n" + R"({"method":"GET","target":"/b"})";
  for (const std::size_t piece : {1U, 7U, 1000U, 1'000'000U}) {
    std::string seen;
    AccessLogReader reader([&](const LoggedRequest& request) { seen += request.target; });
    for (std::size_t at = 0; at < log.size(); at += piece) reader.feed(std::string_view(log).substr(at, piece));
    reader.finish();
    EXPECT_EQ(seen, "/a/b");
    EXPECT_EQ(reader.line_count(), 4U);
    EXPECT_EQ(reader.unreadable_count(), 2U);
  }
}

TEST(Traffic, CountsSharesAndTimes) {
  const std::vector<Endpoint> endpoints = {endpoint("GET", "/a"), endpoint("", "/b")};
  Traffic traffic(endpoints);
  for (int i = 1; i <= 100; ++i) {
    traffic.add({.method = "GET", .target = "/a", .status = i > 90 ? 500 : 200, .duration = milliseconds(i)});
  }
  traffic.add({.method = "GET", .target = "/style.css", .status = 200, .duration = {}});
  traffic.add({.method = "POST", .target = "/a", .status = 405, .duration = {}});
  traffic.add({.method = "GET", .target = "/nowhere?x", .status = 404, .duration = {}});
  traffic.add({.method = "GET", .target = "/nowhere", .status = 0, .duration = {}});
  EXPECT_EQ(traffic.request_count(), 104U);
  EXPECT_EQ(traffic.matched_count(), 100U);
  EXPECT_EQ(traffic.asset_count(), 1U);
  const EndpointTraffic a = traffic.of(0);
  EXPECT_EQ(a.count, 100U);
  EXPECT_EQ(a.by_class[2], 90U);
  EXPECT_EQ(a.by_class[5], 10U);
  EXPECT_NEAR(static_cast<double>(a.latency.quantile(0.5)->count()), 50e6, 50e6 * 0.07);
  EXPECT_EQ(traffic.of(1).count, 0U);
  ASSERT_EQ(traffic.unmatched(10).size(), 2U);
  EXPECT_EQ(traffic.unmatched(1)[0].path, "/nowhere");
  EXPECT_EQ(traffic.unmatched(1)[0].count, 2U);
}

TEST(Traffic, UnmatchedPathsAreBounded) {
  const std::vector<Endpoint> none;
  Traffic traffic(none);
  for (int i = 0; i < 50'000; ++i) {
    traffic.add({.method = "GET", .target = "/often", .status = 404, .duration = {}});
    traffic.add({.method = "GET", .target = "/rare/" + std::to_string(i), .status = 404, .duration = {}});
  }
  EXPECT_LE(traffic.unmatched(1'000'000).size(), Traffic::kUnmatchedMax);
  EXPECT_EQ(traffic.unmatched(1)[0].count, 50'000U);
}

}  // namespace
}  // namespace banyan::php
