// The commands apply, status, lint, import and checksums, for programs that can open databases.
#pragma once

#include <memory>
#include <string>

#include "cli/command.h"
#include "migrate/migration_folder.h"
#include "sql/sql_database.h"

namespace banyan::migrate {

// Opens the database of a URL; kInvalid says which URLs it takes.
using OpenDatabase = Task<SqlResult<std::unique_ptr<SqlDatabase>>> (*)(std::string url);

int run_apply(const Arguments& arguments, OpenDatabase open);
int run_status(const Arguments& arguments, OpenDatabase open);
int run_lint(const Arguments& arguments);
int run_import(const Arguments& arguments, OpenDatabase open);
int run_checksums(const Arguments& arguments);

// What the commands share: --database, or the environment's DATABASE_URL, and --folder (migrations).
std::string database_url(const Arguments& arguments);
std::string folder_of(const Arguments& arguments);
// Runs `work` on a runtime of its own; an error goes to standard error, and is exit code 2.
int run_task(const char* name, Task<SqlResult<int>> work);
// The group `migrate` with these commands; a program adds its own.
Command migrate_group();
Command migrate_subcommand(std::string_view name, int (*run)(const Arguments&));

template <OpenDatabase Open>
Command migrate_command() {
  Command group = migrate_group();
  group.commands = {
      migrate_subcommand("apply", [](const Arguments& arguments) { return run_apply(arguments, Open); }),
      migrate_subcommand("status", [](const Arguments& arguments) { return run_status(arguments, Open); }),
      migrate_subcommand("lint", run_lint),
      migrate_subcommand("import", [](const Arguments& arguments) { return run_import(arguments, Open); }),
      migrate_subcommand("checksums", run_checksums)};
  return group;
}

}  // namespace banyan::migrate
