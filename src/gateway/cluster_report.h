// What the admin API says of clusters, and what it changes about them.
#pragma once

#include <string_view>

#include "base/result.h"
#include "gateway/snapshot.h"
#include "json/write.h"
#include "telemetry/metrics_text.h"

namespace banyan {

// An array of objects, one for each cluster in the file's order.
void write_clusters(json::Writer& writer, const GatewaySnapshot& snapshot, TimePoint now);
void write_cluster_metrics(MetricsText& text, const GatewaySnapshot& snapshot, TimePoint now);

// {"force": "open"}, "closed" or "none" for the breaker of a cluster. Errors, which say what to do: kNotFound (no such
// cluster), kFailedPrecondition (it has no breaker), kInvalidArgument (the body).
Result<void> force_breaker(const GatewaySnapshot& snapshot, std::string_view cluster, std::string_view body,
                           TimePoint now);

}  // namespace banyan
