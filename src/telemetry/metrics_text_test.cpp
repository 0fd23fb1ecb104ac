#include "telemetry/metrics_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>

#include "telemetry/route_stats.h"

namespace banyan {
namespace {

TEST(MetricsText, Samples) {
  std::string out;
  MetricsText text(out);
  text.family(MetricKind::kCounter, "banyan_a_total", "A \\ back\nslash \"quoted\".");
  text.sample({{"route", "a\"b\\c\nd"}, {"status", "200"}}, 12);
  text.sample({{"route", "\xff\xc3\xa9"}}, std::numeric_limits<std::uint64_t>::max());
  text.family(MetricKind::kGauge, "banyan_b", "B.");
  text.sample({}, -3);
  text.sample({}, 0.1);
  text.sample({}, std::nan(""));
  text.sample({}, -INFINITY);
  EXPECT_EQ(out,
            "# HELP banyan_a_total A \\\\ back\\nslash \"quoted\".\n"
            "# TYPE banyan_a_total counter\n"
            "banyan_a_total{route=\"a\\\"b\\\\c\\nd\",status=\"200\"} 12\n"
            "banyan_a_total{route=\"\xef\xbf\xbd\xc3\xa9\"} 18446744073709551615\n"
            "# HELP banyan_b B.\n"
            "# TYPE banyan_b gauge\n"
            "banyan_b -3\n"
            "banyan_b 0.1\n"
            "banyan_b NaN\n"
            "banyan_b -Inf\n");
}

TEST(MetricsText, HistogramsAreCumulativeAndExactAtTheirBounds) {
  Histogram histogram;
  for (const int microseconds : {1, 250, 251, 2500, 10'000, 20'480'000, 20'480'001, 900'000'000}) {
    histogram.record(std::chrono::microseconds(microseconds));
  }
  std::string out;
  MetricsText text(out);
  text.family(MetricKind::kHistogram, "banyan_d_seconds", "D.");
  text.histogram({{"route", "r"}}, histogram.counts());
  for (const char* line :
       {"banyan_d_seconds_bucket{route=\"r\",le=\"0.00025\"} 2\n",
        "banyan_d_seconds_bucket{route=\"r\",le=\"0.0005\"} 3\n",
        "banyan_d_seconds_bucket{route=\"r\",le=\"0.0025\"} 4\n",
        "banyan_d_seconds_bucket{route=\"r\",le=\"0.01\"} 5\n", "banyan_d_seconds_bucket{route=\"r\",le=\"10.24\"} 5\n",
        "banyan_d_seconds_bucket{route=\"r\",le=\"20.48\"} 6\n", "banyan_d_seconds_bucket{route=\"r\",le=\"+Inf\"} 8\n",
        "banyan_d_seconds_count{route=\"r\"} 8\n"}) {
    EXPECT_NE(out.find(line), std::string::npos) << line << out;
  }
}

TEST(MetricsText, FamiliesAgainstTheRulesAreRefused) {
  std::string out;
  MetricsText text(out);
  EXPECT_DEATH(text.family(MetricKind::kCounter, "banyan_a", "A."), "");
  EXPECT_DEATH(text.family(MetricKind::kGauge, "banyan_a_total", "A."), "");
  EXPECT_DEATH(text.family(MetricKind::kGauge, "banyan-a", "A."), "");
  EXPECT_DEATH(text.sample({}, 1), "");
  text.family(MetricKind::kGauge, "banyan_a", "A.");
  EXPECT_DEATH(text.family(MetricKind::kGauge, "banyan_a", "A."), "");
  EXPECT_DEATH(text.sample({{"a-b", ""}}, 1), "");
  EXPECT_DEATH(text.histogram({}, HistogramCounts()), "");
}

// What promtool says about `text`; empty when it finds nothing wrong.
std::string promtool(const std::string& text) {
  char path[] = "/tmp/banyan-metrics-XXXXXX";
  const int descriptor = mkstemp(path);
  if (descriptor < 0) return "no temporary file";
  std::FILE* file = fdopen(descriptor, "w");
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
  std::FILE* pipe = popen(("promtool check metrics < " + std::string(path) + " 2>&1; echo $?").c_str(), "r");
  std::string said;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
  pclose(pipe);
  std::remove(path);
  return said == "0\n" ? "" : said;
}

TEST(MetricsText, PromtoolFindsNothing) {
  if (std::system("command -v promtool > /dev/null") != 0) GTEST_SKIP() << "no promtool: apt-get install prometheus";
  const RouteStatsSpec spec{.id = "a\"b\\c\n\xff", .clusters = {"legacy", "native"}, .mirror = "native"};
  const std::shared_ptr<RouteStats> routes[] = {
      std::make_shared<RouteStats>(spec, 2, TimePoint{}),
      std::make_shared<RouteStats>(RouteStatsSpec{.id = "rest", .clusters = {"legacy"}}, 2, TimePoint{})};
  for (const auto& route : routes) {
    route->record(0, 0, 200, std::chrono::milliseconds(3));
    route->record(1, std::nullopt, 404, std::chrono::milliseconds(3));
    route->record(1, 0, 0, std::chrono::seconds(300));
  }
  std::string out;
  MetricsText text(out);
  write_route_metrics(text, routes);
  text.family(MetricKind::kGauge, "banyan_connections", "Client connections open.");
  text.sample({}, 8);
  EXPECT_EQ(promtool(out), "") << out;
  EXPECT_NE(promtool("# TYPE a_counter counter\na_counter 1\n"), "");  // it does find something
}

}  // namespace
}  // namespace banyan
