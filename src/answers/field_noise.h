// Tells places that never agree (timestamps, random ids) from places that the new side gets wrong.
//
// The problem: some fields differ even when the old side is asked twice. A list of them kept by hand is never whole,
// and a fixed share of "allowed noise" hides faults. The idea: a part of the requests is asked of the old side twice
// (only safe requests can be). A place is noise when it differs there in a tenth of the cases or more, and it is not
// shown that it differs more often between old and new. Both are looked at for the same requests, so that two shares
// are held against each other by the pairs of which only one differs (McNemar; evidence/paired_comparison.h): evidence
// that may be looked at after each request. With many places some would seem significant by chance, so the level of 5 %
// is shared among all candidates by the procedure of Holm (1979), with 1/E as the p-value: in at most one endpoint of
// twenty is any noise at all ever taken for a fault.
//
// What differs by itself more rarely is no noise but a race, which vanishes when it is asked again. What cannot be
// seen: a place that differs by itself says little about the new side. Such places are shown, to be looked at once by a
// person. A place counts with the kind of its difference, so that a field of another type is never excused by one of
// another value. Of HTML and of bytes only the first difference is known, so they have no noise.
//
// Limits: kPlacesMax places of an endpoint; further ones count as faults. Array indexes are one place
// ("$.items[*].id"). Pure; not thread-safe.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/paired_comparison.h"

namespace banyan {

// The place with every array index replaced by [*].
std::string general_place(std::string_view place);

// Where and how two answers differ, as it is counted.
struct DifferentPlace {
  std::string place;  // general_place()
  std::string kind;   // "value", "type"
  auto operator<=>(const DifferentPlace&) const = default;
};
using PlaceSet = std::set<DifferentPlace>;

class FieldNoise {
 public:
  static constexpr std::size_t kPlacesMax = 200;
  static constexpr std::uint64_t kReplaysMin = 30;  // before anything is called noise
  static constexpr std::uint64_t kOneOf = 10;       // replays must differ there

  struct Field {
    std::uint64_t different = 0;  // comparisons of old and new that differed there
    std::uint64_t replayed = 0;   // replays, old against old, that did
    DiscordantPairs pairs;        // of those replays: only against the new side, or only against the old one
  };

  // The places that differed in one comparison, each once or more.
  void compared(const std::vector<DifferentPlace>& against_new);
  // One request of which the old side was asked twice.
  void replayed(const std::vector<DifferentPlace>& against_old, const std::vector<DifferentPlace>& against_new);

  bool learned() const { return replays_ >= kReplaysMin; }
  // What is noise as far as it is known now.
  PlaceSet noise() const;

  const std::map<DifferentPlace, Field>& fields() const { return fields_; }
  std::uint64_t replays() const { return replays_; }
  // As they were counted before a restart.
  void restore(std::map<DifferentPlace, Field> fields, std::uint64_t replays);

 private:
  Field* field(const DifferentPlace& place);

  std::uint64_t replays_ = 0;
  std::map<DifferentPlace, Field> fields_;
};

}  // namespace banyan
