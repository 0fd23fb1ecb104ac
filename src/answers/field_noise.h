// Tells fields that never agree (timestamps, random ids) from fields that the new side gets wrong.
//
// The problem: some fields differ even when the old side is asked twice. A list of them kept by hand is never whole,
// and a fixed share of "allowed noise" hides faults. The idea: a part of the requests is asked of the old side twice
// (only safe requests can be). A field is noise when it differs there, and does not differ significantly more often
// between old and new: two proportions, held against each other by Fisher's exact test, one-sided. With many fields
// some would seem significant by chance, so the level of 5 % is shared among all that have noise (Bonferroni): in at
// most one endpoint of twenty is any noise at all taken for a fault.
//
// What cannot be seen: a field that always differs by itself says nothing about the new side. Such fields are shown, to
// be looked at once by a person.
//
// Limits: kFieldsMax fields of an endpoint; further ones count as faults. Array indexes are one place
// ("$.items[*].id"). Pure; not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace banyan {

// The place with every array index replaced by [*].
std::string general_place(std::string_view place);

// The probability of at least `hits` among `draws`, where of `draws + other_draws` in all `hits + other_hits` are
// marked: how surprising it is that the first group has so many (Fisher, 1934).
double fisher_upper_tail(std::uint64_t hits, std::uint64_t draws, std::uint64_t other_hits, std::uint64_t other_draws);

class FieldNoise {
 public:
  static constexpr std::size_t kFieldsMax = 1'000;
  static constexpr std::uint64_t kReplaysMin = 20;  // of the old side against itself, before anything is called noise

  struct Field {
    std::uint64_t replayed = 0;  // old against old: how often it differed
    std::uint64_t compared = 0;  // old against new
  };

  // The places that differed in one comparison, each once or more.
  void replayed(const std::vector<std::string>& places) {
    ++replays_;
    count(places, &Field::replayed);
  }
  void compared(const std::vector<std::string>& places) {
    ++comparisons_;
    count(places, &Field::compared);
  }

  bool is_noise(std::string_view place) const;
  // Whether these differences are all noise: the answers then agree.
  bool all_noise(const std::vector<std::string>& places) const;

  // By general place.
  const std::map<std::string, Field, std::less<>>& fields() const { return fields_; }
  std::uint64_t replays() const { return replays_; }
  std::uint64_t comparisons() const { return comparisons_; }

 private:
  void count(const std::vector<std::string>& places, std::uint64_t Field::* counter);

  std::uint64_t replays_ = 0;
  std::uint64_t comparisons_ = 0;
  std::size_t noisy_fields_ = 0;  // that differed in a replay
  std::map<std::string, Field, std::less<>> fields_;
};

}  // namespace banyan
