// What a connection keeps of a statement it has prepared.
#pragma once

#include <string>
#include <vector>

#include "postgres/message_reader.h"
#include "sql/sql_statement_cache.h"

namespace banyan::pg {

struct PreparedStatement {
  std::string text;
  std::string name;  // on the server
  std::vector<Oid> parameters;
  std::vector<Column> columns;  // empty: it gives no rows
};

using StatementCache = SqlStatementCache<PreparedStatement>;

}  // namespace banyan::pg
