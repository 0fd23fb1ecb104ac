// How far long work has come, drawn on one line of the terminal at most ten times a second:
//   parsing  [#########-----------]  45%  1350/3000
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "base/clock.h"

namespace banyan {

class ProgressBar {
 public:
  // Draws nothing unless `out` is a terminal, so that logs and pipes stay clean.
  ProgressBar(std::string label, std::uint64_t total, std::FILE* out = stderr);
  // Removes the bar, so that what is printed next starts on a clean line.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // `done` of the total; more counts as all.
  void update(std::uint64_t done) { update(done, steady_now()); }
  void update(std::uint64_t done, TimePoint now);

 private:
  std::string label_;
  std::uint64_t total_;
  std::FILE* out_;
  bool enabled_;
  bool drawn_ = false;
  TimePoint next_ = TimePoint::min();
};

// The line itself, without control characters.
std::string progress_line(const std::string& label, std::uint64_t done, std::uint64_t total);

}  // namespace banyan
