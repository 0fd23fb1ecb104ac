// The keys of clusters and routes that say how servers are chosen, judged and asked again (config/upstream_config.h).
#pragma once

#include "config/schema.h"

namespace banyan {

// The schema of a ClusterConfig with the keys it has besides protocol and endpoints.
Schema with_upstream_keys(Schema schema);
// The schema of a RouteConfig with the keys for requests that fail.
Schema with_retry_keys(Schema schema);

}  // namespace banyan
