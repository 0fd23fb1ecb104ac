#include "gateway/cluster_state.h"

#include <algorithm>
#include <mutex>

#include "base/log.h"
#include "gateway/socket_address.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

// Endpoints one cluster may have, with all the addresses of its names.
constexpr std::size_t kAddressesMax = 655;  // of one name, as many as a table of Maglev takes well

BreakerSettings settings_of(const BreakerConfig& config) {
  BreakerSettings settings;
  settings.half_open_requests = static_cast<std::uint32_t>(config.half_open_requests);
  settings.interval = config.interval;
  settings.bucket = config.bucket;
  settings.open_for = config.open_for;
  settings.consecutive_failures = static_cast<std::uint32_t>(config.consecutive_failures);
  settings.failure_hundredths = static_cast<std::uint32_t>(config.failure_rate);
  settings.slow_hundredths = static_cast<std::uint32_t>(config.slow_rate);
  settings.slow_after = config.slow_after;
  settings.requests_min = static_cast<std::uint32_t>(config.requests_min);
  return settings;
}

BalancingSettings settings_of(const ClusterConfig& config) {
  BalancingSettings settings;
  settings.policy = static_cast<BalancePolicy>(config.balance);
  settings.slow_start = config.slow_start;
  settings.judged = config.health || config.outlier;
  settings.outlier.consecutive_failures = 0;
  settings.outlier.panic_percent = static_cast<std::uint32_t>(config.panic_percent);
  if (config.outlier) {
    settings.outlier.consecutive_failures = static_cast<std::uint32_t>(config.outlier->consecutive_failures);
    settings.outlier.base_ejection = config.outlier->base_ejection;
    settings.outlier.ejection_max = config.outlier->ejection_max;
    settings.outlier.ejected_percent_max = static_cast<std::uint32_t>(config.outlier->ejected_percent_max);
  }
  return settings;
}

void log_change(void* context, CircuitBreaker::State from, CircuitBreaker::State to) {
  auto* owner = static_cast<ClusterBreaker*>(context);
  if (to == CircuitBreaker::State::kOpen) owner->opened.fetch_add(1, std::memory_order_relaxed);
  log_warn("breaker_changed",
           {{"cluster", owner->name}, {"from", breaker_state_name(from)}, {"to", breaker_state_name(to)}});
}

bool has_colour(const EndpointConfig& endpoint) { return !endpoint.colour.empty(); }
bool is_name(const EndpointConfig& endpoint) { return endpoint.address.kind == Address::Kind::kName; }

}  // namespace

static_assert(static_cast<int>(Balance::kMaglev) == static_cast<int>(BalancePolicy::kMaglev) &&
              static_cast<int>(Balance::kEwma) == static_cast<int>(BalancePolicy::kEwma) &&
              static_cast<int>(Balance::kLeastRequest) == static_cast<int>(BalancePolicy::kLeastRequest));

ClusterBreaker::ClusterBreaker(std::string cluster, const BreakerSettings& settings, TimePoint now)
    : name(std::move(cluster)), breaker(settings, now, &log_change, this) {}

ClusterState::ClusterState(const ClusterConfig& config, const std::string& zone, std::size_t workers,
                           const ClusterState* previous, TimePoint now)
    : config_(config),
      zone_(zone),
      has_lanes_(std::any_of(config.endpoints.begin(), config.endpoints.end(), has_colour)),
      has_names_(std::any_of(config.endpoints.begin(), config.endpoints.end(), is_name)),
      retry_budget_({static_cast<std::uint32_t>(config.retry_budget.percent),
                     static_cast<std::uint32_t>(config.retry_budget.at_least)}),
      counts_(workers) {
  if (config_.breaker) {
    const bool same = previous != nullptr && previous->config_.breaker == config_.breaker;
    breaker_ =
        same ? previous->breaker_ : std::make_shared<ClusterBreaker>(config_.name, settings_of(*config_.breaker), now);
  }
  const std::shared_ptr<const ClusterEndpoints> before = previous == nullptr ? nullptr : previous->endpoints();
  if (before != nullptr) take_addresses(*previous, *before);
  if (previous != nullptr) health_build_ = previous->health_build();
  publish(build(before.get(), now));
}

// What names resolved to for the configuration before holds until they are looked up again.
void ClusterState::take_addresses(const ClusterState& previous, const ClusterEndpoints& theirs) {
  for (std::size_t i = 0; i < config_.endpoints.size(); ++i) {
    if (!is_name(config_.endpoints[i])) continue;
    for (const ClusterEndpoint& one : theirs.list) {
      if (previous.config_.endpoints[one.config_index].address == config_.endpoints[i].address) {
        resolved_[i].push_back(one.address);
      }
    }
  }
}

std::shared_ptr<const ClusterEndpoints> ClusterState::endpoints() const {
  std::lock_guard guard(lock_);
  return endpoints_;
}

std::string ClusterState::health_build() const {
  if (!config_.health || config_.health->build.empty()) return {};  // asked for every answer that is watched
  std::lock_guard guard(lock_);
  return health_build_;
}

void ClusterState::set_health_build(std::string name) {
  std::lock_guard guard(lock_);
  health_build_ = std::move(name);
}

void ClusterState::publish(std::shared_ptr<const ClusterEndpoints> next) {
  const std::uint64_t version = next->version;
  {
    std::lock_guard guard(lock_);
    endpoints_.swap(next);  // the old one is let go of outside the lock
  }
  version_.store(version, std::memory_order_release);
}

// Of an endpoint that was there before they go on.
std::shared_ptr<PerWorker<Counter>> ClusterState::attempts_at(const std::string& endpoint,
                                                              const ClusterEndpoints* previous) const {
  if (previous != nullptr) {
    const auto found = std::ranges::find(previous->list, endpoint, &ClusterEndpoint::text);
    if (found != previous->list.end() && found->attempts->size() == counts_.size()) return found->attempts;
  }
  return std::make_shared<PerWorker<Counter>>(counts_.size());
}

// The set that the configuration and what its names resolve to give now.
std::shared_ptr<const ClusterEndpoints> ClusterState::build(const ClusterEndpoints* previous, TimePoint now) {
  std::vector<ClusterEndpoint> list;
  std::vector<EndpointTraits> traits;
  const auto add = [&](std::size_t index, SocketAddress address, std::string text) {
    const EndpointConfig& config = config_.endpoints[index];
    traits.push_back({text, static_cast<std::uint32_t>(config.weight), zone_.empty() || config.zone == zone_});
    std::shared_ptr<PerWorker<Counter>> attempts = attempts_at(text, previous);
    list.push_back({std::move(address), std::move(text), index, std::move(attempts)});
  };
  for (std::size_t i = 0; i < config_.endpoints.size(); ++i) {
    const EndpointConfig& endpoint = config_.endpoints[i];
    if (!is_name(endpoint)) {
      add(i, socket_address(endpoint.address), endpoint.address.text());
      continue;
    }
    for (const SocketAddress& address : resolved_[i]) {
      add(i, address, endpoint.address.text() + " (" + address.text() + ")");
    }
  }
  auto made = std::make_shared<ClusterEndpoints>(version() + 1, std::move(list),
                                                 EndpointSet(std::move(traits), settings_of(config_)));
  if (previous != nullptr) made->set.carry_over(previous->set, now);
  // What checks found that are made no more would hold for ever.
  for (std::size_t i = 0; !config_.health && i < made->list.size(); ++i) made->set.judge().set_healthy(i, true, now);
  return made;
}

Task<Result<void>> ClusterState::resolve(Resolver& resolver, TimePoint deadline) {
  auto guard = co_await try_(co_await resolving_.lock(deadline));
  bool changed = false;
  std::optional<Error> failed;
  for (std::size_t i = 0; i < config_.endpoints.size(); ++i) {
    if (!is_name(config_.endpoints[i])) continue;
    const Address& address = config_.endpoints[i].address;
    Result<std::vector<SocketAddress>> found = co_await resolver.resolve(address.host, address.port, deadline);
    if (!found.ok() && found.error().code() != ErrorCode::kNotFound) {
      if (resolved_[i].empty()) failed = std::move(found).error();
      continue;
    }
    if (!found.ok()) failed = found.error();
    std::vector<SocketAddress> now_there = found.ok() ? *std::move(found) : std::vector<SocketAddress>();
    // Name servers give the addresses in an order that changes.
    std::sort(now_there.begin(), now_there.end(),
              [](const SocketAddress& a, const SocketAddress& b) { return a.text() < b.text(); });
    now_there.erase(std::unique(now_there.begin(), now_there.end()), now_there.end());
    if (now_there.size() > kAddressesMax) now_there.resize(kAddressesMax);
    if (now_there == resolved_[i]) continue;
    resolved_[i] = std::move(now_there);
    changed = true;
  }
  if (changed) {
    const std::shared_ptr<const ClusterEndpoints> before = endpoints();
    publish(build(before->list.empty() ? nullptr : before.get(), now()));
    log_info("endpoints_changed",
             {{"cluster", config_.name}, {"endpoints", static_cast<std::int64_t>(endpoints()->list.size())}});
  }
  if (failed && endpoints()->list.empty()) co_return std::move(*failed);
  co_return {};
}

void ClusterState::report(const ClusterEndpoints& endpoints, std::size_t index, bool success, Duration took,
                          TimePoint now) {
  const BalancingSettings& settings = endpoints.set.settings();
  if (settings.policy == BalancePolicy::kEwma) endpoints.set.load(index).observe(took, success, now);
  if (settings.outlier.consecutive_failures == 0 || !endpoints.set.judge().report(index, success, now)) return;
  ejections_.fetch_add(1, std::memory_order_relaxed);
  log_warn("endpoint_ejected", {{"cluster", config_.name}, {"endpoint", endpoints.list[index].text}});
}

}  // namespace banyan
