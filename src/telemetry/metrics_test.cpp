#include "telemetry/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <thread>
#include <vector>

namespace banyan {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(LatencyBuckets, EveryBoundIsTheLastValueOfItsBucket) {
  for (std::size_t i = 0; i + 1 < LatencyBuckets::kCount; ++i) {
    const Duration upper = LatencyBuckets::upper(i);
    EXPECT_EQ(LatencyBuckets::index(upper), i);
    EXPECT_EQ(LatencyBuckets::index(upper + nanoseconds(1)), i + 1);
    if (i > 0) EXPECT_GT(LatencyBuckets::middle(i), LatencyBuckets::upper(i - 1));
    EXPECT_LE(LatencyBuckets::middle(i), upper);
  }
  EXPECT_EQ(LatencyBuckets::index(Duration::max()), LatencyBuckets::kCount - 1);
  EXPECT_EQ(LatencyBuckets::upper(LatencyBuckets::kCount - 1), Duration::max());
  for (const Duration value : {Duration::min(), Duration(-1), Duration(0), Duration(1), Duration(microseconds(7))}) {
    EXPECT_EQ(LatencyBuckets::index(value), 0U);
  }
}

TEST(LatencyBuckets, MiddleIsWithinTheStatedErrorOfEveryValue) {
  for (double ns = 8000; ns < 106e9; ns *= 1.0007) {
    const Duration value(static_cast<std::int64_t>(ns));
    const auto middle = static_cast<double>(LatencyBuckets::middle(LatencyBuckets::index(value)).count());
    EXPECT_LE(std::abs(middle - ns) / ns, 0.0626) << ns;
  }
}

TEST(Histogram, NothingRecorded) {
  const HistogramCounts counts = Histogram().counts();
  EXPECT_EQ(counts.count(), 0U);
  EXPECT_FALSE(counts.quantile(0.5).has_value());
  EXPECT_EQ(counts.count_up_to(seconds(100)), 0U);
}

TEST(Histogram, QuantilesAreWithinTheStatedErrorOfTheExactOnes) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> latency(std::log(2e6), 1.5);
  Histogram histogram;
  std::vector<std::int64_t> values;
  for (int i = 0; i < 20000; ++i) {
    values.push_back(std::clamp<std::int64_t>(static_cast<std::int64_t>(latency(random)), 8000, 100'000'000'000));
    histogram.record(Duration(values.back()));
  }
  std::sort(values.begin(), values.end());
  const HistogramCounts counts = histogram.counts();
  EXPECT_EQ(counts.count(), values.size());
  for (const double q : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const std::size_t rank = std::max<std::size_t>(static_cast<std::size_t>(std::ceil(q * 20000)), 1);
    const auto exact = static_cast<double>(values[rank - 1]);
    EXPECT_LE(std::abs(static_cast<double>(counts.quantile(q)->count()) - exact) / exact, 0.0626) << q;
  }
}

TEST(Histogram, CountsUpToABoundIncludeIt) {
  Histogram histogram;
  for (const Duration value : {Duration(microseconds(999)), Duration(milliseconds(1)), Duration(nanoseconds(1'000'001)),
                               Duration(seconds(200))}) {
    histogram.record(value);
  }
  const HistogramCounts counts = histogram.counts();
  EXPECT_EQ(counts.count_up_to(milliseconds(1)), 2U);
  EXPECT_EQ(counts.count_up_to(microseconds(1250)), 3U);
  EXPECT_EQ(counts.count_up_to(seconds(106)), 3U);
  EXPECT_EQ(counts.count(), 4U);
  EXPECT_DOUBLE_EQ(counts.sum_seconds(), 200.002999001);
}

TEST(Histogram, SinceAndAddAreEachOthersInverse) {
  Histogram histogram;
  histogram.record(milliseconds(1));
  const HistogramCounts earlier = histogram.counts();
  histogram.record(seconds(1));
  HistogramCounts recent = histogram.counts().since(earlier);
  EXPECT_EQ(recent.count(), 1U);
  EXPECT_EQ(recent.quantile(0.5), LatencyBuckets::middle(LatencyBuckets::index(seconds(1))));
  EXPECT_DOUBLE_EQ(recent.sum_seconds(), 1.0);
  recent.add(earlier);
  EXPECT_EQ(recent.count(), 2U);
  EXPECT_DOUBLE_EQ(recent.sum_seconds(), 1.001);
}

struct Stats {
  Counter requests;
  Gauge in_flight;
  Histogram latency;
};

TEST(PerWorker, SlotsShareNoCacheLine) {
  PerWorker<Counter> counters(64);
  EXPECT_EQ(counters.size(), 64U);
  for (std::size_t i = 0; i < counters.size(); ++i) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&counters[i]) % 64, 0U);
  }
}

TEST(PerWorker, AddsUp) {
  PerWorker<Stats> stats(3);
  stats[0].requests.add();
  stats[2].requests.add(5);
  stats[0].in_flight.add(2);
  stats[1].in_flight.add(-3);
  stats[1].latency.record(milliseconds(1));
  stats[2].latency.record(milliseconds(1));
  EXPECT_EQ(stats.total(&Stats::requests), 6U);
  EXPECT_EQ(stats.total(&Stats::in_flight), -1);
  EXPECT_EQ(stats.merged(&Stats::latency).count(), 2U);
}

TEST(PerWorker, BadNumbersOfWorkersAreRefused) {
  EXPECT_DEATH(PerWorker<Counter>(0), "");
  EXPECT_DEATH(PerWorker<Counter>(65), "");
  PerWorker<Counter> two(2);
  EXPECT_DEATH(two[2].add(), "");
}

// Readers see totals that only grow while writers write; run under the thread sanitizer too.
TEST(PerWorker, IsReadWhileItIsWritten) {
  constexpr int kRecords = 20000;
  PerWorker<Stats> stats(2);
  std::vector<std::thread> writers;
  for (std::size_t worker = 0; worker < 2; ++worker) {
    writers.emplace_back([&stats, worker] {
      for (int i = 0; i < kRecords; ++i) {
        stats[worker].requests.add();
        stats[worker].latency.record(microseconds(i));
      }
    });
  }
  HistogramCounts last;
  while (last.count() < 2 * kRecords) {
    const HistogramCounts now = stats.merged(&Stats::latency);
    const std::uint64_t grown = now.since(last).count();
    ASSERT_LE(grown, 2U * kRecords);
    last = now;
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(stats.total(&Stats::requests), 2U * kRecords);
}

}  // namespace
}  // namespace banyan
