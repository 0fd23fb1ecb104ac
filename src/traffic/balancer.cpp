#include "traffic/balancer.h"

#include <algorithm>

namespace banyan {

// xorshift64* (Vigna, 2016): for shares, not for secrets.
std::uint64_t Balancer::random() {
  random_ ^= random_ >> 12;
  random_ ^= random_ << 25;
  random_ ^= random_ >> 27;
  return random_ * 0x2545F4914F6CDD1DULL;
}

bool Balancer::excluded(const EndpointSet& set, const PickQuery& query, std::size_t i) const {
  if (set[i].weight == 0) return true;
  if (std::find(query.tried.begin(), query.tried.end(), i) != query.tried.end()) return true;
  return query.allowed != nullptr && !query.allowed(query.context, i);
}

void Balancer::take(const EndpointSet& set, const PickQuery& query, bool unwell_too) {
  candidates_.clear();
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (!excluded(set, query, i) && (unwell_too || set.judge().well(i, query.now))) candidates_.push_back(i);
  }
}

void Balancer::collect(const EndpointSet& set, const PickQuery& query) {
  const bool all = !set.settings().judged || set.judge().panics(query.now);
  take(set, query, all);
  // Those that are well were asked in vain: one that is not may have recovered unnoticed.
  const bool last_resort = !all && candidates_.empty() && !query.tried.empty();
  if (last_resort && set.settings().outlier.panic_percent > 0) take(set, query, true);
  if (set.zoned() && !candidates_.empty()) keep_zone(set, query);
}

// Leaves the near ones or the far ones among the candidates, where there are both.
void Balancer::keep_zone(const EndpointSet& set, const PickQuery& query) {
  constexpr std::uint64_t kOverprovisioning = 140;  // percent
  std::uint64_t near = 0;
  std::uint64_t well = 0;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (!set[i].near || set[i].weight == 0) continue;
    ++near;
    well += set.judge().well(i, query.now);
  }
  const auto is_near = [&](std::size_t i) { return set[i].near; };
  const auto count = std::count_if(candidates_.begin(), candidates_.end(), is_near);
  if (count == 0 || count == std::ssize(candidates_)) return;
  const bool stay = random() % 100 < well * kOverprovisioning / near;
  std::erase_if(candidates_, [&](std::size_t i) { return set[i].near != stay; });
}

// Every endpoint gains its weight, the richest is taken and pays the sum.
std::optional<std::size_t> Balancer::in_turn_of_all(const EndpointSet& set) {
  std::size_t best = set.size();
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (set[i].weight == 0) continue;
    const std::int64_t weight = std::int64_t{set[i].weight} * EndpointSet::kWhole;  // in_turn() counts in these, too
    sum += weight;
    credit_[i] += weight;
    if (best == set.size() || credit_[i] > credit_[best]) best = i;
  }
  if (best == set.size()) return std::nullopt;
  credit_[best] -= sum;
  return best;
}

std::size_t Balancer::in_turn(const EndpointSet& set, TimePoint now) {
  std::size_t best = candidates_.front();
  std::int64_t sum = 0;
  for (const std::size_t i : candidates_) {
    const std::int64_t weight = set.weight(i, now);
    sum += weight;
    credit_[i] += weight;
    if (credit_[i] > credit_[best]) best = i;
  }
  credit_[best] -= sum;
  return best;
}

std::size_t Balancer::least_busy(const EndpointSet& set, TimePoint now) {
  const std::size_t start = random() % candidates_.size();
  std::size_t best = candidates_[start];
  double least = -1;
  for (std::size_t n = 0; n < candidates_.size(); ++n) {
    const std::size_t i = candidates_[(start + n) % candidates_.size()];
    const double busy = static_cast<double>(set.load(i).under_way() + 1) / set.weight(i, now);
    if (least >= 0 && busy >= least) continue;
    least = busy;
    best = i;
  }
  return best;
}

// One candidate at random, each as likely as its weight says.
std::size_t Balancer::by_weight(const EndpointSet& set, TimePoint now) {
  std::uint64_t sum = 0;
  for (const std::size_t i : candidates_) sum += set.weight(i, now);
  std::uint64_t left = random() % std::max<std::uint64_t>(sum, 1);
  for (const std::size_t i : candidates_) {
    if (left < set.weight(i, now)) return i;
    left -= set.weight(i, now);
  }
  return candidates_.back();
}

std::size_t Balancer::faster_of_two(const EndpointSet& set, TimePoint now) {
  const std::size_t one = by_weight(set, now);
  if (candidates_.size() == 1) return one;
  std::erase(candidates_, one);
  const std::size_t other = by_weight(set, now);
  return set.load(other).cost(now) < set.load(one).cost(now) ? other : one;
}

// A key whose endpoint may not be used is hashed again, a few times, so that all who ask agree on the substitute.
std::size_t Balancer::by_key(const EndpointSet& set, std::uint64_t hash, TimePoint now) {
  constexpr int kTries = 32;
  for (int n = 0; n < kTries; ++n) {
    const std::size_t i = set.maglev()->find(hash);
    if (std::find(candidates_.begin(), candidates_.end(), i) != candidates_.end()) return i;
    hash = (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9ULL + 1;
  }
  return in_turn(set, now);
}

std::optional<std::size_t> Balancer::pick(const EndpointSet& set, const PickQuery& query) {
  if (set.size() == 1 && !set.settings().judged)
    return excluded(set, query, 0) ? std::nullopt : std::optional<std::size_t>(0);
  if (credit_.size() != set.size()) credit_.assign(set.size(), 0);
  const BalancePolicy policy = set.settings().policy;
  const bool unrestricted = query.tried.empty() && query.allowed == nullptr;
  if (policy == BalancePolicy::kRoundRobin && set.plain() && unrestricted) return in_turn_of_all(set);
  collect(set, query);
  if (candidates_.empty()) return std::nullopt;
  switch (policy) {
    case BalancePolicy::kLeastRequest:
      return least_busy(set, query.now);
    case BalancePolicy::kEwma:
      return faster_of_two(set, query.now);
    case BalancePolicy::kMaglev:
      if (query.hash && set.maglev() != nullptr) return by_key(set, *query.hash, query.now);
      break;
    case BalancePolicy::kRoundRobin:
      break;
  }
  return in_turn(set, query.now);
}

}  // namespace banyan
