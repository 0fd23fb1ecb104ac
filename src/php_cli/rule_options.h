// The rules a command works with: the built-in ones and the user's own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "php_findings/finding.h"
#include "php_rules/rule.h"

namespace banyan {

// --rules FILE, --level N.
std::vector<Option> rule_options();

// The built-in rules and those of every --rules FILE, in order of id. A mistake in a file is printed to standard error
// with its line and column, and is an error, as is an id that is taken.
Result<std::vector<php::Rule>> load_rules(const Arguments& arguments);
// Only those of one file.
Result<std::vector<php::Rule>> load_rule_file(const std::string& path);

// --level N.
Result<int> level_of(const Arguments& arguments);

// What is known of every code: rules, and what the front end and the check itself report. In order of code.
std::vector<php::CodeInfo> known_codes(const std::vector<php::Rule>& rules);

}  // namespace banyan
