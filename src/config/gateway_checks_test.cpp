#include "config/gateway_checks.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

struct Request {
  std::string method;
  std::string host;
  std::string path;
  bool beta = false;
};

// An independent, slow reading of what MatchConfig means.
bool path_matches(const MatchConfig& match, const std::string& path) {
  if (!match.prefix.empty()) return path.starts_with(match.prefix);
  if (match.path.empty()) return true;
  std::size_t p = 0;
  std::size_t m = 0;
  while (m < match.path.size()) {
    if (match.path[m] == ':' && match.path[m - 1] == '/') {
      const std::size_t start = p;
      while (p < path.size() && path[p] != '/') ++p;
      if (p == start) return false;
      while (m < match.path.size() && match.path[m] != '/') ++m;
    } else if (p == path.size() || path[p++] != match.path[m++]) {
      return false;
    }
  }
  return p == path.size();
}

bool matches(const MatchConfig& match, const Request& request) {
  bool method = match.methods.empty();
  for (const std::string& one : match.methods) method |= one == request.method;
  const bool host = match.host.empty() || match.host == request.host ||
                    (match.host.starts_with("*.") && request.host.ends_with(match.host.substr(1)) &&
                     request.host.size() > match.host.size() - 1);
  return method && host && path_matches(match, request.path) && (match.headers.empty() || request.beta);
}

std::vector<MatchConfig> all_matches() {
  std::vector<MatchConfig> all;
  for (const std::vector<std::string>& methods : std::vector<std::vector<std::string>>{{}, {"GET"}, {"GET", "POST"}}) {
    for (const char* host : {"", "a.b", "*.b", "*.a.b"}) {
      for (const char* path :
           {"", "=/", "=/a", "=/a/b", "=/:x", "=/a/:x", "=/:x/b", "=/:x/", "^/", "^/a", "^/a/", "^/a/b"}) {
        for (const bool beta : {false, true}) {
          MatchConfig match{.methods = methods, .host = host};
          if (path[0] == '=') match.path = path + 1;
          if (path[0] == '^') match.prefix = path + 1;
          if (beta) match.headers.push_back({"x-beta", std::nullopt});
          all.push_back(match);
        }
      }
    }
  }
  return all;
}

std::vector<Request> all_requests() {
  std::vector<Request> all;
  for (const char* method : {"GET", "POST", "PUT"}) {
    for (const char* host : {"b", "a.b", "c.a.b", "c"}) {
      for (const char* path : {"/", "/a", "/b", "/ab", "/a/", "/a/b", "/a/c", "/c/b", "/a/b/c", "/c/"}) {
        for (const bool beta : {false, true}) all.push_back({method, host, path, beta});
      }
    }
  }
  return all;
}

// Each of 288 conditions as a bit set over 240 requests: covers() must imply the subset.
TEST(Covers, NeverClaimsTooMuch) {
  const std::vector<MatchConfig> matches_of = all_matches();
  const std::vector<Request> requests = all_requests();
  std::vector<std::vector<bool>> sets;
  for (const MatchConfig& match : matches_of) {
    std::vector<bool>& set = sets.emplace_back();
    for (const Request& request : requests) set.push_back(matches(match, request));
  }
  int claimed = 0;
  for (std::size_t a = 0; a < sets.size(); ++a) {
    for (std::size_t b = 0; b < sets.size(); ++b) {
      if (!covers(matches_of[a], matches_of[b])) continue;
      ++claimed;
      for (std::size_t r = 0; r < requests.size(); ++r) {
        ASSERT_TRUE(sets[a][r] || !sets[b][r])
            << matches_of[a].path << matches_of[a].prefix << " does not cover " << matches_of[b].path
            << matches_of[b].prefix << " for " << requests[r].path;
      }
    }
  }
  EXPECT_GT(claimed, 5000) << "it must also claim something";
}

}  // namespace
}  // namespace banyan
