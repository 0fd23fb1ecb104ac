// What no key can say alone: whether names resolve, shares add up, addresses are distinct and every route can be
// reached.
#pragma once

#include "base/diagnostic.h"
#include "config/gateway_config.h"

namespace banyan {

// Pure. Skips what an earlier mistake left empty, so that one mistake gives one diagnostic.
void check_gateway_config(const GatewayConfig& config, Diagnostics& diagnostics);

// Whether every request that `later` takes is taken by `earlier`. Errs on the side of no.
bool covers(const MatchConfig& earlier, const MatchConfig& later);

}  // namespace banyan
