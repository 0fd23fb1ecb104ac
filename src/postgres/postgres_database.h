// A pool of connections to one PostgreSQL server (sql/sql_pool.h).
#pragma once

#include <memory>

#include "postgres/postgres_connection.h"
#include "postgres/postgres_options.h"
#include "sql/sql_pool.h"

namespace banyan {

class PostgresDatabase final : public SqlPool {
 public:
  // Reads the files of certificates and connects to nothing yet. kInvalidArgument, or what those files are at fault
  // for.
  static Result<std::unique_ptr<PostgresDatabase>> open(PostgresOptions options);

  SqlDialect dialect() const override { return SqlDialect::kPostgres; }

  // What a lease of this pool holds, with all that PostgreSQL has beyond other databases.
  static PostgresConnection& connection(const SqlLease& lease) { return static_cast<PostgresConnection&>(*lease); }
  // A connection outside of the pool: for LISTEN, say, which keeps one for good.
  Task<SqlResult<std::unique_ptr<PostgresConnection>>> connect();

 private:
  explicit PostgresDatabase(std::shared_ptr<pg::Connector> connector);
  Task<SqlResult<std::unique_ptr<SqlPooledConnection>>> open_connection() override;

  std::shared_ptr<pg::Connector> connector_;
};

}  // namespace banyan
