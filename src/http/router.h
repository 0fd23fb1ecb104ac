// Which of an ordered list of rules a request matches, in time that hardly depends on their number.
//
// The rules mean what a configuration file's reader expects: the first one whose conditions all hold wins. The router
// is that, compiled: rules are grouped by host (exact, "*.suffix", any), and each group's paths are one radix tree
// whose nodes know the lowest rule number below them. A search keeps the best rule found so far and enters only
// branches that may hold a lower one. Rules that share host and path are tried in order, so those cost their number.
//
// Immutable once compiled; any number of threads may match at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/fields.h"
#include "http/method.h"

namespace banyan {

// A condition on a field or a query parameter: present, or with exactly that value on one of its occurrences. Field
// names in any case; parameter names and values are compared decoded ('+' is a space), case counting.
struct RouteCondition {
  std::string name;
  std::optional<std::string> value;
};

struct RouteRule {
  std::vector<std::string> methods;  // empty: any. Case counts
  // "" any; "example.com" exactly; "*.example.com" one or more labels before it. Case does not count; no port.
  std::string host;
  // Exactly one of `path` and `prefix` begins with '/'; both empty: any path. In `path` a whole segment ":name" matches
  // one segment that is not empty; at most kCapturesMax of them. `prefix` is a plain string prefix: "/api" matches
  // "/apiary", "/api/" does not match "/api".
  std::string path;
  std::string prefix;
  std::vector<RouteCondition> headers;
  std::vector<RouteCondition> query;
};

// What is matched. `path` is normalised (target.h); `host` without port, as RequestHead gives it.
struct RouteQuery {
  Method method = Method::kGet;
  std::string_view method_name;  // looked at only for Method::kOther
  std::string_view host;
  std::string_view path;
  std::string_view query;
  const Fields* fields = nullptr;  // null: no fields
};

class Router {
 public:
  static constexpr std::size_t kCapturesMax = 16;
  static constexpr std::size_t kNoRule = static_cast<std::size_t>(-1);

  // Names live as long as the router, values as long as the path that was matched.
  struct Capture {
    std::string_view name;
    std::string_view value;
  };
  struct Match {
    std::size_t rule = kNoRule;  // index into the rules compiled
    std::size_t capture_count = 0;
    std::array<Capture, kCapturesMax> captures;

    explicit operator bool() const { return rule != kNoRule; }
    std::span<const Capture> captured() const { return {captures.data(), capture_count}; }
    // "" where the rule has no such name.
    std::string_view capture(std::string_view name) const;
  };

  // Errors (kInvalidArgument) say which rule, by index from 0, and what to change.
  static Result<Router> compile(std::span<const RouteRule> rules);

  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  // The lowest rule that matches. Does not allocate. Under 200 ns with 1,000 rules.
  Match match(const RouteQuery& query) const;

  std::size_t size() const;

 private:
  struct Table;
  explicit Router(std::unique_ptr<const Table> table);
  std::unique_ptr<const Table> table_;
};

}  // namespace banyan
