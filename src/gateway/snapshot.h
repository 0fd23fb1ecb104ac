// One configuration, compiled: what a request looks at for its whole life.
//
// A snapshot is immutable and shared by all workers. A new file makes a new snapshot; requests under way keep the one
// they began with, so that nothing changes under them. What must outlive a change of configuration (statistics of a
// route, the count of connections to a cluster, what is known of its endpoints) is carried over by name from the
// snapshot before.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log_sink.h"
#include "config/gateway_config.h"
#include "fastcgi/script.h"
#include "fpm/fpm_upstream.h"
#include "gateway/cluster_state.h"
#include "gateway/filter_set.h"
#include "gateway/migration.h"
#include "gray/colour_fields.h"
#include "gray/gray_program.h"
#include "http/router.h"
#include "json/compare.h"
#include "ledger/mask.h"
#include "net/tls.h"
#include "telemetry/route_stats.h"
#include "traffic/retry_rules.h"

namespace banyan {

struct GatewayRoute {
  const RouteConfig* config = nullptr;
  std::shared_ptr<RouteStats> stats;
  std::unique_ptr<const GrayProgram> gray;     // where config->decides()
  std::vector<std::size_t> clusters;           // index into GatewaySnapshot::clusters, as config->split
  std::size_t mirror_cluster = 0;              // where config->mirror is set, or the sandbox of config->migrate is one
  std::shared_ptr<json::Comparer> comparer;    // where config->mirror is set
  std::shared_ptr<const Migration> migration;  // where config->migrate is set
  RetryRules retries;
  std::optional<std::size_t> fallback_cluster;  // index into GatewaySnapshot::clusters
  FilterChain filters;                          // those of every route, then its own
};

struct GatewayCluster {
  const ClusterConfig* config = nullptr;
  std::shared_ptr<ConcurrencyLimit> concurrency;  // where config->concurrency is set
  std::string identity;                           // equal for clusters that may share connections across a reload
  std::shared_ptr<ClusterState> state;
  std::shared_ptr<const TlsClientContext> tls;  // null: spoken to in plain
  // kFastcgi: the process-wide count of connections, and which script a path runs.
  std::shared_ptr<FpmConnections> fpm;
  fastcgi::ScriptRules scripts;
};

struct GatewaySnapshot {
  std::uint64_t revision = 0;
  GatewayConfig config;
  std::unique_ptr<Router> router;
  std::vector<GatewayRoute> routes;  // as config.routes
  std::vector<GatewayCluster> clusters;
  std::optional<ColourFields> colours;  // where config.uses_colours()
  FilterSet filters;                    // of all routes
  Mask sample_mask;                     // of what the ledger keeps
  std::shared_ptr<LogSink> access_log;  // null: none is written
};

// Compiles a configuration that loaded without errors. `previous` may be null. Errors: what only shows now, such as a
// log file that cannot be opened. Blocks on the disk.
Result<std::shared_ptr<const GatewaySnapshot>> make_snapshot(GatewayConfig config, const GatewaySnapshot* previous,
                                                             std::size_t workers, TimePoint now);

}  // namespace banyan
