#include "orm_migrate/orm_migrate.h"

#include <cstdio>

#include "migrate/apply.h"
#include "migrate/open_database.h"
#include "orm_migrate/plan.h"

namespace banyan::orm {
namespace {

struct DiffOptions {
  std::string url;
  std::string folder;
  std::string name;  // empty: the plan is only shown
  bool destructive = false;
};

// Files that the database lacks would be planned a second time.
Task<SqlResult<void>> check_applied(SqlConnection& connection, std::string folder) {
  Result<std::vector<migrate::Migration>> files = migrate::read_migrations(folder);
  if (!files.ok() && files.error().code() == ErrorCode::kNotFound) co_return {};
  if (!files.ok()) co_return std::move(files).error();
  const std::vector<migrate::Applied> applied = co_await try_(migrate::read_applied(connection));
  const std::vector<std::string> wrong = migrate::disagreements(*files, applied);
  if (!wrong.empty()) co_return SqlError(SqlErrorKind::kConflict, wrong[0]);
  const std::int64_t newest = applied.empty() ? 0 : applied.back().version;
  if (files->empty() || files->back().version <= newest) co_return {};
  co_return SqlError(SqlErrorKind::kConflict, files->back().file + " is not applied to this database yet: apply first");
}

int show(const Plan& plan, const DiffOptions& options) {
  bool refused = !plan.refused.empty();
  for (const std::string& sentence : plan.refused) std::fprintf(stderr, "migrate diff: %s\n", sentence.c_str());
  for (const PlanStep& step : plan.steps) {
    if (step.destroys.empty() || options.destructive) continue;
    std::fprintf(stderr, "migrate diff: refused, since it destroys %s; --destructive allows it\n",
                 step.destroys.c_str());
    refused = true;
  }
  if (refused) return kExitBadUse;
  if (plan.empty()) {
    std::printf("the database is as the entities say\n");
    return kExitDone;
  }
  const std::string sql = plan.sql();
  if (options.name.empty()) {
    std::fputs(sql.c_str(), stdout);
    return kExitNegative;
  }
  const Result<std::string> file = migrate::add_migration(options.folder, options.name, sql);
  if (!file.ok()) {
    std::fprintf(stderr, "migrate diff: %s\n", file.error().text().c_str());
    return kExitBadUse;
  }
  std::printf("wrote %s/%s\n", options.folder.c_str(), file->c_str());
  return kExitDone;
}

Task<SqlResult<int>> diff_task(DiffOptions options, std::vector<const TableInfo*> tables) {
  const std::unique_ptr<SqlDatabase> database = co_await try_(migrate::open_database(options.url));
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kWrite));
  co_await try_(check_applied(*lease, options.folder));
  const migrate::Catalogue live = co_await try_(migrate::read_catalogue(*lease));
  const migrate::Catalogue wanted = co_await try_(wanted_catalogue(*lease, tables));
  co_return show(make_plan(lease->dialect(), live, wanted, tables), options);
}

}  // namespace

namespace detail {

int run_diff(const Arguments& arguments, std::vector<const TableInfo*> tables) {
  DiffOptions options{migrate::database_url(arguments), migrate::folder_of(arguments), arguments.value_or("NAME", ""),
                      arguments.flag("destructive")};
  return migrate::run_task("migrate diff", diff_task(std::move(options), std::move(tables)));
}

}  // namespace detail

}  // namespace banyan::orm
