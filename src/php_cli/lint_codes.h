// What stands behind the codes of the front end and of the check itself.
#pragma once

#include <vector>

#include "php_findings/finding.h"

namespace banyan {

// In order of code. Errors of grammar and compiler are explained by what they concern.
std::vector<php::CodeInfo> lint_codes();

}  // namespace banyan
