// Runs the examples beside rules: each bad one must be found by its rule, no good one, and fixing a bad one must give
// the fixed one.
#pragma once

#include <span>
#include <string>

#include "base/diagnostic.h"
#include "php_rules/rule.h"

namespace banyan::php {

// An error for each example that is not as it should be, at its place in the rules' file. Examples are read as the
// version nearest to 8.2 that the rule concerns, and must be PHP of it.
void run_examples(std::span<const Rule> rules, Diagnostics& diagnostics);

// The version a rule's examples are read as.
PhpVersion example_version(const Rule& rule);

}  // namespace banyan::php
