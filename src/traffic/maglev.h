// Consistent hashing: the same key goes to the same endpoint, and few keys move when endpoints come and go.
//
// Maglev's table (Eisenbud et al., NSDI 2016, section 3.4): every endpoint fills the free places of a prime-sized table
// in an order of its own, in turns as many as its weight says. A lookup is one remainder and one load. Endpoints are
// known by name, so their order in the configuration does not matter.
//
// Limits: kPlaces places, so that each of 655 endpoints has its share within 1 %; 131 KB a table. Pure, immutable.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace banyan {

struct MaglevEndpoint {
  std::string_view name;
  std::uint32_t weight = 1;  // 0: gets nothing
};

class MaglevTable {
 public:
  static constexpr std::uint32_t kPlaces = 65'537;

  // At least one endpoint with a weight, at most 65,535 of them.
  explicit MaglevTable(const std::vector<MaglevEndpoint>& endpoints);

  // The index of the endpoint for a key's hash.
  std::size_t find(std::uint64_t hash) const { return places_[hash % kPlaces]; }
  static std::uint64_t hash(std::string_view key);

 private:
  std::vector<std::uint16_t> places_;
};

}  // namespace banyan
