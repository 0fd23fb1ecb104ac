#include "orm/condition.h"

#include <iterator>
#include <utility>

namespace banyan::orm {

Condition::Condition() = default;
Condition::Condition(const Condition& other) = default;
Condition::Condition(Condition&& other) noexcept = default;
Condition& Condition::operator=(const Condition& other) = default;
Condition& Condition::operator=(Condition&& other) noexcept = default;
Condition::~Condition() = default;

Condition Condition::compare(Op op, const ColumnInfo* column, SqlValue value) {
  Condition result = of_column(op, column);
  result.nodes[0].count = 1;
  result.values.push_back(std::move(value));
  return result;
}

Condition Condition::compare(Op op, const ColumnInfo* column, bool value) {
  return compare(op, column, SqlValue(value));
}
Condition Condition::compare(Op op, const ColumnInfo* column, std::int64_t value) {
  return compare(op, column, SqlValue(value));
}
Condition Condition::compare(Op op, const ColumnInfo* column, double value) {
  return compare(op, column, SqlValue(value));
}
Condition Condition::compare(Op op, const ColumnInfo* column, std::string_view value) {
  return compare(op, column, SqlValue(std::string(value)));
}

Condition Condition::compare_columns(Op op, const ColumnInfo* column, const ColumnInfo* other) {
  Condition result = of_column(op, column);
  result.nodes[0].other = other;
  return result;
}

Condition Condition::of_column(Op op, const ColumnInfo* column) {
  Condition result;
  result.nodes.push_back({.op = op, .column = column});
  return result;
}

Condition Condition::in(Op op, const ColumnInfo* column, std::vector<SqlValue> values) {
  Condition result = of_column(op, column);
  result.nodes[0].count = static_cast<std::uint32_t>(values.size());
  result.values = std::move(values);
  return result;
}

Condition Condition::like(const ColumnInfo* column, std::string_view before, std::string_view text,
                          std::string_view after) {
  std::string pattern(before);
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') pattern.push_back('!');
    pattern.push_back(c);
  }
  pattern.append(after);
  return compare(Op::kLike, column, SqlValue(std::move(pattern)));
}

Condition Condition::has(EdgeInfo edge, Condition inner) {
  Condition result;
  result.nodes.push_back({.op = Op::kHas, .count = inner.empty() ? 0U : 1U, .index = 0});
  result.edges.push_back(edge);
  result.append(std::move(inner));
  return result;
}

Condition Condition::unsafe(std::string text, std::vector<SqlValue> values) {
  Condition result;
  result.nodes.push_back({.op = Op::kUnsafe, .count = static_cast<std::uint32_t>(values.size())});
  result.values = std::move(values);
  result.texts.push_back(std::move(text));
  return result;
}

Condition Condition::join(Op op, Condition left, Condition right) {
  if (left.empty()) return right;
  if (right.empty()) return left;
  // A long chain stays one node with many operands, so that its depth is what the program's text shows.
  if (left.nodes.front().op == op) {
    ++left.nodes.front().count;
    left.append(std::move(right));
    return left;
  }
  Condition result;
  result.nodes.push_back({.op = op, .count = 2});
  result.append(std::move(left));
  result.append(std::move(right));
  return result;
}

Condition Condition::negate(Condition inner) {
  Condition result;
  if (inner.empty()) return in(Op::kIn, nullptr, {});
  result.nodes.push_back({.op = Op::kNot, .count = 1});
  result.append(std::move(inner));
  return result;
}

void Condition::append(Condition other) {
  for (Node& node : other.nodes) {
    if (node.op == Op::kHas) node.index += static_cast<std::uint32_t>(edges.size());
    if (node.op == Op::kUnsafe) node.index += static_cast<std::uint32_t>(texts.size());
  }
  nodes.insert(nodes.end(), other.nodes.begin(), other.nodes.end());
  std::move(other.values.begin(), other.values.end(), std::back_inserter(values));
  edges.insert(edges.end(), other.edges.begin(), other.edges.end());
  std::move(other.texts.begin(), other.texts.end(), std::back_inserter(texts));
}

}  // namespace banyan::orm
