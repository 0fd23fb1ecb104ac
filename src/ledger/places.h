// Where answers differed, as the ledger keeps it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace banyan {

// How often answers differed at one place since an epoch began.
struct PlaceCount {
  std::string place;  // general_place(): "$.items[*].id"
  std::string kind;   // how they differed: "value", "type"
  std::uint64_t count = 0;
  bool operator==(const PlaceCount&) const = default;
};

// All counts of a route's epoch that are known now.
struct PlacesNote {
  std::string route;
  std::uint64_t epoch = 0;
  std::vector<PlaceCount> places;
};

}  // namespace banyan
