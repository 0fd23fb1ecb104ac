// The commands under `banyan php`.
#pragma once

#include "cli/command.h"

namespace banyan {

// The group of them all.
Command php_command();

Command php_parse_command();
Command php_lint_command();
Command php_check_command();
Command php_fix_command();
Command php_rules_command();
Command php_explain_command();
Command php_report_command();
Command php_convert_command();
Command php_mount_command();
Command php_verify_command();
Command php_lsp_command();

}  // namespace banyan
