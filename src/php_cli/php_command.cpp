#include "php_cli/php_command.h"

namespace banyan {

Command php_command() {
  return {.name = "php",
          .summary = "read PHP: syntax trees and errors, for PHP 5.6 to 8.5",
          .commands = {php_parse_command(), php_lint_command()}};
}

}  // namespace banyan
