// What travels between a program and a SQL database: the values of parameters and of columns.
//
// The list of types is short on purpose: it is what the three databases share. What a database has beyond it (uuid,
// json, date, inet, ...) travels as text in the database's own spelling, which every one of them accepts for a bound
// parameter and gives back for a column.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace banyan {

enum class SqlType : std::uint8_t {
  kNull,
  kBool,
  kInteger,  // 64 bits, signed; smaller columns are widened
  kReal,     // IEEE 754, 64 bits
  kText,     // UTF-8; it may hold zero bytes only where the database allows them (PostgreSQL does not)
  kBytes,
  kTimestamp,  // an instant
  kDecimal,    // exact, as text: "-12.340"
};

// The type's name in snake_case. Never empty.
std::string_view sql_type_name(SqlType type);

struct SqlBytes {
  std::string bytes;
  bool operator==(const SqlBytes&) const = default;
};

// Microseconds since 1970-01-01T00:00:00Z. PostgreSQL: timestamptz; MariaDB: datetime(6) in UTC; SQLite: an integer.
struct SqlTimestamp {
  std::int64_t microseconds = 0;
  auto operator<=>(const SqlTimestamp&) const = default;
};

// Digits with an optional sign and point, as the database spells them. Not checked here.
struct SqlDecimal {
  std::string text;
  bool operator==(const SqlDecimal&) const = default;
};

// An owned value: what a parameter is bound to. The alternatives stand in the order of SqlType, so that index() is it.
using SqlValue =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, SqlBytes, SqlTimestamp, SqlDecimal>;

inline SqlType sql_type_of(const SqlValue& value) { return static_cast<SqlType>(value.index()); }

// A column of the row at hand. `text` views the driver's memory, and lives until the sink returns.
struct SqlValueView {
  SqlType type = SqlType::kNull;
  std::int64_t integer = 0;  // kInteger; kBool: 0 or 1; kTimestamp: microseconds
  double real = 0;           // kReal
  std::string_view text;     // kText, kBytes, kDecimal

  bool is_null() const { return type == SqlType::kNull; }
};

// An owned copy of a view.
SqlValue to_sql_value(const SqlValueView& view);
// A view of a value, good while the value lives unchanged.
SqlValueView view_of(const SqlValue& value);

}  // namespace banyan
