// What an endpoint needs: every function that can run when it is asked for, and how ready these are.
//
// The idea: the handler's functions are the entries, and everything the call graph leads to from there (calls,
// closures, files included by a known path) is needed. Calls that cannot be told are missing from it; they make the
// function that has them one to review, so they are not silently ready.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "php_check/facts.h"
#include "php_endpoints/endpoint.h"

namespace banyan::php {

enum class EndpointState : std::uint8_t { kReady, kReview, kBlocked, kUnknown };
// "ready", "review", "blocked", "unknown".
std::string_view endpoint_state_name(EndpointState state);

struct Reach {
  std::vector<FunctionId> entries;              // in order, each once; empty where the handler was not found
  std::vector<FunctionId> functions;            // everything, entries included, in order of distance
  std::array<std::uint32_t, 3> by_readiness{};  // counts, by Readiness
  std::uint64_t lines = 0;
  std::map<std::string, std::uint32_t> reasons;  // code to how many functions have it
  EndpointState state = EndpointState::kUnknown;
  // 0 to 1: convertible functions and half of those to review, over all, divided by one more than are refused.
  double readiness = 0;
};

// Finds what endpoints reach in one code base.
class ReachFinder {
 public:
  // `facts` must outlive it.
  explicit ReachFinder(const Facts& facts);

  // Cost: linear in what is reached.
  Reach of(const Endpoint& endpoint);
  // The functions that handle the endpoint.
  std::vector<FunctionId> entries(const Handler& handler) const;
  // What the function leads to at once.
  const std::vector<FunctionId>& next(FunctionId function) const { return next_[function.value]; }

 private:
  FunctionId find(std::string_view name) const;
  void add_code(const Handler& handler, std::vector<FunctionId>& out) const;
  void add_prelude(const Handler& handler, std::vector<FunctionId>& out) const;

  const Facts& facts_;
  std::vector<std::vector<FunctionId>> next_;  // by function
  std::vector<std::uint32_t> seen_;            // by function: the number of the search that saw it
  std::uint32_t search_ = 0;
};

}  // namespace banyan::php
