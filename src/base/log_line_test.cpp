#include "base/log_line.h"

#include <cmath>
#include <initializer_list>

#include <gtest/gtest.h>

namespace banyan {
namespace {

std::string line(LogFormat format, std::initializer_list<LogField> fields, std::string_view event = "started") {
  LogLine line(format, "2026-11-22T23:46:38.123Z", LogLevel::kInfo, event);
  for (const LogField& field : fields) line.add(field);
  return std::string(line.finish());
}

TEST(LogLine, JsonHoldsEachKindOfValue) {
  const std::string text = "quoted \"text\"\n";
  EXPECT_EQ(line(LogFormat::kJson,
                 {{"s", text}, {"i", -5}, {"u", ~std::uint64_t{0}}, {"d", 0.25}, {"n", std::nan("")}, {"b", true}}),
            R"({"time":"2026-11-22T23:46:38.123Z","level":"info","event":"started","s":"quoted \"text\"\n","i":-5,)"
            R"("u":18446744073709551615,"d":0.25,"n":null,"b":true})");
}

TEST(LogLine, TextQuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(line(LogFormat::kText, {{"path", "/a/b"}, {"say", "two words"}, {"empty", ""}, {"n", 3u}, {"b", false}}),
            "2026-11-22T23:46:38.123Z INFO  started path=/a/b say=\"two words\" empty=\"\" n=3 b=false");
}

TEST(LogLine, NoFieldShowsASecret) {
  const Secret token("hunter2");
  EXPECT_EQ(line(LogFormat::kText, {{"token", token}}), "2026-11-22T23:46:38.123Z INFO  started token=***");
  EXPECT_EQ(token.reveal(), "hunter2");
}

TEST(LogLine, CutsWhatDoesNotFitAndSaysSo) {
  for (const std::size_t size : {8000u, 8100u, 8150u, 8192u, 9000u, 100000u}) {
    for (const LogFormat format : {LogFormat::kJson, LogFormat::kText}) {
      const std::string long_value(size, 'x');
      const std::string text = line(format, {{"value", long_value}, {"after", 1}, {"more", long_value}});
      EXPECT_LE(text.size(), LogLine::kBytesMax);
      EXPECT_TRUE(text.ends_with(format == LogFormat::kJson ? ",\"truncated\":true}" : " truncated=true"))
          << text.substr(text.size() - 40);
    }
  }
  const std::string text = line(LogFormat::kJson, {}, std::string(100000, 'e'));
  EXPECT_TRUE(text.ends_with("e\",\"truncated\":true}"));
}

}  // namespace
}  // namespace banyan
