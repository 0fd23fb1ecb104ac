// MariaDB >= 10.6 (INSERT ... RETURNING, SKIP LOCKED). MySQL has no RETURNING and is not rendered for.
#include "orm/dialect.h"

namespace banyan::orm {
namespace {

class MariadbDialect final : public Dialect {
 public:
  char quote() const override { return '`'; }
  std::string_view type_name(const ColumnInfo& column, ColumnUse use) const override {
    switch (column.type) {
      case ColumnType::kBool:
        return "BOOLEAN";
      case ColumnType::kInt32:
        return "INT";
      case ColumnType::kInt64:
        return "BIGINT";
      case ColumnType::kTimestamp:
        return "DATETIME(6)";
      case ColumnType::kDouble:
        return "DOUBLE";
      case ColumnType::kBytes:
        return "LONGBLOB";
      case ColumnType::kDecimal:
        return "DECIMAL(38,10)";
      case ColumnType::kText:
        break;
    }
    // What is indexed has to have a length.
    return use.indexed ? "VARCHAR(255)" : "LONGTEXT";
  }
  std::string_view generated_key() const override { return " AUTO_INCREMENT PRIMARY KEY"; }
  std::string_view now() const override { return "UTC_TIMESTAMP(6)"; }
  std::string_view share_lock() const override { return " LOCK IN SHARE MODE"; }
  void on_conflict(std::string& out, const Insert& insert) const override {
    const OnConflict& conflict = insert.on_conflict;
    // What is to be ignored fails, and whoever runs the statement ignores that: ON DUPLICATE KEY UPDATE would return a
    // row that was not inserted, and INSERT IGNORE would ignore more than that.
    if (conflict.kind != OnConflict::Kind::kUpdate) return;
    std::string_view separator = " ON DUPLICATE KEY UPDATE ";
    for (const ColumnInfo* column : conflict.update) {
      out += separator;
      identifier(out, column->name);
      out += " = VALUES(";
      identifier(out, column->name);
      out += ")";
      separator = ", ";
    }
    raise_version(out, insert, separator);
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
