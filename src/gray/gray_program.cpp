#include "gray/gray_program.h"

#include <algorithm>

namespace banyan {
namespace {

SplitTable table_of(const RouteConfig& route) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < route.split.size(); ++i) names.push_back(target_name(route, i));
  std::vector<SplitShare> shares;
  for (std::size_t i = 0; i < route.split.size(); ++i) {
    shares.push_back({names[i], static_cast<std::uint32_t>(route.split[i].hundredths)});
  }
  return SplitTable(shares);
}

}  // namespace

bool holds(const WhenConfig& when, const RequestValues& values, std::int64_t unix_seconds) {
  std::string scratch;
  if (when.time && !when.time->contains(unix_seconds)) return false;
  for (const ValueCondition& condition : when.values) {
    const std::optional<std::string_view> value = values.find(condition.name, scratch);
    if (!value || (condition.value && *value != *condition.value)) return false;
  }
  if (!when.networks.empty()) {
    const std::optional<std::string_view> text = values.find({ValueKind::kIp, {}}, scratch);
    const std::optional<IpAddress> address = text ? parse_ip(*text) : std::nullopt;
    const auto contains = [&](const IpNetwork& network) { return network.contains(*address); };
    if (!address || std::none_of(when.networks.begin(), when.networks.end(), contains)) return false;
  }
  return !when.expression || when.expression->holds(values);
}

GrayProgram::GrayProgram(const RouteConfig& route)
    : route_(route),
      salt_(route.gray.sticky && !route.gray.sticky->salt.empty() ? route.gray.sticky->salt : route.id),
      table_(table_of(route)) {
  for (const RuleConfig& rule : route.gray.rules) {
    rule_targets_.push_back(find_target(route, rule.to).value_or(0));
    looks_at_time_ |= rule.when.time.has_value();
  }
  add_exceptions(route.gray.always, always_);
  add_exceptions(route.gray.never, never_);
}

void GrayProgram::add_exceptions(const std::vector<ExceptionConfig>& exceptions, std::vector<UserTarget>& users) const {
  for (const ExceptionConfig& exception : exceptions) {
    const std::size_t target = find_target(route_, exception.target).value_or(0);
    for (const std::string& value : exception.values) users.emplace_back(value, target);
  }
  std::sort(users.begin(), users.end());
}

std::uint32_t GrayProgram::buckets_of(std::size_t target) const {
  const auto share = static_cast<std::uint32_t>(route_.split[target].hundredths);
  return route_.gray.sticky && route_.gray.sticky->mod100 ? share / 100 : share;
}

bool GrayProgram::owns_a_range() const {
  return route_.split.size() <= 2 || (route_.gray.sticky && route_.gray.sticky->mod100);
}

std::optional<std::size_t> GrayProgram::always(std::string_view user) const {
  const auto before = [](const UserTarget& one, std::string_view value) { return one.first < value; };
  const auto found = std::lower_bound(always_.begin(), always_.end(), user, before);
  if (found == always_.end() || found->first != user) return std::nullopt;
  return found->second;
}

bool GrayProgram::never(std::string_view user, std::size_t target) const {
  const auto before = [](const UserTarget& one, const std::pair<std::string_view, std::size_t>& wanted) {
    return std::pair(std::string_view(one.first), one.second) < wanted;
  };
  const std::pair wanted(user, target);
  const auto found = std::lower_bound(never_.begin(), never_.end(), wanted, before);
  return found != never_.end() && found->first == user && found->second == target;
}

GrayDecision GrayProgram::decide(const RequestValues& values, const GrayInput& input) const {
  GrayDecision decision;
  std::string scratch;
  std::string_view user;
  if (const auto& sticky = route_.gray.sticky) {
    for (std::size_t i = 0; i < sticky->keys.size() && !decision.key; ++i) {
      const std::optional<std::string_view> value = values.find(sticky->keys[i], scratch);
      if (!value || (sticky->mod100 && !mod100(*sticky->mod100, *value))) continue;
      decision.key = i;
      user = *value;
    }
  }
  if (!input.colour.empty()) {
    for (std::size_t i = 0; i < route_.split.size(); ++i) {
      if (route_.split[i].colour_name() != input.colour) continue;
      decision.by = DecidedBy::kColour;
      decision.target = i;
      return decision;
    }
  }
  const std::optional<std::size_t> listed = decision.key ? always(user) : std::nullopt;
  if (listed && !never(user, *listed)) {
    decision.by = DecidedBy::kAlways;
    decision.target = *listed;
  } else if (const auto rule = find_rule(values, input, user, &decision.kept_away)) {
    decision.by = DecidedBy::kRule;
    decision.rule = *rule;
    decision.target = rule_targets_[*rule];
  } else {
    split(user, input, decision);
  }
  return decision;
}

std::optional<std::size_t> GrayProgram::find_rule(const RequestValues& values, const GrayInput& input,
                                                  std::string_view user, bool* kept_away) const {
  for (std::size_t i = 0; i < rule_targets_.size(); ++i) {
    if (!holds(route_.gray.rules[i].when, values, input.unix_seconds)) continue;
    if (!never(user, rule_targets_[i])) return i;
    *kept_away = true;
  }
  return std::nullopt;
}

void GrayProgram::split(std::string_view user, const GrayInput& input, GrayDecision& decision) const {
  if (!decision.key) {
    decision.by = DecidedBy::kChance;
    decision.bucket = static_cast<std::uint32_t>(input.random % kSplitBuckets);
    decision.target = table_.target(decision.bucket);
    return;
  }
  decision.by = DecidedBy::kKey;
  if (const std::optional<Mod100> how = route_.gray.sticky->mod100) {
    decision.bucket = mod100(*how, user).value_or(0);
    decision.target = share_of(decision.bucket);
  } else {
    decision.bucket = split_bucket(salt_, user);
    decision.target = table_.target(decision.bucket);
  }
  if (!never(user, decision.target)) return;
  decision.kept_away = true;
  for (std::size_t i = 0; i < route_.split.size(); ++i) {
    if (never(user, i)) continue;
    decision.target = i;
    break;
  }
}

// With mod100: the second target has the numbers from 0 on, the third those after them, the first what is left.
std::size_t GrayProgram::share_of(std::uint32_t number) const {
  std::uint32_t end = 0;
  for (std::size_t i = 1; i < route_.split.size(); ++i) {
    end += buckets_of(i);
    if (number < end) return i;
  }
  return 0;
}

}  // namespace banyan
