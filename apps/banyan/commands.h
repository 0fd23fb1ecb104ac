// The commands of the program, each in its own file.
#pragma once

#include "cli/command.h"

namespace banyan {

Command capture_command();
Command check_command();
Command colour_command();
Command diff_command();
Command gateway_command();
Command hold_command();
Command import_command();
Command ledger_command();
Command migrate_command();
Command profile_command();
Command promote_command();
Command release_command();
Command replay_command();
Command report_command();
Command retire_command();
Command rollback_command();
Command status_command();
Command tasks_command();
Command new_command();
Command version_command();

}  // namespace banyan
