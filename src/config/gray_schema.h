// The keys of gray release, for the tables of a route and of the file.
#pragma once

#include "config/schema.h"

namespace banyan {

KeySpec gray_key();    // of a GatewayConfig
KeySpec sticky_key();  // these of a RouteConfig
KeySpec rules_key();
KeySpec always_key();
KeySpec never_key();

// After a route has been read: clusters that only rules and `always` name become targets without a share, and what the
// keys mean only together is checked.
void finish_route_targets(RouteConfig& route, Reading& reading);

}  // namespace banyan
