#include "gray/head_values.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

// {"sub":"42","level":7,"admin":true} under a signature nobody checks.
constexpr std::string_view kToken = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiIsImxldmVsIjo3LCJhZG1pbiI6dHJ1ZX0.AAAA";

std::optional<std::string> ask(std::string_view bytes, const char* name) {
  RequestHead head;
  RequestHeadParser parser;
  EXPECT_TRUE(parser.parse(bytes, head).done());
  std::string scratch;
  const HeadValues values(head, "/normal", "192.0.2.1");
  const auto value = values.find(*parse_value_name(name), scratch);
  if (!value) return std::nullopt;
  return std::string(*value);
}

TEST(HeadValues, ReadsWhatIsAskedFor) {
  const std::string bytes =
      "GET /a%2Fb?uid=1&name=J%C3%BC+rgen&empty=&uid=2 HTTP/1.1\r\nHost: Shop.example:80\r\nX-User-Id: 42\r\n"
      "X-User-Id: 43\r\nX-Empty:\r\nCookie: a=1; uid=7; q=\"x y\"\r\nCookie: late=9; uid=8\r\n"
      "Authorization: Bearer " +
      std::string(kToken) + "\r\n\r\n";
  EXPECT_EQ(ask(bytes, "header:x-user-id"), "42");
  EXPECT_EQ(ask(bytes, "header:x-empty"), std::nullopt);
  EXPECT_EQ(ask(bytes, "header:x-none"), std::nullopt);
  EXPECT_EQ(ask(bytes, "cookie:uid"), "7");
  EXPECT_EQ(ask(bytes, "cookie:late"), "9");
  EXPECT_EQ(ask(bytes, "cookie:q"), "x y");
  EXPECT_EQ(ask(bytes, "cookie:UID"), std::nullopt);
  EXPECT_EQ(ask(bytes, "cookie:ui"), std::nullopt);
  EXPECT_EQ(ask(bytes, "query:uid"), "1");
  EXPECT_EQ(ask(bytes, "query:name"), "J\xC3\xBC rgen");
  EXPECT_EQ(ask(bytes, "query:empty"), std::nullopt);
  EXPECT_EQ(ask(bytes, "jwt:sub"), "42");
  EXPECT_EQ(ask(bytes, "jwt:level"), "7");
  EXPECT_EQ(ask(bytes, "jwt:none"), std::nullopt);
  EXPECT_EQ(ask(bytes, "ip"), "192.0.2.1");
  EXPECT_EQ(ask(bytes, "method"), "GET");
  EXPECT_EQ(ask(bytes, "host"), "Shop.example");
  EXPECT_EQ(ask(bytes, "path"), "/normal");
}

TEST(HeadValues, HasNoClaimOfWhatIsNoToken) {
  for (const char* text : {"Basic dXNlcjpwYXNz", "Bearer ", "Bearer a.b", "Bearer a.b.c", "Bearer ..", ""}) {
    const std::string bytes = std::string("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: ") + text + "\r\n\r\n";
    EXPECT_EQ(ask(bytes, "jwt:sub"), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace banyan
