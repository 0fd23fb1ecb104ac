// A source with the fixes of rules put in, as often as they find something: `banyan php fix` and the rules' examples.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "php_rules/rule_set.h"

namespace banyan::php {

// One pass mends the outermost of fixes that lie in each other.
inline constexpr int kMendPassesMax = 50;

struct MendOptions {
  ParseOptions parse;
  bool with_unsafe = false;
};

struct Mended {
  std::string text;
  std::size_t applied = 0;  // fixes, over all passes
  bool settled = false;     // mending the text again changes nothing
};

// Findings that a comment lets pass are not fixed. The result is read again after each pass; where it has a syntax
// error that the source had not, that is an error that names the first and nothing is changed.
Result<Mended> mend(const RuleSet& rules, std::string_view source, const MendOptions& options);

}  // namespace banyan::php
