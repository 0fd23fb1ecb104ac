// Which builds one side answers with now: one, or several side by side while a deployment goes from instance to
// instance. Evidence is then about all of them together: "A, B".
//
// A build is there from its first answer on, for what it answers is not proven. It is gone when it was not seen for
// kKept and not among the last kAnswersKept answers: a side that is asked rarely does not lose a build that rests.
//
// Pure; not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace banyan {

class BuildWindow {
 public:
  static constexpr Duration kKept = std::chrono::seconds(1);
  static constexpr std::uint64_t kAnswersKept = 200;
  static constexpr std::size_t kBuildsMax = 4;  // at once; beyond, a build is no name of what answers

  BuildWindow() = default;
  // As label() was before a restart.
  BuildWindow(std::string_view label, TimePoint now);

  // One answer more, of a build that is told.
  void see(std::string_view build, TimePoint now);
  // In the order of the alphabet, with ", " between. "" where none was seen, or too many were.
  const std::string& label() const { return label_; }

 private:
  struct Seen {
    TimePoint at{};
    std::uint64_t answer = 0;  // its number
  };
  void forget(TimePoint now);
  void write_label();

  std::map<std::string, Seen, std::less<>> builds_;  // at most kBuildsMax + 1
  std::uint64_t answers_ = 0;
  std::string label_;
};

}  // namespace banyan
