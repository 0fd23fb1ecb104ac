// Which target of a route a request gets, decided by one function for the gateway and for `banyan colour`.
//
// The order, from what somebody said about this request to what chance says:
//   1. the colour the request came with, from whoever may set one, where a target of the route has it;
//   2. `always`: the user is listed for a target;
//   3. the first rule whose conditions hold;
//   4. the split, by the sticky key; by chance where the request has none.
// `never` stands above 2 to 4: a rule that leads to a target the user never gets is passed over, and a split that does
// gives the first target that is left. A user kept from all targets gets what the split says.
//
// Pure: no clock, no randomness. Deciding allocates only for values that have to be decoded (a claim, "%41").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/gateway_config.h"
#include "expression/request_value.h"
#include "traffic/sticky_split.h"

namespace banyan {

// What a decision takes besides the request's values.
struct GrayInput {
  std::string_view colour;        // the request came with, from whoever may set it; "" for none
  std::int64_t unix_seconds = 0;  // looked at by rules with a time
  std::uint64_t random = 0;
};

enum class DecidedBy : std::uint8_t { kColour, kAlways, kRule, kKey, kChance };

struct GrayDecision {
  DecidedBy by = DecidedBy::kChance;
  std::size_t target = 0;          // index into the route's split
  std::size_t rule = 0;            // kRule: index into the route's rules
  std::optional<std::size_t> key;  // index of the first sticky key the request has
  std::uint32_t bucket = 0;        // kKey and kChance: below kSplitBuckets, or with mod100 below 100
  bool kept_away = false;          // `never` turned another target down
};

class GrayProgram {
 public:
  // `route` has been checked, has a split, and outlives this.
  explicit GrayProgram(const RouteConfig& route);

  GrayDecision decide(const RequestValues& values, const GrayInput& input) const;

  bool looks_at_time() const { return looks_at_time_; }
  // The salt of the sticky key.
  std::string_view salt() const { return salt_; }
  // How many buckets, of kSplitBuckets or of 100, a target owns.
  std::uint32_t buckets_of(std::size_t target) const;
  // Whether a target's buckets are those from 0 on, or, for the first target, those above them; with three targets or
  // more the salted hash scatters them.
  bool owns_a_range() const;

 private:
  using UserTarget = std::pair<std::string, std::size_t>;

  void add_exceptions(const std::vector<ExceptionConfig>& exceptions, std::vector<UserTarget>& users) const;
  std::optional<std::size_t> always(std::string_view user) const;
  bool never(std::string_view user, std::size_t target) const;
  std::optional<std::size_t> find_rule(const RequestValues& values, const GrayInput& input, std::string_view user,
                                       bool* kept_away) const;
  void split(std::string_view user, const GrayInput& input, GrayDecision& decision) const;
  std::size_t share_of(std::uint32_t number) const;

  const RouteConfig& route_;
  std::string_view salt_;
  SplitTable table_;
  std::vector<std::size_t> rule_targets_;
  std::vector<UserTarget> always_;  // sorted
  std::vector<UserTarget> never_;   // sorted
  bool looks_at_time_ = false;
};

// Whether all conditions of a rule hold.
bool holds(const WhenConfig& when, const RequestValues& values, std::int64_t unix_seconds);

}  // namespace banyan
