#include "php_clients/pg_conninfo.h"

#include <algorithm>

#include "base/ascii.h"

namespace banyan::php_runtime {

namespace {

constexpr std::string_view kKnown[] = {"service",
                                       "user",
                                       "password",
                                       "passfile",
                                       "channel_binding",
                                       "connect_timeout",
                                       "dbname",
                                       "host",
                                       "hostaddr",
                                       "port",
                                       "client_encoding",
                                       "options",
                                       "application_name",
                                       "fallback_application_name",
                                       "keepalives",
                                       "keepalives_idle",
                                       "keepalives_interval",
                                       "keepalives_count",
                                       "tcp_user_timeout",
                                       "sslmode",
                                       "sslcompression",
                                       "sslcert",
                                       "sslkey",
                                       "sslpassword",
                                       "sslrootcert",
                                       "sslcrl",
                                       "sslcrldir",
                                       "sslsni",
                                       "requirepeer",
                                       "ssl_min_protocol_version",
                                       "ssl_max_protocol_version",
                                       "gssencmode",
                                       "krbsrvname",
                                       "gsslib",
                                       "replication",
                                       "target_session_attrs"};

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

class ConninfoReader {
 public:
  explicit ConninfoReader(std::string_view text) : rest_(text.substr(0, text.find('\0'))) {}
  PgConninfo read() {
    for (skip_blanks(); !rest_.empty(); skip_blanks()) {
      const std::string name = read_name();
      if (!skip_equals(name)) return std::move(out_);
      std::string value;
      if (!read_value(value)) return std::move(out_);
      if (std::ranges::find(kKnown, name) == std::end(kKnown)) {
        return fail("invalid connection option \"" + name + "\"\n"), std::move(out_);
      }
      out_.values[name] = std::move(value);
    }
    return std::move(out_);
  }

 private:
  void fail(std::string words) { out_.error = std::move(words); }
  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }
  std::string read_name() {
    std::string name;
    while (!rest_.empty() && rest_.front() != '=' && !is_blank(rest_.front())) take_into(name);
    skip_blanks();
    return name;
  }
  bool skip_equals(const std::string& name) {
    if (rest_.empty() || rest_.front() != '=') {
      fail("missing \"=\" after \"" + name + "\" in connection info string\n");
      return false;
    }
    rest_.remove_prefix(1);
    skip_blanks();
    return true;
  }
  bool read_value(std::string& value) {
    const bool quoted = !rest_.empty() && rest_.front() == '\'';
    if (quoted) rest_.remove_prefix(1);
    while (!rest_.empty() && (quoted ? rest_.front() != '\'' : !is_blank(rest_.front()))) {
      if (rest_.front() == '\\') rest_.remove_prefix(1);
      if (!rest_.empty()) take_into(value);
    }
    if (quoted && rest_.empty()) {
      fail("unterminated quoted string in connection info string\n");
      return false;
    }
    if (quoted) rest_.remove_prefix(1);
    return true;
  }
  void take_into(std::string& out) {
    out += rest_.front();
    rest_.remove_prefix(1);
  }

  std::string_view rest_;
  PgConninfo out_;
};

}  // namespace

PgConninfo parse_pg_conninfo(std::string_view text) { return ConninfoReader(text).read(); }

}  // namespace banyan::php_runtime
