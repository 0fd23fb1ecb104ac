#include "orm_migrate/plan.h"

#include <algorithm>
#include <cstdlib>

#include "migrate/text_rows.h"
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

// 0: no integer, or one without a sign.
int integer_rank(std::string_view type) {
  if (!type.ends_with(")") && type.contains('(')) return 0;
  const std::string_view word = type.substr(0, type.find('('));
  return word == "smallint" ? 1 : word == "int" || word == "integer" ? 2 : word == "bigint" ? 3 : 0;
}
// How many characters fit: 0 for what is no text.
std::uint64_t text_length(std::string_view type) {
  if (type == "text" || type == "longtext") return ~std::uint64_t{0};
  if (!type.starts_with("varchar(") && !type.starts_with("character varying(")) return 0;
  return std::strtoull(type.data() + type.find('(') + 1, nullptr, 10);
}
// Whether every value of the one is one of the other, too.
bool widens(std::string_view was, std::string_view will) {
  return (integer_rank(was) != 0 && integer_rank(was) <= integer_rank(will)) ||
         (text_length(was) != 0 && text_length(was) <= text_length(will));
}

bool is_constant(std::string_view value) {
  return !value.empty() && (value[0] == '\'' || value[0] == '-' || (value[0] >= '0' && value[0] <= '9'));
}

class Planner {
 public:
  Planner(SqlDialect dialect, const Catalogue& live, const Catalogue& wanted)
      : dialect_(dialect), live_(live), wanted_(wanted) {}

  Plan plan(std::span<const TableInfo* const> tables) {
    for (const TableInfo* table : tables) rename(*table);
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

  // Everything afterwards sees the database as it is then.
  void rename(const TableInfo& table) {
    const std::string now(table.name);
    const std::string was(table.renamed_from);
    if (!was.empty() && live_.table(now) == nullptr && live_.table(was) != nullptr && wanted_.table(was) == nullptr) {
      step("ALTER TABLE " + name(was) + " RENAME TO " + name(now));
      for (CatalogueTable& one : live_.tables) {
        if (one.name == was) one.name = now;
        for (CatalogueForeignKey& key : one.foreign_keys) {
          if (key.table == was) key.table = now;
        }
      }
    }
    const CatalogueTable* const before = live_.table(now);
    const CatalogueTable* const after = wanted_.table(now);
    for (const ColumnInfo& column : table.columns) {
      const std::string_view old = column.renamed_from;
      if (old.empty() || before == nullptr || after == nullptr || before->column(column.name) != nullptr ||
          before->column(old) == nullptr || after->column(old) != nullptr) {
        continue;
      }
      step("ALTER TABLE " + name(now) + " RENAME COLUMN " + name(old) + " TO " + name(column.name));
      rename_column(now, std::string(old), std::string(column.name));
    }
  }
  void rename_column(const std::string& table, const std::string& was, const std::string& now) {
    for (CatalogueTable& one : live_.tables) {
      for (CatalogueForeignKey& key : one.foreign_keys) {
        if (one.name == table && key.column == was) key.column = now;
        if (key.table == table && key.target == was) key.target = now;
      }
      if (one.name != table) continue;
      for (CatalogueColumn& column : one.columns) {
        if (column.name == was) column.name = now;
      }
      std::ranges::replace(one.key, was, now);
      for (CatalogueIndex& index : one.indexes) std::ranges::replace(index.columns, was, now);
    }
  }

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
    if (!column.nullable) text += " NOT NULL";
    return column.generated && dialect_ == SqlDialect::kMariadb ? text + " AUTO_INCREMENT" : text;
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

  void drop_foreign_key(const CatalogueForeignKey& key) {
    step(table_ + (dialect_ == SqlDialect::kMariadb ? "DROP FOREIGN KEY " : "DROP CONSTRAINT ") + name(key.name));
  }
  void drop_index(const CatalogueTable& after, const CatalogueIndex& index) {
    std::string sql =
        index.constraint ? table_ + "DROP CONSTRAINT " + name(index.name) : "DROP INDEX " + name(index.name);
    if (dialect_ == SqlDialect::kMariadb) {
      sql += " ON " + name(after.name);
      // A foreign key there has to have an index, and this may be the one.
      for (const CatalogueForeignKey& key : after.foreign_keys) {
        if (key.column != index.columns[0]) continue;
        step("CREATE INDEX IF NOT EXISTS " + name(after.name + "_" + key.column + "_idx") + " ON " + name(after.name) +
             " (" + name(key.column) + ")");
      }
    }
    step(std::move(sql), loss_of_index(after, index));
  }

  void change_in_place(const CatalogueTable& after, const Differences& differences) {
    for (const CatalogueForeignKey* key : differences.keys_dropped) drop_foreign_key(*key);
    for (const CatalogueIndex* index : differences.indexes_dropped) drop_index(after, *index);
    for (const CatalogueColumn* column : differences.added) step(table_ + "ADD COLUMN " + definition(*column));
    for (const auto& [was, will] : differences.changed) {
      if (dialect_ == SqlDialect::kMariadb) {
        step(table_ + "MODIFY COLUMN " + definition(*will), loss_of_values(after, *was, *will));
      } else {
        change_column(after, *was, *will);
      }
    }
    for (const CatalogueColumn* column : differences.dropped) {
      step(table_ + "DROP COLUMN " + name(column->name), "the column " + after.name + "." + column->name);
    }
    for (const CatalogueIndex* index : differences.indexes_added) add_index(after, *index);
    for (const CatalogueForeignKey* key : differences.keys_added) {
      step(table_ + "ADD CONSTRAINT " + name(key->name) + " FOREIGN KEY (" + name(key->column) + ") REFERENCES " +
           name(key->table) + " (" + name(key->target) + ")" + (key->cascade ? " ON DELETE CASCADE" : ""));
    }
  }
  static std::string loss_of_values(const CatalogueTable& after, const CatalogueColumn& was,
                                    const CatalogueColumn& will) {
    if (was.type == will.type || widens(was.type, will.type)) return {};
    return "values of " + after.name + "." + will.name + " that a " + will.type + " cannot hold";
  }
  void change_column(const CatalogueTable& after, const CatalogueColumn& was, const CatalogueColumn& will) {
    const std::string column = table_ + "ALTER COLUMN " + name(will.name) + " ";
    if (was.type != will.type) {
      if (!was.default_value.empty()) step(column + "DROP DEFAULT");
      step(column + "TYPE " + will.type + " USING " + name(will.name) + "::" + will.type,
           loss_of_values(after, was, will));
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

  // AUTOINCREMENT remembers the greatest key that was ever given, with a row that is there or not any more. A table
  // made without it has no row here, and the copy none then either: it goes by its rows.
  static std::string keep_sequence(const std::string& table, const std::string& draft) {
    return ";\nDELETE FROM sqlite_sequence WHERE name = '" + draft +
           "';\nINSERT INTO sqlite_sequence (name, seq) SELECT '" + draft +
           "', seq FROM sqlite_sequence WHERE name = '" + table + "'";
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
    if (table.key->generated) sql += keep_sequence(after.name, draft);
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
  Catalogue live_;
  const Catalogue& wanted_;
  std::string table_;  // "ALTER TABLE name "
  Plan plan_;
};

// A connection remembers statements by their texts, and in MariaDB with the database that was the current one then: so
// texts of another database begin with a comment.
Task<SqlResult<void>> make_tables(SqlConnection& connection, const std::vector<const TableInfo*>& tables,
                                  std::string comment = {}) {
  for (const TableInfo* table : tables) {
    for (const std::string& sql : render_create(connection.dialect(), *table)) {
      (void)co_await try_(connection.execute(comment + sql));
    }
  }
  co_return {};
}

Task<SqlResult<Catalogue>> wanted_in_sqlite(std::vector<const TableInfo*> tables) {
  const std::unique_ptr<SqliteDatabase> empty = co_await try_(SqliteDatabase::open({.path = ":memory:"}));
  SqlLease lease = co_await try_(empty->acquire(SqlAccess::kWrite));
  co_await try_(make_tables(*lease, tables));
  co_return co_await migrate::read_catalogue(*lease);
}

Task<SqlResult<Catalogue>> make_in_schema(SqlConnection& connection, const std::vector<const TableInfo*>& tables) {
  (void)co_await try_(connection.execute("CREATE SCHEMA banyan_wanted"));
  // Types of the database's own (enumerations, what extensions bring) are found where they are.
  (void)co_await try_(connection.execute(
      "SELECT set_config('search_path', 'banyan_wanted, ' || current_setting('search_path'), true)"));
  co_await try_(make_tables(connection, tables));
  co_return co_await migrate::read_catalogue(connection);
}

Task<SqlResult<Catalogue>> wanted_in_postgres(SqlConnection& connection, std::vector<const TableInfo*> tables) {
  co_await try_(connection.begin({}));
  SqlResult<Catalogue> made = co_await make_in_schema(connection, tables);
  SqlResult<void> undone = co_await connection.rollback();
  if (made.ok() && !undone.ok()) co_return std::move(undone).error();
  co_return made;
}

Task<SqlResult<Catalogue>> make_in_database(SqlConnection& connection, const std::vector<const TableInfo*>& tables,
                                            std::string draft) {
  (void)co_await try_(connection.execute("CREATE DATABASE " + draft));
  (void)co_await try_(connection.execute("USE " + draft));
  co_await try_(make_tables(connection, tables, "/* " + draft + " */ "));
  co_return co_await migrate::detail::read_mariadb_catalogue(connection, draft);
}

Task<SqlResult<Catalogue>> wanted_in_mariadb(SqlConnection& connection, std::vector<const TableInfo*> tables) {
  const std::string own = co_await try_(migrate::current_database(connection));
  migrate::TextRows id;
  (void)co_await try_(connection.execute("SELECT connection_id()", {}, &id));
  const std::string draft = "banyan_wanted_" + id.rows.at(0).at(0);
  SqlResult<Catalogue> made = co_await make_in_database(connection, tables, draft);
  SqlResult<SqlOutcome> undone = co_await connection.execute("DROP DATABASE IF EXISTS " + draft);
  if (undone.ok()) undone = co_await connection.execute("USE " + quoted(SqlDialect::kMariadb, own));
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
  co_return co_await wanted_in_mariadb(connection, std::move(tables));
}

}  // namespace banyan::orm
