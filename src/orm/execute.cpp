#include "orm/execute.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "orm/cursor.h"
#include "runtime/env.h"

namespace banyan::orm::detail {
namespace {

// The connection a statement runs on: the transaction's, or one taken for it.
struct Use {
  SqlLease lease;
  SqlConnection* connection = nullptr;
};

Task<SqlResult<Use>> use(Source source, SqlAccess access) {
  if (source.connection != nullptr) co_return Use{{}, source.connection};
  Use taken;
  taken.lease = co_await try_(source.database->acquire(access));
  taken.connection = taken.lease.get();
  co_return taken;
}

SqlError too_many_values(std::size_t values, std::size_t most) {
  return SqlError(SqlErrorKind::kExhausted, "the statement binds " + std::to_string(values) +
                                                " values, and this database takes " + std::to_string(most) +
                                                ": ask in several pieces");
}

Task<SqlResult<SqlOutcome>> run(Source source, SqlConnection* connection, Rendered statement, SqlRowSink* rows) {
  const std::size_t most = source.database->parameters_max();
  if (statement.parameters.size() > most) co_return too_many_values(statement.parameters.size(), most);
  co_return co_await connection->execute(statement.text, statement.parameters, rows);
}

std::string describe(const TableInfo& table, const ColumnInfo& column, const SqlValueView& view) {
  std::string text("column ");
  text.append(table.name).append(".").append(column.name).append(" holds ");
  text.append(view.is_null() ? "null, and the member is not optional" : "a value the member cannot hold (");
  if (!view.is_null()) text.append(sql_type_name(view.type)).append(")");
  return text;
}

// Reads the columns of `table` from `values`; false with `error` set.
bool read_entity(const TableInfo& table, std::span<const SqlValueView> values, void* entity,
                 std::optional<SqlError>& error) {
  const Members members(table, entity);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const ColumnInfo& column = table.columns[i];
    if (column.from_view(members[i], values[i])) continue;
    error.emplace(SqlErrorKind::kInvalid, describe(table, column, values[i]));
    return false;
  }
  return true;
}

void* entity_of(RowsOf::Part part, void* row) { return part == nullptr ? row : part(row, 0, 0); }

// Where rows are that will not move any more.
struct Placed {
  std::vector<void*> rows;
  RowsOf::Part part = nullptr;

  // The targets of edge number `edge`, themselves rows of `target_part`.
  Placed targets(std::size_t edge, RowsOf::Part target_part) const {
    Placed all{.part = target_part};
    for (void* row : rows) {
      for (std::size_t i = 0; void* target = part(row, edge, i); ++i) all.rows.push_back(target);
    }
    return all;
  }
};

// The rows of a result, by the functions of their type.
class Rows {
 public:
  Rows(void* rows, RowsOf of) : rows_(rows), of_(of) {}
  std::size_t size() const { return size_; }
  void* add_entity() {
    ++size_;
    return entity_of(of_.part, of_.call(RowsCall::kAdd, rows_, 0));
  }
  const void* entity(std::size_t row) const { return entity_of(of_.part, at(row)); }
  Placed placed() const {
    Placed all{.part = of_.part};
    for (std::size_t row = 0; row < size_; ++row) all.rows.push_back(at(row));
    return all;
  }
  void pop() {
    --size_;
    (void)of_.call(RowsCall::kPop, rows_, 0);
  }
  std::string& next() { return *static_cast<std::string*>(of_.call(RowsCall::kNext, rows_, 0)); }

 private:
  void* at(std::size_t row) const { return of_.call(RowsCall::kAt, rows_, row); }
  void* rows_;
  RowsOf of_;
  std::size_t size_ = 0;
};

class EntitySink : public SqlRowSink {
 public:
  EntitySink(const TableInfo& table, Rows& rows) : table_(table), rows_(rows) {}
  bool row(std::span<const SqlValueView> values) override {
    return read_entity(table_, values, rows_.add_entity(), error);
  }
  std::optional<SqlError> error;

 private:
  const TableInfo& table_;
  Rows& rows_;
};

// A key as bytes, equal where the database finds keys equal.
std::string key_bytes(const SqlValueView& view) {
  if (view.type == SqlType::kInteger || view.type == SqlType::kBool) return "i" + std::to_string(view.integer);
  return "t" + std::string(view.text);
}

using RowsByKey = std::unordered_map<std::string, std::vector<std::size_t>>;

class EdgeSink : public SqlRowSink {
 public:
  EdgeSink(const EdgeLoad& load, const Placed& owners, std::size_t edge, const RowsByKey& by_key)
      : load_(load), owners_(owners), edge_(edge), by_key_(by_key) {}
  bool row(std::span<const SqlValueView> values) override {
    const auto found = by_key_.find(key_bytes(values[0]));
    if (found == by_key_.end()) return true;
    // Several rows share the target they belong to: each gets its own copy.
    for (const std::size_t row : found->second) {
      void* const target = owners_.part(owners_.rows[row], edge_, RowsOf::kNew);
      if (!read_entity(*load_.edge.target, values.subspan(1), entity_of(load_.part, target), error)) return false;
    }
    return true;
  }
  std::optional<SqlError> error;

 private:
  const EdgeLoad& load_;
  const Placed& owners_;
  std::size_t edge_;
  const RowsByKey& by_key_;
};

// `number` of the edge among those of the owners, from 1.
Task<SqlResult<void>> load_edge(Source source, SqlConnection* connection, const EdgeLoad& load, const Placed& owners,
                                std::size_t number) {
  RowsByKey by_key;
  std::vector<SqlValue> keys;
  for (std::size_t i = 0; i < owners.rows.size(); ++i) {
    SqlValue key = load.edge.owner->get(*load.edge.local, entity_of(owners.part, owners.rows[i]));
    if (sql_type_of(key) == SqlType::kNull) continue;
    std::vector<std::size_t>& places = by_key[key_bytes(view_of(key))];
    if (places.empty()) keys.push_back(std::move(key));
    places.push_back(i);
  }
  Select select{.table = load.edge.target, .where = load.where, .order = load.order, .along = &load.edge};
  if (load.edge.kind == EdgeKind::kHasMany || load.edge.kind == EdgeKind::kManyToMany) {
    select.order.push_back({load.edge.target->key, false});
  }
  const std::size_t chunk = source.database->parameters_max() - std::min<std::size_t>(load.where.values.size(), 1000);
  EdgeSink sink(load, owners, number, by_key);
  for (std::size_t begin = 0; begin < keys.size(); begin += chunk) {
    const auto from = keys.begin() + static_cast<std::ptrdiff_t>(begin);
    select.keys.assign(from, keys.begin() + static_cast<std::ptrdiff_t>(std::min(keys.size(), begin + chunk)));
    (void)co_await try_(run(source, connection, render(connection->dialect(), select), &sink));
    if (sink.error.has_value()) co_return std::move(*sink.error);
  }
  co_return {};
}

// Level by level: an edge's targets are all there, and stay where they are, before edges of theirs are loaded.
Task<SqlResult<void>> load_edges(Source source, SqlConnection* connection, const std::vector<EdgeLoad>& edges,
                                 Placed owners) {
  if (owners.rows.empty()) co_return {};
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const EdgeLoad& load = edges[i];
    co_await try_(load_edge(source, connection, load, owners, i + 1));
    if (load.inner.empty()) continue;
    co_await try_(load_edges(source, connection, load.inner, owners.targets(i + 1, load.part)));
  }
  co_return {};
}

class PairSink : public SqlRowSink {
 public:
  bool row(std::span<const SqlValueView> values) override {
    pairs.push_back({to_sql_value(values[0]), values.size() > 1 ? to_sql_value(values[1]) : SqlValue()});
    return true;
  }
  std::vector<Pair> pairs;
};

SqlResult<void> run_hooks(const Source& source, bool before, MutationData& mutation) {
  for (const Hook& hook : *source.hooks) {
    if (hook.before != before || hook.table != mutation.table) continue;
    if (SqlResult<void> done = hook.run(mutation); !done.ok()) return done;
  }
  return {};
}

bool has_hooks(const Source& source, const TableInfo* table, bool before) {
  return std::ranges::any_of(*source.hooks,
                             [&](const Hook& hook) { return hook.table == table && hook.before == before; });
}

// Each row as a mutation of its own, before it is inserted. All must set the same columns afterwards.
SqlResult<void> hook_rows_before(const Source& source, Insert& insert) {
  if (!has_hooks(source, insert.table, true)) return {};
  Insert changed{.table = insert.table, .rows = insert.rows, .on_conflict = std::move(insert.on_conflict)};
  for (std::size_t row = 0; row < insert.rows; ++row) {
    MutationData mutation{.kind = Mutating::kCreate, .table = insert.table};
    for (std::size_t i = 0; i < insert.columns.size(); ++i) {
      mutation.set.push_back({insert.columns[i], std::move(insert.values[row * insert.columns.size() + i]), false});
    }
    if (SqlResult<void> done = run_hooks(source, true, mutation); !done.ok()) return done;
    for (std::size_t i = 0; i < mutation.set.size(); ++i) {
      if (row == 0) {
        changed.columns.push_back(mutation.set[i].column);
        // What a hook adds is for a row that is there, too.
        const bool added = i >= insert.columns.size() && changed.on_conflict.kind == OnConflict::Kind::kUpdate;
        if (added) changed.on_conflict.update.push_back(mutation.set[i].column);
      } else if (mutation.set.size() != changed.columns.size() || changed.columns[i] != mutation.set[i].column) {
        return SqlError(SqlErrorKind::kInvalid, "a hook has set columns in some rows of a batch and not in others");
      }
      changed.values.push_back(std::move(mutation.set[i].value));
    }
  }
  insert = std::move(changed);
  return {};
}

SqlResult<void> hook_rows_after(const Source& source, const Insert& insert) {
  if (!has_hooks(source, insert.table, false)) return {};
  for (std::size_t row = 0; row < insert.rows; ++row) {
    MutationData mutation{.kind = Mutating::kCreate, .table = insert.table, .rows = 1};
    for (std::size_t i = 0; i < insert.columns.size(); ++i) {
      mutation.set.push_back({insert.columns[i], insert.values[row * insert.columns.size() + i], false});
    }
    if (SqlResult<void> done = run_hooks(source, false, mutation); !done.ok()) return done;
  }
  return {};
}

// MariaDB has no statement that inserts a row or tells that it was there (dialect_mariadb.cpp): the error tells it.
bool is_ignored(const SqlError& error, const Insert& insert, SqlDialect dialect) {
  return dialect == SqlDialect::kMariadb && insert.on_conflict.kind == OnConflict::Kind::kIgnore && insert.rows == 1 &&
         error.is_constraint(SqlConstraintKind::kUnique);
}

Task<SqlResult<void>> insert_in_chunks(Source source, SqlConnection* connection, const Insert* insert, Rows* rows) {
  const std::size_t width = std::max<std::size_t>(insert->columns.size(), 1);
  const std::size_t most = std::max<std::size_t>(source.database->parameters_max() / width, 1);
  EntitySink sink(*insert->table, *rows);
  for (std::size_t begin = 0; begin < insert->rows; begin += most) {
    const std::size_t count = std::min(most, insert->rows - begin);
    Insert part{.table = insert->table, .columns = insert->columns, .rows = count, .on_conflict = insert->on_conflict};
    const auto from = insert->values.begin() + static_cast<std::ptrdiff_t>(begin * insert->columns.size());
    part.values.assign(from, from + static_cast<std::ptrdiff_t>(count * insert->columns.size()));
    SqlResult<SqlOutcome> ran = co_await run(source, connection, render(connection->dialect(), part), &sink);
    if (!ran.ok() && !is_ignored(ran.error(), part, connection->dialect())) co_return std::move(ran).error();
    if (sink.error.has_value()) co_return std::move(*sink.error);
  }
  co_return {};
}

Task<SqlResult<void>> select_rows(Source source, const Select* select, Rows* rows, std::vector<EdgeLoad> edges) {
  // A lock needs the connection that may write: the caller is in a transaction and has it.
  Use used = co_await try_(use(source, SqlAccess::kRead));
  EntitySink sink(*select->table, *rows);
  (void)co_await try_(run(source, used.connection, render(used.connection->dialect(), *select), &sink));
  if (sink.error.has_value()) co_return std::move(*sink.error);
  if (edges.empty()) co_return {};
  co_return co_await load_edges(source, used.connection, edges, rows->placed());
}

SqlTimestamp wall_time() { return {current_env().wall_nanoseconds() / 1000}; }

}  // namespace

RowTask fetch(Source source, Select select, std::vector<EdgeLoad> edges, RowsOf of, Fetch how) {
  if (how != Fetch::kAll) select.limit = how == Fetch::kOne ? 2 : 1;
  Rows rows(co_await RowTask::begin(of.call), of);
  co_await try_(select_rows(source, &select, &rows, std::move(edges)));
  if (how == Fetch::kOne) co_await try_(check_one(rows.size(), select.table->name));
  co_return RowTask::Done();
}

RowTask fetch_page(Source source, Select select, std::vector<EdgeLoad> edges, RowsOf of, std::string cursor) {
  const std::uint64_t size = select.limit.value_or(0);
  co_await try_(continue_after(select, cursor));
  Rows rows(co_await RowTask::begin(of.call), of);
  co_await try_(select_rows(source, &select, &rows, std::move(edges)));
  if (rows.size() > size) {
    rows.pop();
    rows.next() = cursor_after(*select.table, select.order, rows.entity(rows.size() - 1));
  }
  co_return RowTask::Done();
}

Task<SqlResult<std::vector<Pair>>> select_values(Source source, Select select) {
  Use used = co_await try_(use(source, SqlAccess::kRead));
  PairSink sink;
  (void)co_await try_(run(source, used.connection, render(used.connection->dialect(), select), &sink));
  co_return std::move(sink.pairs);
}

RowTask insert_rows(Source source, Insert insert, RowsOf of, bool one) {
  Rows rows(co_await RowTask::begin(of.call), of);
  if (insert.rows == 0) co_return RowTask::Done();
  co_await try_(hook_rows_before(source, insert));
  Use used = co_await try_(use(source, SqlAccess::kWrite));
  const bool several = insert.values.size() > source.database->parameters_max();
  const bool own_transaction = several && source.connection == nullptr;
  if (own_transaction) co_await try_(used.connection->begin({}));
  SqlResult<void> done = co_await insert_in_chunks(source, used.connection, &insert, &rows);
  if (own_transaction) {
    SqlResult<void> ended = co_await end_attempt(used.connection, done.ok() ? nullptr : &done.error());
    if (done.ok()) done = std::move(ended);
  }
  co_await try_(std::move(done));
  co_await try_(hook_rows_after(source, insert));
  if (one && rows.size() == 0) {
    co_return SqlError(SqlErrorKind::kNotFound, "the row was there already, and nothing was inserted");
  }
  co_return RowTask::Done();
}

Task<SqlResult<std::uint64_t>> update_rows(Source source, Update update, std::vector<Assignment>* stored) {
  MutationData mutation{.kind = Mutating::kUpdate, .table = update.table, .set = std::move(update.set)};
  mutation.where = &update.where;
  co_await try_(run_hooks(source, true, mutation));
  if (mutation.set.empty()) co_return SqlError(SqlErrorKind::kInvalid, "the update sets nothing");
  update.set = mutation.set;
  if (const ColumnInfo* version = update.table->version; version != nullptr) {
    update.set.push_back({version, std::int64_t{1}, true});
  }
  Use used = co_await try_(use(source, SqlAccess::kWrite));
  const SqlOutcome outcome =
      co_await try_(run(source, used.connection, render(used.connection->dialect(), update), nullptr));
  mutation.rows = outcome.rows_affected;
  co_await try_(run_hooks(source, false, mutation));
  if (stored != nullptr) *stored = std::move(mutation.set);
  co_return outcome.rows_affected;
}

Task<SqlResult<std::uint64_t>> remove_rows(Source source, Delete statement, bool purge) {
  MutationData mutation{.kind = Mutating::kRemove, .table = statement.table};
  mutation.where = &statement.where;
  co_await try_(run_hooks(source, true, mutation));
  Use used = co_await try_(use(source, SqlAccess::kWrite));
  const SqlDialect dialect = used.connection->dialect();
  const bool soft = statement.table->deleted_at != nullptr && !purge;
  Rendered rendered;
  if (soft) {
    Update update{.table = statement.table, .set = {{statement.table->deleted_at, wall_time(), false}}};
    update.where = statement.where;
    rendered = render(dialect, update);
  } else {
    rendered = render(dialect, statement);
  }
  const SqlOutcome outcome = co_await try_(run(source, used.connection, std::move(rendered), nullptr));
  mutation.rows = outcome.rows_affected;
  co_await try_(run_hooks(source, false, mutation));
  co_return outcome.rows_affected;
}

RowTask save_row(Source source, const TableInfo& table, Held held) {
  Condition by_key = Condition::compare(Op::kEqual, table.key, table.get(*table.key, held.get()));
  Update update{.table = &table, .set = assignments_of(table, held.get()), .where = by_key};
  SqlValue version = table.version == nullptr ? SqlValue() : table.get(*table.version, held.get());
  if (table.version != nullptr) {
    update.where =
        Condition::join(Op::kAnd, std::move(update.where), Condition::compare(Op::kEqual, table.version, version));
  }
  std::vector<Assignment> stored;
  std::vector<Assignment>* const wanted = has_hooks(source, &table, true) ? &stored : nullptr;
  const std::uint64_t changed = co_await try_(update_rows(source, std::move(update), wanted));
  if (changed == 0) {
    const std::string name(table.name);
    SqlError gone(SqlErrorKind::kNotFound, "no row of " + name + " has this key");
    if (table.version == nullptr) co_return gone;
    Select select{.table = &table, .where = std::move(by_key), .aggregate = Aggregate::kCount};
    const std::vector<Pair> counted = co_await try_(select_values(source, std::move(select)));
    if (counted.empty() || counted[0].first == SqlValue(std::int64_t{0})) co_return gone;
    co_return SqlError(SqlErrorKind::kConflict, "the row of " + name + " has changed since it was read");
  }
  if (table.version != nullptr) stored.push_back({table.version, std::get<std::int64_t>(version) + 1, false});
  // As it is now: with what hooks have made of it, and the next version.
  const Members members(table, held.get());
  for (const Assignment& one : stored) {
    const auto place = static_cast<std::size_t>(one.column - table.columns.data());
    if (!one.add) (void)one.column->from_view(members[place], view_of(one.value));
  }
  held.move_to(co_await RowTask::begin());
  co_return RowTask::Done();
}

Task<SqlResult<SqlOutcome>> execute_text(Source source, std::string text, std::vector<SqlValue> values,
                                         SqlRowSink* rows) {
  Use used = co_await try_(use(source, SqlAccess::kWrite));
  co_return co_await used.connection->execute(text, values, rows);
}

Insert insert_of(const TableInfo& table, std::vector<const void*> entities) {
  Insert insert{.table = &table, .rows = entities.size()};
  // The key is left to the database if every row leaves it; a mixture goes in as it is and fails there, loudly.
  const bool leave_key = table.key->generated && std::ranges::all_of(entities, [&](const void* entity) {
                           return table.get(*table.key, entity) == SqlValue(std::int64_t{0});
                         });
  for (const ColumnInfo& column : table.columns) {
    if (&column != table.key || !leave_key) insert.columns.push_back(&column);
  }
  insert.values.reserve(insert.columns.size() * entities.size());
  for (const void* entity : entities) {
    for (const ColumnInfo* column : insert.columns) insert.values.push_back(table.get(*column, entity));
  }
  return insert;
}

std::vector<Assignment> assignments_of(const TableInfo& table, const void* entity) {
  std::vector<Assignment> set;
  for (const ColumnInfo& column : table.columns) {
    if (&column != table.key && &column != table.version) set.push_back({&column, table.get(column, entity), false});
  }
  return set;
}

Task<SqlResult<void>> create_tables(Source source, std::vector<const TableInfo*> tables) {
  Use used = co_await try_(use(source, SqlAccess::kWrite));
  const SqlDialect dialect = used.connection->dialect();
  std::unordered_set<const TableInfo*> done;
  // Those that refer to others come after them.
  for (bool progress = true; progress && done.size() < tables.size();) {
    progress = false;
    for (const TableInfo* table : tables) {
      const bool ready = std::ranges::all_of(table->columns, [&](const ColumnInfo& column) {
        if (column.references == nullptr) return true;
        const TableInfo* target = &column.references();
        return target == table || done.contains(target) || std::ranges::find(tables, target) == tables.end();
      });
      if (done.contains(table) || !ready) continue;
      const std::vector<std::string> statements = render_create(dialect, *table);
      for (const std::string& statement : statements) (void)co_await try_(used.connection->execute(statement));
      done.insert(table);
      progress = true;
    }
  }
  if (done.size() == tables.size()) co_return {};
  co_return SqlError(SqlErrorKind::kInvalid, "tables refer to one another in a circle: create one of their keys later");
}

}  // namespace banyan::orm::detail
