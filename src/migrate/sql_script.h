// A file of SQL taken apart into statements, as far as quotes, comments and $tags$ need it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace banyan::migrate {

struct SqlStatement {
  std::string text;    // without its semicolon and the comments before it
  int line = 1;        // on which it begins
  std::string waived;  // of the comment "-- lint: allow NAME..." before it: the names
};

// Statements end with a semicolon outside of '...', "...", `...`, $tag$...$tag$ and comments. In what stands between
// CREATE TRIGGER and its END (SQLite, MariaDB) semicolons end nothing.
std::vector<SqlStatement> split_sql(std::string_view script);

// The words of a statement in capitals, quoted names without quotes and as they are; comments and literals are left
// out, and ( ) , are words of their own.
std::vector<std::string> sql_words(std::string_view statement);

}  // namespace banyan::migrate
