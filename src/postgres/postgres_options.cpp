#include "postgres/postgres_options.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace banyan {
namespace {

Error bad(std::string what) {
  return Error(ErrorCode::kInvalidArgument,
               "the PostgreSQL URL: " + std::move(what) +
                   "; it should look like postgresql://user:password@host:5432/database?sslmode=verify-full");
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> decode(std::string_view part, std::string_view what) {
  std::string text;
  for (std::size_t i = 0; i < part.size(); ++i) {
    char c = part[i];
    if (c == '%') {
      const int high = i + 2 < part.size() ? hex_digit(part[i + 1]) : -1;
      const int low = high < 0 ? -1 : hex_digit(part[i + 2]);
      if (low < 0) return bad("a '%' in the " + std::string(what) + " is not followed by two hexadecimal digits");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return bad("the " + std::string(what) + " holds a zero byte");
    text.push_back(c);
  }
  return text;
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<void> set_port(PostgresOptions& options, std::string_view text) {
  const auto port = number_in<std::uint16_t>(text);
  if (!port || *port == 0) return bad("\"" + std::string(text) + "\" is not a port");
  options.port = *port;
  return {};
}

Result<void> set_tls(PostgresOptions& options, std::string_view mode) {
  if (mode == "disable") {
    options.tls = PostgresTlsMode::kDisable;
  } else if (mode == "prefer") {
    options.tls = PostgresTlsMode::kPrefer;
  } else if (mode == "require") {
    options.tls = PostgresTlsMode::kRequire;
  } else if (mode == "verify-full") {
    options.tls = PostgresTlsMode::kVerifyFull;
  } else {
    return bad("sslmode is disable, prefer, require or verify-full, not \"" + std::string(mode) + "\"");
  }
  return {};
}

Result<void> set_parameter(PostgresOptions& options, std::string_view name, std::string value) {
  if (name == "sslmode") return set_tls(options, value);
  if (name == "connect_timeout") {
    const auto seconds = number_in<std::uint16_t>(value);
    if (!seconds || *seconds == 0) return bad("connect_timeout is a number of seconds, not \"" + value + "\"");
    options.connect_timeout = std::chrono::seconds(*seconds);
    return {};
  }
  std::string* const text = name == "sslrootcert"        ? &options.tls_authorities
                            : name == "sslcert"          ? &options.tls_certificate
                            : name == "sslkey"           ? &options.tls_key
                            : name == "application_name" ? &options.application_name
                            : name == "host"             ? &options.host
                                                         : nullptr;
  if (text == nullptr) return bad("there is no parameter \"" + std::string(name) + "\"");
  *text = std::move(value);
  return {};
}

// "host:port", "[::1]:port", either part optional.
Result<void> set_address(PostgresOptions& options, std::string_view text) {
  std::size_t colon = text.rfind(':');
  const std::size_t bracket = text.find(']');
  if (text.starts_with('[')) {
    if (bracket == std::string_view::npos) return bad("a '[' is not closed");
    if (bracket + 1 < text.size() && text[bracket + 1] != ':') return bad("after ']' only a port can follow");
    colon = bracket + 1 < text.size() ? bracket + 1 : std::string_view::npos;
  }
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  if (!host.empty()) {
    BANYAN_TRY(options.host, decode(host, "host"));
  }
  if (colon == std::string_view::npos) return {};
  return set_port(options, text.substr(colon + 1));
}

Result<void> set_login(PostgresOptions& options, std::string_view text) {
  const std::size_t colon = text.find(':');
  BANYAN_TRY(options.user, decode(text.substr(0, colon), "user"));
  if (colon == std::string_view::npos) return {};
  BANYAN_TRY(std::string password, decode(text.substr(colon + 1), "password"));
  options.password = Secret(std::move(password));
  return {};
}

Result<void> set_parameters(PostgresOptions& options, std::string_view query) {
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos) return bad("a parameter has no '='");
    BANYAN_TRY(const std::string name, decode(one.substr(0, equals), "name of a parameter"));
    BANYAN_TRY(std::string value, decode(one.substr(equals + 1), "value of a parameter"));
    BANYAN_TRY_VOID(set_parameter(options, name, std::move(value)));
  }
  return {};
}

}  // namespace

Result<PostgresOptions> PostgresOptions::parse(std::string_view url) {
  PostgresOptions options;
  std::string_view rest = url;
  for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
    if (url.starts_with(scheme)) rest = url.substr(scheme.size());
  }
  if (rest.size() == url.size()) return bad("it begins neither with postgresql:// nor with postgres://");
  const std::size_t question = rest.find('?');
  if (question != std::string_view::npos) {
    BANYAN_TRY_VOID(set_parameters(options, rest.substr(question + 1)));
    rest = rest.substr(0, question);
  }
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos) {
    BANYAN_TRY(options.database, decode(rest.substr(slash + 1), "database"));
    rest = rest.substr(0, slash);
  }
  const std::size_t at = rest.rfind('@');
  if (at != std::string_view::npos) {
    BANYAN_TRY_VOID(set_login(options, rest.substr(0, at)));
    rest = rest.substr(at + 1);
  }
  BANYAN_TRY_VOID(set_address(options, rest));
  if (options.user.empty()) return bad("it names no user");
  return options;
}

std::string PostgresOptions::text() const {
  return host + ":" + std::to_string(port) + "/" + (database.empty() ? user : database) + " as " + user;
}

}  // namespace banyan
