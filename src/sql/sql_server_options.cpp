#include "sql/sql_server_options.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ascii.h"

namespace banyan {
namespace {

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

class UrlReader {
 public:
  UrlReader(const SqlUrlSyntax& syntax, std::span<const SqlUrlParameter> own, SqlServerOptions& options)
      : syntax_(syntax), own_(own), options_(options) {}

  Result<void> read(std::string_view url) {
    std::string_view rest = url;
    for (const std::string_view scheme : syntax_.schemes) {
      if (url.starts_with(scheme)) rest = url.substr(scheme.size());
    }
    if (rest.size() == url.size()) return wrong_scheme();
    const std::size_t question = rest.find('?');
    if (question != std::string_view::npos) {
      BANYAN_TRY_VOID(set_parameters(rest.substr(question + 1)));
      rest = rest.substr(0, question);
    }
    const std::size_t slash = rest.find('/');
    if (slash != std::string_view::npos) {
      BANYAN_TRY(options_.database, decode(rest.substr(slash + 1), "database"));
      rest = rest.substr(0, slash);
    }
    const std::size_t at = rest.rfind('@');
    if (at != std::string_view::npos) {
      BANYAN_TRY_VOID(set_login(rest.substr(0, at)));
      rest = rest.substr(at + 1);
    }
    BANYAN_TRY_VOID(set_address(rest));
    if (options_.user.empty()) return bad("it names no user");
    return {};
  }

 private:
  Error bad(std::string what) const {
    return Error(ErrorCode::kInvalidArgument, "the " + std::string(syntax_.server) + " URL: " + std::move(what) +
                                                  "; it should look like " + std::string(syntax_.example));
  }
  Error wrong_scheme() const {
    std::string what = "it begins neither with ";
    for (std::size_t i = 0; i < syntax_.schemes.size(); ++i) {
      what.append(i > 0 ? " nor with " : "").append(syntax_.schemes[i]);
    }
    return bad(std::move(what));
  }

  Result<std::string> decode(std::string_view part, std::string_view what) const {
    std::string text;
    for (std::size_t i = 0; i < part.size(); ++i) {
      char c = part[i];
      if (c == '%') {
        const int high = i + 2 < part.size() ? hex_value(part[i + 1]) : -1;
        const int low = high < 0 ? -1 : hex_value(part[i + 2]);
        if (low < 0) return bad("a '%' in the " + std::string(what) + " is not followed by two hexadecimal digits");
        c = static_cast<char>(high * 16 + low);
        i += 2;
      }
      if (c == '\0') return bad("the " + std::string(what) + " holds a zero byte");
      text.push_back(c);
    }
    return text;
  }

  Result<void> set_port(std::string_view text) {
    const auto port = number_in<std::uint16_t>(text);
    if (!port || *port == 0) return bad("\"" + std::string(text) + "\" is not a port");
    options_.port = *port;
    return {};
  }

  Result<void> set_tls(std::string_view mode) {
    if (mode == "disable") {
      options_.tls = SqlTlsMode::kDisable;
    } else if (mode == "prefer") {
      options_.tls = SqlTlsMode::kPrefer;
    } else if (mode == "require") {
      options_.tls = SqlTlsMode::kRequire;
    } else if (mode == "verify-full") {
      options_.tls = SqlTlsMode::kVerifyFull;
    } else {
      return bad("sslmode is disable, prefer, require or verify-full, not \"" + std::string(mode) + "\"");
    }
    return {};
  }

  std::string* text_parameter(std::string_view name) {
    if (name == "sslrootcert") return &options_.tls_authorities;
    if (name == "sslcert") return &options_.tls_certificate;
    if (name == "sslkey") return &options_.tls_key;
    if (name == "host") return &options_.host;
    const auto found = std::ranges::find(own_, name, &SqlUrlParameter::name);
    return found == own_.end() ? nullptr : found->value;
  }

  Result<void> set_parameter(std::string_view name, std::string value) {
    if (name == "sslmode") return set_tls(value);
    if (name == "connect_timeout") {
      const auto seconds = number_in<std::uint16_t>(value);
      if (!seconds || *seconds == 0) return bad("connect_timeout is a number of seconds, not \"" + value + "\"");
      options_.connect_timeout = std::chrono::seconds(*seconds);
      return {};
    }
    std::string* const text = text_parameter(name);
    if (text == nullptr) return bad("there is no parameter \"" + std::string(name) + "\"");
    *text = std::move(value);
    return {};
  }

  // "host:port", "[::1]:port", either part optional.
  Result<void> set_address(std::string_view text) {
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
      BANYAN_TRY(options_.host, decode(host, "host"));
    }
    if (colon == std::string_view::npos) return {};
    return set_port(text.substr(colon + 1));
  }

  Result<void> set_login(std::string_view text) {
    const std::size_t colon = text.find(':');
    BANYAN_TRY(options_.user, decode(text.substr(0, colon), "user"));
    if (colon == std::string_view::npos) return {};
    BANYAN_TRY(std::string password, decode(text.substr(colon + 1), "password"));
    options_.password = Secret(std::move(password));
    return {};
  }

  Result<void> set_parameters(std::string_view query) {
    while (!query.empty()) {
      const std::string_view one = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(one.size() + 1, query.size()));
      const std::size_t equals = one.find('=');
      if (equals == std::string_view::npos) return bad("a parameter has no '='");
      BANYAN_TRY(const std::string name, decode(one.substr(0, equals), "name of a parameter"));
      BANYAN_TRY(std::string value, decode(one.substr(equals + 1), "value of a parameter"));
      BANYAN_TRY_VOID(set_parameter(name, std::move(value)));
    }
    return {};
  }

  const SqlUrlSyntax& syntax_;
  std::span<const SqlUrlParameter> own_;
  SqlServerOptions& options_;
};

}  // namespace

Result<void> read_sql_url(std::string_view url, const SqlUrlSyntax& syntax, std::span<const SqlUrlParameter> own,
                          SqlServerOptions& options) {
  return UrlReader(syntax, own, options).read(url);
}

Result<void> check_server_options(const SqlServerOptions& options, std::string_view server) {
  const auto bad = [&](std::string_view what) {
    return Error(ErrorCode::kInvalidArgument, std::string(server).append(": ").append(what));
  };
  for (const std::string* text : {&options.host, &options.user, &options.database}) {
    if (text->find('\0') != std::string::npos) return bad("an option holds a zero byte");
  }
  if (options.user.empty()) return bad("no user is named");
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    return bad("a certificate needs its key, and a key its certificate");
  }
  if (options.connections_max == 0) return bad("connections_max is 0; nothing could ever be done");
  return {};
}

}  // namespace banyan
