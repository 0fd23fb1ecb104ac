// Which endpoint of a cluster gets the next request.
//
//   round robin    smooth and weighted, as nginx has it: a heavy endpoint's turns are spread out
//   least request  the fewest requests under way for its weight; the search begins at random, so ties are spread
//   ewma           of two taken at random the one whose expected wait is shorter (Mitzenmacher, "The power of two
//                  choices"; Finagle's PeakEwma), which avoids that all run to the one that looks best
//   maglev         the one the request's key belongs to; where it may not be used, the next by the same key
//
// Of the endpoints those count that are well, or all in a panic (traffic/outlier_detector.h). A request that has tried
// all that are well may try the others before it fails, unless there is never a panic (panic_percent 0). Those in the
// gateway's zone get everything while 1/1.4 of them are well; with fewer, what they cannot take spills over to the
// others in proportion (Envoy's overprovisioning factor).
//
// One balancer serves one worker: the turns of round robin are its own. Not thread-safe; pure but for its own state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "traffic/endpoint_set.h"

namespace banyan {

struct PickQuery {
  TimePoint now{};
  std::span<const std::size_t> tried = {};           // not to be given again
  std::optional<std::uint64_t> hash = std::nullopt;  // of the request's key, for maglev
  // Restricts the endpoints further; null: no restriction.
  bool (*allowed)(const void* context, std::size_t endpoint) = nullptr;
  const void* context = nullptr;
};

class Balancer {
 public:
  explicit Balancer(std::uint64_t seed) : random_(seed | 1) {}

  // Nothing where no endpoint is left. `set` may be another one than last time.
  std::optional<std::size_t> pick(const EndpointSet& set, const PickQuery& query);

 private:
  bool excluded(const EndpointSet& set, const PickQuery& query, std::size_t i) const;
  void take(const EndpointSet& set, const PickQuery& query, bool unwell_too);
  void collect(const EndpointSet& set, const PickQuery& query);
  void keep_zone(const EndpointSet& set, const PickQuery& query);
  std::optional<std::size_t> in_turn_of_all(const EndpointSet& set);
  std::size_t in_turn(const EndpointSet& set, TimePoint now);
  std::size_t least_busy(const EndpointSet& set, TimePoint now);
  std::size_t faster_of_two(const EndpointSet& set, TimePoint now);
  std::size_t by_key(const EndpointSet& set, std::uint64_t hash, TimePoint now);
  std::size_t by_weight(const EndpointSet& set, TimePoint now);
  std::uint64_t random();

  std::vector<std::int64_t> credit_;     // of round robin
  std::vector<std::size_t> candidates_;  // of the present pick
  std::uint64_t random_;
};

}  // namespace banyan
