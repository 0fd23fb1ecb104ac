// Any text, in each dialect: what comes out is bounded, and holds nothing of a text between quotes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "sql/sql_statement_text.h"

namespace {

void check(std::string_view sql, banyan::SqlDialect dialect) {
  const banyan::SqlStatementText told = banyan::describe_sql(sql, dialect);
  BANYAN_CHECK(told.text.size() <= banyan::kSqlTextBytesMax + 3);
  BANYAN_CHECK(told.table.size() <= 128);
  BANYAN_CHECK(told.text.find('\'') == std::string::npos || sql.find('"') != std::string_view::npos ||
               sql.find('`') != std::string_view::npos);  // as a name may hold one
  // Told again it is the same: nothing is left to leave out.
  if (told.text.size() > banyan::kSqlTextBytesMax) return;
  if (told.text.find_first_of("'\"`$/-#") == std::string::npos)
    BANYAN_CHECK(banyan::describe_sql(told.text, dialect).text == told.text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view sql(reinterpret_cast<const char*>(data), size);
  for (const auto dialect :
       {banyan::SqlDialect::kSqlite, banyan::SqlDialect::kPostgres, banyan::SqlDialect::kMariadb}) {
    check(sql, dialect);
  }
  (void)banyan::sql_operation(sql);
  return 0;
}
