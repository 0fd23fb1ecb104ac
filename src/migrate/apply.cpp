#include "migrate/apply.h"

#include <algorithm>

#include "migrate/sql_script.h"
#include "migrate/text_rows.h"
#include "runtime/env.h"
#include "runtime/scope.h"
#include "runtime/wait.h"

namespace banyan::migrate {
namespace {

// A lock of the session's, which all who apply to one database wait for; the name is any, as long as it is the same.
// PostgreSQL's is of the database, MariaDB's of the server. SQLite has none: there a transaction is one.
constexpr std::string_view kPostgresLock = "SELECT pg_try_advisory_lock(8301734229)";
constexpr std::string_view kPostgresUnlock = "SELECT pg_advisory_unlock(8301734229)";
constexpr std::string_view kMariadbLock = "SELECT GET_LOCK(CONCAT('banyan_migrate.', MD5(DATABASE())), 86400)";
constexpr std::string_view kMariadbUnlock = "SELECT RELEASE_LOCK(CONCAT('banyan_migrate.', MD5(DATABASE())))";

constexpr Duration kLockPause = std::chrono::milliseconds(100);
// How long undoing may take once there is no more time.
constexpr Duration kCleanUp = std::chrono::seconds(5);

std::string_view create_bookkeeping(SqlDialect dialect) {
  if (dialect == SqlDialect::kMariadb) {
    return "CREATE TABLE IF NOT EXISTS banyan_migrations (version INT PRIMARY KEY, file VARCHAR(255) NOT NULL, "
           "checksum CHAR(64) NOT NULL, applied_at VARCHAR(32) NOT NULL)";
  }
  return "CREATE TABLE IF NOT EXISTS banyan_migrations (version INTEGER PRIMARY KEY, file TEXT NOT NULL, checksum TEXT "
         "NOT NULL, applied_at TEXT NOT NULL)";
}

std::string_view insert_applied(SqlDialect dialect) {
  return dialect == SqlDialect::kPostgres
             ? "INSERT INTO banyan_migrations (version, file, checksum, applied_at) VALUES ($1, $2, $3, $4)"
             : "INSERT INTO banyan_migrations (version, file, checksum, applied_at) VALUES (?, ?, ?, ?)";
}

std::string place_of(SqlDialect dialect, const Migration& migration, const SqlStatement& statement, bool first) {
  std::string place = migration.file + ":" + std::to_string(statement.line);
  if (first || (dialect != SqlDialect::kMariadb && !migration.without_transaction())) return place;
  return place + " (the statements before it in this file have been done and stay)";
}

Task<SqlResult<void>> run_statements(SqlConnection& connection, const Migration& migration) {
  bool first = true;
  for (const SqlStatement& statement : split_sql(migration.sql)) {
    SqlResult<SqlOutcome> done = co_await connection.execute(statement.text);
    if (!done.ok()) {
      SqlError error = std::move(done).error();
      co_return std::move(error).add_context(place_of(connection.dialect(), migration, statement, first));
    }
    first = false;
  }
  co_return {};
}

Task<SqlResult<void>> note(SqlConnection& connection, const Migration& migration) {
  const std::string when = rfc3339(WallTime(Duration(current_env().wall_nanoseconds())));
  const std::vector<SqlValue> values{std::int64_t{migration.version}, migration.file, migration.checksum, when};
  (void)co_await try_(connection.execute(insert_applied(connection.dialect()), values));
  co_return {};
}

// A table that is made anew under its name must not take with it the rows that refer to it, so SQLite looks at foreign
// keys once, at the end.
Task<SqlResult<void>> check_foreign_keys(SqlConnection& connection, const Migration& migration) {
  if (connection.dialect() != SqlDialect::kSqlite) co_return {};
  TextRows broken;
  (void)co_await try_(connection.execute("PRAGMA foreign_key_check", {}, &broken));
  if (broken.rows.empty()) co_return {};
  co_return SqlError(SqlConstraintKind::kForeignKey, "",
                     migration.file + ": afterwards rows of " + broken.rows[0][0] + " refer to rows of " +
                         broken.rows[0][2] + " that are not there");
}

// Whether somebody has applied it since the list was read: with SQLite that can be.
Task<SqlResult<bool>> applied_meanwhile(SqlConnection& connection, const Migration& migration) {
  for (const Applied& one : co_await try_(read_applied(connection))) {
    if (one.version == migration.version && one.checksum == migration.checksum) co_return true;
    if (one.version < migration.version) continue;
    co_return SqlError(SqlErrorKind::kConflict, one.file + " was applied meanwhile by somebody who has other files");
  }
  co_return false;
}

// False: there was nothing to do.
Task<SqlResult<bool>> run_in_transaction(SqlConnection& connection, const Migration& migration) {
  if (co_await try_(applied_meanwhile(connection, migration))) co_return false;
  co_await try_(run_statements(connection, migration));
  co_await try_(check_foreign_keys(connection, migration));
  co_await try_(note(connection, migration));
  co_return true;
}

Task<SqlResult<bool>> apply_one(SqlConnection& connection, const Migration& migration) {
  if (migration.without_transaction()) {
    co_await try_(run_statements(connection, migration));
    co_await try_(note(connection, migration));
    co_return true;
  }
  co_await try_(connection.begin({}));
  SqlResult<bool> done = co_await run_in_transaction(connection, migration);
  if (done.ok()) {
    co_await try_(connection.commit());
  } else if (connection.in_transaction()) {
    (void)co_await shielded(time_after(kCleanUp), connection.rollback());
  }
  co_return done;
}

Task<SqlResult<std::vector<std::string>>> apply_all(SqlConnection& connection, const std::vector<Migration>& files,
                                                    std::uint32_t to) {
  const std::vector<Applied> applied = co_await try_(read_applied(connection));
  if (const std::vector<std::string> wrong = disagreements(files, applied); !wrong.empty()) {
    co_return SqlError(SqlErrorKind::kConflict, wrong[0]);
  }
  const std::int64_t newest = applied.empty() ? 0 : applied.back().version;
  std::vector<std::string> done;
  for (const Migration& migration : files) {
    if (migration.version <= newest || (to != 0 && migration.version > to)) continue;
    if (co_await try_(apply_one(connection, migration))) done.push_back(migration.file);
  }
  co_return done;
}

// Asked for again and again: who waits for it within a statement has a snapshot, for whose end CREATE INDEX
// CONCURRENTLY of the one who holds the lock would wait in turn.
Task<SqlResult<void>> take_postgres_lock(SqlConnection& connection) {
  for (;;) {
    TextRows taken;
    (void)co_await try_(connection.execute(kPostgresLock, {}, &taken));
    if (taken.rows.size() == 1 && taken.rows[0][0] == "1") co_return {};
    co_await try_(co_await sleep_for(kLockPause));
  }
}

Task<SqlResult<void>> take_mariadb_lock(SqlConnection& connection) {
  TextRows taken;
  (void)co_await try_(connection.execute(kMariadbLock, {}, &taken));
  if (taken.rows.size() == 1 && taken.rows[0][0] == "1") co_return {};
  co_return SqlError(SqlErrorKind::kConflict, "the lock of those who apply migrations was not to be had");
}

Task<SqlResult<void>> before_all(SqlConnection& connection) {
  const SqlDialect dialect = connection.dialect();
  if (dialect == SqlDialect::kPostgres) co_await try_(take_postgres_lock(connection));
  if (dialect == SqlDialect::kMariadb) co_await try_(take_mariadb_lock(connection));
  if (dialect == SqlDialect::kSqlite) (void)co_await try_(connection.execute("PRAGMA foreign_keys = OFF"));
  (void)co_await try_(connection.execute(create_bookkeeping(dialect)));
  co_return {};
}

Task<SqlResult<void>> after_all(SqlConnection& connection) {
  const SqlDialect dialect = connection.dialect();
  if (dialect == SqlDialect::kPostgres) (void)co_await try_(connection.execute(kPostgresUnlock));
  if (dialect == SqlDialect::kMariadb) (void)co_await try_(connection.execute(kMariadbUnlock));
  if (dialect == SqlDialect::kSqlite) (void)co_await try_(connection.execute("PRAGMA foreign_keys = ON"));
  co_return {};
}

}  // namespace

Task<SqlResult<std::vector<Applied>>> read_applied(SqlConnection& connection) {
  TextRows rows;
  SqlResult<SqlOutcome> read = co_await connection.execute(
      "SELECT version, file, checksum, applied_at FROM banyan_migrations ORDER BY version", {}, &rows);
  // That there is no such table yet is the one thing that may be wrong with it.
  if (!read.ok() && read.error().kind() != SqlErrorKind::kInvalid) co_return std::move(read).error();
  std::vector<Applied> applied;
  for (std::vector<std::string>& row : rows.rows) {
    applied.push_back({std::atoll(row[0].c_str()), std::move(row[1]), std::move(row[2]), std::move(row[3])});
  }
  co_return applied;
}

std::vector<std::string> disagreements(const std::vector<Migration>& files, const std::vector<Applied>& applied) {
  std::vector<std::string> wrong;
  const auto same = [](std::int64_t version) {
    return [version](const auto& one) { return std::int64_t{one.version} == version; };
  };
  for (const Applied& one : applied) {
    const auto file = std::ranges::find_if(files, same(one.version));
    if (file == files.end()) {
      wrong.push_back(one.file + " was applied on " + one.applied_at + " and is not among the files");
    } else if (file->checksum != one.checksum) {
      wrong.push_back(file->file + " is not what was applied on " + one.applied_at +
                      ": restore it, and write a new version instead");
    }
  }
  const std::int64_t newest = applied.empty() ? 0 : applied.back().version;
  for (const Migration& file : files) {
    if (file.version > newest || std::ranges::any_of(applied, same(file.version))) continue;
    wrong.push_back(file.file + " was never applied, and later versions were: give it the next number");
  }
  return wrong;
}

Task<SqlResult<std::vector<std::string>>> apply_migrations(SqlDatabase& database, std::vector<Migration> files,
                                                           std::uint32_t to) {
  SqlLease lease = co_await try_(database.acquire(SqlAccess::kWrite));
  SqlResult<std::vector<std::string>> done;
  SqlResult<void> begun = co_await before_all(*lease);
  if (begun.ok()) {
    done = co_await apply_all(*lease, files, to);
  } else {
    done = std::move(begun).error();
  }
  // Whatever became of it: the pool's next one has the connection as it was.
  SqlResult<void> ended = co_await shielded(time_after(kCleanUp), after_all(*lease));
  if (done.ok() && !ended.ok()) co_return std::move(ended).error();
  co_return done;
}

}  // namespace banyan::migrate
