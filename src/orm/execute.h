// Runs statements that are data, and reads rows into entities by their columns. What typed builders end in; nothing
// here is a template, so that a query costs the compiler little.
#pragma once

#include <vector>

#include "orm/database.h"

namespace banyan::orm::detail {

// Rows of some type, by functions of that type.
struct RowsOf {
  void* rows = nullptr;
  void* (*append)(void* rows) = nullptr;  // adds a row, gives its entity
};

// An edge to load for rows already there.
struct EdgeLoad {
  EdgeInfo edge;
  Condition where;
  std::vector<Order> order;
  const void* (*entity)(const void* rows, std::size_t row) = nullptr;
  void* (*add)(void* rows, std::size_t row) = nullptr;  // adds a target to the row's edge, gives its entity
  std::size_t (*count)(const void* rows) = nullptr;
};

// One statement, and one more for each edge (more only where a list of keys passes what the database can bind).
Task<SqlResult<void>> select_rows(Source source, Select select, RowsOf rows, std::vector<EdgeLoad> edges);
// The values of the first two columns of each row (a row with one column: the second is null).
struct Pair {
  SqlValue first;
  SqlValue second;
};
Task<SqlResult<std::vector<Pair>>> select_values(Source source, Select select);

// Through the hooks, row by row; `rows` gets what the database has stored. Several statements if there are more values
// than one can bind, then in a transaction of their own unless the source is one.
Task<SqlResult<void>> insert_rows(Source source, Insert insert, RowsOf rows);
Task<SqlResult<std::uint64_t>> update_rows(Source source, Update update);
// Soft where the table has soft delete and `purge` is false.
Task<SqlResult<std::uint64_t>> remove_rows(Source source, Delete statement, bool purge);
// An update of one row by key and version; kNotFound, kConflict.
Task<SqlResult<void>> save_row(Source source, Update update, SqlValue key, SqlValue version);
Task<SqlResult<SqlOutcome>> execute_text(Source source, std::string text, std::vector<SqlValue> values,
                                         SqlRowSink* rows);
// The columns and values of an entity for an INSERT; a generated key of 0 is left out.
Insert insert_of(const TableInfo& table, std::vector<const void*> entities);
// All columns but key and version, and those that `but` names.
std::vector<Assignment> assignments_of(const TableInfo& table, const void* entity);
Task<SqlResult<void>> create_tables(Source source, std::vector<const TableInfo*> tables);

}  // namespace banyan::orm::detail
