// The table of every key of the gateway's configuration file.
#pragma once

#include "config/schema.h"

namespace banyan {

// Describes a GatewayConfig. Made once.
const Schema& gateway_schema();

}  // namespace banyan
