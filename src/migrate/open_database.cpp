#include "migrate/open_database.h"

#include "mariadb/mariadb_database.h"
#include "postgres/postgres_database.h"
#include "sqlite/sqlite_database.h"

namespace banyan::migrate {
namespace {

constexpr std::string_view kSqlite = "sqlite:";

}  // namespace

Task<SqlResult<std::unique_ptr<SqlDatabase>>> open_database(std::string url) {
  if (url.starts_with(kSqlite)) {
    // Other programs may apply migrations at the same time.
    co_return co_await try_(
        SqliteDatabase::open({.path = url.substr(kSqlite.size()), .busy_timeout = std::chrono::minutes(1)}));
  }
  if (url.starts_with("postgres")) {
    PostgresOptions options = co_await try_(PostgresOptions::parse(url));
    co_return co_await try_(PostgresDatabase::open(std::move(options)));
  }
  if (url.starts_with("mariadb:") || url.starts_with("mysql:")) {
    MariadbOptions options = co_await try_(MariadbOptions::parse(url));
    co_return co_await try_(MariadbDatabase::open(std::move(options)));
  }
  co_return SqlError(SqlErrorKind::kInvalid,
                     "give the database as --database or DATABASE_URL: sqlite:FILE, postgresql://USER@HOST/NAME or "
                     "mariadb://USER@HOST/NAME");
}

}  // namespace banyan::migrate
