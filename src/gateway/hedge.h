// A second attempt for a request whose first is slow (Dean and Barroso, "The Tail at Scale", 2013).
//
// When the first has no answer after a while, a second one is sent to another endpoint, within the cluster's retry
// budget; the answer that comes first is taken and the other attempt is cancelled. So a few requests more cut off the
// tail that one slow endpoint makes. Only for requests without a body that may be executed twice.
#pragma once

#include "gateway/worker_cluster.h"

namespace banyan {

class Attempts;

// Whether a second attempt is wanted and allowed.
bool may_be_hedged(const UpstreamRequest& request, const SendOptions& options);

// Runs `first`; and a second one like it where it takes longer than `options.hedge_after`. `report` is told of the one
// whose answer is given. Whether it suspends, and its errors, are as of Attempts::run().
Task<WorkerCluster::Sent> run_hedged(Attempts& first, UpstreamRequest& request, const SendOptions& options,
                                     SendReport& report);

}  // namespace banyan
