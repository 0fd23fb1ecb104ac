// What a database holds: its tables, columns, indexes and foreign keys, as data. One source file for each dialect.
//
// Types and defaults are in the database's own spelling, so that two catalogues of one database can be compared; `kind`
// says what a program holds them in. Names with a dot, views, triggers, checks and expressions in indexes are left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sql/sql_database.h"

namespace banyan::migrate {

enum class ColumnKind : std::uint8_t {
  kBool,
  kInt32,
  kInt64,
  kDouble,
  kText,
  kBytes,
  kTimestamp,
  kDecimal,
  kOther,  // read and written as text
};

struct CatalogueColumn {
  std::string name;
  std::string type;  // "bigint", "INTEGER"
  ColumnKind kind = ColumnKind::kText;
  bool nullable = false;
  bool generated = false;     // the database makes a value: an integer key
  std::string default_value;  // as the database spells it; empty: none
  bool operator==(const CatalogueColumn&) const = default;
};

struct CatalogueIndex {
  std::string name;
  std::vector<std::string> columns;
  bool unique = false;
  bool constraint = false;  // made by UNIQUE in the table's definition
  bool operator==(const CatalogueIndex&) const = default;
};

struct CatalogueForeignKey {
  std::string name;  // empty in SQLite
  std::string column;
  std::string table;  // it refers to
  std::string target;
  bool cascade = false;
  bool operator==(const CatalogueForeignKey&) const = default;
};

struct CatalogueTable {
  std::string name;
  std::vector<CatalogueColumn> columns;           // in their order
  std::vector<std::string> key;                   // columns of the primary key
  std::vector<CatalogueIndex> indexes;            // without the primary key's; by name
  std::vector<CatalogueForeignKey> foreign_keys;  // of one column each; by column

  const CatalogueColumn* column(std::string_view name) const;
};

struct Catalogue {
  std::vector<CatalogueTable> tables;  // by name; without banyan_migrations
  const CatalogueTable* table(std::string_view name) const;
};

// Of what the connection sees as its own: PostgreSQL's current schema, MariaDB's current database.
Task<SqlResult<Catalogue>> read_catalogue(SqlConnection& connection);

// The current database of a connection to MariaDB. kInvalid: its URL names none.
Task<SqlResult<std::string>> current_database(SqlConnection& connection);

namespace detail {
Task<SqlResult<Catalogue>> read_sqlite_catalogue(SqlConnection& connection);
Task<SqlResult<Catalogue>> read_postgres_catalogue(SqlConnection& connection);
// Of any database of the server.
Task<SqlResult<Catalogue>> read_mariadb_catalogue(SqlConnection& connection, std::string database);
}  // namespace detail

}  // namespace banyan::migrate
