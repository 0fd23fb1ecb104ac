#include "php_cli/php_command.h"

namespace banyan {

Command php_command() {
  return {.name = "php",
          .summary = "read PHP, check it, mend it, plan its migration, convert it and verify that, for PHP 5.6 to 8.5",
          .commands = {
              php_parse_command(),
              php_lint_command(),
              php_check_command(),
              php_fix_command(),
              php_rules_command(),
              php_explain_command(),
              php_report_command(),
              php_convert_command(),
              php_mount_command(),
              php_verify_command(),
              php_lsp_command(),
          }};
}

}  // namespace banyan
