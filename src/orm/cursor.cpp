#include "orm/cursor.h"

#include <bit>
#include <cstring>

namespace banyan::orm::detail {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

void append_hex(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
    out.push_back(kHex[static_cast<unsigned char>(c) & 15]);
  }
}

bool parse_hex(std::string_view text, std::string& out) {
  if (text.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::size_t high = kHex.find(text[i]);
    const std::size_t low = kHex.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return true;
}

// The letter that stands before a value, by its type.
constexpr std::string_view kLetters = "nbirtxsd";

std::string_view as_bytes(const std::uint64_t& number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

std::string payload(const SqlValue& value) {
  const SqlValueView view = view_of(value);
  std::string bytes;
  switch (view.type) {
    case SqlType::kNull:
      break;
    case SqlType::kBool:
    case SqlType::kInteger:
    case SqlType::kTimestamp:
      bytes = as_bytes(static_cast<std::uint64_t>(view.integer));
      break;
    case SqlType::kReal:
      bytes = as_bytes(std::bit_cast<std::uint64_t>(view.real));
      break;
    case SqlType::kText:
    case SqlType::kBytes:
    case SqlType::kDecimal:
      bytes = view.text;
      break;
  }
  return bytes;
}

bool value_of(char letter, const std::string& bytes, SqlValue& out) {
  const std::size_t type = kLetters.find(letter);
  if (type == std::string_view::npos) return false;
  SqlValueView view{.type = static_cast<SqlType>(type)};
  switch (view.type) {
    case SqlType::kText:
    case SqlType::kBytes:
    case SqlType::kDecimal:
      view.text = bytes;
      break;
    case SqlType::kNull:
      return false;
    default: {
      std::uint64_t number = 0;
      if (bytes.size() != sizeof number) return false;
      std::memcpy(&number, bytes.data(), sizeof number);
      if (view.type == SqlType::kBool && number > 1) return false;
      view.integer = static_cast<std::int64_t>(number);
      view.real = std::bit_cast<double>(number);
    }
  }
  out = to_sql_value(view);
  return true;
}

// Whether a value of this type may be compared with the column: a client may send any cursor.
bool fits(const ColumnInfo& column, const SqlValue& value) {
  switch (column.type) {
    case ColumnType::kBool:
      return sql_type_of(value) == SqlType::kBool;
    case ColumnType::kInt32:
    case ColumnType::kInt64:
      return sql_type_of(value) == SqlType::kInteger;
    case ColumnType::kDouble:
      return sql_type_of(value) == SqlType::kReal;
    case ColumnType::kText:
      return sql_type_of(value) == SqlType::kText;
    case ColumnType::kBytes:
      return sql_type_of(value) == SqlType::kBytes;
    case ColumnType::kTimestamp:
      return sql_type_of(value) == SqlType::kTimestamp;
    case ColumnType::kDecimal:
      return sql_type_of(value) == SqlType::kDecimal;
  }
  return false;
}

}  // namespace

std::string encode_values(const std::vector<SqlValue>& values) {
  std::string text;
  for (const SqlValue& value : values) {
    if (!text.empty()) text.push_back('-');
    text.push_back(kLetters[value.index()]);
    append_hex(text, payload(value));
  }
  return text;
}

bool decode_values(std::string_view text, std::vector<SqlValue>& values) {
  values.clear();
  while (!text.empty()) {
    const std::size_t end = text.find('-');
    const std::string_view part = text.substr(0, end);
    std::string bytes;
    SqlValue value;
    if (part.empty() || !parse_hex(part.substr(1), bytes) || !value_of(part[0], bytes, value)) return false;
    values.push_back(std::move(value));
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
  return false;
}

SqlResult<void> continue_after(Select& select, std::string_view cursor) {
  const std::uint64_t size = select.limit.value_or(0);
  if (size < 1 || size > kPageRowsMax) return SqlError(SqlErrorKind::kInvalid, "a page has 1 to 1000 rows");
  bool has_key = false;
  for (const Order& order : select.order) {
    has_key = has_key || order.column == select.table->key;
    if (!order.column->nullable) continue;
    return SqlError(SqlErrorKind::kInvalid, "page() cannot order by " + std::string(order.column->name) +
                                                ", which may hold null: nothing comes after null in SQL");
  }
  if (!has_key) select.order.push_back({select.table->key, !select.order.empty() && select.order.back().descending});
  select.limit = size + 1;
  if (cursor.empty()) return {};
  bool good = cursor.size() <= kCursorBytesMax && decode_values(cursor, select.after) &&
              select.after.size() == select.order.size();
  for (std::size_t i = 0; good && i < select.order.size(); ++i) good = fits(*select.order[i].column, select.after[i]);
  if (!good) return SqlError(SqlErrorKind::kInvalid, "the cursor is not one of this query's");
  return {};
}

std::string cursor_after(const TableInfo& table, const std::vector<Order>& order, const void* entity) {
  std::vector<SqlValue> values;
  for (const Order& by : order) values.push_back(table.get(*by.column, entity));
  return encode_values(values);
}

SqlResult<void> check_one(std::size_t rows, std::string_view table) {
  if (rows == 0) return SqlError(SqlErrorKind::kNotFound, "no row of " + std::string(table) + " matches");
  if (rows > 1) return SqlError(SqlErrorKind::kNotSingular, "more than one row of " + std::string(table) + " matches");
  return {};
}

}  // namespace banyan::orm::detail
