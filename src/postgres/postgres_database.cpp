#include "postgres/postgres_database.h"

#include <utility>

#include "postgres/connector.h"

namespace banyan {

Result<std::unique_ptr<PostgresDatabase>> PostgresDatabase::open(PostgresOptions options) {
  BANYAN_TRY(std::shared_ptr<pg::Connector> connector, pg::Connector::open(std::move(options)));
  return std::unique_ptr<PostgresDatabase>(new PostgresDatabase(std::move(connector)));
}

PostgresDatabase::PostgresDatabase(std::shared_ptr<pg::Connector> connector)
    : SqlPool(connector->options(), "PostgreSQL"), connector_(std::move(connector)) {}

Task<SqlResult<std::unique_ptr<SqlPooledConnection>>> PostgresDatabase::open_connection() {
  co_return co_await try_(PostgresConnection::open(connector_));
}

Task<SqlResult<std::unique_ptr<PostgresConnection>>> PostgresDatabase::connect() {
  std::unique_ptr<PostgresConnection> connection = co_await try_(PostgresConnection::open(connector_));
  connection->set_observer(observer());
  co_return connection;
}

}  // namespace banyan
