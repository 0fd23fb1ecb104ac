#include "ledger/mask.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "json/parse.h"
#include "json/write.h"

namespace banyan {
namespace {

constexpr std::size_t kPlacesMax = 256;
constexpr std::size_t kBodyDepthMax = 128;  // masking recurses

// A parameter's name may be written with escapes: "%74oken" is a token as well.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

constexpr std::string_view kSecretEndings[] = {
    "password",       "passwd",          "passphrase",          "pwd",    "secret",    "token",
    "apikey",         "privatekey",      "authorization",       "sessid", "sessionid", "passwordagain",
    "passwordrepeat", "passwordconfirm", "passwordconfirmation"};

bool is_secret(std::string_view name) {
  constexpr std::size_t kLooked = 64;  // at the end of a name
  std::string bare = ascii_lower(name.substr(name.size() - std::min(name.size(), kLooked)));
  std::erase_if(bare, [](char c) { return !is_ascii_letter(c); });
  return bare == "pass" || std::any_of(std::begin(kSecretEndings), std::end(kSecretEndings),
                                       [&](std::string_view ending) { return bare.ends_with(ending); });
}

bool is_of_name(char c) { return is_ascii_alnum(c) || c == '_' || c == '-'; }

// Whether the line of a form's part that names it ends here, and with the lines below it the part's head.
bool ends_part_head(std::string_view after) {
  if (after.starts_with(';')) after.remove_prefix(std::min(after.find("\r\n"), after.size()));  // a file's name
  while (after.starts_with("\r\n")) {
    after.remove_prefix(2);
    if (after.starts_with("\r\n")) return true;
    const std::size_t end = std::min(after.find("\r\n"), after.size());
    if (after.substr(0, end).find(':') == std::string_view::npos) return false;
    after.remove_prefix(end);
  }
  return false;
}

// Whether the name is that of an element with something in it: `<name>1`, `<x:name a="b"><![CDATA[1]]>`.
bool is_filled_element(std::string_view text, std::size_t begin, std::size_t end) {
  constexpr std::size_t kAttributesMax = 1024;
  if (begin > 0 && text[begin - 1] == ':') {
    --begin;
    while (begin > 0 && is_of_name(text[begin - 1])) --begin;
  }
  if (begin == 0 || text[begin - 1] != '<') return false;
  const std::size_t attributes = text.substr(end, kAttributesMax).find('>');
  if (attributes == std::string_view::npos || text[end + attributes - 1] == '/') return false;
  std::string_view inside = text.substr(end + attributes + 1);
  inside.remove_prefix(std::min(inside.find_first_not_of(" \t\r\n"), inside.size()));
  return !inside.empty() && (inside.front() != '<' || inside.starts_with("<![CDATA["));
}

// Whether a value follows: of `name=1`, `"name": 1`, `a[name]=1`, `name => 1`, an element, and a part of a form.
bool gives_value(std::string_view text, std::size_t begin, std::size_t end) {
  if (is_filled_element(text, begin, end)) return true;
  std::string_view after = text.substr(end);
  after.remove_prefix(std::min(after.find_first_not_of("\"'\\])"), after.size()));
  if (ends_part_head(after)) return true;
  after.remove_prefix(std::min(after.find_first_not_of(" \t"), after.size()));
  if (!after.starts_with('=') && !after.starts_with(':')) return false;
  after.remove_prefix(std::min(after.find_first_not_of(" \t=:>"), after.size()));
  return !after.empty() && after.front() != '<' && after.front() != '\n' && after.front() != '\r';
}

// Whether text that is no JSON gives a secret.
bool gives_secret(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    std::size_t end = begin;
    while (end < text.size() && is_of_name(text[end])) ++end;
    if (end > begin + 2 && is_secret(text.substr(begin, end - begin)) && gives_value(text, begin, end)) return true;
    begin = end;
  }
  return false;
}

// Whether one of the names of a place, or of PHP's `user[password]`, is that of a secret.
bool names_secret(std::string_view place) {
  for (std::size_t begin = 0; begin < place.size();) {
    const std::size_t end = std::min(place.find_first_of(".[]'\"", begin), place.size());
    if (is_secret(place.substr(begin, end - begin))) return true;
    begin = end + 1;
  }
  return false;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Copies a document, with every place that a pattern names replaced.
class MaskWalk {
 public:
  MaskWalk(const std::vector<json::PathPattern>& patterns, bool secrets, std::string& out)
      : patterns_(patterns), secrets_(secrets), writer_(out) {}

  bool hidden() const { return hidden_; }

  void walk(json::Value value, const std::vector<json::PathState>& states) {
    if (named(states) || (secrets_ && value.is_string() && gives_secret(*value.to_string()))) {
      hide();
    } else if (value.is_object()) {
      walk_object(value, states);
    } else if (value.is_array()) {
      walk_array(value, states);
    } else {
      std::string text;
      json::append_value(text, value);
      writer_.raw(text);
    }
  }

 private:
  void hide() {
    writer_.string(kMasked);
    hidden_ = true;
  }
  bool named(const std::vector<json::PathState>& states) const {
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (patterns_[i].matches(states[i])) return true;
    }
    return false;
  }
  template <class Step>
  std::vector<json::PathState> entered(const std::vector<json::PathState>& states, Step step) const {
    std::vector<json::PathState> next(states.size());
    for (std::size_t i = 0; i < states.size(); ++i) next[i] = patterns_[i].enter(states[i], step);
    return next;
  }
  void walk_object(json::Value value, const std::vector<json::PathState>& states) {
    writer_.begin_object();
    for (const json::Member& member : value.members()) {
      writer_.key(member.key);
      if (secrets_ && is_secret(member.key) && !member.value.is_null() && !member.value.to_bool()) {
        hide();
      } else {
        walk(member.value, entered(states, member.key));
      }
    }
    writer_.end_object();
  }
  void walk_array(json::Value value, const std::vector<json::PathState>& states) {
    writer_.begin_array();
    std::size_t index = 0;
    for (const json::Value element : value.elements()) walk(element, entered(states, index++));
    writer_.end_array();
  }

  const std::vector<json::PathPattern>& patterns_;
  const bool secrets_;
  bool hidden_ = false;
  json::Writer writer_;
};

std::string quoted(std::string_view text) {
  std::string out;
  json::append_string(out, text);
  return out;
}

// As much of `text` as fits in quotes, an escape for each byte at worst being six bytes.
std::string quoted_front(std::string_view text, std::size_t bytes_max) {
  std::string out = quoted(text.substr(0, bytes_max));
  for (std::size_t kept = bytes_max; out.size() > bytes_max && kept > 0; kept /= 2) out = quoted(text.substr(0, kept));
  return out.size() > bytes_max ? "\"\"" : out;
}

}  // namespace

Mask::Mask() : headers_{"cookie", "set-cookie"} {}

Result<Mask> Mask::parse(const std::vector<std::string>& places, Credentials credentials) {
  if (places.size() > kPlacesMax) return Error(ErrorCode::kInvalidArgument, "at most 256 places can be masked");
  Mask mask;
  if (credentials == Credentials::kKept) {
    mask.headers_.clear();
    mask.secrets_ = false;
  }
  for (const std::string& place : places) {
    if (place.starts_with("header:") && place.size() > 7) {
      mask.headers_.push_back(ascii_lower(place.substr(7)));
    } else if (place.starts_with("query:") && place.size() > 6) {
      mask.parameters_.push_back(place.substr(6));
    } else if (place.starts_with("$")) {
      Result<json::PathPattern> path = json::PathPattern::parse(place);
      if (!path.ok()) return std::move(path).error().add_context("masking '" + place + "'");
      mask.paths_.push_back(*std::move(path));
    } else {
      return Error(ErrorCode::kInvalidArgument, "'" + place + "' is no place to mask; write a path as '$.email', or " +
                                                    "'header:NAME', or 'query:NAME'");
    }
  }
  return mask;
}

std::string Mask::header(std::string_view name, std::string_view value) const {
  const std::string field = ascii_lower(name);
  if (contains(headers_, field) || (secrets_ && is_secret(field))) return std::string(kMasked);
  if (field == "location" || field == "content-location" || field == "referer") return target(value);
  return secrets_ && gives_secret(value) ? std::string(kMasked) : std::string(value);
}

bool Mask::is_hidden_parameter(std::string_view written) const {
  const std::string name = unescaped(written);
  return contains(parameters_, name) || hides_place(name);
}

bool Mask::hides_place(std::string_view place) const { return secrets_ && names_secret(place); }

// Parameters stand behind a ';' of the path, in the query, and in the fragment (OAuth 2.0 section 4.2.2). The value of
// one may be an address that has some itself.
void Mask::append_parameters(std::string& out, std::string_view text, std::string_view separators) const {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    if (equals < pair.size() &&
        (is_hidden_parameter(pair.substr(0, equals)) || (secrets_ && gives_secret(unescaped(value))))) {
      out.append(pair.substr(0, equals + 1)).append(kMasked);
    } else {
      out += pair;
    }
    if (end < text.size()) out += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string Mask::target(std::string_view target) const {
  const std::string_view path = target.substr(0, target.find_first_of("?#"));
  const std::string_view plain = path.substr(0, path.find(';'));
  std::string out(plain);
  append_parameters(out, path.substr(plain.size()), ";/");
  append_parameters(out, target.substr(path.size()), "&;?#");
  return out;
}

MaskedBody Mask::body(std::string_view body, std::size_t bytes_max) const {
  if (body.empty()) return {"\"\""};
  const Result<json::Document> document = json::parse(body, {.depth_max = kBodyDepthMax});
  if (!document.ok()) {
    if (!paths_.empty() || (secrets_ && gives_secret(body))) return {quoted(kMasked), true};
    return {quoted_front(body, bytes_max)};
  }
  MaskedBody out;
  std::vector<json::PathState> states;
  for (const json::PathPattern& pattern : paths_) states.push_back(pattern.start());
  MaskWalk masked(paths_, secrets_, out.json);
  masked.walk(document->root(), states);
  out.hidden = masked.hidden();
  if (out.json.size() > bytes_max) out.json = quoted_front(out.json, bytes_max);
  return out;
}

}  // namespace banyan
