// A route that moves from one cluster to another, as requests see it.
//
// How far it has moved is decided by one task for the whole process (gateway/rollouts.h). What a request needs of it is
// a few atomic words: the share, which a rollback swaps at once for every worker. The route's two targets are
// kOldSide and kNewSide of its split.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "answers/answer_comparer.h"
#include "answers/field_noise.h"
#include "config/gateway_config.h"
#include "rollout/rollout.h"
#include "runtime/futex_lock.h"

namespace banyan {

inline constexpr std::size_t kOldSide = 0;
inline constexpr std::size_t kNewSide = 1;

// What outlives a change of configuration. Thread-safe; written by the tasks of the rollouts alone but for `lost`,
// `too_long` and `passed_over`.
struct RolloutRoute {
  explicit RolloutRoute(std::string route_id) : id(std::move(route_id)) {}

  // The old side of a retired route may be gone.
  bool retired() const { return share.load() == RolloutPolicy::kAllOfRequests && !watched.load(); }

  const std::string id;
  std::atomic<std::uint32_t> share{0};  // of the requests that the new side answers, in hundredths of a percent
  std::atomic<bool> watched{false};     // copies are made: not before it is known where the route stands
  std::atomic<int> samples_left{0};     // of pairs of answers, that are still wanted in this second
  std::atomic<int> timings_left{0};     // of requests that both sides are asked again, that are wanted in this second
  std::atomic<std::uint64_t> lost{0};   // outcomes for which there was no room, since they were last taken up
  std::atomic<std::uint64_t> too_long{0};     // likewise, as the body of the request or the answer was too long
  std::atomic<std::uint64_t> passed_over{0};  // requests of which no copy was made, as php-fpm could take no more
  std::atomic<bool> learning{true};           // what is noise: the old side is asked twice each time

  // Never null.
  std::shared_ptr<const PlaceSet> noise() const {
    std::lock_guard guard(lock_);
    return noise_;
  }
  void set_noise(std::shared_ptr<const PlaceSet> noise) {
    std::lock_guard guard(lock_);
    noise_ = std::move(noise);
  }

 private:
  mutable FutexLock lock_;
  std::shared_ptr<const PlaceSet> noise_ = std::make_shared<const PlaceSet>();
};

// What one configuration says of it. Immutable.
struct Migration {
  const MigrateConfig* config = nullptr;
  AnswerComparer comparer;
  RolloutPolicy policy;
  std::string rules;  // of comparison and routing, and what sides are asked: equal where evidence stays valid
  std::vector<std::string> addresses;  // where the sides listen, and the sandbox
  std::shared_ptr<RolloutRoute> route;
};

// Of one of the gateway's routes. `before` is the route's of the configuration before, or null; under other rules
// nothing of it is taken over, so that the share is 0 until it is known what holds, unless the route is retired.
// `gateway` outlives the result.
Result<std::shared_ptr<const Migration>> make_migration(const GatewayConfig& gateway, const RouteConfig& route,
                                                        const Migration* before);

}  // namespace banyan
