// Tokens, tags, queries and addresses.
#include <algorithm>
#include <set>

#include "php_runtime/builtin_encoding.h"
#include "php_runtime/builtin_strings.h"

namespace banyan::php_runtime {
namespace {

constexpr auto npos = std::string_view::npos;

// What strtok() goes through.
struct Tokens {
  String text;
  std::size_t at = 0;
};

}  // namespace

// With two arguments a new string, with one the next token of the one before.
std::optional<String> strtok(const String& s, const Value& token) {
  Tokens& state = request_state<Tokens>();
  String set = s;
  if (!token.is_null()) {
    set = to_string(token);
    state = {s, 0};
  }
  const std::string_view text = state.text;
  const std::size_t start = text.find_first_not_of(set.view(), state.at);
  if (start == npos) {
    state = {};
    return std::nullopt;
  }
  const std::size_t end = std::min(text.find_first_of(set.view(), start), text.size());
  String found = text.substr(start, end - start);
  state.at = std::min(end + 1, text.size());
  return found;
}

namespace {

std::string plain_name(std::string_view name) {
  std::string out(name);
  std::replace_if(out.begin(), out.end(), [](char c) { return c == ' ' || c == '.'; }, '_');
  return out;
}

// The element that the next pair of brackets leads into, which becomes an array if it is none.
Array* nested_array(Array& array, const std::optional<String>& key) {
  if (!key) {
    array.append(Array());
    return &array.slot(Key(static_cast<Int>(array.own().next - 1))).array_here();
  }
  Value& slot = array.slot(Key(*key));
  if (!slot.is_array()) slot = Array();
  return &slot.array_here();
}

// Stores a[b][] = v by its written name.
void set_query_variable(Array& variables, std::string_view name, const Value& v) {
  name = c_string(trim_left(name, " "));
  const std::size_t bracket = name.find('[');
  if (bracket == 0) return;
  const std::string base = plain_name(name.substr(0, bracket));
  if (base.empty()) return;
  if (bracket == npos) return variables.set_text(base, v);
  Array* array = &variables;
  std::optional<String> key = String(base);
  std::string_view rest = name.substr(bracket);
  for (bool outer = true; rest.starts_with("["); outer = false) {
    const std::size_t end = rest.find(']');
    if (end == npos) {
      if (outer) return variables.set_text(concat({base, "_", plain_name(rest.substr(1))}), v);
      break;
    }
    array = nested_array(*array, key);
    const std::string_view inner = rest.substr(1, end - 1);
    key = inner.empty() ? std::nullopt : std::optional<String>(inner);
    rest = rest.substr(end + 1);
  }
  if (key) {
    array->set_text(*key, v);
  } else {
    array->append(v);
  }
}

}  // namespace

void parse_str(const String& s, Array* result) {
  Array variables;
  std::string_view rest = s;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    const std::string_view value = equals == npos ? std::string_view() : part.substr(equals + 1);
    set_query_variable(variables, urldecode(part.substr(0, equals)), urldecode(value));
  }
  *result = variables;
}

namespace {

std::string tag_name(std::string_view tag) {
  const std::string name = lower(trim_left(trim_both(tag, "<>"), "/"));
  std::size_t end = 0;
  while (end < name.size() && !is_space(name[end]) && name[end] != '/') ++end;
  return name.substr(0, end);
}

std::set<std::string> kept_tags(const Value& allowed) {
  std::set<std::string> keep;
  if (allowed.is_array()) {
    for (const auto& [key, value] : allowed.as_array()) keep.insert(lower(to_string(value)));
    return keep;
  }
  const std::string list = allowed.is_null() ? std::string() : lower(to_string(allowed));
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t start = list.find_first_not_of("<>", at);
    if (start == npos) break;
    at = std::min(list.find_first_of("<>", start), list.size());
    keep.insert(std::string(trim_both(trim_both(std::string_view(list).substr(start, at - start), "/"), kBlanks)));
  }
  return keep;
}

// Where <? ... ?> ends that begins at i.
std::size_t processing_end(std::string_view s, std::size_t i) {
  char quote = 0;
  for (std::size_t j = i + 2; j < s.size(); ++j) {
    const char c = s[j];
    if (quote != 0) {
      if (c == quote && s[j - 1] != '\\') quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>' && s[j - 1] == '?') {
      return j + 1;
    }
  }
  return s.size();
}

// Where the tag that begins at i ends; quotes may hold its bracket.
std::size_t tag_end(std::string_view s, std::size_t i) {
  if (s.substr(i).starts_with("<!--")) {
    const std::size_t end = s.find("-->", i);
    return end == npos ? s.size() : end + 3;
  }
  char quote = 0;
  int depth = 0;
  for (std::size_t j = i + 1; j < s.size(); ++j) {
    const char c = s[j];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '<') {
      ++depth;
    } else if (c == '>' && depth-- == 0) {
      return j + 1;
    }
  }
  return s.size();
}

}  // namespace

String strip_tags(const String& text, const Value& allowed) {
  const std::set<std::string> keep = kept_tags(allowed);
  const std::string_view s = text;
  String out;
  for (std::size_t i = 0; i < s.size();) {
    if (s[i] != '<' || (i + 1 < s.size() && is_space(s[i + 1]))) {
      if (s[i] != '\0') out += s[i];
      ++i;
      continue;
    }
    const std::size_t end = tag_end(s, i);
    const std::string_view tag = s.substr(i, end - i);
    if (tag.starts_with("<?") && (i == 0 || !lower(tag).starts_with("<?xml"))) {
      i = processing_end(s, i);
      continue;
    }
    if (tag.ends_with('>') && keep.contains(tag_name(tag))) out += tag;
    i = end;
  }
  return out;
}

namespace {

// The parts of parse_url() in the order of its result.
constexpr std::string_view kUrlParts[] = {"scheme", "host", "port", "user", "pass", "path", "query", "fragment"};
enum UrlPart { kScheme, kHost, kPort, kUser, kPass, kPath, kQuery, kFragment };

struct Url {
  Value parts[8];
};

String clean(std::string_view s) {
  std::string out(s);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = '_';
  }
  return out;
}

bool is_scheme(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return is_ascii_alnum(c) || has("+-.", c); });
}

bool looks_like_port(std::string_view s) {
  std::size_t n = 0;
  while (n < s.size() && is_ascii_digit(s[n])) ++n;
  return n > 0 && n < 6 && (n == s.size() || s[n] == '/');
}

bool split_authority(std::string_view authority, Url& url) {
  if (const std::size_t at = authority.rfind('@'); at != npos) {
    const std::string_view user = authority.substr(0, at);
    const std::size_t colon = user.find(':');
    url.parts[kUser] = clean(user.substr(0, colon));
    if (colon != npos) url.parts[kPass] = clean(user.substr(colon + 1));
    authority = authority.substr(at + 1);
  }
  if (const std::size_t colon = authority.rfind(':'); colon != npos && !authority.ends_with(']')) {
    const std::string_view port = authority.substr(colon + 1);
    if (!port.empty()) {
      const Int n = string_to_int(port);
      if (port.size() > 5 || n < 0 || n > 65535 || !is_ascii_digit(port[0])) return false;
      url.parts[kPort] = n;
    }
    authority = authority.substr(0, colon);
  }
  if (authority.empty()) return false;
  url.parts[kHost] = clean(authority);
  return true;
}

// Takes off what follows the first `sign`.
void take_behind(std::string_view& rest, char sign, Value& part) {
  const std::size_t at = rest.find(sign);
  if (at == npos) return;
  part = clean(rest.substr(at + 1));
  rest = rest.substr(0, at);
}

std::string_view take_authority(std::string_view& rest) {
  const std::string_view authority = rest.substr(0, rest.find('/'));
  rest.remove_prefix(authority.size());
  return authority;
}

bool split_url(std::string_view text, Url& url) {
  std::string_view rest = text;
  take_behind(rest, '#', url.parts[kFragment]);
  take_behind(rest, '?', url.parts[kQuery]);
  const std::size_t colon = rest.find(':');
  if (colon != npos && is_scheme(rest.substr(0, colon))) {
    const std::string_view after = rest.substr(colon + 1);
    if (after.starts_with("//") || !looks_like_port(after)) {
      url.parts[kScheme] = String(rest.substr(0, colon));
      rest = after;
    }
  }
  const Value& scheme = url.parts[kScheme];
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const std::string_view authority = take_authority(rest);
    const bool local = authority.empty() && !rest.empty() && scheme.is_string() && scheme.as_string() == "file";
    if (!local && !split_authority(authority, url)) return false;
  } else if (scheme.is_null()) {
    const std::size_t port = rest.find(':');
    if (port != npos && port > 0 && looks_like_port(rest.substr(port + 1)) &&
        !split_authority(take_authority(rest), url)) {
      return false;
    }
  }
  if (!rest.empty() || text.empty()) url.parts[kPath] = clean(rest);
  return true;
}

}  // namespace

Value parse_url(const String& text, Int component) {
  Url url;
  if (!split_url(text, url)) return false;
  if (component < 0) {
    Array out;
    for (std::size_t i = 0; i < 8; ++i) {
      if (!url.parts[i].is_null()) out.set_text(kUrlParts[i], url.parts[i]);
    }
    return out;
  }
  if (component > 7) {
    bad_argument("parse_url", 2, "component",
                 concat({"must be a valid URL component identifier, ", std::to_string(component), " given"}));
  }
  constexpr UrlPart order[] = {kScheme, kHost, kPort, kUser, kPass, kPath, kQuery, kFragment};
  return url.parts[order[component]];
}

namespace {

Int ip_number(std::string_view ip, bool& ok) {
  Int n = 0;
  int parts = 0;
  while (parts < 4) {
    const std::string_view part = ip.substr(0, ip.find('.'));
    const bool digits = !part.empty() && part.size() <= 3 && std::all_of(part.begin(), part.end(), is_ascii_digit);
    if (!digits || (part.size() > 1 && part[0] == '0') || string_to_int(part) > 255) break;
    n = n * 256 + string_to_int(part);
    ++parts;
    if (part.size() == ip.size()) {
      ok = parts == 4;
      return n;
    }
    ip.remove_prefix(part.size() + 1);
  }
  ok = false;
  return 0;
}

}  // namespace

std::optional<Int> ip2long(const String& ip) {
  bool ok = false;
  const Int n = ip_number(ip, ok);
  if (!ok) return std::nullopt;
  return n;
}

std::optional<String> long2ip(Int ip) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += std::to_string((ip >> shift) & 255);
    if (shift > 0) out += '.';
  }
  return out;
}

}  // namespace banyan::php_runtime
