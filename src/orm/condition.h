// Conditions as data: what stands in WHERE, the types of the program erased.
//
// A condition is a row of nodes in prefix order: an operator is followed by its operands. Values stand apart, in the
// order of the nodes that use them, and reach the database only as bound parameters: there is no node for a literal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orm/table_info.h"

namespace banyan::orm {

enum class Op : std::uint8_t {
  kAnd,  // of `count` conditions
  kOr,
  kNot,  // of one
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,  // column and one value; or, with `other`, two columns
  kIsNull,
  kIsNotNull,
  kIn,      // `count` values; none: never true
  kNotIn,   // none: always true
  kLike,    // one value, a pattern in which ! escapes
  kHas,     // there is a row along the edge at `index`; if count is 1, one for which the next condition is true
  kUnsafe,  // text at `index`, with `count` values
};

struct Node {
  Op op;
  std::uint32_t count = 0;
  std::uint32_t index = 0;
  const ColumnInfo* column = nullptr;
  const ColumnInfo* other = nullptr;
};

struct Condition {
  std::vector<Node> nodes;  // empty: always true
  std::vector<SqlValue> values;
  std::vector<EdgeInfo> edges;
  std::vector<std::string> texts;

  // Not inline: conditions are made, moved and dropped at every call of a query.
  Condition();
  Condition(const Condition& other);
  Condition(Condition&& other) noexcept;
  Condition& operator=(const Condition& other);
  Condition& operator=(Condition&& other) noexcept;
  ~Condition();

  bool empty() const { return nodes.empty(); }

  static Condition compare(Op op, const ColumnInfo* column, SqlValue value);
  static Condition compare(Op op, const ColumnInfo* column, bool value);
  static Condition compare(Op op, const ColumnInfo* column, std::int64_t value);
  static Condition compare(Op op, const ColumnInfo* column, double value);
  static Condition compare(Op op, const ColumnInfo* column, std::string_view value);
  static Condition compare_columns(Op op, const ColumnInfo* column, const ColumnInfo* other);
  static Condition of_column(Op op, const ColumnInfo* column);
  static Condition in(Op op, const ColumnInfo* column, std::vector<SqlValue> values);
  // The pattern before + text + after, with %, _ and ! of `text` escaped.
  static Condition like(const ColumnInfo* column, std::string_view before, std::string_view text,
                        std::string_view after);
  static Condition has(EdgeInfo edge, Condition inner);
  static Condition unsafe(std::string text, std::vector<SqlValue> values);
  // Joined by kAnd or kOr; an empty side is left out.
  static Condition join(Op op, Condition left, Condition right);
  static Condition negate(Condition inner);

 private:
  void append(Condition other);
};

}  // namespace banyan::orm
