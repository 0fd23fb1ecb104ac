// How one side of a route that migrates answers: counts since the start, and times of its latest answers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace banyan {

// Not thread-safe. Bounded: kKept times.
class AnswerTimes {
 public:
  static constexpr std::size_t kKept = 512;

  void add(Duration took, bool failed) {
    if (took == Duration{}) {
      // not known
    } else if (took_.size() < kKept) {
      took_.push_back(took);
    } else {
      took_[answers_ % kKept] = took;
    }
    ++answers_;
    errors_ += failed ? 1 : 0;
  }
  // Of the times kept; zero where there are none. `share` from 0 to 1.
  Duration quantile(double share) const {
    if (took_.empty()) return Duration{};
    std::vector<Duration> sorted = took_;
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(rank), sorted.end());
    return sorted[rank];
  }
  std::uint64_t answers() const { return answers_; }
  std::uint64_t errors() const { return errors_; }

 private:
  std::vector<Duration> took_;  // a ring once it is full
  std::uint64_t answers_ = 0;
  std::uint64_t errors_ = 0;
};

}  // namespace banyan
