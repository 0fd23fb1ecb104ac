// SQLite: sqlite_master and the table-valued PRAGMA functions.
#include <algorithm>

#include "migrate/catalogue.h"
#include "migrate/text_rows.h"

namespace banyan::migrate::detail {
namespace {

constexpr std::string_view kTables =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' "
    "ESCAPE '!' AND name <> 'banyan_migrations' ORDER BY name";
constexpr std::string_view kColumns = "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info(?)";
constexpr std::string_view kIndexes =
    "SELECT l.name, l.\"unique\", l.origin = 'u', i.name FROM pragma_index_list(?) l, pragma_index_info(l.name) i "
    "WHERE "
    "l.origin <> 'pk' AND l.partial = 0 AND i.name IS NOT NULL ORDER BY l.name, i.seqno";
constexpr std::string_view kForeignKeys =
    "SELECT \"from\", \"table\", coalesce(\"to\", ''), on_delete = 'CASCADE' FROM pragma_foreign_key_list(?) ORDER BY "
    "\"from\"";

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string capitals(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

// The rules of affinity, datatype3.html, 3.1; then what names are used for.
ColumnKind kind_of(const std::string& name) {
  const std::string type = capitals(name);
  if (contains(type, "BOOL")) return ColumnKind::kBool;
  if (contains(type, "INT")) return ColumnKind::kInt64;
  if (contains(type, "CHAR") || contains(type, "CLOB") || contains(type, "TEXT")) return ColumnKind::kText;
  if (contains(type, "BLOB") || type.empty()) return ColumnKind::kBytes;
  if (contains(type, "REAL") || contains(type, "FLOA") || contains(type, "DOUB")) return ColumnKind::kDouble;
  if (contains(type, "DEC") || contains(type, "NUMERIC")) return ColumnKind::kDecimal;
  return ColumnKind::kOther;
}

void add_index_row(CatalogueTable& table, std::vector<std::string>& row) {
  if (table.indexes.empty() || table.indexes.back().name != row[0]) {
    table.indexes.push_back({.name = row[0], .columns = {}, .unique = row[1] == "1", .constraint = row[2] == "1"});
  }
  table.indexes.back().columns.push_back(std::move(row[3]));
}

Task<SqlResult<CatalogueTable>> read_table(SqlConnection& connection, std::string name) {
  const std::vector<SqlValue> about{name};
  CatalogueTable table{.name = std::move(name), .columns = {}, .key = {}, .indexes = {}, .foreign_keys = {}};
  TextRows columns;
  (void)co_await try_(connection.execute(kColumns, about, &columns));
  for (std::vector<std::string>& row : columns.rows) {
    const bool key = row[4] != "0";
    if (key) table.key.push_back(row[0]);
    const ColumnKind kind = kind_of(row[1]);
    table.columns.push_back({.name = std::move(row[0]),
                             .type = std::move(row[1]),
                             .kind = kind,
                             .nullable = row[2] == "0" && !key,
                             .generated = false,
                             .default_value = std::move(row[3])});
  }
  // An INTEGER, and no INT, that is the whole key is the row's own number.
  for (CatalogueColumn& column : table.columns) {
    column.generated = table.key.size() == 1 && column.name == table.key[0] && capitals(column.type) == "INTEGER";
  }
  TextRows indexes;
  (void)co_await try_(connection.execute(kIndexes, about, &indexes));
  for (std::vector<std::string>& row : indexes.rows) add_index_row(table, row);
  TextRows keys;
  (void)co_await try_(connection.execute(kForeignKeys, about, &keys));
  for (std::vector<std::string>& row : keys.rows) {
    table.foreign_keys.push_back({.name = "",
                                  .column = std::move(row[0]),
                                  .table = std::move(row[1]),
                                  .target = std::move(row[2]),
                                  .cascade = row[3] == "1"});
  }
  co_return table;
}

}  // namespace

Task<SqlResult<Catalogue>> read_sqlite_catalogue(SqlConnection& connection) {
  TextRows names;
  (void)co_await try_(connection.execute(kTables, {}, &names));
  Catalogue catalogue;
  for (std::vector<std::string>& row : names.rows) {
    catalogue.tables.push_back(co_await try_(read_table(connection, std::move(row[0]))));
  }
  co_return catalogue;
}

}  // namespace banyan::migrate::detail
