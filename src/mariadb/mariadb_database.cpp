#include "mariadb/mariadb_database.h"

#include <utility>

#include "mariadb/connector.h"

namespace banyan {

Result<std::unique_ptr<MariadbDatabase>> MariadbDatabase::open(MariadbOptions options) {
  BANYAN_TRY(std::shared_ptr<maria::Connector> connector, maria::Connector::open(std::move(options)));
  return std::unique_ptr<MariadbDatabase>(new MariadbDatabase(std::move(connector)));
}

MariadbDatabase::MariadbDatabase(std::shared_ptr<maria::Connector> connector)
    : SqlPool(connector->options(), "MariaDB"), connector_(std::move(connector)) {}

Task<SqlResult<std::unique_ptr<SqlPooledConnection>>> MariadbDatabase::open_connection() {
  co_return co_await try_(MariadbConnection::open(connector_));
}

Task<SqlResult<std::unique_ptr<MariadbConnection>>> MariadbDatabase::connect() {
  std::unique_ptr<MariadbConnection> connection = co_await try_(MariadbConnection::open(connector_));
  connection->set_observer(observer());
  co_return connection;
}

}  // namespace banyan
