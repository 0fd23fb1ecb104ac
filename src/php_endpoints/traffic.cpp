#include "php_endpoints/traffic.h"

#include <algorithm>

namespace banyan::php {

namespace {

constexpr std::size_t kPathBytesMax = 200;

bool is_asset(std::string_view path) {
  static constexpr std::string_view kEndings[] = {".css", ".js",   ".png",  ".jpg",  ".jpeg",  ".gif", ".svg",
                                                  ".ico", ".webp", ".avif", ".woff", ".woff2", ".ttf", ".eot",
                                                  ".map", ".mp4",  ".pdf",  ".txt",  ".xml"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [path](std::string_view end) { return path.ends_with(end); });
}

std::vector<UnmatchedPath> by_count(const std::unordered_map<std::string, std::uint64_t>& counts) {
  std::vector<UnmatchedPath> all;
  for (const auto& [path, count] : counts) all.push_back({path, count});
  std::sort(all.begin(), all.end(), [](const UnmatchedPath& a, const UnmatchedPath& b) {
    return a.count != b.count ? a.count > b.count : a.path < b.path;
  });
  return all;
}

}  // namespace

Traffic::Traffic(const std::vector<Endpoint>& endpoints) : matcher_(endpoints), counts_(endpoints.size()) {}

void Traffic::add(const LoggedRequest& request) {
  ++requests_;
  const auto endpoint = matcher_.match(request.method, request.target);
  const std::string path = canonical_request_path(request.target);
  if (!endpoint || (is_asset(path) && !path.ends_with(".php"))) {
    if (is_asset(path)) {
      ++assets_;
    } else {
      add_unmatched(request);
    }
    return;
  }
  ++matched_;
  Counts& counts = counts_[*endpoint];
  ++counts.count;
  const int status_class = request.status / 100;
  ++counts.by_class[static_cast<std::size_t>(status_class >= 1 && status_class <= 5 ? status_class : 0)];
  if (!request.duration) return;
  if (!counts.latency) counts.latency = std::make_unique<Histogram>();
  counts.latency->record(*request.duration);
}

void Traffic::add_unmatched(const LoggedRequest& request) {
  std::string path = canonical_request_path(request.target);
  if (path.size() > kPathBytesMax) path.resize(kPathBytesMax);
  ++unmatched_[path];
  if (unmatched_.size() <= kUnmatchedMax) return;
  std::vector<UnmatchedPath> all = by_count(unmatched_);
  all.resize(kUnmatchedMax / 2);
  unmatched_.clear();
  for (UnmatchedPath& one : all) unmatched_.emplace(std::move(one.path), one.count);
}

EndpointTraffic Traffic::of(std::size_t endpoint) const {
  const Counts& counts = counts_[endpoint];
  return {.count = counts.count,
          .by_class = counts.by_class,
          .latency = counts.latency ? counts.latency->counts() : HistogramCounts()};
}

std::vector<UnmatchedPath> Traffic::unmatched(std::size_t count_max) const {
  std::vector<UnmatchedPath> all = by_count(unmatched_);
  if (all.size() > count_max) all.resize(count_max);
  return all;
}

}  // namespace banyan::php
