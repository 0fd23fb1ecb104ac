// PHP's functions about the answer and the server, after https://www.php.net/manual/en/ref.network.php and
// https://www.php.net/manual/en/ref.info.php.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "php_mount/web_host.h"
#include "php_runtime/builtin.h"
#include "php_runtime/builtin_date.h"
#include "php_runtime/builtin_encoding.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/throwable.h"

extern char** environ;

namespace banyan::php_mount {

using namespace php_runtime;

namespace {

// ---- The answer's head ----

void header(String line, bool replace, Int status) { web_host().set_line(line, replace, status); }

Value response_code(Int status) {
  WebHost& host = web_host();
  const Int before = host.answer().status;
  if (status == 0) return before;
  if (!host.may_change("response code")) return false;
  host.answer().status = static_cast<int>(status);
  return before;
}

Array headers_list() {
  Array out;
  for (const auto& [name, value] : web_host().answer().fields) out.append(concat({name, ": ", value}));
  return out;
}

void header_remove(Value name) {
  if (!web_host().may_change("header information")) return;
  web_host().remove(name.is_null() ? "" : std::string_view(param_string(name, "header_remove(): Argument #1 ($name)")));
}

// ---- Cookies ----

struct Cookie {
  Int expires = 0;
  String path, domain, same_site;
  bool secure = false;
  bool http_only = false;
};

Cookie cookie_options(std::string_view function, const Array& options) {
  Cookie out;
  for (const auto& [key, given] : options) {
    const Value v = given.deref();
    const std::string name = key.is_text() ? lower(key.text()) : "";
    if (name == "expires") {
      out.expires = to_int(v);
    } else if (name == "path") {
      out.path = to_string(v);
    } else if (name == "domain") {
      out.domain = to_string(v);
    } else if (name == "secure") {
      out.secure = to_bool(v);
    } else if (name == "httponly") {
      out.http_only = to_bool(v);
    } else if (name == "samesite") {
      out.same_site = to_string(v);
    } else if (key.is_text()) {
      throw_value_error(concat({function, "(): option \"", key.text(), "\" is invalid"}));
    } else {
      throw_value_error(concat({function, "(): option array cannot have numeric keys"}));
    }
  }
  return out;
}

std::string http_date(Int time) { return gmdate("D, d M Y H:i:s \\G\\M\\T", time).str(); }

std::string cookie_line(const String& name, const String& value, const Cookie& cookie, bool encodes) {
  std::string out = concat({"Set-Cookie: ", name, "="});
  if (value.empty()) {
    out += concat({"deleted; expires=", http_date(1), "; Max-Age=0"});
  } else {
    out += encodes ? rawurlencode(value).view() : value.view();
    if (cookie.expires > 0) {
      const Int left = std::max<Int>(0, cookie.expires - php_runtime::time());
      out += concat({"; expires=", http_date(cookie.expires), "; Max-Age=", std::to_string(left)});
    }
  }
  if (!cookie.path.empty()) out += concat({"; path=", cookie.path});
  if (!cookie.domain.empty()) out += concat({"; domain=", cookie.domain});
  if (cookie.secure) out += "; secure";
  if (cookie.http_only) out += "; HttpOnly";
  if (!cookie.same_site.empty()) out += concat({"; SameSite=", cookie.same_site});
  return out;
}

// What may not stand in a part of a cookie, as messages list it.
constexpr std::string_view kForbidden = ",; \t\r\n\013\014";
void check_part(std::string_view function, int n, std::string_view name, std::string_view part, bool is_name) {
  if (part.find_first_of(kForbidden) == std::string_view::npos &&
      (!is_name || part.find('=') == std::string_view::npos)) {
    return;
  }
  throw_value_error(concat({argument(function, n, name), " cannot contain ", is_name ? "\"=\", " : "",
                            "\",\", \";\", \" \", \"\\t\", \"\\r\", \"\\n\", \"\\013\", or \"\\014\""}));
}

struct CookieCall {
  String name, value;
  Value expires_or_options;
  Cookie cookie;
};

bool add_cookie(std::string_view function, const CookieCall& call, bool encodes) {
  if (call.name.empty()) bad_argument(function, 1, "name", "cannot be empty");
  check_part(function, 1, "name", call.name, true);
  if (!encodes) check_part(function, 2, "value", call.value, false);
  Cookie cookie = call.cookie;
  if (call.expires_or_options.is_array()) {
    cookie = cookie_options(function, call.expires_or_options.as_array());
  } else {
    cookie.expires = param_int(call.expires_or_options, argument(function, 3, "expires_or_options"));
  }
  check_part(function, 4, "path", cookie.path, false);
  check_part(function, 5, "domain", cookie.domain, false);
  if (!web_host().may_change("header information")) return false;
  web_host().set_line(cookie_line(call.name, call.value, cookie, encodes), false, 0);
  return true;
}

// fixed signature: that of PHP
bool setcookie(String name, String value, Value expires, String path, String domain, bool secure, bool http_only) {
  return add_cookie("setcookie", {name, value, expires, {0, path, domain, {}, secure, http_only}}, true);
}
// fixed signature: that of PHP
bool setrawcookie(String name, String value, Value expires, String path, String domain, bool secure, bool http_only) {
  return add_cookie("setrawcookie", {name, value, expires, {0, path, domain, {}, secure, http_only}}, false);
}

// ---- The server ----

bool error_log(String message, Int type, Value destination, Value) {
  if (type == 0 || type == 4) {
    web_host().log(message);
    return true;
  }
  if (type != 3) stop("error-log", "error_log() can only write to the log and to files");
  const String path = param_string(destination, "error_log(): Argument #3 ($destination)");
  need_path("error_log", 3, "destination", path);
  std::FILE* const file = std::fopen(path.data(), "ab");
  if (file == nullptr) {
    warn_function("error_log", concat({path, "): Failed to open stream: ", std::strerror(errno)}));
    return false;
  }
  const bool written = std::fwrite(message.data(), 1, message.size(), file) == message.size();
  return std::fclose(file) == 0 && written;
}

// The process's, then the request's variables, which php-fpm puts there.
Value getenv(Value name, bool local_only) {
  if (name.is_null()) {
    Array all;
    for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
      const std::string_view pair = *one;
      const std::size_t equals = pair.find('=');
      if (equals != std::string_view::npos) all.set_text(pair.substr(0, equals), pair.substr(equals + 1));
    }
    return all;
  }
  const String wanted = param_string(name, "getenv(): Argument #1 ($name)");
  if (!local_only) {
    for (const auto& [known, value] : web_host().request().variables) {
      if (wanted == std::string_view(known)) return value;
    }
  }
  const char* const found = std::getenv(wanted.data());
  return found == nullptr ? Value(false) : Value(found);
}

// Settings that do not change what a script answers; others are not there.
constexpr std::pair<std::string_view, std::string_view> kSettings[] = {
    {"default_charset", "UTF-8"},  {"display_errors", ""},     {"error_log", ""},
    {"html_errors", "1"},          {"ignore_user_abort", "0"}, {"log_errors", "1"},
    {"max_execution_time", "30"},  {"memory_limit", "128M"},   {"output_buffering", "4096"},
    {"post_max_size", "8M"},       {"precision", "14"},        {"serialize_precision", "-1"},
    {"upload_max_filesize", "2M"}, {"zend.assertions", "-1"}};

struct Settings {
  std::vector<std::pair<std::string, String>> changed;
};

Value ini_get(String name) {
  for (const auto& [known, value] : context().keep<Settings>().changed) {
    if (name == std::string_view(known)) return value;
  }
  for (const auto& [known, value] : kSettings) {
    if (name == std::string_view(known)) return value;
  }
  stop("ini", concat({"the setting ", name, " is not known"}));
}

Value ini_set(String name, Value value) {
  const Value before = ini_get(name);
  const bool matters =
      name == "precision" || name == "serialize_precision" || name == "output_buffering" || name == "default_charset";
  const String wanted = to_string(value);
  if (matters && wanted != before.as_string()) stop("ini", concat({"the setting ", name, " cannot be changed"}));
  auto& changed = context().keep<Settings>().changed;
  std::erase_if(changed, [&](const auto& one) { return name == std::string_view(one.first); });
  changed.emplace_back(name.str(), wanted);
  return before;
}

}  // namespace

void register_web_functions() {
  register_function("header", header)
      .named({"header", "replace", "response_code"})
      .optional(1, {Value(true), Value(0)});
  register_function("http_response_code", response_code).named({"response_code"}).optional(0, {Value(0)});
  register_function("headers_list", headers_list);
  register_function("headers_sent", +[] { return web_host().sent(); });
  register_function("header_remove", header_remove).named({"name"}).optional(0, {Value()});
  const std::vector<std::string> cookie = {"name",   "value",   "expires_or_options", "path", "domain",
                                           "secure", "httponly"};
  const std::vector<Default> defaults = {Value(""), Value(0), Value(""), Value(""), Value(false), Value(false)};
  register_function("setcookie", setcookie).named(cookie).optional(1, defaults);
  register_function("setrawcookie", setrawcookie).named(cookie).optional(1, defaults);
  register_function("error_log", error_log)
      .named({"message", "message_type", "destination", "additional_headers"})
      .optional(1, {Value(0), Value(), Value()});
  register_function("getenv", getenv).named({"name", "local_only"}).optional(0, {Value(), Value(false)});
  register_function("ini_get", ini_get).named({"option"});
  register_function("ini_set", ini_set).named({"option", "value"});
}

}  // namespace banyan::php_mount
