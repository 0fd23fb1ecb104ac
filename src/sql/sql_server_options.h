// Where a database's server is, who we are there, and the limits of what we do with it: what the options of all servers
// have in common, and how a URL tells them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace banyan {

enum class SqlTlsMode : std::uint8_t {
  kDisable,
  kPrefer,      // TLS where the server has it; whoever is in between can prevent that
  kRequire,     // TLS, with whatever certificate
  kVerifyFull,  // TLS, with a certificate of a trusted authority for the host's name
};

struct SqlServerOptions {
  // A host's name or address; or a path, beginning with '/', of a unix socket (PostgreSQL: of the directory that holds
  // it), where there is no TLS.
  std::string host = "localhost";
  std::uint16_t port = 0;
  std::string user;
  Secret password;
  std::string database;

  SqlTlsMode tls = SqlTlsMode::kPrefer;
  std::string tls_authorities;  // PEM file, for kVerifyFull; empty: the system's
  std::string tls_certificate;  // PEM files of our own, for servers that ask for one; both or none
  std::string tls_key;

  Duration connect_timeout = std::chrono::seconds(5);  // from looking up the name to being logged in
  // How long a statement that was interrupted may take to stop in the database. If it takes longer, the connection is
  // closed; the task that was interrupted waits no longer than this.
  Duration cancel_timeout = std::chrono::seconds(1);
  std::size_t row_bytes_max = 16 * 1024 * 1024;  // a longer row is an error (kExhausted)
  std::size_t statements_max = 256;              // prepared and kept, of each connection

  // The pool.
  std::size_t connections_max = 16;
  Duration wait_max = std::chrono::seconds(5);        // for a connection to become free (kExhausted)
  Duration idle_max = std::chrono::minutes(5);        // a connection unused for longer is closed
  Duration lifetime_max = std::chrono::minutes(30);   // so is one that is older, when it is given back
  Duration unchecked_max = std::chrono::seconds(10);  // one unused for longer is asked whether it lives

  bool is_unix_socket() const { return host.starts_with('/'); }
};

// kInvalidArgument: no server could be reached with these. `server`: its name, for the message.
Result<void> check_server_options(const SqlServerOptions& options, std::string_view server);

struct SqlUrlSyntax {
  std::string_view server;  // "PostgreSQL"
  std::span<const std::string_view> schemes;
  std::string_view example;
};
// A parameter of a URL that only one database's has.
struct SqlUrlParameter {
  std::string_view name;
  std::string* value;
};

// Reads "scheme://user:password@host:port/database?sslmode=verify-full" into `options`. Parts are percent-encoded; the
// parameters are sslmode, sslrootcert, sslcert, sslkey, connect_timeout (seconds), host, and those of `own`.
// kInvalidArgument says what is wrong, without the password.
Result<void> read_sql_url(std::string_view url, const SqlUrlSyntax& syntax, std::span<const SqlUrlParameter> own,
                          SqlServerOptions& options);

}  // namespace banyan
