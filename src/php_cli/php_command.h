// The commands under `banyan php`.
#pragma once

#include "cli/command.h"

namespace banyan {

// The group: parse, lint.
Command php_command();

Command php_parse_command();
Command php_lint_command();

}  // namespace banyan
