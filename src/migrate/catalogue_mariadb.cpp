// MariaDB >= 10.2.7 (where defaults are told as expressions): information_schema.
//
// Every foreign key has an index there, which the server makes where there is none and drops again, without a word,
// once another can do its work. So an index over nothing but the column of a foreign key is no part of the catalogue.
#include <algorithm>

#include "migrate/catalogue_rows.h"
#include "migrate/text_rows.h"

namespace banyan::migrate {
namespace detail {
namespace {

constexpr std::string_view kColumns =
    "SELECT c.table_name, c.column_name, c.column_type, c.is_nullable = 'YES', c.extra LIKE '%auto_increment%', "
    "coalesce(c.column_default, '') FROM information_schema.columns c JOIN information_schema.tables t "
    "ON t.table_schema = c.table_schema AND t.table_name = c.table_name "
    "WHERE c.table_schema = ? AND t.table_type = 'BASE TABLE' AND c.table_name <> 'banyan_migrations' "
    "ORDER BY c.table_name, c.ordinal_position";
// An index over the beginning of a text says less than its columns do.
constexpr std::string_view kIndexes =
    "SELECT s.table_name, s.index_name, s.non_unique = 0, s.index_name = 'PRIMARY', 0, s.column_name "
    "FROM information_schema.statistics s "
    "WHERE s.table_schema = ? AND NOT EXISTS (SELECT 1 FROM information_schema.statistics p "
    "WHERE p.table_schema = s.table_schema AND p.table_name = s.table_name AND p.index_name = s.index_name "
    "AND (p.sub_part IS NOT NULL OR p.index_type <> 'BTREE')) ORDER BY s.table_name, s.index_name, s.seq_in_index";
constexpr std::string_view kForeignKeys =
    "SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name, "
    "r.delete_rule = 'CASCADE' FROM information_schema.key_column_usage k "
    "JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema "
    "AND r.table_name = k.table_name AND r.constraint_name = k.constraint_name "
    "WHERE k.table_schema = ? AND k.referenced_table_schema = k.table_schema AND NOT EXISTS (SELECT 1 FROM "
    "information_schema.key_column_usage o WHERE o.constraint_schema = k.constraint_schema AND o.table_name = "
    "k.table_name AND o.constraint_name = k.constraint_name AND o.ordinal_position > 1) "
    "ORDER BY k.table_name, k.column_name";

// Of values as the driver gives them (docs/mariadb.md): bits and years are numbers, geometry is bytes.
ColumnKind kind_of(std::string_view type) {
  const std::string_view word = type.substr(0, type.find_first_of("( "));
  const bool is_unsigned = type.ends_with(" unsigned") || type.contains(" unsigned ");
  if (type.starts_with("tinyint(1)") || type == "bit(1)") return ColumnKind::kBool;
  if (word == "int" && is_unsigned) return ColumnKind::kInt64;
  if (word == "tinyint" || word == "smallint" || word == "mediumint" || word == "int") return ColumnKind::kInt32;
  if (word == "year") return ColumnKind::kInt32;
  if (word == "bigint" || word == "bit") return ColumnKind::kInt64;
  if (word == "double" || word == "float") return ColumnKind::kDouble;
  if (word == "char" || word == "varchar" || word.ends_with("text")) return ColumnKind::kText;
  if (word.ends_with("binary") || word.ends_with("blob")) return ColumnKind::kBytes;
  const bool place = word.ends_with("point") || word.ends_with("polygon") || word.ends_with("linestring");
  if (place || word.starts_with("geometry")) return ColumnKind::kBytes;
  if (word == "datetime" || word == "timestamp") return ColumnKind::kTimestamp;
  if (word == "decimal") return ColumnKind::kDecimal;
  return ColumnKind::kOther;
}

// The server writes a quote inside a literal as \', and files of migrations know '' alone.
std::string default_of(std::string_view told) {
  if (told == "NULL") return {};
  std::string text;
  for (std::size_t i = 0; i < told.size(); ++i) {
    const bool escaped = told[i] == '\\' && i + 1 < told.size() && told[i + 1] == '\'';
    text.push_back(escaped ? '\'' : told[i]);
  }
  return text;
}

void leave_out_indexes_of_keys(CatalogueTable& table) {
  std::erase_if(table.indexes, [&](const CatalogueIndex& index) {
    return !index.unique && index.columns.size() == 1 &&
           std::ranges::find(table.foreign_keys, index.columns[0], &CatalogueForeignKey::column) !=
               table.foreign_keys.end();
  });
}

}  // namespace

Task<SqlResult<Catalogue>> read_mariadb_catalogue(SqlConnection& connection, std::string database) {
  const std::vector<SqlValue> in{std::move(database)};
  Catalogue catalogue;
  TextRows columns, indexes, keys;
  (void)co_await try_(connection.execute(kColumns, in, &columns));
  (void)co_await try_(connection.execute(kIndexes, in, &indexes));
  (void)co_await try_(connection.execute(kForeignKeys, in, &keys));
  take_columns(catalogue, columns.rows, kind_of);
  take_indexes(catalogue, indexes.rows);
  take_foreign_keys(catalogue, keys.rows);
  for (CatalogueTable& table : catalogue.tables) {
    leave_out_indexes_of_keys(table);
    for (CatalogueColumn& column : table.columns) column.default_value = default_of(column.default_value);
  }
  co_return catalogue;
}

}  // namespace detail

Task<SqlResult<std::string>> current_database(SqlConnection& connection) {
  TextRows name;
  (void)co_await try_(connection.execute("SELECT coalesce(database(), '')", {}, &name));
  if (name.rows.size() == 1 && !name.rows[0][0].empty()) co_return std::move(name.rows[0][0]);
  co_return SqlError(SqlErrorKind::kInvalid, "the URL names no database: mariadb://USER@HOST/NAME");
}

}  // namespace banyan::migrate
