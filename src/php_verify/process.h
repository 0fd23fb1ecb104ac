// Programs run beside this one: with what they say kept, and killed when they take too long or too much.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace banyan::php {

struct RunResult {
  int status = 0;  // of exit, or 128 and the signal's number
  bool timed_out = false;
  std::string output;  // both streams, at most kOutputBytesMax of it
  static constexpr std::size_t kOutputBytesMax = 4 << 20;
};

// Runs a program to its end in the folder. An error where it cannot be started.
Result<RunResult> run_program(const std::vector<std::string>& argv, const std::string& folder, Duration time_limit);

struct CallLimits {
  Duration processor_time = std::chrono::milliseconds(1000);  // of one call, all threads together
  Duration wall_time = std::chrono::seconds(60);              // of a call that waits, or of a busy machine
};

enum class CallEnd : std::uint8_t { kAnswered, kTime, kMemory, kDied, kNotMade };

struct CallAnswer {
  CallEnd end = CallEnd::kNotMade;
  std::string text;  // the answer; of kDied, the last the program said
};

struct Harness {
  std::vector<std::string> argv;  // the program and what goes before PLAN
  std::string plan;               // paths, see harness/harness.php
  std::string calls;
  std::string log;                                      // where its standard output and error go; replaced
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;  // 0: as much as it likes
};

// Makes the calls of the file in order, in as few processes as there can be: one that ends is started again for the
// calls behind the one that ended it, at most `deaths_max` times; what is left then is kNotMade. An error where it
// could not load the code, with what it said.
Result<std::vector<CallAnswer>> make_calls(const Harness& harness, std::size_t count, std::size_t deaths_max,
                                           const CallLimits& limits);

}  // namespace banyan::php
