// Lanes: endpoints of a cluster that serve requests of one colour.
//
// Somebody who changes one service of twenty runs a copy of that one, labelled with a colour, and sends it the requests
// of that colour; at each of the other nineteen such a request falls back to the base, the endpoints without a label,
// hop by hop. Requests without a colour, or of another, never see the copy.
#pragma once

#include <algorithm>
#include <string_view>

namespace banyan {

inline constexpr std::string_view kBaseLane;  // that of the endpoints without a colour

// The lane of a request of `colour` among endpoints with the members `colour` and `weight`: its own where one of them
// has it and takes requests, else the base. An endpoint serves the request if its colour equals the lane.
template <class Endpoints>
std::string_view lane_of(const Endpoints& endpoints, std::string_view colour) {
  if (colour.empty()) return kBaseLane;
  const auto serves = [colour](const auto& endpoint) { return endpoint.colour == colour && endpoint.weight > 0; };
  return std::any_of(endpoints.begin(), endpoints.end(), serves) ? colour : kBaseLane;
}

}  // namespace banyan
