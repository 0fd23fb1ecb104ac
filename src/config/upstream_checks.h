// What the keys of config/upstream_config.h cannot say each alone.
#pragma once

#include "base/diagnostic.h"
#include "config/gateway_config.h"

namespace banyan {

// Pure.
void check_upstreams(const ClusterConfig& cluster, Diagnostics& diagnostics);
void check_retries(const RouteConfig& route, Diagnostics& diagnostics);

}  // namespace banyan
