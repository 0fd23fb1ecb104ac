// What a statement's text says of it to people who watch: its operation, its table, and the text itself without the
// values that stand in it.
//
// Statements of ours hold placeholders; those that programs write by hand may hold literals, and nobody who reads a
// trace may see them. So literals become `?` by the lexical rules of each database, and comments are left out. What is
// not SQL gives some text, never a value between quotes. Pure.
// Source: OpenTelemetry's semantic conventions for databases, "Sanitization of db.query.text" and "Generating query
// summary"; the databases' manuals on lexical structure.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "sql/sql_database.h"

namespace banyan {

// The operations statements are counted by. The last stands for all others.
inline constexpr std::array<std::string_view, 17> kSqlOperations = {
    "SELECT",   "INSERT",  "UPDATE",    "DELETE", "REPLACE", "WITH",  "BEGIN", "START", "COMMIT",
    "ROLLBACK", "RELEASE", "SAVEPOINT", "SET",    "CREATE",  "ALTER", "DROP",  "OTHER"};
// The index there of the statement's first word, whatever its case.
std::size_t sql_operation(std::string_view text);

inline constexpr std::size_t kSqlTextBytesMax = 2048;

struct SqlStatementText {
  std::string text;   // white space made single spaces; a longer one is cut, and "..." put behind it
  std::string table;  // the first after FROM, INTO or UPDATE, without quotes, cut at 128 bytes; "" for none
};
SqlStatementText describe_sql(std::string_view text, SqlDialect dialect);

}  // namespace banyan
