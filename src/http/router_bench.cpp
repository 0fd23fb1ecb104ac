// How long a match takes among 1,000 routes, as a gateway would have them: exact paths, paths with names, prefixes, one
// catch-all at the end. Prints nanoseconds per match, the median and the best of 21 rounds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "http/router.h"

namespace {

using banyan::Router;
using banyan::RouteRule;

std::vector<RouteRule> rules(bool with_hosts) {
  std::vector<RouteRule> rules;
  for (int i = 0; i < 333; ++i) {
    const std::string n = std::to_string(i);
    const std::string host = with_hosts ? "h" + std::to_string(i % 50) + ".example.com" : "";
    rules.push_back({.methods = {"GET"}, .host = host, .path = "/api/service" + n + "/profile"});
    rules.push_back({.host = host, .path = "/api/service" + n + "/user/:id/posts/:post"});
    rules.push_back({.host = host, .prefix = "/assets/" + n + "/"});
  }
  rules.push_back({.prefix = "/"});
  return rules;
}

void measure(const char* name, bool with_hosts) {
  using Clock = std::chrono::steady_clock;
  constexpr int kRounds = 21;
  constexpr int kMatches = 100'000;
  const Router router = Router::compile(rules(with_hosts)).value();
  std::vector<std::string> paths;
  std::vector<std::string> hosts;
  for (int i = 0; i < 64; ++i) {
    const std::string n = std::to_string(i * 5);
    const char* const tails[] = {"/profile", "/user/4711/posts/12", "/unknown"};
    paths.push_back(i % 4 == 3 ? "/assets/" + n + "/a.css" : "/api/service" + n + tails[i % 4]);
    hosts.push_back("h" + std::to_string(i * 5 % 50) + ".example.com");
  }
  std::vector<double> rounds;
  std::size_t sum = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Clock::time_point start = Clock::now();
    for (std::size_t i = 0; i < kMatches; ++i) {
      sum += router.match({.host = hosts[i % 64], .path = paths[i % 64]}).rule;
    }
    const std::chrono::duration<double, std::nano> spent = Clock::now() - start;
    rounds.push_back(spent.count() / kMatches);
  }
  std::sort(rounds.begin(), rounds.end());
  std::printf("%-32s %7.1f ns median %7.1f ns best (checksum %zu)\n", name, rounds[kRounds / 2], rounds[0], sum);
}

}  // namespace

int main() {
  measure("1,000 routes", false);
  measure("1,000 routes on 50 hosts", true);
}
