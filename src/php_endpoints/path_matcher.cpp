#include "php_endpoints/path_matcher.h"

#include <algorithm>
#include <tuple>

namespace banyan::php {

namespace {

bool is_fixed(const PathPattern::Segment& segment) { return segment.size() == 1 && !segment[0].is_parameter; }

// Whether "a=b" stands among the fields.
bool query_has(std::string_view query, std::string_view field) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    if (query.substr(0, end) == field) return true;
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return false;
}

bool method_fits(const Endpoint& endpoint, std::string_view method) {
  if (endpoint.methods.empty()) return true;
  if (method == "HEAD") method = "GET";
  return std::find(endpoint.methods.begin(), endpoint.methods.end(), method) != endpoint.methods.end();
}

}  // namespace

PathMatcher::PathMatcher(const std::vector<Endpoint>& endpoints) : endpoints_(endpoints), nodes_(1) {
  for (std::uint32_t i = 0; i < endpoints.size(); ++i) {
    std::uint32_t node = 0;
    for (const PathPattern::Segment& segment : endpoints[i].path.segments()) node = child(node, segment);
    (endpoints[i].path.has_rest() ? nodes_[node].rest : nodes_[node].endpoints).push_back(i);
  }
  const auto rank = [&](std::uint32_t i) {
    return std::tuple(endpoints[i].query.empty(), endpoints[i].confidence, endpoints[i].methods.empty(), i);
  };
  const auto before = [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); };
  for (Node& node : nodes_) {
    std::sort(node.endpoints.begin(), node.endpoints.end(), before);
    std::sort(node.rest.begin(), node.rest.end(), before);
    // More fixed text first: {a}.json before {a}.
    std::sort(node.shaped.begin(), node.shaped.end(), [](const auto& a, const auto& b) {
      return a.first.size() != b.first.size() ? a.first.size() > b.first.size() : a.second < b.second;
    });
  }
}

std::uint32_t PathMatcher::child(std::uint32_t node, const PathPattern::Segment& segment) {
  const auto next = static_cast<std::uint32_t>(nodes_.size());
  if (is_fixed(segment)) {
    const auto [found, is_new] = nodes_[node].fixed.emplace(segment[0].text, next);
    if (!is_new) return found->second;
  } else {
    for (const auto& [shape, id] : nodes_[node].shaped) {
      const auto same = [](const PathPattern::Piece& a, const PathPattern::Piece& b) {
        return a.is_parameter == b.is_parameter && (a.is_parameter || a.text == b.text);
      };
      if (std::equal(shape.begin(), shape.end(), segment.begin(), segment.end(), same)) return id;
    }
    nodes_[node].shaped.emplace_back(segment, next);
  }
  nodes_.emplace_back();
  return next;
}

std::optional<std::size_t> PathMatcher::match(std::string_view method, std::string_view target) const {
  const std::string path = canonical_request_path(target);
  Request request{.method = method, .query = {}, .segments = {}};
  if (const std::size_t mark = target.find('?'); mark != target.npos) request.query = target.substr(mark + 1);
  for (std::size_t at = 1; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    request.segments.push_back(std::string_view(path).substr(at, end - at));
    if (request.segments.size() > kSegmentsMax) return std::nullopt;
    at = end + 1;
  }
  return find(0, 0, request);
}

std::optional<std::size_t> PathMatcher::find(std::uint32_t node_id, std::size_t at, const Request& request) const {
  const Node& node = nodes_[node_id];
  if (at == request.segments.size()) {
    if (const auto found = choose(node.endpoints, request)) return found;
    return choose(node.rest, request);
  }
  const std::string segment(request.segments[at]);
  if (const auto next = node.fixed.find(segment); next != node.fixed.end()) {
    if (const auto found = find(next->second, at + 1, request)) return found;
  }
  for (const auto& [shape, next] : node.shaped) {
    if (!segment_matches(shape, segment)) continue;
    if (const auto found = find(next, at + 1, request)) return found;
  }
  return choose(node.rest, request);
}

std::optional<std::size_t> PathMatcher::choose(const std::vector<std::uint32_t>& candidates,
                                               const Request& request) const {
  for (const std::uint32_t i : candidates) {
    const Endpoint& endpoint = endpoints_[i];
    if (!endpoint.query.empty() && !query_has(request.query, endpoint.query)) continue;
    if (method_fits(endpoint, request.method)) return i;
  }
  return std::nullopt;
}

}  // namespace banyan::php
