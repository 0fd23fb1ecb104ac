// `NAME migrate apply|status|lint|import|checksums`: what needs nothing but files and a database.
#pragma once

#include <memory>
#include <string>

#include "cli/command.h"
#include "sql/sql_database.h"

namespace banyan::migrate {

// The group `migrate` with these commands, on every database (open_database.h). A program that knows its entities adds
// diff.
Command migrate_command();

// The same for a program without all the clients: what runs the commands that need one.
struct DatabaseCommands {
  int (*apply)(const Arguments&) = nullptr;
  int (*status)(const Arguments&) = nullptr;
  int (*import)(const Arguments&) = nullptr;
};
Command migrate_command(const DatabaseCommands& commands);
// Opens the database of a URL; kInvalid says which URLs it takes.
using OpenDatabase = Task<SqlResult<std::unique_ptr<SqlDatabase>>> (*)(std::string url);
int run_apply(const Arguments& arguments, OpenDatabase open);
int run_status(const Arguments& arguments, OpenDatabase open);
int run_import(const Arguments& arguments, OpenDatabase open);

// The command `diff` but for what runs it, for those who have one.
Command diff_command(int (*run)(const Arguments&));

// What the commands share: --database, or the environment's DATABASE_URL, and --folder (migrations).
std::string database_url(const Arguments& arguments);
std::string folder_of(const Arguments& arguments);
// Runs `work` on a runtime of its own; an error goes to standard error, and is exit code 2.
int run_task(const char* name, Task<SqlResult<int>> work);

}  // namespace banyan::migrate
