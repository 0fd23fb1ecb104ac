#include "gateway/gateway_state.h"

#include <mutex>

namespace banyan {

std::shared_ptr<const GatewaySnapshot> GatewayState::snapshot() const {
  std::lock_guard guard(lock_);
  return snapshot_;
}

void GatewayState::publish(std::shared_ptr<const GatewaySnapshot> next) {
  const auto limit = static_cast<std::uint64_t>(next->config.gateway.limits.memory);
  memory.set_limits(limit / 10 * 9, limit);
  const std::uint64_t revision = next->revision;
  {
    std::lock_guard guard(lock_);
    snapshot_.swap(next);  // the old one is let go of outside the lock
  }
  revision_.store(revision, std::memory_order_release);
}

std::string GatewayState::config_error() const {
  std::lock_guard guard(lock_);
  return config_error_;
}

void GatewayState::set_config_error(std::string text) {
  std::lock_guard guard(lock_);
  config_error_.swap(text);
}

}  // namespace banyan
