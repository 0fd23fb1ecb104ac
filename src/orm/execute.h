// Runs statements that are data, and reads rows into entities by their columns. What typed builders end in; nothing
// here is a template, so that a query costs the compiler little.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "orm/database.h"
#include "orm/row_task.h"

namespace banyan::orm::detail {

// An edge to load for rows already there.
struct EdgeLoad {
  EdgeInfo edge;
  Condition where;
  std::vector<Order> order;
  std::vector<EdgeLoad> inner;  // edges of its targets
  RowsOf::Part part = nullptr;  // of its targets; null: they are entities

  // Not inline: they are made and moved at every call of a query.
  explicit EdgeLoad(EdgeInfo edge);
  EdgeLoad(const EdgeLoad& other);
  EdgeLoad(EdgeLoad&& other) noexcept;
  EdgeLoad& operator=(EdgeLoad&& other) noexcept;
  ~EdgeLoad();
  void add_where(Condition&& condition);
  void add_order(Order by);
  void add_inner(EdgeLoad&& load);
};

enum class Fetch : std::uint8_t {
  kAll,
  kOne,    // kNotFound, kNotSingular
  kFirst,  // or none
};

// The rows, one statement; and one more for each edge, those of edges' targets among them (more only where a list of
// keys passes what the database can bind).
RowTask fetch(Source source, Select select, std::vector<EdgeLoad> edges, RowsOf rows, Fetch how);
RowTask fetch_page(Source source, Select select, std::vector<EdgeLoad> edges, RowsOf rows, std::string cursor);
// The values of the first two columns of each row (a row with one column: the second is null).
struct Pair {
  SqlValue first;
  SqlValue second;
};
Task<SqlResult<std::vector<Pair>>> select_values(Source source, Select select);

// Through the hooks, row by row; `rows` gets what the database has stored. Several statements if there are more values
// than one can bind, then in a transaction of their own unless the source is one.
// `one`: no row is kNotFound, since the only way is that it was there already.
RowTask insert_rows(Source source, Insert insert, RowsOf rows, bool one);
// `stored`, if not null, gets what was set, hooks' changes included; it outlives the task.
Task<SqlResult<std::uint64_t>> update_rows(Source source, Update update, std::vector<Assignment>* stored = nullptr);
// Soft where the table has soft delete and `purge` is false.
Task<SqlResult<std::uint64_t>> remove_rows(Source source, Delete statement, bool purge);
// An entity on its way through a task that does not know its type.
class Held {
 public:
  // Moves it into a SqlResult at `result`, if that is not null, and deletes it.
  using End = void (*)(void* result, void* entity);
  Held(void* entity, End end) : entity_(entity), end_(end) {}
  Held(Held&& other) noexcept : entity_(std::exchange(other.entity_, nullptr)), end_(other.end_) {}
  Held& operator=(Held&&) = delete;
  ~Held() {
    if (entity_ != nullptr) end_(nullptr, entity_);
  }
  void* get() const { return entity_; }
  void move_to(void* result) { end_(result, std::exchange(entity_, nullptr)); }

 private:
  void* entity_;
  End end_;
};
// All columns of an entity, by key and version; its version is raised. kNotFound, kConflict.
RowTask save_row(Source source, const TableInfo& table, Held held);
Task<SqlResult<SqlOutcome>> execute_text(Source source, std::string text, std::vector<SqlValue> values,
                                         SqlRowSink* rows);
// The columns and values of an entity for an INSERT; a generated key of 0 is left out.
Insert insert_of(const TableInfo& table, std::vector<const void*> entities);
// All columns but key and version, and those that `but` names.
std::vector<Assignment> assignments_of(const TableInfo& table, const void* entity);
Task<SqlResult<void>> create_tables(Source source, std::vector<const TableInfo*> tables);

}  // namespace banyan::orm::detail
