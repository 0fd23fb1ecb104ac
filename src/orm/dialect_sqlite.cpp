// SQLite >= 3.35 (RETURNING). No row locks: a transaction that writes holds the whole database.
#include "orm/dialect.h"

namespace banyan::orm {
namespace {

class SqliteDialect final : public Dialect {
 public:
  std::string_view type_name(const ColumnInfo& column, ColumnUse) const override {
    switch (column.type) {
      case ColumnType::kBool:
      case ColumnType::kInt32:
      case ColumnType::kInt64:
      case ColumnType::kTimestamp:
        return "INTEGER";
      case ColumnType::kDouble:
        return "REAL";
      case ColumnType::kBytes:
        return "BLOB";
      case ColumnType::kText:
      case ColumnType::kDecimal:
        break;
    }
    return "TEXT";
  }
  std::string_view generated_key() const override { return " PRIMARY KEY AUTOINCREMENT"; }
  // Microseconds; the clock of SQLite has milliseconds.
  std::string_view now() const override {
    return "(CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER) * 1000)";
  }
  // Decimals are texts, and byte by byte 9 comes after 10 (sqlite/decimal_order.h).
  std::string_view collation(const ColumnInfo& column) const override {
    return column.type == ColumnType::kDecimal ? " COLLATE decimal" : "";
  }
  std::string_view lock(Lock) const override { return ""; }
  std::string_view no_limit() const override { return " LIMIT -1"; }
};

}  // namespace

const Dialect& sqlite_dialect() {
  static const SqliteDialect dialect;
  return dialect;
}

}  // namespace banyan::orm
