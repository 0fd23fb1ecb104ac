// For this module's tests: databases of each kind, and plans for them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mariadb/mariadb_database.h"
#include "mariadb/mariadb_server_test.h"
#include "migrate/apply.h"
#include "migrate/open_database.h"
#include "orm_migrate/plan.h"
#include "postgres/postgres_database.h"
#include "postgres/test_server.h"
#include "runtime/runtime.h"

namespace banyan::orm {

inline Task<SqlResult<Plan>> plan_for(SqlDatabase& database, std::vector<const TableInfo*> tables) {
  SqlLease lease = co_await try_(database.acquire(SqlAccess::kWrite));
  const migrate::Catalogue live = co_await try_(migrate::read_catalogue(*lease));
  const migrate::Catalogue wanted = co_await try_(wanted_catalogue(*lease, tables));
  co_return make_plan(lease->dialect(), live, wanted, tables);
}

inline Task<SqlResult<void>> execute(SqlDatabase& database, std::string sql) {
  SqlLease lease = co_await try_(database.acquire(SqlAccess::kWrite));
  (void)co_await try_(lease->execute(sql));
  co_return {};
}

namespace detail {
inline Task<int> note(Task<SqlResult<void>> work, std::string* error) {
  const SqlResult<void> done = co_await std::move(work);
  if (!done.ok()) *error = done.error().text();
  co_return 0;
}
}  // namespace detail
// The error `work` ends with, or "".
inline std::string error_of(Task<SqlResult<void>> work) {
  std::string error;
  (void)run({.workers = 1, .stall_threshold = std::chrono::seconds(60)}, detail::note(std::move(work), &error));
  return error;
}

// A database of the server, made for this.
inline Task<SqlResult<std::unique_ptr<PostgresDatabase>>> postgres_database(std::string name) {
  PostgresOptions options = TestPostgres::instance()->options();
  auto postgres = co_await try_(PostgresDatabase::open(options));
  co_await try_(execute(*postgres, "CREATE DATABASE " + name));
  options.database = name;
  co_return co_await try_(PostgresDatabase::open(options));
}
inline Task<SqlResult<std::unique_ptr<MariadbDatabase>>> mariadb_database(std::string name) {
  MariadbOptions options = TestMariadb::instance()->options();
  auto mariadb = co_await try_(MariadbDatabase::open(options));
  co_await try_(execute(*mariadb, "CREATE DATABASE " + name));
  options.database = name;
  co_return co_await try_(MariadbDatabase::open(options));
}

}  // namespace banyan::orm
