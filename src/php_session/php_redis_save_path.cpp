#include "php_session/php_redis_save_path.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace banyan {
namespace {

Error wrong(std::string what) {
  return Error(ErrorCode::kInvalidArgument,
               "session.save_path: " + std::move(what) +
                   "; write tcp://HOST:PORT or unix:///PATH, and options such as ?auth=PASSWORD&database=1&prefix=P");
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 32);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// As PHP's parse_str(): `+` is a space, and a `%` that is no escape is itself.
std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

template <class T>
Result<T> number(std::string_view text, T max, const char* what) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value <= max) return value;
  return wrong(std::string("the ") + what + " is a number up to " + std::to_string(max));
}

constexpr std::array<std::string_view, 6> kOfPhpAlone = {"weight",         "timeout",    "read_timeout",
                                                         "retry_interval", "persistent", "persistent_id"};

Result<void> read_option(std::string_view name, std::string value, PhpRedisSavePath& path) {
  const std::string key = decode(name);
  if (key == "prefix") {
    path.prefix = std::move(value);
  } else if (key == "database") {
    BANYAN_TRY(path.redis.database, number<std::uint32_t>(value, 1'000'000, "database"));
  } else if (key == "auth") {
    path.redis.password = Secret(std::move(value));
  } else if (key == "auth[]" || key == "auth[0]" || key == "auth[1]") {
    // The user comes first.
    if (path.redis.user.empty() && key != "auth[1]") {
      path.redis.user = std::move(value);
    } else {
      path.redis.password = Secret(std::move(value));
    }
  } else if (std::find(kOfPhpAlone.begin(), kOfPhpAlone.end(), key) == kOfPhpAlone.end()) {
    return wrong("option '" + key + "' is not known");
  }
  return {};
}

Result<void> read_options(std::string_view query, PhpRedisSavePath& path) {
  while (!query.empty()) {
    const std::string_view option = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), option.size() + 1));
    const std::size_t equals = option.find('=');
    if (equals == std::string_view::npos) continue;
    BANYAN_TRY_VOID(read_option(option.substr(0, equals), decode(option.substr(equals + 1)), path));
  }
  return {};
}

}  // namespace

Result<PhpRedisSavePath> PhpRedisSavePath::parse(std::string_view text) {
  if (text.find_first_of(", \t\r\n") != std::string_view::npos) return wrong("several servers are not supported");
  if (text.find('\0') != std::string_view::npos) return wrong("there is a zero byte in it");
  PhpRedisSavePath path;
  const std::size_t mark = text.find('?');
  std::string_view place = text.substr(0, mark);
  if (place.starts_with("unix://") && place.size() > 7) {
    path.redis.address = "unix:" + std::string(place.substr(7));
  } else if (place.starts_with("tcp://")) {
    place.remove_prefix(6);
    while (place.ends_with('/')) place.remove_suffix(1);
    const std::size_t colon = place.rfind(':');
    const bool has_port = colon != std::string_view::npos && place.find(']', colon) == std::string_view::npos;
    const std::string_view host = place.substr(0, has_port ? colon : place.size());
    if (host.empty()) return wrong("there is no host");
    std::uint32_t port = 6379;
    if (has_port) {
      BANYAN_TRY(port, number<std::uint32_t>(place.substr(colon + 1), 65535, "port"));
    }
    path.redis.address = std::string(host) + ":" + std::to_string(port);
  } else {
    return wrong("the scheme is unknown");
  }
  if (mark != std::string_view::npos) BANYAN_TRY_VOID(read_options(text.substr(mark + 1), path));
  return path;
}

}  // namespace banyan
