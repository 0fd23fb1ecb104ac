// So many requests in a time for each key: a client, an API key, a route.
//
// The generic cell rate algorithm (ITU-T I.371): a key is one number, the moment at which its bucket would be full
// again, so a decision is a comparison and an addition, and no timer refills anything. `burst` requests may come at
// once; after that one in each period / requests.
//
// Keys lie in a table of fixed size, four to a row, by a hash seeded at random. Where a row is full the key whose
// bucket is nearest to full gives way: one that has been quiet loses nothing, and an attacker who floods the table with
// keys can at worst make others start with a full bucket, never block them.
//
// Memory: 16 bytes a key. Thread-safe: rows are guarded by 64 locks.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace banyan {

struct RateLimitSettings {
  std::uint32_t requests = 100;  // at least 1
  Duration period = std::chrono::seconds(1);
  std::uint32_t burst = 0;         // 0: as many as `requests`
  std::uint32_t keys_max = 65536;  // rounded up to a power of two; at least 4
};

class RateLimiter {
 public:
  struct Decision {
    bool allowed = false;
    std::uint32_t left = 0;  // more that would pass now
    Duration retry_after{};  // when refused: until one would pass
  };

  // `seed` should be random, so that nobody can choose keys that share a row.
  RateLimiter(const RateLimitSettings& settings, std::uint64_t seed);

  Decision take(std::string_view key, TimePoint now);

 private:
  static constexpr std::size_t kWays = 4;
  static constexpr std::size_t kLocks = 64;
  struct Slot {
    std::uint64_t key = 0;     // its hash; 0: free
    std::int64_t full_at = 0;  // steady nanoseconds
  };
  using Row = std::array<Slot, kWays>;

  Slot& slot_of(Row& row, std::uint64_t key, std::int64_t now) const;

  std::uint64_t seed_;
  std::int64_t step_;       // between requests, nanoseconds
  std::int64_t tolerance_;  // how far `full_at` may lie ahead for a request to pass
  std::vector<Row> rows_;
  std::unique_ptr<std::array<std::mutex, kLocks>> locks_;
};

}  // namespace banyan
