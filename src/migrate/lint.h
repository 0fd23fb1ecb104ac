// Which statements of a migration are dangerous on a database in use, and why. Pure: reads words, knows no catalogue.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/sql_database.h"

namespace banyan::migrate {

struct LintFinding {
  int line = 0;
  std::string_view rule;  // "drop", "rename", "not-null", "lock", "index", "rewrite", "no-where"
  std::string message;    // what happens, and what to do instead
};

// In the order of the statements. A comment "-- lint: allow RULE..." before a statement says that somebody has thought
// about it. What a CREATE TABLE of the same file has made may be changed freely.
std::vector<LintFinding> lint_sql(std::string_view script, SqlDialect dialect);

}  // namespace banyan::migrate
