// The character sets of connections, as PHP's mysqlnd knows them by name and number, and quoting in them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace banyan::php_runtime {

struct MysqlCharset {
  std::uint16_t number = 0;  // of its usual collation
  std::string_view name;
  std::string_view collation;
};

// Null: mysqlnd knows none of that name.
const MysqlCharset* find_mysql_charset(std::string_view name);
// Null: mysqlnd knows none, or it is one that is not supported here.
const MysqlCharset* find_mysql_charset(std::uint16_t number);
// One that mysqlnd knows, whose quoting is not known here: a character's second byte may look like a quote.
bool is_unsupported_mysql_charset(std::string_view name);

// What mysql_real_escape_string() gives in any of these; `quotes_only`: the server takes no backslashes
// (NO_BACKSLASH_ESCAPES).
std::string escape_for_mysql(std::string_view text, bool quotes_only);

}  // namespace banyan::php_runtime
