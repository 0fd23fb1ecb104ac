// SQLite >= 3.35 (RETURNING). No row locks: a transaction that writes holds the whole database.
#include "orm/dialect.h"

namespace banyan::orm {
namespace {

class SqliteDialect final : public Dialect {
 public:
  std::string column_type(const ColumnInfo& column, ColumnUse use) const override {
    if (use.key && column.generated) return "INTEGER PRIMARY KEY AUTOINCREMENT";
    std::string type = "TEXT";
    switch (column.type) {
      case ColumnType::kBool:
      case ColumnType::kInt32:
      case ColumnType::kInt64:
      case ColumnType::kTimestamp:
        type = "INTEGER";
        break;
      case ColumnType::kDouble:
        type = "REAL";
        break;
      case ColumnType::kBytes:
        type = "BLOB";
        break;
      case ColumnType::kText:
      case ColumnType::kDecimal:
        break;
    }
    return use.key ? type + " PRIMARY KEY" : type;
  }
  // Microseconds; the clock of SQLite has milliseconds.
  std::string_view now() const override {
    return "(CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER) * 1000)";
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
