#include "telemetry/span_line.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace banyan {
namespace {

TEST(SpanLine, IsARequestOfTheProtocol) {
  const SpanLine lines("shop", "1.2");
  const SpanAttribute attributes[] = {{"db.system.name", "mariadb"}, {"rows", std::int64_t{-7}}};
  const SpanRecord span{.self = {.trace_high = 1, .trace_low = 0xabc, .span = 0x2b, .flags = TraceParent::kSampled},
                        .parent = 0xff,
                        .name = "SELECT \"t\"",
                        .kind = SpanKind::kClient,
                        .end = WallTime(std::chrono::nanoseconds(1'700'000'000'123'456'789)),
                        .took = std::chrono::nanoseconds(456'789),
                        .attributes = attributes,
                        .failed = true,
                        .error = "no\nsuch table"};
  const std::string line = lines.write(span);
  EXPECT_TRUE(json::parse(line).ok()) << line;
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(
      line,
      R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},)"
      R"({"key":"service.version","value":{"stringValue":"1.2"}}]},"scopeSpans":[{"scope":{"name":"banyan"},"spans":[{)"
      R"("traceId":"00000000000000010000000000000abc","spanId":"000000000000002b","parentSpanId":"00000000000000ff",)"
      R"("name":"SELECT \"t\"","kind":3,"startTimeUnixNano":"1700000000123000000",)"
      R"("endTimeUnixNano":"1700000000123456789","attributes":[)"
      R"({"key":"db.system.name","value":{"stringValue":"mariadb"}},{"key":"rows","value":{"intValue":"-7"}}],)"
      R"("status":{"code":2,"message":"no\nsuch table"}}]}]}]})");
}

TEST(SpanLine, LeavesOutWhatThereIsNot) {
  const std::string line =
      SpanLine("a", "b").write({.self = {.trace_low = 1, .span = 2}, .name = "GET /", .kind = SpanKind::kServer});
  EXPECT_TRUE(json::parse(line).ok()) << line;
  EXPECT_EQ(line.find("parentSpanId"), std::string::npos);
  EXPECT_EQ(line.find("status"), std::string::npos);
  EXPECT_NE(line.find(R"("kind":2,)"), std::string::npos);
}

}  // namespace
}  // namespace banyan
