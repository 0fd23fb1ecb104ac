// Time, of which there are two kinds that must not be mixed: steady time, which only moves forward and measures how
// long things take, and wall time, which people and other machines understand and which may jump.
//
// Code that waits or measures takes its TimePoint from its caller or from the runtime's environment, so that a
// simulated clock can stand in; steady_now() is for the edges (programs, tests, benchmarks).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace banyan {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

// Later than any deadline. Adding to it overflows: compare first.
inline constexpr TimePoint kNever = TimePoint::max();

inline TimePoint steady_now() { return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now()); }
inline WallTime wall_now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

// The length of every text below: "2026-11-22T23:46:38.123Z", RFC 3339 in UTC with milliseconds.
inline constexpr std::size_t kRfc3339Bytes = 24;

// Writes exactly kRfc3339Bytes bytes, without a terminating zero. Years 0000 to 9999; others are clamped.
void write_rfc3339(WallTime time, char* out);
std::string rfc3339(WallTime time);

// Writes the same text but works out the calendar only when the second changes: about 5 ns a call in place of 60. Not
// safe to share between threads: keep one for each.
class Rfc3339Cache {
 public:
  // The view lives until the next call.
  std::string_view format(WallTime time);

 private:
  std::int64_t second_ = INT64_MIN;
  char text_[kRfc3339Bytes] = {};
};

}  // namespace banyan
