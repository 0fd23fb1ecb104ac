#include "php_clients/pg_conninfo.h"

#include <algorithm>

#include "base/ascii.h"

namespace banyan::php_runtime {

namespace {

struct KnownOption {
  std::string_view name;
  PgOptionUse use;
};
// libpq's own, all of them.
constexpr KnownOption kKnown[] = {
    {"service", PgOptionUse::kRefused},
    {"user", PgOptionUse::kTaken},
    {"password", PgOptionUse::kTaken},
    {"passfile", PgOptionUse::kHarmless},
    {"channel_binding", PgOptionUse::kPreference},
    {"connect_timeout", PgOptionUse::kTaken},
    {"dbname", PgOptionUse::kTaken},
    {"host", PgOptionUse::kTaken},
    {"hostaddr", PgOptionUse::kTaken},
    {"port", PgOptionUse::kTaken},
    {"client_encoding", PgOptionUse::kTaken},
    {"options", PgOptionUse::kTaken},
    {"application_name", PgOptionUse::kTaken},
    {"fallback_application_name", PgOptionUse::kTaken},
    {"keepalives", PgOptionUse::kHarmless},
    {"keepalives_idle", PgOptionUse::kHarmless},
    {"keepalives_interval", PgOptionUse::kHarmless},
    {"keepalives_count", PgOptionUse::kHarmless},
    {"tcp_user_timeout", PgOptionUse::kHarmless},
    {"sslmode", PgOptionUse::kTaken},
    {"sslcompression", PgOptionUse::kHarmless},
    {"sslcert", PgOptionUse::kTaken},
    {"sslkey", PgOptionUse::kTaken},
    {"sslpassword", PgOptionUse::kRefused},
    {"sslrootcert", PgOptionUse::kTaken},
    {"sslcrl", PgOptionUse::kRefused},
    {"sslcrldir", PgOptionUse::kRefused},
    {"sslsni", PgOptionUse::kHarmless},
    {"requirepeer", PgOptionUse::kRefused},
    {"ssl_min_protocol_version", PgOptionUse::kRefused},
    {"ssl_max_protocol_version", PgOptionUse::kRefused},
    {"gssencmode", PgOptionUse::kPreference},
    {"krbsrvname", PgOptionUse::kHarmless},
    {"gsslib", PgOptionUse::kHarmless},
    {"replication", PgOptionUse::kRefused},
    {"target_session_attrs", PgOptionUse::kRefused},
};

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
      if (!use_of_pg_option(name).has_value()) {
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

std::optional<PgOptionUse> use_of_pg_option(std::string_view name) {
  const auto* const found = std::ranges::find(kKnown, name, &KnownOption::name);
  if (found == std::end(kKnown)) return std::nullopt;
  return found->use;
}

PgConninfo parse_pg_conninfo(std::string_view text) { return ConninfoReader(text).read(); }

}  // namespace banyan::php_runtime
