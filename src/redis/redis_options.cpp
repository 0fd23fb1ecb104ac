#include "redis/redis_options.h"

#include <charconv>

#include "base/ascii.h"

namespace banyan {
namespace {

Error wrong(std::string what) {
  return Error(ErrorCode::kInvalidArgument, "redis URL: " + std::move(what) +
                                                " (redis://[user[:password]@]host[:port][/database], rediss://... or "
                                                "unix:PATH)");
}

Result<std::string> decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return wrong("a % that is not followed by two hexadecimal digits");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

Result<void> read_credentials(std::string_view text, RedisOptions& options) {
  const std::size_t colon = text.find(':');
  BANYAN_TRY(options.user, decode(text.substr(0, colon)));
  if (colon == std::string_view::npos) return {};
  BANYAN_TRY(std::string password, decode(text.substr(colon + 1)));
  options.password = Secret(std::move(password));
  return {};
}

template <class T>
Result<T> number(std::string_view text, T max, const char* what) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max)
    return wrong(std::string("the ") + what + " must be a number up to " + std::to_string(max));
  return value;
}

}  // namespace

Result<RedisOptions> RedisOptions::parse(std::string_view url) {
  RedisOptions options;
  if (url.starts_with("unix:") && url.size() > 5) {
    options.address = url;
    return options;
  }
  const bool secure = url.starts_with("rediss://");
  if (!secure && !url.starts_with("redis://")) return wrong("the scheme is unknown");
  url.remove_prefix(secure ? 9 : 8);
  const std::size_t slash = url.rfind('/');
  if (slash != std::string_view::npos && url.find('@', slash) == std::string_view::npos) {
    if (slash + 1 < url.size()) {
      BANYAN_TRY(options.database, number<std::uint32_t>(url.substr(slash + 1), 1'000'000, "database"));
    }
    url = url.substr(0, slash);
  }
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    BANYAN_TRY_VOID(read_credentials(url.substr(0, at), options));
    url.remove_prefix(at + 1);
  }
  if (url.empty()) return wrong("there is no host");
  const std::size_t colon = url.rfind(':');
  const bool has_port = colon != std::string_view::npos && url.find(']', colon) == std::string_view::npos;
  const std::string_view host = has_port ? url.substr(0, colon) : url;
  if (host.empty()) return wrong("there is no host");
  std::uint32_t port = 6379;
  if (has_port) {
    BANYAN_TRY(port, number<std::uint32_t>(url.substr(colon + 1), 65535, "port"));
  }
  options.address = std::string(host) + ":" + std::to_string(port);
  if (secure) {
    BANYAN_TRY(options.tls, TlsClientContext::load({}));
  }
  return options;
}

}  // namespace banyan
