// The rules that come with the program: src/php_rules/rules/*.yaml, part of the program.
#pragma once

#include <vector>

#include "php_rules/rule.h"

namespace banyan::php {

// All of them, in order of id. Read once; a mistake in them would be a fault of the program and ends it.
const std::vector<Rule>& builtin_rules();

}  // namespace banyan::php
