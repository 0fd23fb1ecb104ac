// `NAME migrate apply|status|lint|import|checksums`: what needs nothing but files and a database.
#pragma once

#include <string>

#include "cli/command.h"
#include "sql/sql_database.h"

namespace banyan::migrate {

// The group `migrate` with these commands; a program that knows its entities adds diff.
Command migrate_command();

// The command `diff` but for what runs it, for those who have one.
Command diff_command(int (*run)(const Arguments&));

// What the commands share: --database, or the environment's DATABASE_URL, and --folder (migrations).
std::string database_url(const Arguments& arguments);
std::string folder_of(const Arguments& arguments);
// Runs `work` on a runtime of its own; an error goes to standard error, and is exit code 2.
int run_task(const char* name, Task<SqlResult<int>> work);

}  // namespace banyan::migrate
