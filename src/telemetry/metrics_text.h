// Metrics as text that Prometheus scrapes: exposition format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/), judged by `promtool check metrics`.
//
//   MetricsText text(out);
//   text.family(MetricKind::kCounter, "banyan_requests_total", "Requests answered.");
//   text.sample({{"route", "all"}, {"status", "200"}}, 12);
//
// A histogram shows 17 of its buckets, from 0.25 ms to 20.48 s, of which each bound is that of a bucket it counts in:
// the numbers are exact.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/metrics.h"

namespace banyan {

// The value of Content-Type.
inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

enum class MetricKind : unsigned char { kCounter, kGauge, kHistogram };

// `name` is a literal of [a-zA-Z_][a-zA-Z0-9_]*; `value` is any text, and what is not UTF-8 in it becomes U+FFFD.
struct MetricLabel {
  std::string_view name;
  std::string_view value;
};

class MetricsText {
 public:
  // Appends to `out`, which must outlive this.
  explicit MetricsText(std::string& out) : out_(out) {}

  // Begins a family: the samples that follow are its. Aborts where the name is against the rules: counters end in
  // _total and nothing else does, and all samples of a family stand together, so it can begin only once.
  void family(MetricKind kind, std::string_view name, std::string_view help);

  template <std::integral T>
  void sample(std::span<const MetricLabel> labels, T value) {
    if constexpr (std::signed_integral<T>) {
      add_sample(labels, static_cast<std::int64_t>(value));
    } else {
      add_sample(labels, static_cast<std::uint64_t>(value));
    }
  }
  void sample(std::span<const MetricLabel> labels, double value) { add_sample(labels, value); }
  void sample(std::initializer_list<MetricLabel> labels, auto value) {
    sample(std::span<const MetricLabel>(labels.begin(), labels.size()), value);
  }
  void histogram(std::span<const MetricLabel> labels, const HistogramCounts& counts);
  void histogram(std::initializer_list<MetricLabel> labels, const HistogramCounts& counts) {
    histogram(std::span<const MetricLabel>(labels.begin(), labels.size()), counts);
  }

 private:
  void add_sample(std::span<const MetricLabel> labels, std::int64_t value);
  void add_sample(std::span<const MetricLabel> labels, std::uint64_t value);
  void add_sample(std::span<const MetricLabel> labels, double value);
  void append_series(std::string_view suffix, std::span<const MetricLabel> labels, std::string_view bound);
  void append_label(const MetricLabel& label);

  std::string& out_;
  std::string name_;
  MetricKind kind_ = MetricKind::kGauge;
  std::vector<std::string> names_;
};

}  // namespace banyan
