// A pool of connections to one MariaDB or MySQL server (sql/sql_pool.h).
#pragma once

#include <memory>

#include "mariadb/mariadb_connection.h"
#include "mariadb/mariadb_options.h"
#include "sql/sql_pool.h"

namespace banyan {

class MariadbDatabase final : public SqlPool {
 public:
  // Reads the files of certificates and keys and connects to nothing yet. kInvalidArgument, or what those files are at
  // fault for.
  static Result<std::unique_ptr<MariadbDatabase>> open(MariadbOptions options);

  SqlDialect dialect() const override { return SqlDialect::kMariadb; }

  // What a lease of this pool holds, with all that MariaDB has beyond other databases.
  static MariadbConnection& connection(const SqlLease& lease) { return static_cast<MariadbConnection&>(*lease); }
  // A connection outside of the pool.
  Task<SqlResult<std::unique_ptr<MariadbConnection>>> connect();

 private:
  explicit MariadbDatabase(std::shared_ptr<maria::Connector> connector);
  Task<SqlResult<std::unique_ptr<SqlPooledConnection>>> open_connection() override;

  std::shared_ptr<maria::Connector> connector_;
};

}  // namespace banyan
