#include "answers/field_noise.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace banyan {
namespace {

// The level that all candidates share.
constexpr double kLevel = 0.05;

PlaceSet set_of(const std::vector<DifferentPlace>& places) { return {places.begin(), places.end()}; }

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

FieldNoise::Field* FieldNoise::field(const DifferentPlace& place) {
  const auto found = fields_.find(place);
  if (found != fields_.end()) return &found->second;
  return fields_.size() == kPlacesMax ? nullptr : &fields_[place];
}

void FieldNoise::compared(const std::vector<DifferentPlace>& against_new) {
  for (const DifferentPlace& place : set_of(against_new)) {
    if (Field* counted = field(place)) ++counted->different;
  }
}

void FieldNoise::replayed(const std::vector<DifferentPlace>& against_old,
                          const std::vector<DifferentPlace>& against_new) {
  ++replays_;
  const PlaceSet again = set_of(against_old);
  const PlaceSet other = set_of(against_new);
  for (const DifferentPlace& place : again) {
    Field* counted = field(place);
    if (counted == nullptr) continue;
    ++counted->replayed;
    if (!other.contains(place)) ++counted->pairs.old_bad;
  }
  for (const DifferentPlace& place : other) {
    Field* counted = again.contains(place) ? nullptr : field(place);
    if (counted != nullptr) ++counted->pairs.new_bad;
  }
}

PlaceSet FieldNoise::noise() const {
  std::vector<std::pair<double, const DifferentPlace*>> candidates;  // with log E, that the new side is worse
  for (const auto& [place, counted] : fields_) {
    if (!learned() || counted.replayed * kOneOf < replays_) continue;
    if (place.place.starts_with('$') || place.kind == "header") {
      candidates.emplace_back(log_evidence_worse(counted.pairs, 1), &place);
    }
  }
  std::sort(candidates.rbegin(), candidates.rend());
  std::size_t left = candidates.size();
  std::size_t faults = 0;
  for (; faults < candidates.size(); ++faults, --left) {
    if (candidates[faults].first < std::log(static_cast<double>(left) / kLevel)) break;
  }
  PlaceSet noise;
  for (std::size_t i = faults; i < candidates.size(); ++i) noise.insert(*candidates[i].second);
  return noise;
}

void FieldNoise::restore(std::map<DifferentPlace, Field> fields, std::uint64_t replays) {
  fields_ = std::move(fields);
  replays_ = replays;
}

}  // namespace banyan
