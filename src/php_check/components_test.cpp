#include "php_check/components.h"

#include <gtest/gtest.h>
#include <cstdint>
#include <vector>

namespace banyan::php {
namespace {

using Edges = std::vector<std::vector<std::uint32_t>>;

// By definition: two nodes are in one component if and only if each reaches the other.
void expect_right(const Edges& edges) {
  const auto count = static_cast<std::uint32_t>(edges.size());
  std::vector<std::vector<bool>> reaches(count, std::vector<bool>(count));
  for (std::uint32_t i = 0; i < count; ++i) {
    std::vector<std::uint32_t> queue = {i};
    reaches[i][i] = true;
    for (std::size_t at = 0; at < queue.size(); ++at) {
      for (const std::uint32_t next : edges[queue[at]]) {
        if (!reaches[i][next]) queue.push_back(next);
        reaches[i][next] = true;
      }
    }
  }
  const Components found = find_components(edges);
  for (std::uint32_t a = 0; a < count; ++a) {
    for (std::uint32_t b = 0; b < count; ++b) {
      EXPECT_EQ(found.of[a] == found.of[b], reaches[a][b] && reaches[b][a]);
      if (found.of[a] != found.of[b] && reaches[a][b]) {
        EXPECT_GT(found.of[a], found.of[b]);
        EXPECT_GT(found.level[found.of[a]], found.level[found.of[b]]);
      }
    }
  }
}

TEST(Components, AreRightForEveryGraphOfThreeNodes) {
  for (int bits = 0; bits < 512; ++bits) {
    Edges edges(3);
    for (std::uint32_t i = 0; i < 9; ++i) {
      if ((bits >> i) % 2 == 1) edges[i / 3].push_back(i % 3);
    }
    expect_right(edges);
  }
}

TEST(Components, AreRightForRandomGraphs) {
  std::uint32_t state = 42;
  const auto random = [&state](std::uint32_t bound) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % bound;
  };
  for (int i = 0; i < 300; ++i) {
    Edges edges(2 + random(20));
    for (std::uint32_t k = random(40); k > 0; --k) {
      edges[random(static_cast<std::uint32_t>(edges.size()))].push_back(
          random(static_cast<std::uint32_t>(edges.size())));
    }
    expect_right(edges);
  }
}

TEST(Components, ALongChainNeedsNoStack) {
  Edges edges(200000);
  for (std::uint32_t i = 0; i + 1 < edges.size(); ++i) edges[i].push_back(i + 1);
  EXPECT_EQ(find_components(edges).level.back(), edges.size() - 1);
}

}  // namespace
}  // namespace banyan::php
