#include "nginx_import/traffic_ranking.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "base/ascii.h"
#include "cli/table.h"

namespace banyan::nginx {
namespace {

constexpr std::size_t kPathBytesMax = 200;
constexpr std::size_t kSegmentsMax = 16;

bool is_asset(std::string_view path) {
  static constexpr std::string_view kEndings[] = {".css", ".js",  ".mjs",  ".png",  ".jpg", ".jpeg", ".gif",
                                                  ".svg", ".ico", ".webp", ".avif", ".map", ".woff", ".woff2",
                                                  ".ttf", ".eot", ".mp4",  ".webm", ".pdf", ".txt"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [path](std::string_view end) { return path.ends_with(end); });
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// The name of the value a segment surely is; "" where it may be a word of the path.
std::string_view value_name(std::string_view segment) {
  const auto digits = std::count_if(segment.begin(), segment.end(), is_ascii_digit);
  if (segment.empty() || digits == 0) return "";
  if (static_cast<std::size_t>(digits) == segment.size()) return "id";
  const bool hex = std::all_of(segment.begin(), segment.end(), [](char c) { return is_hex(c) || c == '-'; });
  if (hex && segment.size() == 36 && std::count(segment.begin(), segment.end(), '-') == 4) return "uuid";
  if (hex && segment.size() >= 16) return "hash";
  return segment.size() >= 20 && digits >= 4 ? "token" : "";
}

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t slash = std::min(path.find('/'), path.size());
    segments.emplace_back(path.substr(0, slash));
    path.remove_prefix(slash);
  }
  return segments;
}

std::string joined(const std::vector<std::string>& segments) {
  std::string path;
  for (const std::string& segment : segments) path.append("/").append(segment);
  return path.empty() ? "/" : path;
}

// A name that no other segment of the path has.
std::string free_name(const std::vector<std::string>& segments, std::string_view wanted) {
  std::string name = ":" + std::string(wanted);
  for (int i = 2; std::find(segments.begin(), segments.end(), name) != segments.end(); ++i) {
    name = ":" + std::string(wanted) + std::to_string(i);
  }
  return name;
}

struct Row {
  std::string method;
  std::vector<std::string> segments;
  EndpointTraffic traffic;
};

void add_to(EndpointTraffic& into, const EndpointTraffic& from) {
  into.count += from.count;
  for (std::size_t i = 0; i < into.by_class.size(); ++i) into.by_class[i] += from.by_class[i];
  into.latency.add(from.latency);
}

// Rows that differ in the segment at `index` alone become one, where there are many.
void merge_at(std::vector<Row>& rows, std::size_t index) {
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].segments.size() <= index || rows[i].segments[index].empty()) continue;
    std::vector<std::string> others = rows[i].segments;
    others[index] = "*";
    groups[rows[i].method + " " + joined(others)].push_back(i);
  }
  std::vector<bool> gone(rows.size());
  for (const auto& [key, members] : groups) {
    if (members.size() < TrafficRanking::kValuesMin) continue;
    Row& first = rows[members[0]];
    first.segments[index].clear();
    first.segments[index] = free_name(first.segments, index == 0 ? "name" : "value");
    for (std::size_t i = 1; i < members.size(); ++i) {
      add_to(first.traffic, rows[members[i]].traffic);
      gone[members[i]] = true;
    }
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (gone[i]) continue;
    if (kept != i) rows[kept] = std::move(rows[i]);
    ++kept;
  }
  rows.resize(kept);
}

std::string share_text(std::uint64_t count, std::uint64_t all) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%",
                all == 0 ? 0.0 : 100.0 * static_cast<double>(count) / static_cast<double>(all));
  return text;
}

std::string milliseconds_text(std::optional<Duration> time) {
  if (!time) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", static_cast<double>(time->count()) / 1e6);
  return text;
}

}  // namespace

std::string path_template(std::string_view target) {
  std::string_view path = target.substr(0, std::min(target.find_first_of("?#"), target.size()));
  if (const std::size_t scheme = path.find("://"); scheme != path.npos) {
    const std::size_t slash = path.find('/', scheme + 3);
    path = slash == path.npos ? "/" : path.substr(slash);
  }
  if (!path.starts_with('/')) return "/";
  path = path.substr(0, kPathBytesMax);
  std::vector<std::string> segments = segments_of(path);
  if (segments.size() > kSegmentsMax) segments.resize(kSegmentsMax);
  for (std::string& segment : segments) {
    const std::string_view name = value_name(segment);
    if (!name.empty()) segment = free_name(segments, name);
  }
  return joined(segments);
}

void TrafficRanking::add(const php::LoggedRequest& request) {
  ++requests_;
  const std::string path = path_template(request.target);
  if (is_asset(path)) {
    ++assets_;
    return;
  }
  const std::string method = request.method.substr(0, 16);
  const std::string key = method + " " + path;
  auto known = endpoints_.find(key);
  if (known == endpoints_.end()) {
    if (endpoints_.size() >= kEndpointsMax) {
      ++others_;
      return;
    }
    known = endpoints_.emplace(key, Counts()).first;
  }
  Counts& counts = known->second;
  ++counts.count;
  const int status_class = request.status / 100;
  ++counts.by_class[static_cast<std::size_t>(status_class >= 1 && status_class <= 5 ? status_class : 0)];
  if (!request.duration) return;
  if (!counts.latency) counts.latency = std::make_unique<Histogram>();
  counts.latency->record(*request.duration);
}

std::vector<EndpointTraffic> TrafficRanking::ranked(std::size_t count_max) const {
  std::vector<Row> rows;
  for (const auto& [key, counts] : endpoints_) {
    const std::size_t space = key.find(' ');
    Row row{.method = key.substr(0, space), .segments = segments_of(std::string_view(key).substr(space + 1))};
    row.traffic.count = counts.count;
    row.traffic.by_class = counts.by_class;
    if (counts.latency) row.traffic.latency = counts.latency->counts();
    rows.push_back(std::move(row));
  }
  // Values stand more often at the end of a path, so those are found first.
  for (std::size_t index = kSegmentsMax; index-- > 0;) merge_at(rows, index);
  std::vector<EndpointTraffic> ranked;
  for (Row& row : rows) {
    row.traffic.method = std::move(row.method);
    row.traffic.path = joined(row.segments);
    ranked.push_back(std::move(row.traffic));
  }
  std::sort(ranked.begin(), ranked.end(), [](const EndpointTraffic& a, const EndpointTraffic& b) {
    return std::tie(b.count, a.path, a.method) < std::tie(a.count, b.path, b.method);
  });
  if (ranked.size() > count_max) ranked.resize(count_max);
  return ranked;
}

std::string ranking_text(const TrafficRanking& ranking, std::size_t count_max) {
  constexpr Align kRight = Align::kRight;
  Table table({kRight, kRight, kRight, kRight, kRight, kRight, Align::kLeft});
  table.add({"REQUESTS", "SHARE", "4XX", "5XX", "P50 MS", "P99 MS", "ENDPOINT"});
  for (const EndpointTraffic& one : ranking.ranked(count_max)) {
    table.add({std::to_string(one.count), share_text(one.count, ranking.request_count()),
               std::to_string(one.by_class[4]), std::to_string(one.by_class[5]),
               milliseconds_text(one.latency.quantile(0.5)), milliseconds_text(one.latency.quantile(0.99)),
               one.method + " " + one.path});
  }
  std::string out = table.text() + std::to_string(ranking.request_count()) + " requests, of which " +
                    std::to_string(ranking.asset_count()) + " for files";
  if (ranking.other_count() > 0) out += ", and " + std::to_string(ranking.other_count()) + " for too many other paths";
  return out + "\n";
}

void write_ranking_member(json::Writer& writer, const TrafficRanking& ranking, std::size_t count_max) {
  writer.key("traffic").begin_object().key("requests").unsigned_integer(ranking.request_count());
  writer.key("files").unsigned_integer(ranking.asset_count()).key("others").unsigned_integer(ranking.other_count());
  writer.key("endpoints").begin_array();
  for (const EndpointTraffic& one : ranking.ranked(count_max)) {
    writer.begin_object().key("method").string(one.method).key("path").string(one.path);
    writer.key("count").unsigned_integer(one.count);
    writer.key("share").number(static_cast<double>(one.count) /
                               static_cast<double>(std::max<std::uint64_t>(1, ranking.request_count())));
    writer.key("errors").unsigned_integer(one.by_class[5]).key("refused").unsigned_integer(one.by_class[4]);
    for (const auto& [name, part] : {std::pair{"p50_ms", 0.5}, std::pair{"p99_ms", 0.99}}) {
      const std::optional<Duration> time = one.latency.quantile(part);
      writer.key(name);
      time ? writer.number(static_cast<double>(time->count()) / 1e6) : writer.null();
    }
    writer.end_object();
  }
  writer.end_array().end_object();
}

}  // namespace banyan::nginx
