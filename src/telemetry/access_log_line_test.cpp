#include "telemetry/access_log_line.h"

#include <gtest/gtest.h>

#include <string>

#include "json/parse.h"

namespace banyan {
namespace {

AccessRecord full_record() {
  AccessRecord record;
  record.time = WallTime(std::chrono::milliseconds(1763855198123));
  record.client = "127.0.0.1";
  record.method = "GET";
  record.host = "example.test";
  record.target = "/a\"b\\c?q=1";
  record.status = 201;
  record.request_bytes = 3;
  record.response_bytes = 5;
  record.duration = std::chrono::nanoseconds(1'234'567);
  record.route = "all";
  record.cluster = "up";
  record.endpoint = "127.0.0.1:9001";
  record.upstream = std::chrono::microseconds(1001);
  record.colour = "green";
  record.mirrored = true;
  record.request_id = "id-1";
  record.trace_high = 0x0af7651916cd43dd;
  record.trace_low = 0x8448eb211c80319c;
  record.span = 0xb7ad6b7169203331;
  record.error = "upstream: connection reset";
  return record;
}

TEST(AccessLogLine, Json) {
  AccessLogLine line;
  EXPECT_EQ(line.write(full_record()),
            R"({"time":"2025-11-22T23:46:38.123Z","client":"127.0.0.1","method":"GET","host":"example.test",)"
            R"("target":"/a\"b\\c?q=1","status":201,"request_bytes":3,"response_bytes":5,"duration_ms":1.235,)"
            R"("route":"all","cluster":"up","endpoint":"127.0.0.1:9001","upstream_ms":1.001,"colour":"green",)"
            R"("mirrored":true,"request_id":"id-1","trace_id":"0af7651916cd43dd8448eb211c80319c",)"
            R"("span_id":"b7ad6b7169203331","error":"upstream: connection reset"})");
}

TEST(AccessLogLine, Text) {
  AccessLogLine line(LogFormat::kText);
  EXPECT_EQ(
      line.write(full_record()),
      R"(2025-11-22T23:46:38.123Z client=127.0.0.1 method=GET host=example.test target="/a\"b\\c?q=1" status=201 )"
      R"(request_bytes=3 response_bytes=5 duration_ms=1.235 route=all cluster=up endpoint=127.0.0.1:9001 )"
      R"(upstream_ms=1.001 colour=green mirrored=true request_id=id-1 )"
      R"(trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331 error="upstream: connection reset")");
}

TEST(AccessLogLine, WhatIsUnknownIsLeftOut) {
  AccessLogLine line;
  AccessRecord record;
  record.status = 400;
  EXPECT_EQ(line.write(record), R"({"time":"1970-01-01T00:00:00.000Z","status":400,"request_bytes":0,)"
                                R"("response_bytes":0,"duration_ms":0.000})");
}

TEST(AccessLogLine, TheQueryCanBeDropped) {
  AccessLogLine line(LogFormat::kText, QueryInLog::kDropped);
  AccessRecord record;
  record.target = "/login?token=secret&x=?";
  EXPECT_NE(line.write(record).find(" target=/login status="), std::string_view::npos);
  record.target = "/login";
  EXPECT_NE(line.write(record).find(" target=/login status="), std::string_view::npos);
}

TEST(AccessLogLine, DurationsHaveThreeDecimals) {
  AccessLogLine line(LogFormat::kText);
  AccessRecord record;
  const std::pair<Duration, const char*> cases[] = {
      {Duration(-5), "0.000"},          {Duration(499), "0.000"},
      {Duration(500), "0.001"},         {Duration(999'499), "0.999"},
      {Duration(999'500), "1.000"},     {std::chrono::seconds(100), "100000.000"},
      {Duration(50'050'000), "50.050"}, {Duration::max(), "9223372036854.776"}};
  for (const auto& [duration, text] : cases) {
    record.duration = duration;
    EXPECT_TRUE(line.write(record).ends_with(std::string(" duration_ms=") + text)) << line.write(record);
  }
}

TEST(AccessLogLine, TextFromOutsideIsAlwaysJson) {
  AccessLogLine json;
  AccessLogLine text(LogFormat::kText);
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  AccessRecord record;
  record.target = all;
  record.host = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  const std::string line(json.write(record));
  const auto document = json::parse(line);
  ASSERT_TRUE(document.ok()) << line;
  EXPECT_NE(line.find("\xef\xbf\xbd"), std::string::npos);
  EXPECT_NE(line.find("\"host\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""), std::string::npos);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(text.write(record).find('\n'), std::string_view::npos);
}

TEST(AccessLogLine, EachByteAtEachPlaceIsQuotedWhereItMustBe) {
  AccessLogLine json;
  AccessLogLine text(LogFormat::kText);
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int c = 0; c < 256; ++c) {
        std::string value(size, 'x');
        value[at] = static_cast<char>(c);
        AccessRecord record;
        record.host = value;
        const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
        const bool in_json = std::string(json.write(record)).find("\"host\":\"" + value + "\"") != std::string::npos;
        // Well-formed sequences need two bytes, DEL stands for itself in JSON.
        EXPECT_EQ(in_json, plain || c == 0x7f) << size << ' ' << at << ' ' << c;
        const bool bare = std::string(text.write(record)).find(" host=" + value + " ") != std::string::npos;
        EXPECT_EQ(bare, plain && c != ' ' && c != '=') << size << ' ' << at << ' ' << c;
      }
    }
  }
}

TEST(AccessLogLine, NoValueOutgrowsTheBuffer) {
  const std::string huge(100'000, '\x01');  // each byte takes six
  AccessRecord record = full_record();
  for (std::string_view* value :
       {&record.client, &record.method, &record.host, &record.target, &record.route, &record.cluster, &record.endpoint,
        &record.colour, &record.request_id, &record.error}) {
    *value = huge;
  }
  for (const LogFormat format : {LogFormat::kJson, LogFormat::kText}) {
    AccessLogLine log(format);
    const std::string line(log.write(record));
    EXPECT_LE(line.size(), AccessLogLine::kBytesMax);
    EXPECT_NE(line.find("truncated"), std::string::npos);
    if (format == LogFormat::kJson) EXPECT_TRUE(json::parse(line).ok());
    const std::string plain(100'000, 'x');
    AccessRecord bare;
    bare.target = plain;
    EXPECT_LE(log.write(bare).size(), AccessLogLine::kBytesMax);
    EXPECT_EQ(log.write(full_record()).find("truncated"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace banyan
