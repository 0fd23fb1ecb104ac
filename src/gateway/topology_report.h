// What the running configuration connects with what: GET /topology (docs/admin-api.md).
#pragma once

#include <string>

#include "gateway/snapshot.h"

namespace banyan {

// {"listeners": [...], "routes": [...], "clusters": [...]}, each in the file's order. No secret is in it: of a
// certificate there is nothing, of a condition its name and wanted value. Targets of a route that migrates
// have the shares in force now.
std::string topology_json(const GatewaySnapshot& snapshot);

}  // namespace banyan
