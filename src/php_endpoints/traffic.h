// How often each endpoint is asked for, how it answers and how fast, from an access log of any length.
//
// Memory: 1.5 KiB for an endpoint that was asked for, and at most kUnmatchedMax paths of requests that belong to none.
// When that table is full its rarer half is counted together, so what is shown of the rare ones is a lower bound.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "php_endpoints/access_log_reader.h"
#include "php_endpoints/path_matcher.h"
#include "telemetry/metrics.h"

namespace banyan::php {

struct EndpointTraffic {
  std::uint64_t count = 0;
  std::array<std::uint64_t, 6> by_class{};  // [2]: 2xx; [0]: no answer, or none that is known
  HistogramCounts latency;                  // of the requests whose line had a time
};

struct UnmatchedPath {
  std::string path;
  std::uint64_t count = 0;
};

class Traffic {
 public:
  static constexpr std::size_t kUnmatchedMax = 4096;

  // `endpoints` must outlive this.
  explicit Traffic(const std::vector<Endpoint>& endpoints);

  void add(const LoggedRequest& request);

  // Of the endpoint with that index; nothing counted where nobody asked for it.
  EndpointTraffic of(std::size_t endpoint) const;
  std::uint64_t request_count() const { return requests_; }
  std::uint64_t matched_count() const { return matched_; }
  // Styles, scripts, images and the like that no endpoint takes.
  std::uint64_t asset_count() const { return assets_; }
  // The most frequent first, at most `count_max`. What is not in it is request_count() less all others.
  std::vector<UnmatchedPath> unmatched(std::size_t count_max) const;

 private:
  struct Counts {
    std::uint64_t count = 0;
    std::array<std::uint64_t, 6> by_class{};
    std::unique_ptr<Histogram> latency;
  };

  void add_unmatched(const LoggedRequest& request);

  PathMatcher matcher_;
  std::vector<Counts> counts_;
  std::unordered_map<std::string, std::uint64_t> unmatched_;
  std::uint64_t requests_ = 0;
  std::uint64_t matched_ = 0;
  std::uint64_t assets_ = 0;
};

}  // namespace banyan::php
