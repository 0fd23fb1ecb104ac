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

String clean(std::string_view s) {
  std::string out(s);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = '_';
  }
  return out;
}

bool is_scheme(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return is_ascii_alnum(c) || has("+-.", c); });
}

// How many digits of a port a text begins with: 6 where it is none.
std::size_t port_digits(std::string_view s) {
  std::size_t n = 0;
  while (n < s.size() && n < 6 && is_ascii_digit(s[n])) ++n;
  return n == s.size() || s[n] == '/' ? n : 6;
}

// Whether strtol() of C would find a number.
bool begins_with_int(std::string_view s) {
  s.remove_prefix(std::min(s.find_first_not_of(" \t\n\v\f\r"), s.size()));
  if (s.starts_with('-') || s.starts_with('+')) s.remove_prefix(1);
  return !s.empty() && is_ascii_digit(s[0]);
}

// Takes the parts off a URL as PHP does, which is more lenient than any standard.
class Url {
 public:
  // False where PHP refuses it.
  bool split(std::string_view text) {
    rest_ = text;
    bool host = false;
    if (!begin(host) || (host && !authority())) return false;
    if (!rest_.empty() || (!host && parts[kScheme].is_null())) path();
    return true;
  }
  Value parts[8];

 private:
  // Takes the scheme; `host`: whether one follows.
  bool begin(bool& host) {
    const std::size_t colon = rest_.find(':');
    if (colon == npos) {
      host = slashes();
      return true;
    }
    if (colon == 0) return begins_with_port(colon, host);
    if (!is_scheme(rest_.substr(0, colon))) {
      if (colon + 1 < rest_.size() && colon < std::min(rest_.find_first_of("?#"), rest_.size())) {
        return begins_with_port(colon, host);
      }
      host = slashes();
      return true;
    }
    const std::string_view scheme = rest_.substr(0, colon), after = rest_.substr(colon + 1);
    if (!after.empty() && after[0] != '/' && port_digits(after) < 6) return begins_with_port(colon, host);
    parts[kScheme] = clean(scheme);
    rest_ = after;
    if (!slashes()) return true;
    const bool local = lower(scheme) == "file" && rest_.starts_with('/');
    if (local && rest_.size() > 2 && rest_[2] == ':') rest_.remove_prefix(1);  // a drive
    host = !local;
    return true;
  }

  // Takes off the two before a host.
  bool slashes() {
    if (!rest_.starts_with("//")) return false;
    rest_.remove_prefix(2);
    return true;
  }

  // begin() for what has no scheme, but maybe a host with a port.
  bool begins_with_port(std::size_t colon, bool& host) {
    const std::string_view after = rest_.substr(colon + 1);
    if (after.empty()) return false;
    const std::size_t digits = port_digits(after);
    if (digits == 0 || digits == 6) {
      host = slashes();
      return true;
    }
    const Int port = string_to_int(after.substr(0, digits));
    parts[kPort] = port;
    slashes();
    host = true;
    return port <= 65535;
  }

  bool authority() {
    std::string_view host = rest_.substr(0, rest_.find_first_of("/?#"));
    rest_.remove_prefix(host.size());
    if (const std::size_t at = host.rfind('@'); at != npos) {
      const std::string_view user = host.substr(0, at);
      const std::size_t colon = user.find(':');
      parts[kUser] = clean(user.substr(0, colon));
      if (colon != npos) parts[kPass] = clean(user.substr(colon + 1));
      host.remove_prefix(at + 1);
    }
    const bool is_address = host.starts_with('[') && host.ends_with(']');
    if (const std::size_t colon = host.rfind(':'); colon != npos && !is_address) {
      const std::string_view port = host.substr(colon + 1);
      host = host.substr(0, colon);
      const bool known = parts[kPort].is_int() && parts[kPort].as_int() != 0;
      if (!known && !port.empty()) {
        const Int n = string_to_int(port);
        if (!begins_with_int(port) || port.size() > 5 || n < 0 || n > 65535) return false;
        parts[kPort] = n;
      }
    }
    parts[kHost] = clean(host);
    return !host.empty();
  }

  void path() {
    const bool is_empty = rest_.empty();
    take_behind('#', parts[kFragment]);
    take_behind('?', parts[kQuery]);
    if (!rest_.empty() || is_empty) parts[kPath] = clean(rest_);
  }

  // Takes off what follows the first `sign`.
  void take_behind(char sign, Value& part) {
    const std::size_t at = rest_.find(sign);
    if (at == npos) return;
    part = clean(rest_.substr(at + 1));
    rest_ = rest_.substr(0, at);
  }

  std::string_view rest_;
};

}  // namespace

Value parse_url(const String& text, Int component) {
  Url url;
  if (!url.split(text)) return false;
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
