#include "telemetry/route_stats.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

namespace banyan {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimePoint kStart{std::chrono::hours(1)};

RouteStatsSpec profile() { return {.id = "profile", .clusters = {"legacy", "native"}, .mirror = "native"}; }

std::string status_json(const RouteStats& stats, TimePoint now) {
  std::string out;
  json::Writer writer(out);
  write_route_status(writer, stats.snapshot(now));
  return out;
}

TEST(StatusCounts, EveryStatusHasAKind) {
  for (int status = 100; status < 600; ++status) {
    StatusCounts counts;
    counts.add(status);
    for (std::size_t kind = 0; kind < StatusCounts::kKinds; ++kind) {
      if (counts.kind(kind).value() == 0) continue;
      const std::string text = std::to_string(status);
      EXPECT_TRUE(StatusCounts::label(kind) == text || StatusCounts::label(kind) == text.substr(0, 1) + "xx") << status;
    }
    EXPECT_EQ(counts.total(), 1U);
  }
  StatusCounts odd;
  for (const int status : {0, 99, -1, 600, 999}) odd.add(status);
  EXPECT_EQ(odd.kind(0).value(), 1U);
  EXPECT_EQ(odd.kind(5).value(), 4U);
  EXPECT_EQ(StatusCounts::label(0), "none");
}

TEST(RouteStats, BeforeTheFirstRequest) {
  EXPECT_EQ(status_json(RouteStats(profile(), 2, kStart), kStart),
            R"({"id":"profile","requests":0,"rate":0,"clusters":{)"
            R"("legacy":{"requests":0,"p50_ms":null,"p99_ms":null,"errors":0},)"
            R"("native":{"requests":0,"p50_ms":null,"p99_ms":null,"errors":0}},)"
            R"("mirror":{"cluster":"native","sent":0,"compared":0,"different":0,"dropped":0,"errors":0}})");
  EXPECT_EQ(status_json(RouteStats({.id = "assets"}, 1, kStart), kStart),
            R"({"id":"assets","requests":0,"rate":0,"clusters":{}})");
}

TEST(RouteStats, CountsAndQuantiles) {
  RouteStats stats(profile(), 2, kStart);
  for (int i = 0; i < 98; ++i) stats.record(0, 0, 200, milliseconds(1));
  stats.record(1, 0, 503, milliseconds(100));
  stats.record(1, 0, 0, milliseconds(100));
  stats.record(1, 1, 404, milliseconds(2));
  stats.record(1, std::nullopt, 500, milliseconds(1));
  stats.mirror(0).sent.add(3);
  stats.mirror(1).compared.add(2);
  stats.mirror(1).different.add();
  stats.mirror(1).dropped.add(4);
  stats.mirror(0).errors.add(5);
  const RouteFigures figures = stats.snapshot(kStart + seconds(2));
  EXPECT_EQ(figures.requests, 102U);
  EXPECT_EQ(figures.clusters[0].requests, 100U);
  EXPECT_EQ(figures.clusters[0].errors, 2U);
  EXPECT_NEAR(*figures.clusters[0].p50_ms, 1, 0.0626);
  EXPECT_NEAR(*figures.clusters[0].p99_ms, 100, 6.26);
  EXPECT_EQ(figures.clusters[1].errors, 0U);
  EXPECT_NE(status_json(stats, kStart + seconds(2))
                .find(R"("mirror":{"cluster":"native","sent":3,"compared":2,"different":1,"dropped":4,"errors":5})"),
            std::string::npos);
}

TEST(RouteStats, RatesAreOfTheLastSecondAndTheLastTen) {
  RouteStats stats({.id = "r"}, 1, kStart);
  const auto requests = [&](int n) {
    for (int i = 0; i < n; ++i) stats.record(0, std::nullopt, 200, milliseconds(1));
  };
  requests(5);
  EXPECT_DOUBLE_EQ(stats.snapshot(kStart + milliseconds(3)).rate_10s, 5);  // a start is no rush
  EXPECT_DOUBLE_EQ(stats.snapshot(kStart + milliseconds(2500)).rate_10s, 2);
  for (int second = 1; second <= 30; ++second) {
    requests(second <= 20 ? 100 : 40);
    stats.tick(kStart + seconds(second));
    stats.tick(kStart + seconds(second) + milliseconds(1));  // one too many does no harm
  }
  EXPECT_DOUBLE_EQ(stats.snapshot(kStart + seconds(30)).rate_10s, 40);
  EXPECT_DOUBLE_EQ(stats.snapshot(kStart + seconds(30)).rate_1s, 40);
  requests(50);
  EXPECT_NEAR(stats.snapshot(kStart + milliseconds(30'500)).rate_1s, 90 / 1.5, 0.01);
  EXPECT_NEAR(stats.snapshot(kStart + milliseconds(30'500)).rate_10s, 450 / 10.5, 0.01);
  for (int second = 31; second <= 60; ++second) stats.tick(kStart + seconds(second));
  EXPECT_DOUBLE_EQ(stats.snapshot(kStart + seconds(60)).rate_10s, 0);
}

TEST(RouteStats, LatenciesAreOfTheLastMinuteAtLeast) {
  RouteStats stats({.id = "r", .clusters = {"c"}}, 1, kStart);
  const auto run = [&](int from, int to, int ms) {
    for (int second = from; second < to; ++second) {
      stats.record(0, 0, 200, milliseconds(ms));
      stats.tick(kStart + seconds(second));
    }
  };
  run(0, 60, 100);
  EXPECT_NEAR(*stats.snapshot(kStart + seconds(60)).clusters[0].p50_ms, 100, 6.3);
  run(60, 200, 1);
  const ClusterFigures later = stats.snapshot(kStart + seconds(200)).clusters[0];
  EXPECT_NEAR(*later.p99_ms, 1, 0.07);  // the slow minute is out of sight
  EXPECT_EQ(later.requests, 200U);
  for (int second = 200; second < 400; ++second) stats.tick(kStart + seconds(second));
  EXPECT_FALSE(stats.snapshot(kStart + seconds(400)).clusters[0].p50_ms.has_value());
}

TEST(RouteStats, AReloadKeepsWhatKeptItsName) {
  auto before = std::make_unique<RouteStats>(profile(), 1, kStart);
  before->record(0, 1, 500, milliseconds(1));
  before->mirror(0).sent.add();
  const RouteStatsSpec spec{.id = "profile", .clusters = {"native", "third"}, .mirror = "native"};
  const RouteStats after(spec, 1, kStart + seconds(1), before.get());
  before->record(0, 1, 200, milliseconds(1));  // a request that began before the reload
  before.reset();
  const RouteFigures figures = after.snapshot(kStart + seconds(2));
  EXPECT_EQ(figures.requests, 2U);
  EXPECT_EQ(figures.clusters[0].name, "native");
  EXPECT_EQ(figures.clusters[0].requests, 2U);
  EXPECT_EQ(figures.clusters[0].errors, 1U);
  EXPECT_EQ(figures.clusters[1].requests, 0U);
  EXPECT_EQ(figures.mirror->sent, 1U);
  const RouteStats other({.id = "profile", .mirror = "legacy"}, 1, kStart, &after);
  EXPECT_EQ(other.snapshot(kStart).mirror->sent, 0U);
}

TEST(RouteStats, MetricsAreInTheirFamilies) {
  const std::shared_ptr<RouteStats> routes[] = {std::make_shared<RouteStats>(profile(), 1, kStart)};
  routes[0]->record(0, 1, 200, milliseconds(3));
  routes[0]->mirror(0).compared.add(5);
  routes[0]->mirror(0).different.add(2);
  std::string out;
  MetricsText text(out);
  write_route_metrics(text, routes);
  for (const char* line :
       {"banyan_requests_total{route=\"profile\",status=\"200\"} 1\n",
        "banyan_request_duration_seconds_bucket{route=\"profile\",cluster=\"native\",le=\"0.0025\"} 0\n",
        "banyan_request_duration_seconds_bucket{route=\"profile\",cluster=\"native\",le=\"0.005\"} 1\n",
        "banyan_request_duration_seconds_sum{route=\"profile\",cluster=\"native\"} 0.003\n",
        "banyan_request_errors_total{route=\"profile\",cluster=\"native\"} 0\n",
        "banyan_mirror_requests_total{route=\"profile\",cluster=\"native\",result=\"same\"} 3\n",
        "banyan_mirror_requests_total{route=\"profile\",cluster=\"native\",result=\"different\"} 2\n"}) {
    EXPECT_NE(out.find(line), std::string::npos) << line << out;
  }
}

// Two workers count while one thread looks; run under the thread sanitizer too.
TEST(RouteStats, IsReadWhileItIsWritten) {
  constexpr int kRequests = 5000;
  RouteStats stats(profile(), 2, kStart);
  const auto work = [&stats](std::size_t worker) {
    for (int i = 0; i < kRequests; ++i) {
      stats.record(worker, worker, i % 2 == 0 ? 200 : 502, milliseconds(i % 50));
      stats.mirror(worker).compared.add();
      stats.mirror(worker).different.add();
    }
  };
  std::thread first(work, 0);
  std::thread second(work, 1);
  std::uint64_t seen = 0;
  for (TimePoint now = kStart; seen < 2U * kRequests; now += seconds(1)) {
    stats.tick(now);
    const std::uint64_t requests = stats.snapshot(now).requests;
    ASSERT_GE(requests, seen);
    seen = requests;
  }
  first.join();
  second.join();
  const RouteFigures figures = stats.snapshot(kStart);
  EXPECT_EQ(figures.clusters[0].requests + figures.clusters[1].requests, 2U * kRequests);
  EXPECT_EQ(figures.clusters[0].errors, static_cast<std::uint64_t>(kRequests / 2));
  EXPECT_EQ(figures.mirror->different, 2U * kRequests);
}

}  // namespace
}  // namespace banyan
