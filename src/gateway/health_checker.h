// Regular checks of a cluster's endpoints, once for the whole process.
//
// Each check opens a connection of its own, as requests do it (TLS, a PROXY header), and closes it: a kept one would
// say nothing about whether new ones are taken. A ping of php-fpm is one of the connections the cluster may have and
// waits for its turn like a request, so that it takes no process away; a pool that is busy for as long as the checks
// allow counts as unwell, and where all are, the panic threshold has them all used.
#pragma once

#include <memory>

#include "gateway/cluster_state.h"
#include "net/buffer_pool.h"
#include "net/tls.h"
#include "runtime/task.h"

namespace banyan {

// What checks are made with, besides what the cluster's configuration says.
struct CheckedBy {
  MemoryBudget* memory;                         // must outlive the task
  std::shared_ptr<FpmConnections> fpm;          // null for other protocols
  std::shared_ptr<const TlsClientContext> tls;  // null: in plain
};

// Checks until the cluster is retired or the task cancelled.
Task<Result<void>> check_health(std::shared_ptr<ClusterState> cluster, CheckedBy by);

// Looks the cluster's names up again, about once a second, until it is retired or the task cancelled.
Task<Result<void>> follow_names(std::shared_ptr<ClusterState> cluster, Resolver* resolver);

}  // namespace banyan
