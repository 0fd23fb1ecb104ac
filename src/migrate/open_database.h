// A database by its URL, with the client it needs.
#pragma once

#include <memory>
#include <string>

#include "sql/sql_database.h"

namespace banyan::migrate {

// "sqlite:FILE", or what PostgresOptions::parse and MariadbOptions::parse take. kInvalid: neither, or what is wrong
// with it, without the password. A server is connected to when a connection is wanted.
Task<SqlResult<std::unique_ptr<SqlDatabase>>> open_database(std::string url);

}  // namespace banyan::migrate
