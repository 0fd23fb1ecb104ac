// nginx's choice of a location as an ordered list of routes.
//
// nginx takes an exact location; else finds the longest prefix; where that is not `^~`, the first expression that fits
// goes before it. Routes are tried in order, so the list is: exact paths; then the prefixes, longest first, and before
// each one that is not `^~` the expressions, cut down to what lies below that prefix. Expressions that are no paths
// (location_pattern.h) cannot stand in such a list: what becomes of their requests is noted instead.
// Source: nginx's documentation of `location`.
#pragma once

#include <vector>

#include "nginx_import/targets.h"

namespace banyan::nginx {

// Without host and id. At most kRoutesMax; beyond that the rest is noted as missing.
std::vector<ProposedRoute> order_locations(const Server& server, Targets& targets, Ledger& ledger);

}  // namespace banyan::nginx
