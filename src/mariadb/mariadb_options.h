// Where a MariaDB or MySQL server is, who we are there, and the limits of what we do with it.
#pragma once

#include <string>
#include <string_view>

#include "sql/sql_server_options.h"

namespace banyan {

struct MariadbOptions : SqlServerOptions {
  MariadbOptions() { port = 3306; }

  // `host` may be the path, beginning with '/', of the server's unix socket.
  // MySQL's caching_sha2_password alone: the PEM file of the server's RSA key, to which the password is encrypted where
  // there is no TLS and the server does not remember it. Empty: such a login is refused.
  std::string server_public_key;

  // Reads "mariadb://user:password@host:port/database?sslmode=verify-full", or the same with mysql://. Parts are
  // percent-encoded; the parameters are those of read_sql_url(), where host is the path of a unix socket, and
  // server_public_key. kInvalidArgument says what is wrong, without the password.
  static Result<MariadbOptions> parse(std::string_view url);

  // "host:port/database as user", for messages.
  std::string text() const;
};

}  // namespace banyan
