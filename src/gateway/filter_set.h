// The filters of one configuration, made from their options or taken over from the configuration before.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/gateway_config.h"
#include "gateway/filter.h"
#include "telemetry/metrics_text.h"

namespace banyan {

struct PlacedFilter {
  std::string route;     // id; "" for those of every route
  std::string identity;  // equal for what may be taken over across a reload
  FilterInstance instance;
};

class FilterSet {
 public:
  // The chain of a place ("" or a route's id). Filters of `previous` (may be null) that stood there alike are taken
  // over, so that limits, caches and counts outlive a reload. Blocks on the disk. Errors: FilterFactory's, with the
  // filter's place in the file.
  Result<FilterChain> add(const std::vector<FilterConfig>& filters, const std::string& route, const FilterSet* previous,
                          std::size_t workers);

  // Events of all filters, by route and filter.
  void write_metrics(MetricsText& text) const;

 private:
  std::vector<PlacedFilter> placed_;
};

}  // namespace banyan
