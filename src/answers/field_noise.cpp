#include "answers/field_noise.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/check.h"

namespace banyan {
namespace {

// The level that all fields with noise share.
constexpr double kLevel = 0.05;

double log_choose(double of, double taken) {
  return std::lgamma(of + 1) - std::lgamma(taken + 1) - std::lgamma(of - taken + 1);
}

}  // namespace

std::string general_place(std::string_view place) {
  std::string general;
  for (std::size_t i = 0; i < place.size(); ++i) {
    general.push_back(place[i]);
    if (place[i] != '[' || !place.starts_with('$')) continue;
    const std::size_t end = place.find_first_not_of("0123456789", i + 1);
    if (end == i + 1 || end == std::string_view::npos || place[end] != ']') continue;
    general += "*]";
    i = end;
  }
  return general;
}

double fisher_upper_tail(std::uint64_t hits, std::uint64_t draws, std::uint64_t other_hits, std::uint64_t other_draws) {
  BANYAN_CHECK(hits <= draws && other_hits <= other_draws);
  const std::uint64_t marked = hits + other_hits;
  const std::uint64_t most = std::min(marked, draws);
  const auto n = static_cast<double>(draws);
  const auto m = static_cast<double>(other_draws);
  const double log_all = log_choose(n + m, static_cast<double>(marked));
  double sum = 0;
  double largest = 0;
  for (std::uint64_t k = hits; k <= most; ++k) {
    if (marked - k > other_draws) continue;
    const auto first = static_cast<double>(k);
    const auto second = static_cast<double>(marked - k);
    const double term = std::exp(log_choose(n, first) + log_choose(m, second) - log_all);
    sum += term;
    largest = std::max(largest, term);
    if (term < largest * 1e-12) break;  // past the peak: what follows does not count
  }
  return std::min(sum, 1.0);
}

void FieldNoise::count(const std::vector<std::string>& places, std::uint64_t Field::* counter) {
  std::set<std::string> once;
  for (const std::string& place : places) once.insert(general_place(place));
  for (const std::string& place : once) {
    auto found = fields_.find(place);
    if (found == fields_.end()) {
      if (fields_.size() == kFieldsMax) continue;
      found = fields_.emplace(place, Field{}).first;
    }
    const bool was_quiet = found->second.replayed == 0;
    ++(found->second.*counter);
    if (was_quiet && found->second.replayed > 0) ++noisy_fields_;
  }
}

bool FieldNoise::is_noise(std::string_view place) const {
  if (replays_ < kReplaysMin) return false;
  const auto found = fields_.find(general_place(place));
  if (found == fields_.end() || found->second.replayed == 0) return false;
  const Field& field = found->second;
  const double chance = fisher_upper_tail(field.compared, comparisons_, field.replayed, replays_);
  return chance >= kLevel / static_cast<double>(noisy_fields_);
}

bool FieldNoise::all_noise(const std::vector<std::string>& places) const {
  return std::all_of(places.begin(), places.end(), [this](const std::string& place) { return is_noise(place); });
}

}  // namespace banyan
