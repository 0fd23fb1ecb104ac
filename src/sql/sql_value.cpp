#include "sql/sql_value.h"

#include "base/check.h"

namespace banyan {

std::string_view sql_type_name(SqlType type) {
  switch (type) {
    case SqlType::kNull:
      return "null";
    case SqlType::kBool:
      return "bool";
    case SqlType::kInteger:
      return "integer";
    case SqlType::kReal:
      return "real";
    case SqlType::kText:
      return "text";
    case SqlType::kBytes:
      return "bytes";
    case SqlType::kTimestamp:
      return "timestamp";
    case SqlType::kDecimal:
      return "decimal";
  }
  return "unknown";
}

SqlValue to_sql_value(const SqlValueView& view) {
  switch (view.type) {
    case SqlType::kNull:
      return {};
    case SqlType::kBool:
      return view.integer != 0;
    case SqlType::kInteger:
      return view.integer;
    case SqlType::kReal:
      return view.real;
    case SqlType::kText:
      return std::string(view.text);
    case SqlType::kBytes:
      return SqlBytes{std::string(view.text)};
    case SqlType::kTimestamp:
      return SqlTimestamp{view.integer};
    case SqlType::kDecimal:
      return SqlDecimal{std::string(view.text)};
  }
  return {};
}

SqlValueView view_of(const SqlValue& value) {
  SqlValueView view;
  view.type = sql_type_of(value);
  switch (view.type) {
    case SqlType::kNull:
      break;
    case SqlType::kBool:
      view.integer = std::get<bool>(value) ? 1 : 0;
      break;
    case SqlType::kInteger:
      view.integer = std::get<std::int64_t>(value);
      break;
    case SqlType::kReal:
      view.real = std::get<double>(value);
      break;
    case SqlType::kText:
      view.text = std::get<std::string>(value);
      break;
    case SqlType::kBytes:
      view.text = std::get<SqlBytes>(value).bytes;
      break;
    case SqlType::kTimestamp:
      view.integer = std::get<SqlTimestamp>(value).microseconds;
      break;
    case SqlType::kDecimal:
      view.text = std::get<SqlDecimal>(value).text;
      break;
  }
  return view;
}

}  // namespace banyan
