// What was found out about each function, and how it is shown: JSON for programs, one page for people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "php_verify/workspace.h"

namespace banyan::php {

enum class VerifyState : std::uint8_t {
  kEqual,      // every input that PHP answered was answered alike
  kDifferent,  // at least one was not
  kStopped,    // the converted program said that it would rather stop; nothing differs
  kUndecided,  // PHP itself answered no input within its limits
  kNotRun,     // cannot be called on its own; see the reason
  kRefused,    // was not converted
  kUnbuilt,    // the compiler does not take its file
};
// "equal", "different"...
std::string_view verify_state_name(VerifyState state);

// An input that both sides answer differently, or where the converted side stops, as small as it could be made.
struct Counterexample {
  std::string call;  // as PHP would write it
  std::string php;   // what each side did
  std::string converted;
  std::size_t steps = 0;       // by which it was made smaller
  bool after_earlier = false;  // it differs only after the calls before it
  bool is_slow = false;        // the converted side gave no answer in time, which is all that differs
};

struct FunctionEvidence {
  std::string name;
  std::size_t file = 0;
  VerifyState state = VerifyState::kNotRun;
  std::string reason;  // a stable code where it was not run
  std::string why;     // and what about it
  bool dynamic = false;
  std::uint32_t line = 1, end_line = 1;                      // of PHP
  std::uint32_t converted_line = 0, converted_end_line = 0;  // 0 where there is none
  std::size_t inputs = 0;                                    // different ones that were tried
  std::size_t compared = 0;                                  // that PHP answered
  std::size_t differing = 0;                                 // of those
  std::size_t stopped = 0;                                   // of those
  std::optional<Counterexample> example;
};

struct Evidence {
  std::string language = "go";  // converted to, as reports have it
  std::string title = "Go";     // and as people have it
  std::string php;              // its version
  Build build;
  std::uint64_t seed = 0;
  std::size_t inputs = 0;  // asked for
  std::vector<VerifiedFile> files;
  std::vector<FunctionEvidence> functions;  // in order of file and line

  std::size_t count(VerifyState state) const;
};

std::string evidence_json(const Evidence& evidence);
// One page that needs no network; the JSON is in it.
std::string evidence_page(const Evidence& evidence);

}  // namespace banyan::php
