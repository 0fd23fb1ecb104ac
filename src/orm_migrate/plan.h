// What to do to a database so that its tables are those of the program's entities. Pure.
//
// Two catalogues are compared: that of the live database, and that of an empty one in which the entities' tables were
// made. Both are in the database's own spelling, so nothing has to be guessed about types and defaults. SQLite changes
// little in place: there a table is made anew and its rows are copied.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "migrate/catalogue.h"
#include "orm/table_info.h"

namespace banyan::orm {

struct PlanStep {
  std::string sql;       // one or more statements, without the last semicolon
  std::string destroys;  // what is lost by it, as a sentence; empty: nothing
};

struct Plan {
  std::vector<PlanStep> steps;
  std::vector<std::string> refused;  // what cannot be planned, and what to do about it

  bool empty() const { return steps.empty() && refused.empty(); }
  // The file of a migration.
  std::string sql() const;
};

// `tables`: the entities `wanted` was made of. Indexes are compared by columns and uniqueness, not by name; the order
// of columns is let be. What a descriptor says was called otherwise (orm::renamed_from, orm::RenamedFrom) is renamed
// where the database has the old name alone; nothing else is, since a guess could lose what a column holds.
Plan make_plan(SqlDialect dialect, const migrate::Catalogue& live, const migrate::Catalogue& wanted,
               std::span<const TableInfo* const> tables);

// In an order in which each is made before those that refer to it; `circle` is set if there is none, and they are left
// out.
std::vector<const TableInfo*> in_order(std::span<const TableInfo* const> tables, bool& circle);

// The catalogue of the entities' tables in an empty database of the same kind: SQLite's in memory; in PostgreSQL a
// schema of its own, in a transaction that is rolled back; in MariaDB, which cannot take that back, a database
// banyan_wanted_N, made and dropped again.
Task<SqlResult<migrate::Catalogue>> wanted_catalogue(SqlConnection& connection, std::vector<const TableInfo*> tables);

}  // namespace banyan::orm
