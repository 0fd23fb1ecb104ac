// PHP's functions of sessions, after https://www.php.net/manual/en/ref.session.php, with PHP's default settings but for
// one: an id that is not known is not taken from the client (session.use_strict_mode = 1).
#include "php_mount/web_session.h"

#include "php_mount/web_host.h"
#include "php_runtime/builtin.h"
#include "php_runtime/builtin_date.h"
#include "php_runtime/builtin_dump.h"
#include "php_runtime/builtin_encoding.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/program.h"
#include "php_runtime/throwable.h"

namespace banyan::php_mount {

using namespace php_runtime;

namespace {

constexpr Int kNone = 1;
constexpr Int kActive = 2;

struct Session {
  std::string name = "PHPSESSID";
  std::string id;
  bool is_open = false;
  // session_set_cookie_params()
  Int lifetime = 0;
  std::string path = "/";
  std::string domain;
  bool secure = false;
  bool http_only = false;
  std::string same_site;
};
Session& session() { return context().keep<Session>(); }

WebSessions& store(std::string_view function) {
  WebSessions* const found = web_host().sessions();
  if (found == nullptr) stop("session", concat({function, "() needs the option --sessions of the program"}));
  return *found;
}

// ---- Contents: "name|value" for each, the value as serialize() writes it ----

// Numbers of references and of shared objects count through the whole of a session, and classes may write what they
// like: neither is converted.
[[noreturn]] void cannot_keep() {
  stop("session", "it holds references, shared objects or what a class writes itself");
}

// The length of the serialized value that the text begins with; 0 where there is none of a kind that is kept.
std::size_t value_length(std::string_view text);

std::string encoded() {
  std::string out;
  const Value all = superglobal("_SESSION");
  if (!all.is_array()) return out;
  for (const auto& [key, value] : all.as_array()) {
    if (!key.is_text()) {
      warning(concat({"Unknown: Skipping numeric key ", std::to_string(key.number())}));
      continue;
    }
    const String text = serialize(value.deref());
    if (value_length(text) != text.size()) cannot_keep();
    out += concat({key.text(), "|", text});
  }
  return out;
}

std::size_t string_length(std::string_view text, std::size_t quote) {
  const std::size_t bytes = static_cast<std::size_t>(string_to_int(text.substr(2)));
  return quote + 1 + bytes + 2;
}

// a:N:{...} and O:L:"C":N:{...}: from their brace on.
std::size_t block_length(std::string_view text, std::size_t brace) {
  std::size_t at = brace + 1;
  while (at < text.size() && text[at] != '}') {
    const std::size_t one = value_length(text.substr(at));
    if (one == 0) return 0;
    at += one;
  }
  return at + 1;
}

std::size_t value_length(std::string_view text) {
  if (text.size() < 2) return 0;
  switch (text[0]) {
    case 's':
      return string_length(text, text.find('"'));
    case 'a':
      return block_length(text, text.find('{'));
    case 'C':
    case 'r':
    case 'R':
      return 0;
    case 'O': {
      const std::size_t name = text.find('"');
      const std::size_t end = text.find('"', name + 1);
      return block_length(text, text.find('{', end));
    }
    case 'E':
      return string_length(text, text.find('"'));
    default:
      return text.find(';') == std::string_view::npos ? 0 : text.find(';') + 1;
  }
}

void decode(std::string_view data) {
  Array all;
  while (!data.empty()) {
    const std::size_t bar = data.find('|');
    if (bar == std::string_view::npos) cannot_keep();
    const std::string_view name = data.substr(0, bar);
    const std::size_t length = value_length(data.substr(bar + 1));
    if (length == 0 || length > data.size() - bar - 1) cannot_keep();
    all.set_text(name, unserialize(String(data.substr(bar + 1, length))));
    data.remove_prefix(bar + 1 + length);
  }
  superglobal_place("_SESSION") = all;
}

// ---- The answer's head ----

// In place of one that was sent before.
void send_cookie() {
  const Session& s = session();
  const std::string begins = s.name + "=";
  std::erase_if(web_host().answer().fields,
                [&](const auto& one) { return one.first == "Set-Cookie" && one.second.starts_with(begins); });
  std::string line = concat({"Set-Cookie: ", urlencode(s.name), "=", s.id});
  if (s.lifetime > 0) {
    const Int until = php_runtime::time() + s.lifetime;
    line += concat({"; expires=", gmdate("D, d M Y H:i:s \\G\\M\\T", until), "; Max-Age=", std::to_string(s.lifetime)});
  }
  if (!s.path.empty()) line += "; path=" + s.path;
  if (!s.domain.empty()) line += "; domain=" + s.domain;
  if (s.secure) line += "; secure";
  if (s.http_only) line += "; HttpOnly";
  if (!s.same_site.empty()) line += "; SameSite=" + s.same_site;
  web_host().set_line(line, false, 0);
}

// session.cache_limiter = nocache
void forbid_caches() {
  web_host().set_line("Expires: Thu, 19 Nov 1981 08:52:00 GMT", true, 0);
  web_host().set_line("Cache-Control: no-store, no-cache, must-revalidate", true, 0);
  web_host().set_line("Pragma: no-cache", true, 0);
}

std::string cookie_id() {
  const Value cookies = superglobal("_COOKIE");
  const Value* const found = cookies.is_array() ? cookies.as_array().lookup(Key(String(session().name))) : nullptr;
  return found == nullptr || !found->is_string() ? "" : found->as_string().str();
}

// ---- The functions ----

bool open_session(const std::string& id) {
  Session& s = session();
  const bool is_again = !s.id.empty();  // also where the program has chosen it
  const Result<WebSessions::Opened> opened = store("session_start").open(id);
  if (!opened.ok()) {
    warn_function("session_start", concat({"Failed to read session data: ", opened.error().text()}));
    return false;
  }
  s.id = opened->id;
  s.is_open = true;
  if (opened->is_new || is_again) send_cookie();
  forbid_caches();
  decode(opened->data);
  return true;
}

bool session_start(Array options) {
  if (!options.empty()) stop("session", "session_start() with options");
  if (session().is_open) {
    notice("session_start(): Ignoring session_start() because a session is already active");
    return true;
  }
  if (web_host().sent()) {
    warning("session_start(): Session cannot be started after headers have already been sent");
    return false;
  }
  return open_session(session().id.empty() ? cookie_id() : session().id);
}

Value session_id(Value id) {
  const std::string before = session().id;
  if (id.is_null()) return before;
  if (session().is_open) {
    warn_function("session_id", "Session ID cannot be changed when a session is active");
    return false;
  }
  session().id = param_string(id, "session_id(): Argument #1 ($id)").str();
  return before;
}

Value session_name(Value name) {
  const std::string before = session().name;
  if (name.is_null()) return before;
  if (session().is_open) {
    warn_function("session_name", "Session name cannot be changed when a session is active");
    return false;
  }
  session().name = param_string(name, "session_name(): Argument #1 ($name)").str();
  return before;
}

bool session_destroy() {
  if (!session().is_open) {
    warn_function("session_destroy", "Trying to destroy uninitialized session");
    return false;
  }
  session().is_open = false;
  session().id.clear();
  return store("session_destroy").destroy().ok();
}

bool session_write_close() {
  if (!session().is_open) return false;
  close_session();
  return true;
}

bool session_unset() {
  if (!session().is_open) return false;
  superglobal_place("_SESSION") = Array();
  return true;
}

bool session_abort() {
  if (!session().is_open) return false;
  session().is_open = false;
  store("session_abort").release();
  return true;
}

// What it holds goes on under a new id; the old one stays as it was read, or goes.
bool session_regenerate_id(bool delete_old) {
  if (!session().is_open) {
    warn_function("session_regenerate_id", "Session ID cannot be regenerated when there is no active session");
    return false;
  }
  if (!web_host().may_change("header information")) return false;
  WebSessions& all = store("session_regenerate_id");
  const std::string data = encoded();
  const Result<void> left = delete_old ? all.destroy() : all.save(data);
  if (!left.ok()) return false;
  const Result<WebSessions::Opened> made = all.open("");
  session().is_open = made.ok();
  if (!made.ok()) return false;
  session().id = made->id;
  send_cookie();
  return true;
}

bool set_cookie_params(Value lifetime, Value path, Value domain, Value secure, Value http_only) {
  Session& s = session();
  const auto text = [](const Value& v) { return to_string(v).str(); };
  if (!lifetime.is_array()) {
    s.lifetime = to_int(lifetime);
    if (!path.is_null()) s.path = text(path);
    if (!domain.is_null()) s.domain = text(domain);
    if (!secure.is_null()) s.secure = to_bool(secure);
    if (!http_only.is_null()) s.http_only = to_bool(http_only);
    return true;
  }
  for (const auto& [key, given] : lifetime.as_array()) {
    const Value v = given.deref();
    const std::string name = lower(key.string());
    if (name == "lifetime") s.lifetime = to_int(v);
    if (name == "path") s.path = text(v);
    if (name == "domain") s.domain = text(v);
    if (name == "secure") s.secure = to_bool(v);
    if (name == "httponly") s.http_only = to_bool(v);
    if (name == "samesite") s.same_site = text(v);
  }
  return true;
}

}  // namespace

void close_session() {
  if (!session().is_open) return;
  session().is_open = false;
  const Result<void> saved = store("session_write_close").save(encoded());
  if (!saved.ok()) warning("session_write_close(): Failed to write session data: " + saved.error().text());
}

void define_session_constants() {
  context().constants["PHP_SESSION_DISABLED"] = 0;
  context().constants["PHP_SESSION_NONE"] = kNone;
  context().constants["PHP_SESSION_ACTIVE"] = kActive;
}

void register_session_functions() {
  register_function("session_start", session_start).named({"options"}).optional(0, {Value(Array())});
  register_function("session_id", session_id).named({"id"}).optional(0, {Value()});
  register_function("session_name", session_name).named({"name"}).optional(0, {Value()});
  register_function("session_status", +[] { return session().is_open ? kActive : kNone; });
  register_function("session_destroy", session_destroy);
  register_function("session_write_close", session_write_close);
  register_function("session_commit", session_write_close);
  register_function("session_unset", session_unset);
  register_function("session_abort", session_abort);
  register_function("session_regenerate_id", session_regenerate_id)
      .named({"delete_old_session"})
      .optional(0, {Value(false)});
  register_function("session_set_cookie_params", set_cookie_params)
      .named({"lifetime_or_options", "path", "domain", "secure", "httponly"})
      .optional(1, {Value(), Value(), Value(), Value()});
}

}  // namespace banyan::php_mount
