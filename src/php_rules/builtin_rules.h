// The rules that come with the program: src/php_rules/rules/*.yaml, compiled in.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "php_rules/rule.h"

namespace banyan::php {

inline constexpr std::size_t kBuiltinRuleFiles = 4;
extern const std::string_view kBuiltinRules[kBuiltinRuleFiles];

// All of them, in order of id. Read once; a mistake in them would be a fault of the program and ends it.
const std::vector<Rule>& builtin_rules();

}  // namespace banyan::php
