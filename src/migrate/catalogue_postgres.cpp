// PostgreSQL: pg_catalog, of the current schema.
#include <algorithm>

#include "migrate/catalogue.h"
#include "migrate/text_rows.h"

namespace banyan::migrate::detail {
namespace {

constexpr std::string_view kColumns =
    "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod)::text, (NOT a.attnotnull)::int, "
    "(a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%')::int, "
    "coalesce(pg_get_expr(d.adbin, d.adrelid), '')::text "
    "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
    "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND c.relname <> "
    "'banyan_migrations' ORDER BY c.relname, a.attnum";
constexpr std::string_view kIndexes =
    "SELECT c.relname::text, i.relname::text, x.indisunique::int, x.indisprimary::int, "
    "(EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype = 'u'))::int, "
    "a.attname::text FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid "
    "CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS u(attnum, place) "
    "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum "
    "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND x.indpred IS NULL AND "
    "x.indexprs IS NULL ORDER BY c.relname, i.relname, u.place";
constexpr std::string_view kForeignKeys =
    "SELECT c.relname::text, k.conname::text, a.attname::text, t.relname::text, b.attname::text, "
    "(k.confdeltype = 'c')::int FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
    "JOIN pg_class t ON t.oid = k.confrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1] "
    "JOIN pg_attribute b ON b.attrelid = t.oid AND b.attnum = k.confkey[1] "
    "WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 1 AND c.relnamespace = current_schema()::regnamespace "
    "ORDER BY c.relname, a.attname";

ColumnKind kind_of(std::string_view type) {
  if (type == "boolean") return ColumnKind::kBool;
  if (type == "smallint" || type == "integer") return ColumnKind::kInt32;
  if (type == "bigint") return ColumnKind::kInt64;
  if (type == "double precision" || type == "real") return ColumnKind::kDouble;
  if (type == "text" || type.starts_with("character") || type == "name") return ColumnKind::kText;
  if (type == "bytea") return ColumnKind::kBytes;
  if (type == "timestamp with time zone") return ColumnKind::kTimestamp;
  if (type.starts_with("numeric")) return ColumnKind::kDecimal;
  return ColumnKind::kOther;
}

CatalogueTable* find(Catalogue& catalogue, std::string_view name) {
  const auto found = std::ranges::find(catalogue.tables, name, &CatalogueTable::name);
  return found == catalogue.tables.end() ? nullptr : &*found;
}

void add_index_row(Catalogue& catalogue, std::vector<std::string>& row) {
  CatalogueTable* const table = find(catalogue, row[0]);
  if (table == nullptr) return;
  if (row[3] == "1") {
    table->key.push_back(std::move(row[5]));
    return;
  }
  if (table->indexes.empty() || table->indexes.back().name != row[1]) {
    table->indexes.push_back({.name = row[1], .columns = {}, .unique = row[2] == "1", .constraint = row[4] == "1"});
  }
  table->indexes.back().columns.push_back(std::move(row[5]));
}

}  // namespace

Task<SqlResult<Catalogue>> read_postgres_catalogue(SqlConnection& connection) {
  Catalogue catalogue;
  TextRows columns;
  (void)co_await try_(connection.execute(kColumns, {}, &columns));
  for (std::vector<std::string>& row : columns.rows) {
    if (catalogue.tables.empty() || catalogue.tables.back().name != row[0]) {
      catalogue.tables.emplace_back().name = row[0];
    }
    const ColumnKind kind = kind_of(row[2]);
    catalogue.tables.back().columns.push_back({.name = std::move(row[1]),
                                               .type = std::move(row[2]),
                                               .kind = kind,
                                               .nullable = row[3] == "1",
                                               .generated = row[4] == "1",
                                               .default_value = std::move(row[5])});
  }
  TextRows indexes;
  (void)co_await try_(connection.execute(kIndexes, {}, &indexes));
  for (std::vector<std::string>& row : indexes.rows) add_index_row(catalogue, row);
  TextRows keys;
  (void)co_await try_(connection.execute(kForeignKeys, {}, &keys));
  for (std::vector<std::string>& row : keys.rows) {
    CatalogueTable* const table = find(catalogue, row[0]);
    if (table == nullptr) continue;
    table->foreign_keys.push_back({.name = std::move(row[1]),
                                   .column = std::move(row[2]),
                                   .table = std::move(row[3]),
                                   .target = std::move(row[4]),
                                   .cascade = row[5] == "1"});
  }
  co_return catalogue;
}

}  // namespace banyan::migrate::detail
