#include "migrate/migrate_command.h"

#include <cstdio>
#include <cstdlib>

#include "cli/table.h"
#include "migrate/apply.h"
#include "migrate/import.h"
#include "migrate/lint.h"
#include "runtime/runtime.h"

namespace banyan::migrate {
namespace {

const Option kDatabase = {.name = "database",
                          .value = "URL",
                          .about = "sqlite:FILE, postgresql://... or mariadb://... (the environment's DATABASE_URL)"};
const Option kFolder = {.name = "folder", .value = "FOLDER", .about = "where the migrations are (migrations)"};

Task<SqlResult<int>> apply_task(OpenDatabase open, std::string url, std::string folder, std::uint32_t to) {
  std::vector<Migration> files = co_await try_(read_migrations(folder));
  const std::unique_ptr<SqlDatabase> database = co_await try_(open(url));
  const std::vector<std::string> done = co_await try_(apply_migrations(*database, std::move(files), to));
  for (const std::string& file : done) std::printf("applied %s\n", file.c_str());
  if (done.empty()) std::printf("nothing to apply\n");
  co_return kExitDone;
}

Task<SqlResult<int>> status_task(OpenDatabase open, std::string url, std::string folder) {
  const std::vector<Migration> files = co_await try_(read_migrations(folder));
  const std::unique_ptr<SqlDatabase> database = co_await try_(open(url));
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
  const std::vector<Applied> applied = co_await try_(read_applied(*lease));
  Table table;
  table.add({"FILE", "APPLIED"});
  std::size_t waiting = 0;
  const std::int64_t newest = applied.empty() ? 0 : applied.back().version;
  for (const Applied& one : applied) table.add({one.file, one.applied_at});
  for (const Migration& file : files) {
    if (file.version <= newest) continue;
    table.add({file.file, "waits"});
    ++waiting;
  }
  std::fputs(table.text().c_str(), stdout);
  const std::vector<std::string> wrong = disagreements(files, applied);
  for (const std::string& sentence : wrong) std::printf("wrong: %s\n", sentence.c_str());
  co_return wrong.empty() && waiting == 0 ? kExitDone : kExitNegative;
}

Task<SqlResult<int>> import_task(OpenDatabase open, std::string url, std::string name_space) {
  const std::unique_ptr<SqlDatabase> database = co_await try_(open(url));
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
  const Catalogue catalogue = co_await try_(read_catalogue(*lease));
  std::fputs(entities_of(catalogue, lease->dialect(), name_space).c_str(), stdout);
  co_return kExitDone;
}

Task<int> report(const char* name, Task<SqlResult<int>> work) {
  const SqlResult<int> done = co_await std::move(work);
  if (done.ok()) co_return *done;
  std::fprintf(stderr, "%s: %s\n", name, done.error().text().c_str());
  co_return kExitBadUse;
}

int complain(const char* name, const Error& error) {
  std::fprintf(stderr, "%s: %s\n", name, error.text().c_str());
  return kExitBadUse;
}

int run_lint(const Arguments& arguments) {
  const std::string name = arguments.value_or("dialect", "postgres");
  SqlDialect dialect = SqlDialect::kPostgres;
  if (name == sql_dialect_name(SqlDialect::kSqlite)) dialect = SqlDialect::kSqlite;
  if (name == sql_dialect_name(SqlDialect::kMariadb)) dialect = SqlDialect::kMariadb;
  if (name != sql_dialect_name(dialect)) {
    return complain("migrate lint",
                    Error(ErrorCode::kInvalidArgument, "--dialect is sqlite, postgres or mariadb, and not " + name));
  }
  const std::string folder = folder_of(arguments);
  const Result<std::vector<Migration>> files = read_migrations(folder);
  if (!files.ok()) return complain("migrate lint", files.error());
  const Result<std::int64_t> from = arguments.integer("from", 1, 9999, 1);
  if (!from.ok()) return complain("migrate lint", from.error());
  std::size_t count = 0;
  for (const Migration& file : *files) {
    if (file.version < *from) continue;
    for (const LintFinding& finding : lint_sql(file.sql, dialect)) {
      const std::string rule(finding.rule);
      std::printf("%s/%s:%d: %s: %s\n", folder.c_str(), file.file.c_str(), finding.line, rule.c_str(),
                  finding.message.c_str());
      ++count;
    }
  }
  return count == 0 ? kExitDone : kExitNegative;
}

int run_checksums(const Arguments& arguments) {
  const Result<void> written = write_checksums(folder_of(arguments));
  return written.ok() ? kExitDone : complain("migrate checksums", written.error());
}

}  // namespace

std::string database_url(const Arguments& arguments) {
  const char* const from_environment = std::getenv("DATABASE_URL");
  return arguments.value_or("database", from_environment == nullptr ? "" : from_environment);
}

std::string folder_of(const Arguments& arguments) { return arguments.value_or("folder", "migrations"); }

int run_task(const char* name, Task<SqlResult<int>> work) {
  // What is computed here is small, and nobody else is kept waiting.
  return run({.workers = 1, .stall_threshold = std::chrono::seconds(1)}, report(name, std::move(work)));
}

int run_apply(const Arguments& arguments, OpenDatabase open) {
  const Result<std::int64_t> to = arguments.integer("to", 1, 9999, 0);
  if (!to.ok()) return complain("migrate apply", to.error());
  return run_task("migrate apply",
                  apply_task(open, database_url(arguments), folder_of(arguments), static_cast<std::uint32_t>(*to)));
}

int run_status(const Arguments& arguments, OpenDatabase open) {
  return run_task("migrate status", status_task(open, database_url(arguments), folder_of(arguments)));
}

int run_import(const Arguments& arguments, OpenDatabase open) {
  return run_task("migrate import", import_task(open, database_url(arguments), arguments.value_or("namespace", "app")));
}

Command diff_command(int (*run)(const Arguments&)) {
  return {.name = "diff",
          .summary = "plan what a database lacks to be as the entities say",
          .description =
              "Without NAME it prints the plan, and exit code 1 says that there is one; with it, the plan becomes the "
              "next version. Steps that destroy something are refused without --destructive.",
          .options = {kDatabase, kFolder, {.name = "destructive", .about = "allow steps that destroy something"}},
          .positionals = {{.name = "NAME", .about = "of the new version: add_orders", .required = false}},
          .run = run};
}

Command migrate_command(const DatabaseCommands& commands) {
  return {
      .name = "migrate",
      .summary = "bring a database's schema from version to version",
      .description =
          "Migrations are files NNNN_name.sql in a folder, with their SHA-256 in its file `checksums`. "
          "What was applied is in the table banyan_migrations.",
      .commands = {
          {.name = "apply",
           .summary = "apply the versions a database lacks",
           .options = {kDatabase, kFolder, {.name = "to", .value = "VERSION", .about = "stop behind this one"}},
           .run = commands.apply},
          {.name = "status",
           .summary = "show what was applied and what waits",
           .description = "Exit code 1 if something waits, or files and database disagree.",
           .options = {kDatabase, kFolder},
           .run = commands.status},
          {.name = "lint",
           .summary = "name statements that are dangerous on a database in use",
           .description = "Exit code 1 if there are any. A comment `-- lint: allow RULE` before a statement says that "
                          "somebody has thought about it.",
           .options = {kFolder,
                       {.name = "dialect", .value = "NAME", .about = "sqlite, postgres or mariadb (postgres)"},
                       {.name = "from", .value = "VERSION", .about = "leave out older ones"}},
           .run = run_lint},
          {.name = "import",
           .summary = "print entities of the ORM for the tables there are",
           .options = {kDatabase, {.name = "namespace", .value = "NAME", .about = "of the structs (app)"}},
           .run = commands.import},
          {.name = "checksums",
           .summary = "accept the files as they are",
           .options = {kFolder},
           .run = run_checksums}}};
}

}  // namespace banyan::migrate
