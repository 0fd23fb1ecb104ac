// Which endpoint a request belongs to.
//
// A tree over the segments of all patterns, so that a log of millions of lines does not hold each against each
// endpoint. Fixed text comes before parameters, parameters before *, the surer endpoint before the guess; below one
// path, an endpoint that names a part of the query comes before one that does not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "php_endpoints/endpoint.h"

namespace banyan::php {

class PathMatcher {
 public:
  // `endpoints` must outlive the matcher.
  explicit PathMatcher(const std::vector<Endpoint>& endpoints);

  // The index of the endpoint, or nothing. `target` is as the request had it, with its query. HEAD counts as GET.
  // Cost: linear in the segments for most sets of patterns; at most the size of the tree.
  std::optional<std::size_t> match(std::string_view method, std::string_view target) const;

 private:
  static constexpr std::size_t kSegmentsMax = 64;  // a path with more belongs to nothing

  struct Node {
    std::unordered_map<std::string, std::uint32_t> fixed;
    std::vector<std::pair<PathPattern::Segment, std::uint32_t>> shaped;
    std::vector<std::uint32_t> endpoints;
    std::vector<std::uint32_t> rest;
  };
  struct Request {
    std::string_view method;
    std::string_view query;
    std::vector<std::string_view> segments;
  };

  std::uint32_t child(std::uint32_t node, const PathPattern::Segment& segment);
  std::optional<std::size_t> find(std::uint32_t node, std::size_t at, const Request& request) const;
  std::optional<std::size_t> choose(const std::vector<std::uint32_t>& candidates, const Request& request) const;

  const std::vector<Endpoint>& endpoints_;
  std::vector<Node> nodes_;
};

}  // namespace banyan::php
