// MariaDB >= 10.6 (INSERT ... RETURNING, SKIP LOCKED). MySQL has no RETURNING and is not rendered for.
#include "orm/dialect.h"

namespace banyan::orm {
namespace {

class MariadbDialect final : public Dialect {
 public:
  char quote() const override { return '`'; }
  std::string column_type(const ColumnInfo& column, ColumnUse use) const override {
    std::string type;
    switch (column.type) {
      case ColumnType::kBool:
        type = "BOOLEAN";
        break;
      case ColumnType::kInt32:
        type = "INT";
        break;
      case ColumnType::kInt64:
        type = "BIGINT";
        break;
      case ColumnType::kTimestamp:
        type = "DATETIME(6)";
        break;
      case ColumnType::kDouble:
        type = "DOUBLE";
        break;
      case ColumnType::kBytes:
        type = "LONGBLOB";
        break;
      case ColumnType::kDecimal:
        type = "DECIMAL(38,10)";
        break;
      // What is indexed has to have a length.
      case ColumnType::kText:
        type = use.indexed ? "VARCHAR(255)" : "LONGTEXT";
        break;
    }
    if (use.key && column.generated) type += " AUTO_INCREMENT";
    return use.key ? type + " PRIMARY KEY" : type;
  }
  std::string_view now() const override { return "UTC_TIMESTAMP(6)"; }
  std::string_view lock(Lock lock) const override {
    switch (lock) {
      case Lock::kNone:
        return "";
      case Lock::kForUpdate:
        return " FOR UPDATE";
      case Lock::kForUpdateSkipLocked:
        return " FOR UPDATE SKIP LOCKED";
      case Lock::kForShare:
        return " LOCK IN SHARE MODE";
    }
    return "";
  }
  void on_conflict(std::string& out, const OnConflict& conflict) const override {
    if (conflict.kind == OnConflict::Kind::kFail) return;
    out += " ON DUPLICATE KEY UPDATE ";
    // Setting a column to itself changes nothing: the row stays as it is.
    const bool ignore = conflict.kind == OnConflict::Kind::kIgnore;
    std::string_view separator;
    for (const ColumnInfo* column : ignore ? conflict.target : conflict.update) {
      out += separator;
      identifier(out, column->name);
      out += ignore ? " = " : " = VALUES(";
      identifier(out, column->name);
      if (!ignore) out += ")";
      separator = ", ";
    }
  }
  std::string_view table_suffix() const override { return " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"; }
  std::string_view no_limit() const override { return " LIMIT 18446744073709551615"; }
};

}  // namespace

const Dialect& mariadb_dialect() {
  static const MariadbDialect dialect;
  return dialect;
}

}  // namespace banyan::orm
