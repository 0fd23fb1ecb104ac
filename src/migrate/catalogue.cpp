#include "migrate/catalogue.h"

#include <algorithm>

namespace banyan::migrate {

const CatalogueColumn* CatalogueTable::column(std::string_view wanted) const {
  const auto found = std::ranges::find(columns, wanted, &CatalogueColumn::name);
  return found == columns.end() ? nullptr : &*found;
}

const CatalogueTable* Catalogue::table(std::string_view wanted) const {
  const auto found = std::ranges::find(tables, wanted, &CatalogueTable::name);
  return found == tables.end() ? nullptr : &*found;
}

Task<SqlResult<Catalogue>> read_catalogue(SqlConnection& connection) {
  switch (connection.dialect()) {
    case SqlDialect::kSqlite:
      co_return co_await detail::read_sqlite_catalogue(connection);
    case SqlDialect::kPostgres:
      co_return co_await detail::read_postgres_catalogue(connection);
    case SqlDialect::kMariadb:
      break;
  }
  std::string database = co_await try_(current_database(connection));
  co_return co_await detail::read_mariadb_catalogue(connection, std::move(database));
}

}  // namespace banyan::migrate
