// Any text is taken apart without reading beyond it, and what it is made of stands in it, in its order.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "migrate/lint.h"
#include "migrate/sql_script.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view script(reinterpret_cast<const char*>(data), size);
  std::size_t from = 0;
  int line = 0;
  for (const banyan::migrate::SqlStatement& statement : banyan::migrate::split_sql(script)) {
    const std::size_t found = script.find(statement.text, from);
    BANYAN_CHECK(!statement.text.empty() && found != std::string_view::npos && statement.line >= line);
    from = found + statement.text.size();
    line = statement.line;
  }
  for (const auto dialect : {banyan::SqlDialect::kSqlite, banyan::SqlDialect::kPostgres}) {
    for (const banyan::migrate::LintFinding& finding : banyan::migrate::lint_sql(script, dialect)) {
      BANYAN_CHECK(!finding.rule.empty());
    }
  }
  return 0;
}
