// Which endpoints an access log shows, by traffic: what is worth moving to a native service first.
//
// An endpoint is a method and a template of paths. Numbers, UUIDs and long random words in a path are taken for values
// at once; any other segment becomes one where many paths differ in it alone. Requests for styles, scripts, images and
// the like are counted together. Memory: kEndpointsMax templates with 1.6 KiB each; when that many are known, the
// requests of new ones are counted together, as `others`.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "json/write.h"
#include "php_endpoints/access_log_reader.h"
#include "telemetry/metrics.h"

namespace banyan::nginx {

struct EndpointTraffic {
  std::string method;
  std::string path;  // as `match.path` of a route takes it: "/user/:id"
  std::uint64_t count = 0;
  std::array<std::uint64_t, 6> by_class{};  // [2]: 2xx; [0]: no answer, or none that is known
  HistogramCounts latency;                  // of the requests whose line had a time
};

class TrafficRanking {
 public:
  static constexpr std::size_t kEndpointsMax = 20'000;
  // That many paths which differ in one segment alone are one endpoint.
  static constexpr std::size_t kValuesMin = 12;

  void add(const php::LoggedRequest& request);

  // The most frequent first. `count_max` bounds what is given, not what is counted.
  std::vector<EndpointTraffic> ranked(std::size_t count_max) const;
  std::uint64_t request_count() const { return requests_; }
  std::uint64_t asset_count() const { return assets_; }
  std::uint64_t other_count() const { return others_; }

 private:
  struct Counts {
    std::uint64_t count = 0;
    std::array<std::uint64_t, 6> by_class{};
    std::unique_ptr<Histogram> latency;
  };

  std::map<std::string, Counts, std::less<>> endpoints_;  // by "GET /user/:id"
  std::uint64_t requests_ = 0;
  std::uint64_t assets_ = 0;
  std::uint64_t others_ = 0;
};

// The path of a request with what is surely a value replaced: "/user/42/posts" gives "/user/:id/posts".
std::string path_template(std::string_view target);

// A table for people, and the member "traffic" of an object that is open.
std::string ranking_text(const TrafficRanking& ranking, std::size_t count_max);
void write_ranking_member(json::Writer& writer, const TrafficRanking& ranking, std::size_t count_max);

}  // namespace banyan::nginx
