#include "orm_migrate/plan.h"

#include <algorithm>
#include <set>

#include "orm/statement.h"
#include "sqlite/sqlite_database.h"

namespace banyan::orm {
namespace {

using migrate::Catalogue;
using migrate::CatalogueColumn;
using migrate::CatalogueForeignKey;
using migrate::CatalogueIndex;
using migrate::CatalogueTable;

// What differs of one table.
struct Differences {
  std::vector<const CatalogueColumn*> added;                                       // of the wanted
  std::vector<const CatalogueColumn*> dropped;                                     // of the live
  std::vector<std::pair<const CatalogueColumn*, const CatalogueColumn*>> changed;  // live, wanted
  std::vector<const CatalogueIndex*> indexes_added, indexes_dropped;
  std::vector<const CatalogueForeignKey*> keys_added, keys_dropped;
};

bool same_index(const CatalogueIndex& a, const CatalogueIndex& b) {
  return a.unique == b.unique && a.columns == b.columns;
}
bool same_key(const CatalogueForeignKey& a, const CatalogueForeignKey& b) {
  const bool target = a.target == b.target || a.target.empty() || b.target.empty();
  return a.column == b.column && a.table == b.table && a.cascade == b.cascade && target;
}
bool same_column(const CatalogueColumn& a, const CatalogueColumn& b) {
  return a.type == b.type && a.nullable == b.nullable && (a.generated || a.default_value == b.default_value);
}

// Those of `from` that have no equal in `in`.
template <class T, class Same>
std::vector<const T*> without(const std::vector<T>& from, const std::vector<T>& in, Same same) {
  std::vector<const T*> result;
  for (const T& one : from) {
    if (std::ranges::none_of(in, [&](const T& other) { return same(one, other); })) result.push_back(&one);
  }
  return result;
}

Differences compare(const CatalogueTable& live, const CatalogueTable& wanted) {
  const auto same_name = [](const CatalogueColumn& a, const CatalogueColumn& b) { return a.name == b.name; };
  Differences result;
  result.added = without(wanted.columns, live.columns, same_name);
  result.dropped = without(live.columns, wanted.columns, same_name);
  for (const CatalogueColumn& column : wanted.columns) {
    const CatalogueColumn* const before = live.column(column.name);
    if (before != nullptr && !same_column(*before, column)) result.changed.emplace_back(before, &column);
  }
  result.indexes_added = without(wanted.indexes, live.indexes, same_index);
  result.indexes_dropped = without(live.indexes, wanted.indexes, same_index);
  result.keys_added = without(wanted.foreign_keys, live.foreign_keys, same_key);
  result.keys_dropped = without(live.foreign_keys, wanted.foreign_keys, same_key);
  return result;
}

std::string quoted(SqlDialect dialect, std::string_view name) {
  const char quote = dialect == SqlDialect::kMariadb ? '`' : '"';
  std::string text(1, quote);
  for (const char c : name) text.append(c == quote ? 2 : 1, c);
  return text + quote;
}

bool is_constant(std::string_view value) {
  return !value.empty() && (value[0] == '\'' || value[0] == '-' || (value[0] >= '0' && value[0] <= '9'));
}

class Planner {
 public:
  Planner(SqlDialect dialect, const Catalogue& live, const Catalogue& wanted)
      : dialect_(dialect), live_(live), wanted_(wanted) {}

  Plan plan(std::span<const TableInfo* const> tables) {
    bool circle = false;
    for (const TableInfo* table : in_order(tables, circle)) {
      const CatalogueTable* const before = live_.table(table->name);
      const CatalogueTable* const after = wanted_.table(table->name);
      if (after == nullptr) continue;
      if (before == nullptr) {
        for (std::string& sql : render_create(dialect_, *table)) step(std::move(sql));
      } else {
        change_table(*table, *before, *after);
      }
    }
    if (circle) refuse("tables refer to one another in a circle: write the migration that makes them by hand");
    drop_tables();
    return std::move(plan_);
  }

 private:
  std::string name(std::string_view text) const { return quoted(dialect_, text); }
  void step(std::string sql, std::string destroys = {}) {
    plan_.steps.push_back({std::move(sql), std::move(destroys)});
  }
  void refuse(std::string sentence) { plan_.refused.push_back(std::move(sentence)); }

  void change_table(const TableInfo& table, const CatalogueTable& before, const CatalogueTable& after) {
    if (before.key != after.key) {
      return refuse(after.name + " has another primary key: write that migration by hand");
    }
    const Differences differences = compare(before, after);
    for (const CatalogueColumn* column : differences.added) {
      if (column->nullable || !column->default_value.empty()) continue;
      return refuse(after.name + "." + column->name +
                    " is not null and has no default, so rows that are there have no value for it: give the field a "
                    "Default, or make it a std::optional, fill it, and change it then");
    }
    table_ = "ALTER TABLE " + name(after.name) + " ";
    if (dialect_ == SqlDialect::kSqlite) {
      change_in_sqlite(table, before, after, differences);
    } else {
      change_in_place(after, differences);
    }
  }

  std::string definition(const CatalogueColumn& column) const {
    std::string text = name(column.name) + " " + column.type;
    if (!column.default_value.empty()) text += " DEFAULT " + column.default_value;
    return column.nullable ? text : text + " NOT NULL";
  }
  static std::string list(SqlDialect dialect, const std::vector<std::string>& columns) {
    std::string text = "(";
    for (const std::string& column : columns) text += (text.size() == 1 ? "" : ", ") + quoted(dialect, column);
    return text + ")";
  }
  void add_index(const CatalogueTable& table, const CatalogueIndex& index) {
    // A constraint and a unique index are the same to the planner, and only the index can be added everywhere.
    std::string index_name = index.name;
    if (index_name.starts_with("sqlite_")) {
      index_name = table.name;
      for (const std::string& column : index.columns) index_name += "_" + column;
      index_name += "_key";
    }
    step(std::string(index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ") + name(index_name) + " ON " +
         name(table.name) + " " + list(dialect_, index.columns));
  }
  static std::string loss_of_index(const CatalogueTable& table, const CatalogueIndex& index) {
    return "the index " + index.name + " of " + table.name + ", which no entity names";
  }

  void change_in_place(const CatalogueTable& after, const Differences& differences) {
    for (const CatalogueForeignKey* key : differences.keys_dropped) {
      step(table_ + "DROP CONSTRAINT " + name(key->name));
    }
    for (const CatalogueIndex* index : differences.indexes_dropped) {
      step(index->constraint ? table_ + "DROP CONSTRAINT " + name(index->name) : "DROP INDEX " + name(index->name),
           loss_of_index(after, *index));
    }
    for (const CatalogueColumn* column : differences.added) step(table_ + "ADD COLUMN " + definition(*column));
    for (const auto& [was, will] : differences.changed) change_column(after, *was, *will);
    for (const CatalogueColumn* column : differences.dropped) {
      step(table_ + "DROP COLUMN " + name(column->name), "the column " + after.name + "." + column->name);
    }
    for (const CatalogueIndex* index : differences.indexes_added) add_index(after, *index);
    for (const CatalogueForeignKey* key : differences.keys_added) {
      step(table_ + "ADD CONSTRAINT " + name(key->name) + " FOREIGN KEY (" + name(key->column) + ") REFERENCES " +
           name(key->table) + " (" + name(key->target) + ")" + (key->cascade ? " ON DELETE CASCADE" : ""));
    }
  }
  void change_column(const CatalogueTable& after, const CatalogueColumn& was, const CatalogueColumn& will) {
    const std::string column = table_ + "ALTER COLUMN " + name(will.name) + " ";
    if (was.type != will.type) {
      const bool widened = (was.type == "integer" || was.type == "smallint") && will.type == "bigint";
      if (!was.default_value.empty()) step(column + "DROP DEFAULT");
      step(column + "TYPE " + will.type + " USING " + name(will.name) + "::" + will.type,
           widened ? "" : "values of " + after.name + "." + will.name + " that a " + will.type + " cannot hold");
    }
    const bool had = !was.default_value.empty() && was.type == will.type;
    if (will.default_value.empty() && had) step(column + "DROP DEFAULT");
    const bool sets = !will.default_value.empty() && (!had || was.default_value != will.default_value);
    if (sets) step(column + "SET DEFAULT " + will.default_value);
    if (was.nullable && !will.nullable) step(column + "SET NOT NULL");
    if (!was.nullable && will.nullable) step(column + "DROP NOT NULL");
  }

  void change_in_sqlite(const TableInfo& table, const CatalogueTable& before, const CatalogueTable& after,
                        const Differences& differences) {
    const auto in_place = [](const CatalogueColumn* column) {
      return column->default_value.empty() || is_constant(column->default_value);
    };
    const auto constraint = [](const CatalogueIndex* index) { return index->constraint; };
    const bool anew = !differences.dropped.empty() || !differences.changed.empty() || !differences.keys_added.empty() ||
                      !differences.keys_dropped.empty() || !std::ranges::all_of(differences.added, in_place) ||
                      std::ranges::any_of(differences.indexes_dropped, constraint);
    if (anew) return make_anew(table, before, after, differences);
    for (const CatalogueColumn* column : differences.added) step(table_ + "ADD COLUMN " + definition(*column));
    for (const CatalogueIndex* index : differences.indexes_dropped) {
      step("DROP INDEX " + name(index->name), loss_of_index(after, *index));
    }
    for (const CatalogueIndex* index : differences.indexes_added) add_index(after, *index);
  }

  // https://www.sqlite.org/lang_altertable.html, 7: make, copy, drop, rename.
  void make_anew(const TableInfo& table, const CatalogueTable& before, const CatalogueTable& after,
                 const Differences& differences) {
    std::string losses;
    const auto lose = [&](const std::string& what) { losses += (losses.empty() ? "" : "; ") + what; };
    for (const CatalogueColumn* column : differences.dropped) lose("the column " + after.name + "." + column->name);
    for (const CatalogueIndex* index : differences.indexes_dropped) lose(loss_of_index(after, *index));
    for (const auto& [was, will] : differences.changed) {
      if (was->type != will->type) lose("values of " + after.name + "." + will->name + " that are no " + will->type);
    }
    const std::string draft = "banyan_new_" + after.name;
    std::vector<std::string> creates = render_create(dialect_, table);
    const std::string head = name(after.name);
    std::string sql = creates[0];
    sql.replace(sql.find(head), head.size(), name(draft));
    std::string into;
    std::string from;
    for (const CatalogueColumn& column : after.columns) {
      const CatalogueColumn* const old = before.column(column.name);
      if (old == nullptr) continue;
      const std::string separator = into.empty() ? "" : ", ";
      into += separator + name(column.name);
      from += separator +
              (old->type == column.type ? name(column.name) : "CAST(" + name(column.name) + " AS " + column.type + ")");
    }
    sql += ";\nINSERT INTO " + name(draft) + " (" + into + ") SELECT " + from + " FROM " + head;
    sql += ";\nDROP TABLE " + head + ";\nALTER TABLE " + name(draft) + " RENAME TO " + head;
    for (std::size_t i = 1; i < creates.size(); ++i) sql += ";\n" + creates[i];
    step(std::move(sql), std::move(losses));
  }

  // Those that refer to others go first.
  void drop_tables() {
    std::vector<const CatalogueTable*> gone;
    for (const CatalogueTable& table : live_.tables) {
      if (wanted_.table(table.name) == nullptr) gone.push_back(&table);
    }
    while (!gone.empty()) {
      const auto free = std::ranges::find_if(gone, [&](const CatalogueTable* table) {
        return std::ranges::none_of(gone, [&](const CatalogueTable* other) {
          return other != table && std::ranges::any_of(other->foreign_keys, [&](const CatalogueForeignKey& key) {
                   return key.table == table->name;
                 });
        });
      });
      const auto next = free == gone.end() ? gone.begin() : free;
      step("DROP TABLE " + name((*next)->name), "the table " + (*next)->name + ", which no entity is stored in");
      gone.erase(next);
    }
  }

  SqlDialect dialect_;
  const Catalogue& live_;
  const Catalogue& wanted_;
  std::string table_;  // "ALTER TABLE name "
  Plan plan_;
};

Task<SqlResult<Catalogue>> make_and_read(SqlConnection& connection, const std::vector<const TableInfo*>& tables) {
  for (const TableInfo* table : tables) {
    for (const std::string& sql : render_create(connection.dialect(), *table)) {
      (void)co_await try_(connection.execute(sql));
    }
  }
  co_return co_await migrate::read_catalogue(connection);
}

Task<SqlResult<Catalogue>> wanted_in_sqlite(std::vector<const TableInfo*> tables) {
  const std::unique_ptr<SqliteDatabase> empty = co_await try_(SqliteDatabase::open({.path = ":memory:"}));
  SqlLease lease = co_await try_(empty->acquire(SqlAccess::kWrite));
  co_return co_await make_and_read(*lease, tables);
}

Task<SqlResult<Catalogue>> make_in_schema(SqlConnection& connection, const std::vector<const TableInfo*>& tables) {
  (void)co_await try_(connection.execute("CREATE SCHEMA banyan_wanted"));
  (void)co_await try_(connection.execute("SET LOCAL search_path TO banyan_wanted"));
  co_return co_await make_and_read(connection, tables);
}

Task<SqlResult<Catalogue>> wanted_in_postgres(SqlConnection& connection, std::vector<const TableInfo*> tables) {
  co_await try_(connection.begin({}));
  SqlResult<Catalogue> made = co_await make_in_schema(connection, tables);
  SqlResult<void> undone = co_await connection.rollback();
  if (made.ok() && !undone.ok()) co_return std::move(undone).error();
  co_return made;
}

}  // namespace

std::string Plan::sql() const {
  std::string text;
  for (const PlanStep& step : steps) {
    if (!step.destroys.empty()) text += "-- Destroys " + step.destroys + ".\n";
    text += step.sql + ";\n";
  }
  return text;
}

std::vector<const TableInfo*> in_order(std::span<const TableInfo* const> tables, bool& circle) {
  std::vector<const TableInfo*> ordered;
  const auto named = [](const auto& list, std::string_view name) {
    return std::ranges::any_of(list, [&](const TableInfo* table) { return table->name == name; });
  };
  for (bool progress = true; progress;) {
    progress = false;
    for (const TableInfo* table : tables) {
      if (named(ordered, table->name)) continue;
      const bool ready = std::ranges::all_of(table->columns, [&](const ColumnInfo& column) {
        if (column.references == nullptr) return true;
        const std::string_view target = column.references().name;
        return target == table->name || named(ordered, target) || !named(tables, target);
      });
      if (!ready) continue;
      ordered.push_back(table);
      progress = true;
    }
  }
  circle = ordered.size() < tables.size();
  return ordered;
}

Plan make_plan(SqlDialect dialect, const Catalogue& live, const Catalogue& wanted,
               std::span<const TableInfo* const> tables) {
  return Planner(dialect, live, wanted).plan(tables);
}

Task<SqlResult<Catalogue>> wanted_catalogue(SqlConnection& connection, std::vector<const TableInfo*> tables) {
  bool circle = false;
  tables = in_order(tables, circle);
  switch (connection.dialect()) {
    case SqlDialect::kSqlite:
      co_return co_await wanted_in_sqlite(std::move(tables));
    case SqlDialect::kPostgres:
      co_return co_await wanted_in_postgres(connection, std::move(tables));
    case SqlDialect::kMariadb:
      break;
  }
  co_return SqlError(SqlErrorKind::kInvalid, "migrations of MariaDB are not planned yet");
}

}  // namespace banyan::orm
