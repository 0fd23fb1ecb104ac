// The keys of moving an endpoint on evidence, for the tables of a route and of the file.
#pragma once

#include "config/schema.h"

namespace banyan {

KeySpec migrate_key();  // of a RouteConfig
KeySpec ledger_key();   // of a GatewayConfig

// What `migrate` and the file's other keys mean only together.
void check_migrations(const GatewayConfig& config, Diagnostics& diagnostics);

}  // namespace banyan
