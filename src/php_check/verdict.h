// The codes that say why a function cannot be converted as it is, or only with a look at it.
//
// Codes are stable: reports, baselines and people refer to them. A code with a colon carries a name:
// "builtin-missing:dl".
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace banyan::php {

struct VerdictCode {
  std::string_view code;
  bool refuses = false;  // else: to be reviewed
  std::string_view title;
  std::string_view explanation;  // one paragraph: what it is, why it matters, what to do
};

// All of them, in order of code.
std::span<const VerdictCode> verdict_codes();
// The explanation of a code, with or without its subject; none for a code that does not exist.
const VerdictCode* find_verdict_code(std::string_view code);

}  // namespace banyan::php
