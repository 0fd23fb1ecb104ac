// What a replay found, path by path: how often the two sides answered alike, and where they differed first.
//
// Paths stand without their queries, which may hold what nobody should read. Memory is bounded: the first 1,000 paths
// are counted each, further ones together; of each the first 8 places, each with its first pair of values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "answers/answer_comparer.h"
#include "replay/capture_reader.h"

namespace banyan {

struct ReplayPath {
  struct Place {
    std::string place;  // as AnswerDifference has it
    std::uint64_t count = 0;
    std::string old_side;
    std::string new_side;
  };
  std::uint64_t compared = 0;
  std::uint64_t different = 0;
  std::uint64_t failed = 0;   // not compared
  std::string first_failure;  // why
  std::vector<Place> places;
};

class ReplayReport {
 public:
  void add_compared(const CapturedRequest& request, const AnswerComparison& comparison);
  void add_failed(const CapturedRequest& request, const std::string& why);
  void add_skipped(std::uint64_t count = 1) { skipped_ += count; }
  // One that was sent without what had been masked in it.
  void add_masked() { ++masked_; }

  std::uint64_t compared() const { return compared_; }
  std::uint64_t different() const { return different_; }
  std::uint64_t failed() const { return failed_; }
  std::uint64_t skipped() const { return skipped_; }
  // Whether every request was compared and found equal.
  bool equal() const { return different_ == 0 && failed_ == 0; }

  // For the terminal; ends with the line of the sums, and one of what was masked.
  std::string table() const;
  // One object and a newline, as docs/replay.md lists its members.
  std::string json() const;

 private:
  ReplayPath& path_of(const CapturedRequest& request);

  std::map<std::string, ReplayPath> paths_;
  std::uint64_t compared_ = 0;
  std::uint64_t different_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t masked_ = 0;
};

}  // namespace banyan
