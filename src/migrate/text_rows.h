// Collects the rows of a small statement as texts; null is an empty one.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sql/sql_database.h"

namespace banyan::migrate {

class TextRows : public SqlRowSink {
 public:
  bool row(std::span<const SqlValueView> values) override {
    std::vector<std::string>& row = rows.emplace_back();
    for (const SqlValueView& value : values) {
      const bool number = value.type == SqlType::kInteger || value.type == SqlType::kBool;
      row.push_back(number ? std::to_string(value.integer) : std::string(value.text));
    }
    return true;
  }
  std::vector<std::vector<std::string>> rows;
};

}  // namespace banyan::migrate
