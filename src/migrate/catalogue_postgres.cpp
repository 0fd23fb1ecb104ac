// PostgreSQL: pg_catalog, of the current schema.
#include "migrate/catalogue_rows.h"
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

// Of values as the driver gives them (docs/postgres.md): instants are such with a zone and without, of any precision.
ColumnKind kind_of(std::string_view type) {
  if (type.ends_with("[]")) return ColumnKind::kOther;
  if (type == "boolean") return ColumnKind::kBool;
  if (type == "smallint" || type == "integer") return ColumnKind::kInt32;
  if (type == "bigint" || type == "oid") return ColumnKind::kInt64;
  if (type == "double precision" || type == "real") return ColumnKind::kDouble;
  if (type == "text" || type.starts_with("character") || type == "name") return ColumnKind::kText;
  if (type == "bytea") return ColumnKind::kBytes;
  if (type.starts_with("timestamp ") || type.starts_with("timestamp(")) return ColumnKind::kTimestamp;
  if (type.starts_with("numeric")) return ColumnKind::kDecimal;
  return ColumnKind::kOther;
}

}  // namespace

Task<SqlResult<Catalogue>> read_postgres_catalogue(SqlConnection& connection) {
  Catalogue catalogue;
  TextRows columns, indexes, keys;
  (void)co_await try_(connection.execute(kColumns, {}, &columns));
  (void)co_await try_(connection.execute(kIndexes, {}, &indexes));
  (void)co_await try_(connection.execute(kForeignKeys, {}, &keys));
  take_columns(catalogue, columns.rows, kind_of);
  take_indexes(catalogue, indexes.rows);
  take_foreign_keys(catalogue, keys.rows);
  co_return catalogue;
}

}  // namespace banyan::migrate::detail
