// A plain table for the terminal: columns as wide as their widest cell, two spaces between them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace banyan {

enum class Align : unsigned char { kLeft, kRight };

// Text from outside could move a terminal's cursor or change its settings: each control character becomes a '?'.
std::string printable(std::string_view text);

class Table {
 public:
  // Columns beyond `alignment` are aligned to the left.
  explicit Table(std::vector<Align> alignment = {}) : alignment_(std::move(alignment)) {}

  // Rows may differ in length. Cells are made printable().
  void add(std::vector<std::string> row);
  bool empty() const { return rows_.empty(); }

  // A line for each row, without spaces at its end. Widths count characters (UTF-8 code points), not bytes.
  std::string text() const;

 private:
  std::vector<Align> alignment_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace banyan
