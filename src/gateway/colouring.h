// Colours on their way through the gateway: taken from those who may set one, removed from all others.
#pragma once

#include <string>

#include "exchange/exchange.h"
#include "gateway/forwarding.h"
#include "gateway/snapshot.h"

namespace banyan {

// The colour a request came with, "" for none. It is believed where its peer, or its client as trusted proxies name it,
// is in `gray.trust`; from everybody else it is removed, from the field and the baggage alike, before anything looks at
// them. Only where the snapshot has colours.
std::string accept_colour(const GatewaySnapshot& snapshot, Exchange& exchange, const ClientIdentity& client);

}  // namespace banyan
