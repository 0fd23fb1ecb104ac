// Statements as data: what typed builders make and renderers turn into SQL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orm/condition.h"
#include "sql/sql_database.h"

namespace banyan::orm {

struct Order {
  const ColumnInfo* column = nullptr;
  bool descending = false;
};

enum class Lock : std::uint8_t { kNone, kForUpdate, kForUpdateSkipLocked, kForShare };
enum class Aggregate : std::uint8_t { kCount, kSum, kAverage, kMin, kMax };

// Rows still there: without those soft-deleted, unless `with_deleted`.
struct Select {
  const TableInfo* table = nullptr;
  Condition where;
  std::vector<Order> order;
  std::optional<std::uint64_t> limit;
  std::uint64_t offset = 0;
  Lock lock = Lock::kNone;
  bool with_deleted = false;
  // Rows after this position: one value for each of `order`, none of them null.
  std::vector<SqlValue> after;
  // Set: one row for each value of `group` (or one row), with the aggregate behind it.
  std::optional<Aggregate> aggregate;
  const ColumnInfo* aggregated = nullptr;  // null: rows are counted
  const ColumnInfo* group = nullptr;
  // Set: rows of `table`, the edge's target, for these values of the edge's `local`; the first column is which.
  const EdgeInfo* along = nullptr;
  std::vector<SqlValue> keys;
};

struct Assignment {
  const ColumnInfo* column = nullptr;
  SqlValue value;
  bool add = false;  // column = column + value
};

struct OnConflict {
  enum class Kind : std::uint8_t { kFail, kIgnore, kUpdate };
  Kind kind = Kind::kFail;
  std::vector<const ColumnInfo*> target;  // a unique set of columns; MariaDB takes whichever unique key conflicts
  std::vector<const ColumnInfo*> update;  // get the values of the row that could not be inserted
  const ColumnInfo* raise = nullptr;      // the version of the row that is there, which goes up by one; null: none
};

struct Insert {
  const TableInfo* table = nullptr;
  std::vector<const ColumnInfo*> columns;
  std::vector<SqlValue> values;  // row after row
  std::size_t rows = 1;
  OnConflict on_conflict;
};

struct Update {
  const TableInfo* table = nullptr;
  std::vector<Assignment> set;
  Condition where;
  bool with_deleted = false;
};

struct Delete {
  const TableInfo* table = nullptr;
  Condition where;
};

// SQL and the values bound to its placeholders, in their order.
struct Rendered {
  std::string text;
  std::vector<SqlValue> parameters;
};

// Pure functions. INSERT gives the new rows back, all columns in the table's order.
Rendered render(SqlDialect dialect, const Select& select);
Rendered render(SqlDialect dialect, const Insert& insert);
Rendered render(SqlDialect dialect, const Update& update);
Rendered render(SqlDialect dialect, const Delete& statement);
// CREATE TABLE and CREATE INDEX of one table, each only if it is not there.
std::vector<std::string> render_create(SqlDialect dialect, const TableInfo& table);

}  // namespace banyan::orm
