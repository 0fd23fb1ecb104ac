#include "orm/change.h"

namespace banyan::orm::detail {

Assignments::Assignments() = default;
Assignments::Assignments(const Assignments& other) = default;
Assignments::Assignments(Assignments&& other) noexcept = default;
Assignments::~Assignments() = default;

void Assignments::put(const ColumnInfo* column, SqlValue value, bool add) {
  list_.push_back({column, std::move(value), add});
}
void Assignments::put(const ColumnInfo* column, bool value, bool add) { put(column, SqlValue(value), add); }
void Assignments::put(const ColumnInfo* column, std::int64_t value, bool add) { put(column, SqlValue(value), add); }
void Assignments::put(const ColumnInfo* column, double value, bool add) { put(column, SqlValue(value), add); }
void Assignments::put(const ColumnInfo* column, std::string_view value, bool add) {
  put(column, SqlValue(std::string(value)), add);
}

namespace {

// A version is raised by an upsert as by any other change, and never set: who has read the row before must hear of it.
OnConflict conflict_of(ConflictOn on, const Insert& insert, const ColumnInfo* but) {
  OnConflict conflict{.kind = on.kind, .target = {on.columns, on.columns + on.count}};
  if (on.kind != OnConflict::Kind::kUpdate) return conflict;
  conflict.raise = insert.table->version;
  for (const ColumnInfo* column : insert.columns) {
    if (column != but && column != conflict.raise) conflict.update.push_back(column);
  }
  // An upsert gives the row that is there. With nothing else to store, SQL gives it to who stores what it has.
  if (conflict.update.empty() && conflict.raise == nullptr) conflict.update = conflict.target;
  return conflict;
}

}  // namespace

RowTask create_row(const Source& source, const TableInfo* table, const Assignments& set, ConflictOn on, RowsOf rows) {
  Insert insert{.table = table};
  for (const Assignment& assignment : set.list()) {
    insert.columns.push_back(assignment.column);
    insert.values.push_back(assignment.value);
  }
  insert.on_conflict = conflict_of(on, insert, nullptr);
  return insert_rows(source, std::move(insert), rows, true);
}

RowTask insert_entities(const Source& source, Entities entities, ConflictOn on, RowsOf rows, bool one) {
  Insert insert = insert_of(*entities.table, std::move(entities.pointers));
  insert.on_conflict = conflict_of(on, insert, insert.table->key);
  return insert_rows(source, std::move(insert), rows, one);
}

ChangeBase::ChangeBase(const ChangeBase& other, Condition&& condition)
    : source_(other.source_),
      table_(other.table_),
      set_(other.set_),
      with_deleted_(other.with_deleted_),
      where_(Condition::join(Op::kAnd, other.where_, std::move(condition))) {}

Task<SqlResult<std::uint64_t>> ChangeBase::run_update() const {
  return update_rows(source_, {.table = table_, .set = set_.list(), .where = where_, .with_deleted = with_deleted_});
}

Task<SqlResult<std::uint64_t>> ChangeBase::run_remove(bool purge) const {
  return remove_rows(source_, {.table = table_, .where = where_}, purge);
}

}  // namespace banyan::orm::detail
