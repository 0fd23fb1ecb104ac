#include "http2/request_text.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace banyan {
namespace {

using List = std::vector<std::pair<std::string, std::string>>;

Refusal read(const List& fields, Http2RequestText& text, RequestHead& head) {
  for (const auto& [name, value] : fields) text.add(name, value);
  return text.finish(head);
}

TEST(Http2RequestText, BecomesTheHeadThatRulesSee) {
  Http2RequestText text{HeadLimits{}};
  RequestHead head;
  const Refusal refusal = read({{":method", "POST"},
                                {":scheme", "https"},
                                {":authority", "example.test:8443"},
                                {":path", "/a%20b?x=1"},
                                {"cookie", "a=1"},
                                {"content-type", "text/plain"},
                                {"cookie", "b=2"}},
                               text, head);
  ASSERT_FALSE(refusal) << refusal.sentence;
  EXPECT_EQ(head.method, Method::kPost);
  EXPECT_EQ(head.path, "/a%20b");
  EXPECT_EQ(head.query, "x=1");
  EXPECT_EQ(head.host, "example.test");
  EXPECT_EQ(head.port, 8443);
  EXPECT_EQ(head.fields.value(FieldId::kHost), "example.test:8443");
  EXPECT_EQ(head.fields.value("cookie"), "a=1; b=2");
  EXPECT_EQ(head.fields.value("content-type"), "text/plain");
}

TEST(Http2RequestText, RefusesWhatCouldBeReadInTwoWays) {
  const List good = {{":method", "GET"}, {":path", "/"}, {":authority", "a"}};
  const auto status = [&](List more, List base) {
    Http2RequestText text{HeadLimits{}};
    RequestHead head;
    base.insert(base.end(), more.begin(), more.end());
    return read(base, text, head).status;
  };
  EXPECT_EQ(status({}, good), 0);
  EXPECT_EQ(status({{"host", "a"}}, good), 0);
  EXPECT_EQ(status({{"host", "b"}}, good), 400);
  EXPECT_EQ(status({{"host", "a"}, {"host", "a"}}, good), 400);
  EXPECT_EQ(status({}, {{":method", "GET"}, {":path", "/a b"}, {":authority", "a"}}), 400);
  EXPECT_EQ(status({}, {{":method", "GET"}, {":path", "/ HTTP/1.1\r\nx: y"}, {":authority", "a"}}), 400);
  EXPECT_EQ(status({{"x", "a\r\ny: b"}}, good), 400);
  EXPECT_EQ(status({{"x", "a\r\n\r\nGET / HTTP/1.1"}}, good), 400);
  EXPECT_EQ(status({}, {{":method", "GET"}, {":path", ""}, {":authority", "a"}}), 400);
  EXPECT_EQ(status({}, {{":method", "GET"}, {":path", "/"}}), 400);
  EXPECT_EQ(status({{"x", "y"}, {":path", "/other"}}, good), 400);
  EXPECT_EQ(status({{"host", "a"}}, {{":method", "GET"}, {":path", "/"}}), 0);
  EXPECT_EQ(status({{"transfer-encoding", "chunked"}}, good), 0);  // frame_request() refuses it beside HTTP/2
}

TEST(Http2RequestText, AWebSocketIsTheUpgradeItWouldBe) {
  const List fields = {{":method", "CONNECT"}, {":protocol", "websocket"},     {":scheme", "https"},
                       {":path", "/chat?a"},   {":authority", "example.test"}, {"sec-websocket-version", "13"}};
  Http2RequestText text{HeadLimits{}};
  RequestHead head;
  EXPECT_EQ(read(fields, text, head).status, 0);
  EXPECT_TRUE(text.is_websocket());
  EXPECT_EQ(head.method, Method::kGet);
  EXPECT_EQ(head.target, "/chat?a");
  EXPECT_EQ(head.fields.value(FieldId::kUpgrade), "websocket");
  List other = fields;
  other[1].second = "smtp";
  Http2RequestText unknown{HeadLimits{}};
  EXPECT_EQ(read(other, unknown, head).status, 501);
}

TEST(Http2RequestText, LimitsTheHead) {
  Http2RequestText text{HeadLimits{.head_bytes_max = 1024}};
  RequestHead head;
  List fields = {{":method", "GET"}, {":path", "/"}, {":authority", "a"}};
  for (int i = 0; i < 100; ++i) fields.push_back({"x-" + std::to_string(i), std::string(100, 'v')});
  EXPECT_EQ(read(fields, text, head).status, 431);
  EXPECT_GT(text.received(), 10'000U);
}

}  // namespace
}  // namespace banyan
