#include "telemetry/metrics.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace banyan {
namespace {

// The buckets' unit is 1/1024 ms, which is 15625/16 ns.
constexpr std::uint64_t kUnitsTimes = 16;
constexpr std::uint64_t kUnitsOver = 15625;
constexpr unsigned kSplitBits = 3;
constexpr std::uint64_t kSplit = 1U << kSplitBits;

// The last value of the last bucket but one.
constexpr std::uint64_t kRangeEndNs = 106'496'000'000;

constexpr std::uint64_t upper_ns(std::size_t index) {
  if (index == 0) return (kSplit * kUnitsOver + kUnitsTimes - 1) / kUnitsTimes;
  const std::uint64_t units = (kSplit + (index - 1) % kSplit + 1) << ((index - 1) / kSplit);
  return (units * kUnitsOver + kUnitsTimes - 1) / kUnitsTimes;
}
static_assert(upper_ns(LatencyBuckets::kCount - 2) == kRangeEndNs);

Duration from_ns(std::uint64_t ns) { return Duration(static_cast<std::int64_t>(ns)); }

}  // namespace

std::size_t LatencyBuckets::index(Duration value) {
  if (value.count() <= 0) return 0;
  const std::uint64_t ns = static_cast<std::uint64_t>(value.count());
  if (ns > kRangeEndNs) return kCount - 1;
  const std::uint64_t units = (ns - 1) * kUnitsTimes / kUnitsOver;  // - 1: a bucket holds its upper bound
  if (units < kSplit) return 0;
  const unsigned shift = static_cast<unsigned>(std::bit_width(units)) - 1 - kSplitBits;
  return 1 + shift * kSplit + ((units >> shift) - kSplit);
}

Duration LatencyBuckets::upper(std::size_t index) {
  return index >= kCount - 1 ? Duration::max() : from_ns(upper_ns(index));
}

Duration LatencyBuckets::middle(std::size_t index) {
  if (index == 0) return from_ns(upper_ns(0) / 2);
  if (index >= kCount - 1) return from_ns(kRangeEndNs);
  return from_ns((upper_ns(index - 1) + upper_ns(index)) / 2);
}

void HistogramCounts::add(const HistogramCounts& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  sum_ns_ += other.sum_ns_;
}

HistogramCounts HistogramCounts::since(const HistogramCounts& earlier) const {
  HistogramCounts difference = *this;
  for (std::size_t i = 0; i < buckets_.size(); ++i) difference.buckets_[i] -= earlier.buckets_[i];
  difference.sum_ns_ -= earlier.sum_ns_;
  return difference;
}

std::uint64_t HistogramCounts::count() const {
  std::uint64_t count = 0;
  for (const std::uint64_t n : buckets_) count += n;
  return count;
}

std::uint64_t HistogramCounts::count_up_to(Duration bound) const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < buckets_.size() && LatencyBuckets::upper(i) <= bound; ++i) count += buckets_[i];
  return count;
}

std::optional<Duration> HistogramCounts::quantile(double q) const {
  const std::uint64_t all = count();
  if (all == 0) return std::nullopt;
  const double wanted = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(all));
  const std::uint64_t rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, all);
  std::uint64_t below = 0;
  std::size_t i = 0;
  while ((below += buckets_[i]) < rank) ++i;
  return LatencyBuckets::middle(i);
}

void Histogram::record(Duration value) {
  buckets_[LatencyBuckets::index(value)].add();
  sum_ns_.add(static_cast<std::uint64_t>(std::max<std::int64_t>(value.count(), 0)));
}

HistogramCounts Histogram::counts() const {
  HistogramCounts counts;
  for (std::size_t i = 0; i < buckets_.size(); ++i) counts.buckets_[i] = buckets_[i].value();
  counts.sum_ns_ = sum_ns_.value();
  return counts;
}

}  // namespace banyan
