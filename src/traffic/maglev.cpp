#include "traffic/maglev.h"

#include <xxhash.h>

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace banyan {
namespace {

// Where an endpoint would like to be: a permutation of all places, as an arithmetic sequence modulo a prime.
struct Sequence {
  std::uint32_t next;
  std::uint32_t skip;
  double turns;  // taken for each round of the heaviest
  double due = 0;
  std::uint16_t index;
};

Sequence sequence_of(const MaglevEndpoint& endpoint, std::uint32_t weight_max, std::size_t index) {
  const std::uint64_t hash = XXH3_64bits(endpoint.name.data(), endpoint.name.size());
  const auto low = static_cast<std::uint32_t>(hash);
  const auto high = static_cast<std::uint32_t>(hash >> 32);
  return {low % MaglevTable::kPlaces, high % (MaglevTable::kPlaces - 1) + 1,
          static_cast<double>(endpoint.weight) / weight_max, 0, static_cast<std::uint16_t>(index)};
}

}  // namespace

std::uint64_t MaglevTable::hash(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }

MaglevTable::MaglevTable(const std::vector<MaglevEndpoint>& endpoints) : places_(kPlaces, UINT16_MAX) {
  std::uint32_t weight_max = 0;
  for (const MaglevEndpoint& endpoint : endpoints) weight_max = std::max(weight_max, endpoint.weight);
  BANYAN_CHECK(weight_max > 0 && endpoints.size() < UINT16_MAX);
  std::vector<std::size_t> order(endpoints.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return endpoints[a].name < endpoints[b].name; });
  std::vector<Sequence> sequences;
  for (const std::size_t i : order) {
    if (endpoints[i].weight > 0) sequences.push_back(sequence_of(endpoints[i], weight_max, i));
  }
  for (std::uint32_t filled = 0; filled < kPlaces;) {
    for (Sequence& one : sequences) {
      one.due += one.turns;
      if (one.due < 1 || filled == kPlaces) continue;
      one.due -= 1;
      while (places_[one.next] != UINT16_MAX) one.next = (one.next + one.skip) % kPlaces;
      places_[one.next] = one.index;
      ++filled;
    }
  }
}

}  // namespace banyan
