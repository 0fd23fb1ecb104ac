// What all workers of a gateway share.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "gateway/access_tap.h"
#include "gateway/capture_tap.h"
#include "gateway/comparison.h"
#include "gateway/last_good.h"
#include "gateway/snapshot.h"
#include "net/buffer_pool.h"
#include "net/resolver.h"
#include "runtime/futex_lock.h"
#include "telemetry/metrics.h"
#include "telemetry/route_stats.h"

namespace banyan {

class GatewayState {
 public:
  GatewayState(std::string path, std::size_t worker_count)
      : config_path(std::move(path)),
        unrouted(worker_count),
        client_closed(worker_count),
        memory_shed(worker_count),
        adopted(worker_count),
        in_flight(worker_count),
        connections(worker_count) {}

  std::shared_ptr<const GatewaySnapshot> snapshot() const;
  void publish(std::shared_ptr<const GatewaySnapshot> next);
  // One relaxed load: workers look at it before each request.
  std::uint64_t revision() const { return revision_.load(std::memory_order_acquire); }

  // The diagnostics of the last file that was not taken, "" if the last was.
  std::string config_error() const;
  void set_config_error(std::string text);

  const std::string config_path;
  MemoryBudget memory;
  Resolver resolver;
  LastGoodStore last_good;
  AccessTap tap;
  CaptureTap captures;
  ObservationDesk observations;      // of routes that migrate
  PerWorker<StatusCounts> unrouted;  // requests that matched no route
  PerWorker<Counter> client_closed;  // requests ended because their client had left
  PerWorker<Counter> memory_shed;    // requests refused because memory was short
  PerWorker<Gauge> adopted;          // the revision a worker gives its requests; it takes a new one with the next
  PerWorker<Gauge> in_flight;
  PerWorker<Gauge> connections;
  std::atomic<int> workers_running{0};
  std::atomic<bool> draining{false};

 private:
  mutable FutexLock lock_;
  std::shared_ptr<const GatewaySnapshot> snapshot_;
  std::string config_error_;
  std::atomic<std::uint64_t> revision_{0};
};

}  // namespace banyan
