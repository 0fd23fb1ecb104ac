// Where a PostgreSQL server is, who we are there, and the limits of what we do with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace banyan {

enum class PostgresTlsMode : std::uint8_t {
  kDisable,
  kPrefer,      // TLS where the server has it; whoever is in between can prevent that
  kRequire,     // TLS, with whatever certificate
  kVerifyFull,  // TLS, with a certificate of a trusted authority for the host's name
};

struct PostgresOptions {
  // A host's name or address; or a directory, beginning with '/', that holds the server's unix socket, where there is
  // no TLS.
  std::string host = "localhost";
  std::uint16_t port = 5432;
  std::string user;
  Secret password;
  std::string database;  // empty: the user's name
  std::string application_name = "banyan";

  PostgresTlsMode tls = PostgresTlsMode::kPrefer;
  std::string tls_authorities;  // PEM file, for kVerifyFull; empty: the system's
  std::string tls_certificate;  // PEM files of our own, for servers that ask for one; both or none
  std::string tls_key;

  Duration connect_timeout = std::chrono::seconds(5);  // from looking up the name to being logged in
  // How long a statement that was interrupted may take to stop in the database. If it takes longer, the connection is
  // closed; the task that was interrupted waits no longer than this.
  Duration cancel_timeout = std::chrono::seconds(1);
  std::size_t row_bytes_max = 16 * 1024 * 1024;  // a longer row is an error (kExhausted)
  std::size_t statements_max = 256;              // prepared and kept, of each connection
  // Told of the server's notices and warnings, by the task whose statement caused them. It must not suspend.
  std::function<void(std::string_view severity, std::string_view sqlstate, std::string_view message)> on_notice;

  // The pool.
  std::size_t connections_max = 16;
  Duration wait_max = std::chrono::seconds(5);        // for a connection to become free (kExhausted)
  Duration idle_max = std::chrono::minutes(5);        // a connection unused for longer is closed
  Duration lifetime_max = std::chrono::minutes(30);   // so is one that is older, when it is given back
  Duration unchecked_max = std::chrono::seconds(10);  // one unused for longer is asked whether it lives

  // Reads "postgresql://user:password@host:port/database?sslmode=verify-full", with what libpq calls a connection URI:
  // parts are percent-encoded; the parameters are sslmode, sslrootcert, sslcert, sslkey, application_name,
  // connect_timeout (seconds), and host, for a directory. kInvalidArgument says what is wrong, without the password.
  static Result<PostgresOptions> parse(std::string_view url);

  // "host:port/database as user", for messages.
  std::string text() const;
};

}  // namespace banyan
