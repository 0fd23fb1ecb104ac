// The keys of load shedding, for the tables of a cluster and of a route.
#pragma once

#include "config/schema.h"

namespace banyan {

KeySpec concurrency_key();  // of a ClusterConfig
KeySpec priority_key();     // of a RouteConfig

}  // namespace banyan
