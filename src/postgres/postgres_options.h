// Where a PostgreSQL server is, who we are there, and the limits of what we do with it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sql/sql_server_options.h"

namespace banyan {

struct PostgresOptions : SqlServerOptions {
  PostgresOptions() { port = 5432; }

  // `host` may be a directory, beginning with '/', that holds the server's unix socket. `database`: empty: the user's
  // name.
  std::string application_name = "banyan";
  // Told of the server's notices and warnings, by the task whose statement caused them. It must not suspend.
  std::function<void(std::string_view severity, std::string_view sqlstate, std::string_view message)> on_notice;

  // Reads "postgresql://user:password@host:port/database?sslmode=verify-full", with what libpq calls a connection URI:
  // parts are percent-encoded; the parameters are sslmode, sslrootcert, sslcert, sslkey, application_name,
  // connect_timeout (seconds), and host, for a directory. kInvalidArgument says what is wrong, without the password.
  static Result<PostgresOptions> parse(std::string_view url);

  // "host:port/database as user", for messages.
  std::string text() const;
};

}  // namespace banyan
