// For tests of drivers: a sink that keeps rows.
#pragma once

#include <string>
#include <vector>

#include "sql/sql_database.h"

namespace banyan {

// As a text, for comparisons.
inline std::string show(const SqlValueView& value) {
  switch (value.type) {
    case SqlType::kNull:
      return "NULL";
    case SqlType::kBool:
      return value.integer != 0 ? "t" : "f";
    case SqlType::kInteger:
    case SqlType::kTimestamp:
      return std::to_string(value.integer);
    case SqlType::kReal:
      return std::to_string(value.real);
    default:
      return std::string(value.text);
  }
}

// Keeps rows.
class Rows final : public SqlRowSink {
 public:
  void columns(std::span<const std::string_view> those) override { names.assign(those.begin(), those.end()); }
  bool row(std::span<const SqlValueView> values) override {
    std::vector<SqlValue>& row = rows.emplace_back();
    std::string& line = lines.emplace_back();
    for (const SqlValueView& value : values) {
      if (!row.empty()) line.push_back('|');
      row.push_back(to_sql_value(value));
      line.append(show(value));
    }
    return rows.size() < rows_max;
  }
  std::string text() const {
    std::string all;
    for (const std::string& line : lines) all.append(all.empty() ? "" : "\n").append(line);
    return all;
  }

  std::size_t rows_max = 1'000'000;
  std::vector<std::string> names;
  std::vector<std::vector<SqlValue>> rows;
  std::vector<std::string> lines;
};

}  // namespace banyan
