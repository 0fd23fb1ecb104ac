// "Did you mean ...?": the known name nearest to one that is not known.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace banyan {

// How many letters must be added, removed, changed or swapped with their neighbour to turn a into b (optimal string
// alignment), in bytes, or limit + 1 where it is more than `limit`. Time and memory grow with a.size() * b.size();
// names longer than 256 bytes count as too far.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

// The nearest of `known`, the first of them where several are equally near; empty where none is near enough to be
// what was meant (a third of the name's letters, at least one; case counts for nothing).
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace banyan
