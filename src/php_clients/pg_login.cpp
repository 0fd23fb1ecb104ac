// From libpq's connection string to a session: what it means, and how libpq says that there is none.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <pwd.h>

#include "php_clients/errand.h"
#include "php_clients/pg_client.h"
#include "php_clients/pg_conninfo.h"
#include "php_clients/pg_message.h"
#include "php_runtime/throwable.h"
#include "postgres/login.h"
#include "postgres/session.h"

namespace banyan::php_runtime {

namespace {

// Debian's libpq.
constexpr std::string_view kSocketFolder = "/var/run/postgresql";
constexpr int kConnectTimeoutMinS = 2;

void stop_at_unknown(const PgConninfo& info) {
  for (const auto& [name, value] : info.values) {
    const PgOptionUse use = use_of_pg_option(name).value_or(PgOptionUse::kRefused);
    const bool prefers = use == PgOptionUse::kPreference && (value == "prefer" || value == "disable");
    if (value.empty() || prefers || use == PgOptionUse::kHarmless || use == PgOptionUse::kTaken) continue;
    stop("database", "the option " + name + " of a PostgreSQL connection string is not supported");
  }
  for (const char* one : {"host", "hostaddr", "port"}) {
    if (info.value(one).find(',') != std::string_view::npos) {
      stop("database", "connection strings of several PostgreSQL servers are not supported");
    }
  }
}

std::string own_name() {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
  return found->pw_name;
}

bool read_number(std::string_view text, int& out) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc() && end == text.data() + text.size();
}

// "" or what libpq says of the mode.
std::string read_tls(const PgConninfo& info, PostgresOptions& options) {
  const std::string_view mode = info.value("sslmode").empty() ? "prefer" : info.value("sslmode");
  options.tls_authorities = info.value("sslrootcert");
  options.tls_certificate = info.value("sslcert");
  options.tls_key = info.value("sslkey");
  if (mode == "disable" || mode == "allow") {
    options.tls = SqlTlsMode::kDisable;
  } else if (mode == "prefer" || mode == "require") {
    options.tls = mode == "prefer" ? SqlTlsMode::kPrefer : SqlTlsMode::kRequire;
    // With a root certificate libpq checks the certificate's authority, but not its name.
    if (!options.tls_authorities.empty()) stop("database", "sslrootcert is only supported with sslmode=verify-full");
  } else if (mode == "verify-full") {
    options.tls = SqlTlsMode::kVerifyFull;
  } else if (mode == "verify-ca") {
    stop("database", "sslmode=verify-ca is not supported");
  } else {
    return "invalid sslmode value: \"" + std::string(mode) + "\"\n";
  }
  return {};
}

// "" or what libpq says of a number.
std::string read_numbers(const PgConninfo& info, PostgresOptions& options) {
  int number = 0;
  for (const char* name : {"connect_timeout", "port"}) {
    const std::string_view text = info.value(name);
    if (text.empty()) continue;
    if (!read_number(text, number)) {
      return "invalid integer value \"" + std::string(text) + "\" for connection option \"" + name + "\"\n";
    }
    if (name == std::string_view("connect_timeout")) {
      options.connect_timeout = std::chrono::seconds(number > 0 ? std::max(number, kConnectTimeoutMinS) : 3600);
    } else if (number < 1 || number > 65535) {
      return "invalid port number: \"" + std::string(text) + "\"\n";
    } else {
      options.port = static_cast<std::uint16_t>(number);
    }
  }
  return {};
}

std::string read_options(const PgConninfo& info, PostgresOptions& options) {
  const std::string_view host = info.value("hostaddr").empty() ? info.value("host") : info.value("hostaddr");
  options.host = host.empty() ? kSocketFolder : host;
  options.user = info.value("user").empty() ? own_name() : std::string(info.value("user"));
  options.password = Secret(std::string(info.value("password")));
  options.database = info.value("dbname").empty() ? options.user : std::string(info.value("dbname"));
  options.row_bytes_max = WireRows::kBytesMax;
  std::string wrong = read_tls(info, options);
  return wrong.empty() ? read_numbers(info, options) : wrong;
}

// ---- How it went ----

class Attempts {
 public:
  Attempts(const PgConninfo& info, const PostgresOptions& options) : info_(info), options_(options) {}

  void unreachable(const Error& error) {
    if (place_.empty()) {
      error_ = "could not translate host name \"" + options_.host + "\" to address: Name or service not known\n";
      return;
    }
    if (error.code() == ErrorCode::kDeadlineExceeded) {
      error_ += place_ + "timeout expired\n";
      return;
    }
    std::string words = error.message();
    words.erase(0, words.rfind(": ") + 2);  // those of the system
    error_ += place_ + words + "\n\tIs the server running " +
              (options_.is_unix_socket() ? "locally and accepting connections on that socket?\n"
                                         : "on that host and accepting TCP/IP connections?\n");
  }
  void refused(const pg::ServerReport& report) { error_ += place_ + pg_message(report, {}, true); }
  void attempt(const SocketAddress& address) {
    const std::string port = std::to_string(options_.port);
    if (options_.is_unix_socket()) {
      place_ = "connection to server on socket \"" + address.path + "\" failed: ";
      return;
    }
    std::string ip = address.host();
    if (ip.starts_with('[')) ip = ip.substr(1, ip.size() - 2);
    const std::string name(info_.value("host").empty() ? ip : info_.value("host"));
    place_ = "connection to server at \"" + name + "\"" + (name == ip ? "" : " (" + ip + ")") + ", port " + port +
             " failed: ";
  }
  // What is to be said of an error that was none of these.
  std::string text(const SqlError& error) const {
    if (!error_.empty()) return error_;
    if (error.kind() == SqlErrorKind::kDenied && options_.password.empty()) {
      return place_ + "fe_sendauth: no password supplied\n";
    }
    if (error.message().find("no answer within the time") != std::string::npos) return place_ + "timeout expired\n";
    return {};
  }

 private:
  const PgConninfo& info_;
  const PostgresOptions& options_;
  std::string place_;
  std::string error_;
};

struct Opening {
  std::shared_ptr<pg::Connector> connector;
  pg::LoginManner manner;
  SqlResult<std::unique_ptr<pg::Session>> session = SqlError(SqlErrorKind::kConnection, "not begun");
  static Task<void> run(void* state) {
    auto& self = *static_cast<Opening*>(state);
    self.session = co_await pg::log_in(self.connector, std::move(self.manner));
  }
};

pg::LoginManner manner_of(const PgConninfo& info, const PostgresOptions& options) {
  pg::LoginManner manner;
  manner.parameters = {{"user", options.user}, {"database", options.database}};
  const auto add = [&](const char* name, std::string_view value) {
    if (!value.empty()) manner.parameters.emplace_back(name, value);
  };
  add("options", info.value("options"));
  const std::string_view name = info.value("application_name");
  add("application_name", name.empty() ? info.value("fallback_application_name") : name);
  if (info.value("client_encoding") != "auto") add("client_encoding", info.value("client_encoding"));
  return manner;
}

}  // namespace

std::shared_ptr<PgClient> PgClient::connect(std::string_view conninfo, std::string& error) {
  if (conninfo.starts_with("postgresql://") || conninfo.starts_with("postgres://")) {
    stop("database", "a DSN of PostgreSQL that is a URI is not supported");
  }
  const PgConninfo info = parse_pg_conninfo(conninfo);
  error = info.error;
  if (!error.empty()) return nullptr;
  stop_at_unknown(info);
  PostgresOptions options;
  error = read_options(info, options);
  if (!error.empty()) return nullptr;
  Result<std::shared_ptr<pg::Connector>> connector = pg::Connector::open(options);
  if (!connector.ok()) stop("database", connector.error().text());
  Opening opening{.connector = *std::move(connector), .manner = manner_of(info, options)};
  Attempts attempts(info, options);
  opening.manner.on_attempt = [&](const SocketAddress& address) { attempts.attempt(address); };
  opening.manner.on_unreachable = [&](const Error& why) { attempts.unreachable(why); };
  opening.manner.on_refusal = [&](const pg::ServerReport& report) { attempts.refused(report); };
  run_errand(&Opening::run, &opening);
  if (opening.session.ok()) return std::make_shared<PgClient>(*std::move(opening.session));
  stop_if_late(opening.session.error(), "a connection was made");
  error = attempts.text(opening.session.error());
  if (error.empty()) stop_opening(opening.session.error());
  return nullptr;
}

}  // namespace banyan::php_runtime
