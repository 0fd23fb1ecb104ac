// A request as PHP's superglobals, by the rules of main/php_variables.c: variables_order GPCS, request_order GP.
#include "http/field_id.h"
#include "php_mount/web_host.h"
#include "php_runtime/builtin_encoding.h"
#include "php_runtime/builtin_strings.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/program.h"

namespace banyan::php_mount {

using namespace php_runtime;

namespace {

// max_input_vars and max_input_nesting_level.
constexpr std::size_t kVariablesMax = 1000;
constexpr std::size_t kNestingMax = 64;

// How many brackets open in a name, be they encoded.
std::size_t nesting(std::string_view name) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool encoded = name[i] == '%' && i + 2 < name.size() && name[i + 1] == '5' && (name[i + 2] | 32) == 'b';
    if (name[i] == '[' || encoded) ++count;
  }
  return count;
}

// The variables that PHP would take: no more than so many, and none that nests deeper. Of a body it takes the first
// that is too many, too.
std::string within_limits(std::string_view query, bool is_body) {
  std::string out;
  for (std::size_t count = 0; !query.empty();) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.empty()) continue;
    const bool is_last = ++count > kVariablesMax;
    if (is_last) {
      warning("Unknown: Input variables exceeded 1000. To increase the limit change max_input_vars in php.ini.");
    }
    if (is_last && !is_body) break;
    if (nesting(part.substr(0, part.find('='))) <= kNestingMax) out.append(out.empty() ? "" : "&").append(part);
    if (is_last) break;
  }
  return out;
}

// "a=1; b=2": '+' is itself there, and of a name that comes twice the first counts.
Array cookies(std::string_view text) {
  Array out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    pair = trim_left(pair, kBlanks);
    std::string one;
    for (const char c : pair) c == '+' ? one.append("%2B") : c == '&' ? one.append("%26") : one.append(1, c);
    for (const auto& [key, value] : parse_variables(one)) {
      const Value* const known = out.lookup(key);
      if (known == nullptr) {
        out.set_key(key, value);
      } else if (known->is_array() && value.is_array()) {
        Array both = known->as_array();
        for (const auto& [inner, v] : value.as_array()) {
          if (both.lookup(inner) == nullptr) both.set_key(inner, v);
        }
        out.set_key(key, both);
      }
    }
  }
  return out;
}

// Basic credentials are given taken apart, too.
void add_credentials(Array& server, std::string_view authorization) {
  if (authorization.size() < 6 || !equals_ignoring_case(authorization.substr(0, 6), "Basic ")) return;
  const std::optional<String> plain = base64_decode(String(authorization.substr(6)));
  if (!plain) return;
  const std::string_view text = *plain;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return;
  server.set_text("PHP_AUTH_USER", text.substr(0, colon));
  server.set_text("PHP_AUTH_PW", text.substr(colon + 1));
}

Array server_variables(const WebRequest& request) {
  Array out;
  for (const auto& [name, value] : request.variables) out.set_text(name, value);
  add_credentials(out, request.variable("HTTP_AUTHORIZATION"));
  out.set_text("PHP_SELF", concat({request.variable("SCRIPT_NAME"), request.variable("PATH_INFO")}));
  out.set_text("REQUEST_TIME_FLOAT", request.started);
  out.set_text("REQUEST_TIME", static_cast<Int>(request.started));
  return out;
}

bool is_form(std::string_view type) {
  const std::string_view plain = type.substr(0, type.find_first_of(";, "));
  return equals_ignoring_case(plain, "application/x-www-form-urlencoded");
}

}  // namespace

Array parse_variables(std::string_view query, bool is_body) {
  Array out;
  parse_str(String(within_limits(query, is_body)), &out);
  return out;
}

void fill_superglobals(const WebRequest& request) {
  const Array get = parse_variables(request.variable("QUERY_STRING"));
  const bool posts = request.variable("REQUEST_METHOD") == "POST";
  const bool posts_form = posts && is_form(request.variable("CONTENT_TYPE"));
  superglobal_place("_GET") = get;
  superglobal_place("_COOKIE") = cookies(request.variable("HTTP_COOKIE"));
  superglobal_place("_SERVER") = server_variables(request);
  superglobal_place("_POST") = posts_form ? parse_variables(request.body, true) : Array();
  superglobal_place("_FILES") = Array();
  if (request.is_upload()) fill_from_form(request.boundary, request.body);
  Array both = get;
  const Value post = superglobal("_POST");
  for (const auto& [key, value] : post.as_array()) both.set_key(key, value);
  superglobal_place("_REQUEST") = both;
}

}  // namespace banyan::php_mount
