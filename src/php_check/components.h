// The strongly connected components of a directed graph: who calls each other in a circle.
//
// Tarjan's algorithm (SIAM J. Computing 1, 1972), with a list in place of recursion. Linear in nodes and edges.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace banyan::php {

struct Components {
  std::vector<std::uint32_t> of;                    // by node
  std::vector<std::vector<std::uint32_t>> members;  // by component, sorted; what a component leads to comes before it
  std::vector<std::uint32_t> level;                 // 0 leads nowhere else; else one more than the highest it leads to
};

// `edges[i]` are the nodes i leads to, each below edges.size(). The same edges give the same numbers.
Components find_components(std::span<const std::vector<std::uint32_t>> edges);

}  // namespace banyan::php
