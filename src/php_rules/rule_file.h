// Rules as YAML: reading them, and refusing bad ones with line, column and what to do.
//
//   version: 1
//   rules:
//     - id: upgrade.each
//       severity: error
//       php: ">=8.0"
//       message: each() does not exist since PHP 8.0
//       match: each($ARRAY)
//       examples:
//         bad: ["while (list($k, $v) = each($a)) {}"]
//         good: ["foreach ($a as $k => $v) {}"]
//
// The keys are one table (rule_file.cpp) that the reader and the manual are made from. Limits: 1 MiB of YAML, kRulesMax
// rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "php_rules/rule.h"

namespace banyan::php {

inline constexpr std::size_t kRulesMax = 2000;

// The rules that are sound, in order. `diagnostics` says what is wrong with the others: with any error the file is
// refused by whoever asked. Patterns are parsed, metavariables resolved, examples counted; running the examples is
// rule_examples.h.
std::vector<Rule> parse_rules(std::string_view yaml, Diagnostics& diagnostics);
// The same for rules that are known to be sound: no more than the keys and their types is looked at.
std::vector<Rule> read_rules(std::string_view yaml, Diagnostics& diagnostics);

// Where in the YAML a place in the pattern is: exact for a pattern on one line.
SourcePosition place_in(const PatternText& pattern, std::uint32_t offset);

// The keys of rules and of conditions as tables in Markdown.
std::string rules_reference();

}  // namespace banyan::php
