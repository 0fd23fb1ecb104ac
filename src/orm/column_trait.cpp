#include "orm/column_trait.h"

#include <charconv>
#include <cmath>

namespace banyan::orm::detail {
namespace {

template <class Number>
bool parse_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

bool read_integer(const SqlValueView& view, std::int64_t& out) {
  if (view.type == SqlType::kInteger || view.type == SqlType::kBool) {
    out = view.integer;
    return true;
  }
  // Sums of integers are decimals in PostgreSQL and MariaDB.
  return view.type == SqlType::kDecimal && parse_number(view.text, out);
}

bool read_bool(const SqlValueView& view, bool& out) {
  if (view.type != SqlType::kBool && view.type != SqlType::kInteger) return false;
  out = view.integer != 0;
  return view.integer == 0 || view.integer == 1;
}

bool read_real(const SqlValueView& view, double& out) {
  if (view.type == SqlType::kReal) {
    out = view.real;
    return true;
  }
  if (view.type == SqlType::kInteger) {
    out = static_cast<double>(view.integer);
    return true;
  }
  return view.type == SqlType::kDecimal && parse_number(view.text, out);
}

bool read_text(const SqlValueView& view, std::string& out) {
  if (view.type != SqlType::kText) return false;
  out = std::string(view.text);  // cheaper than assign() where, as in a new entity, there is no memory to be used again
  return true;
}

bool read_bytes(const SqlValueView& view, SqlBytes& out) {
  if (view.type != SqlType::kBytes) return false;
  out.bytes.assign(view.text);
  return true;
}

bool read_timestamp(const SqlValueView& view, SqlTimestamp& out) {
  if (view.type != SqlType::kTimestamp && view.type != SqlType::kInteger) return false;
  out.microseconds = view.integer;
  return true;
}

bool read_decimal(const SqlValueView& view, SqlDecimal& out) {
  if (view.type == SqlType::kInteger) {
    out.text = std::to_string(view.integer);
    return true;
  }
  // What SQLite makes of a decimal in a column that it keeps numbers in, such as DECIMAL(12, 2).
  if (view.type == SqlType::kReal) {
    char digits[400];
    out.text.assign(digits, std::to_chars(digits, digits + sizeof digits, view.real, std::chars_format::fixed).ptr);
    return std::isfinite(view.real);
  }
  if (view.type != SqlType::kDecimal && view.type != SqlType::kText) return false;
  out.text.assign(view.text);
  return true;
}

}  // namespace banyan::orm::detail
