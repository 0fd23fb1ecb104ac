#include "traffic/rate_limiter.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace banyan {

RateLimiter::RateLimiter(const RateLimitSettings& settings, std::uint64_t seed)
    : seed_(seed), locks_(std::make_unique<std::array<std::mutex, kLocks>>()) {
  BANYAN_CHECK(settings.requests > 0 && settings.period > Duration::zero());
  const std::uint32_t burst = settings.burst == 0 ? settings.requests : settings.burst;
  step_ = std::max<std::int64_t>(1, settings.period.count() / settings.requests);
  // No clock comes as far as half of what there are numbers for.
  tolerance_ = std::min(std::int64_t{burst} - 1, INT64_MAX / 2 / step_) * step_;
  rows_.resize(std::max<std::size_t>(1, std::bit_ceil(std::size_t{settings.keys_max}) / kWays));
}

// The key's own slot, or else the one whose loss matters least.
RateLimiter::Slot& RateLimiter::slot_of(Row& row, std::uint64_t key, std::int64_t now) const {
  Slot* best = &row[0];
  for (Slot& slot : row) {
    if (slot.key == key) return slot;
    if (slot.key == 0 || slot.full_at < best->full_at) best = &slot;
    if (slot.key == 0) break;
  }
  *best = {key, now};
  return *best;
}

RateLimiter::Decision RateLimiter::take(std::string_view key, TimePoint now) {
  const std::uint64_t hash = std::max<std::uint64_t>(1, XXH3_64bits_withSeed(key.data(), key.size(), seed_));
  const std::size_t index = hash & (rows_.size() - 1);
  const std::int64_t time = now.time_since_epoch().count();
  const std::lock_guard lock((*locks_)[index % kLocks]);
  Slot& slot = slot_of(rows_[index], hash, time);
  const std::int64_t full_at = std::max(slot.full_at, time);
  const std::int64_t ahead = full_at - time;
  if (ahead > tolerance_) return {false, 0, Duration(ahead - tolerance_)};
  slot.full_at = full_at + step_;
  const std::int64_t room = tolerance_ - (slot.full_at - time);
  return {true, room < 0 ? 0 : static_cast<std::uint32_t>(room / step_) + 1, Duration::zero()};
}

}  // namespace banyan
