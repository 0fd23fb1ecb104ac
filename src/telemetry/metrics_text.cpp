#include "telemetry/metrics_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/ascii.h"
#include "base/check.h"
#include "base/utf8.h"

namespace banyan {
namespace {

struct Bound {
  std::string_view text;  // seconds
  std::int64_t microseconds;
};
constexpr Bound kBounds[] = {{"0.00025", 250},     {"0.0005", 500},     {"0.001", 1'000},    {"0.0025", 2'500},
                             {"0.005", 5'000},     {"0.01", 10'000},    {"0.02", 20'000},    {"0.04", 40'000},
                             {"0.08", 80'000},     {"0.16", 160'000},   {"0.32", 320'000},   {"0.64", 640'000},
                             {"1.28", 1'280'000},  {"2.56", 2'560'000}, {"5.12", 5'120'000}, {"10.24", 10'240'000},
                             {"20.48", 20'480'000}};

bool is_name(std::string_view name) {
  const auto letter = [](char c) { return is_ascii_letter(c) || c == '_'; };
  return !name.empty() && letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// Prometheus refuses a whole scrape for one byte that is not UTF-8.
void append_escaped(std::string& out, std::string_view text, bool quoted) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = utf8_sequence_bytes(text, at);
    const char c = text[at];
    if (bytes == 0) {
      out += "\xef\xbf\xbd";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\\' || (c == '"' && quoted)) {
      out += '\\';
      out += c;
    } else {
      out.append(text, at, bytes);
    }
    at += std::max<std::size_t>(bytes, 1);
  }
}

template <class Number>
void append_number(std::string& out, Number value) {
  char digits[32];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void append_value(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    append_number(out, value);
  }
}

std::string_view kind_name(MetricKind kind) {
  if (kind == MetricKind::kCounter) return "counter";
  return kind == MetricKind::kGauge ? "gauge" : "histogram";
}

}  // namespace

void MetricsText::family(MetricKind kind, std::string_view name, std::string_view help) {
  BANYAN_CHECK(is_name(name));
  BANYAN_CHECK(name.ends_with("_total") == (kind == MetricKind::kCounter));
  BANYAN_CHECK(std::find(names_.begin(), names_.end(), name) == names_.end());
  names_.emplace_back(name);
  name_ = name;
  kind_ = kind;
  out_.append("# HELP ").append(name).append(" ");
  append_escaped(out_, help, false);
  out_.append("\n# TYPE ").append(name).append(" ").append(kind_name(kind)).append("\n");
}

void MetricsText::append_label(const MetricLabel& label) {
  BANYAN_CHECK(is_name(label.name) && label.name != "le");
  out_.append(label.name).append("=\"");
  append_escaped(out_, label.value, true);
  out_ += '"';
}

// The name and labels of a sample, up to the space before its value. `bound` is "" where there is no `le`.
void MetricsText::append_series(std::string_view suffix, std::span<const MetricLabel> labels, std::string_view bound) {
  out_.append(name_).append(suffix);
  char before = '{';
  for (const MetricLabel& label : labels) {
    out_ += before;
    append_label(label);
    before = ',';
  }
  if (!bound.empty()) {
    out_ += before;
    out_.append("le=\"").append(bound).append("\"");
    before = ',';
  }
  out_ += before == '{' ? " " : "} ";
}

void MetricsText::add_sample(std::span<const MetricLabel> labels, std::int64_t value) {
  BANYAN_CHECK(!name_.empty() && kind_ != MetricKind::kHistogram);
  append_series("", labels, "");
  append_number(out_, value);
  out_ += '\n';
}

void MetricsText::add_sample(std::span<const MetricLabel> labels, std::uint64_t value) {
  BANYAN_CHECK(!name_.empty() && kind_ != MetricKind::kHistogram);
  append_series("", labels, "");
  append_number(out_, value);
  out_ += '\n';
}

void MetricsText::add_sample(std::span<const MetricLabel> labels, double value) {
  BANYAN_CHECK(!name_.empty() && kind_ != MetricKind::kHistogram);
  append_series("", labels, "");
  append_value(out_, value);
  out_ += '\n';
}

void MetricsText::histogram(std::span<const MetricLabel> labels, const HistogramCounts& counts) {
  BANYAN_CHECK(kind_ == MetricKind::kHistogram);
  const auto line = [&](std::string_view suffix, std::string_view bound, auto value) {
    append_series(suffix, labels, bound);
    append_number(out_, value);
    out_ += '\n';
  };
  for (const Bound& bound : kBounds) {
    line("_bucket", bound.text, counts.count_up_to(std::chrono::microseconds(bound.microseconds)));
  }
  line("_bucket", "+Inf", counts.count());
  line("_sum", "", counts.sum_seconds());
  line("_count", "", counts.count());
}

}  // namespace banyan
