// HTML entities in UTF-8, after https://www.php.net/manual/en/function.htmlentities.php.
#include <algorithm>
#include <unordered_map>

#include "base/html_entities.h"
#include "php_runtime/builtin_encoding.h"
#include "php_runtime/throwable.h"
#include "php_runtime/utf8.h"

namespace banyan::php_runtime {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr Int kSingleQuotes = 1, kDoubleQuotes = 2, kIgnore = 4, kSubstitute = 8, kHtml5 = 48;

const std::unordered_map<std::uint32_t, std::string_view>& entity_names() {
  static const auto names = [] {
    std::unordered_map<std::uint32_t, std::string_view> out;
    for (const HtmlEntity& e : kHtmlEntities) out.emplace(e.code, e.name);
    return out;
  }();
  return names;
}

// Looks at an argument for an encoding: UTF-8 or nothing, else PHP's warning, or a refusal of those that PHP knows and
// this runtime does not.
void html_charset(std::string_view function, const Value& encoding) {
  const std::string name = lower(c_string(to_string(encoding)));
  if (name.empty() || name == "utf-8") return;
  constexpr std::string_view known[] = {
      "iso-8859-1", "iso8859-1",  "iso-8859-15", "iso-8859-5", "cp866", "cp1251",       "windows-1251", "cp1252",
      "1251",       "1252",       "866",         "koi8-r",     "big5",  "windows-1252", "950",          "gb2312",
      "936",        "big5-hkscs", "shift_jis",   "sjis",       "932",   "euc-jp",       "eucjp"};
  if (std::find(std::begin(known), std::end(known), name) != std::end(known)) {
    stop("charset", concat({function, "(): the charset ", name, " is not part of this runtime"}));
  }
  warn_function(function, concat({"Charset \"", name, "\" is not supported, assuming UTF-8"}));
}

// How long the entity at the beginning is, 0 where there is none.
std::size_t entity_length(std::string_view s) {
  const std::size_t end = s.find(';');
  if (end == npos || end < 2) return 0;
  std::string_view name = s.substr(1, end - 1);
  if (name[0] != '#') return find_html_entity(name) != nullptr ? end + 1 : 0;
  name.remove_prefix(1);
  const bool hex = name.size() > 1 && ascii_lower(name[0]) == 'x';
  if (hex) name.remove_prefix(1);
  const bool digits =
      !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) { return digit_value(c) < (hex ? 16 : 10); });
  return digits ? end + 1 : 0;
}

std::string escape_html(std::string_view s, Int flags, bool double_encode) {
  std::string valid;
  if (!valid_utf8(s)) {
    if ((flags & (kSubstitute | kIgnore)) == 0) return {};
    valid = repaired(s, (flags & kIgnore) != 0 ? "" : "\xef\xbf\xbd");
    s = valid;
  }
  const bool html5 = (flags & kHtml5) != 0;
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const char c = s[i];
    if (c == '&') {
      const std::string_view rest = s.substr(i);
      const bool entity = !double_encode && (entity_length(rest) > 0 || (html5 && rest.starts_with("&apos;")));
      out += entity ? "&" : "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"' && (flags & kDoubleQuotes) != 0) {
      out += "&quot;";
    } else if (c == '\'' && (flags & kSingleQuotes) != 0) {
      out += html5 ? "&apos;" : "&#039;";
    } else {
      out += c;
    }
  }
  return out;
}

// Whether the flags say that a quote is decoded; other characters always are.
bool decodes(std::uint32_t c, Int flags) {
  return c == '"' ? (flags & kDoubleQuotes) != 0 : c != '\'' || (flags & kSingleQuotes) != 0;
}

// The character of "123" or "x7b"; kNoRune for what is none in HTML.
std::uint32_t numeric_entity(std::string_view digits) {
  const bool hex = digits.size() > 1 && ascii_lower(digits[0]) == 'x';
  if (hex) digits.remove_prefix(1);
  const unsigned base = hex ? 16 : 10;
  std::uint32_t n = 0;
  for (char c : digits) {
    if (digit_value(c) >= static_cast<int>(base)) return kNoRune;
    n = n * base + static_cast<unsigned>(digit_value(c));
    if (n > 0x10ffff) return kNoRune;
  }
  const bool surrogate = n >= 0xd800 && n < 0xe000;
  const bool allowed = (n >= 0x20 && n <= 0x7e) || n == '\n' || n == '\t' || n == '\r' || n >= 0xa0;
  return digits.empty() || surrogate || !allowed ? kNoRune : n;
}

// The character of the entity at the beginning and its length; kNoRune where it stays.
std::uint32_t decode_entity(std::string_view s, Int flags, std::size_t& size) {
  const std::size_t end = s.find(';');
  if (end == npos || end < 2) return kNoRune;
  const std::string_view name = s.substr(1, end - 1);
  std::uint32_t code = kNoRune;
  if (name[0] == '#') {
    code = numeric_entity(name.substr(1));
  } else if (name == "apos" && (flags & kHtml5) != 0) {
    code = '\'';
  } else if (const HtmlEntity* found = find_html_entity(name)) {
    code = found->code;
  }
  size = end + 1;
  return code != kNoRune && decodes(code, flags) ? code : kNoRune;
}

// What one of the entities of htmlspecialchars() at the beginning stands for; 0 where there is none.
char special_entity(std::string_view s, Int flags, std::size_t& size) {
  struct Special {
    std::string_view text;
    char c;
  };
  constexpr Special specials[] = {{"&amp;", '&'},   {"&lt;", '<'},   {"&gt;", '>'},   {"&quot;", '"'},
                                  {"&#039;", '\''}, {"&#39;", '\''}, {"&apos;", '\''}};
  for (const Special& one : specials) {
    if (!s.starts_with(one.text)) continue;
    size = one.text.size();
    if (one.text == "&apos;" && (flags & kHtml5) == 0) return 0;
    return decodes(static_cast<unsigned char>(one.c), flags) ? one.c : '\0';
  }
  return 0;
}

}  // namespace

String htmlspecialchars(const String& s, Int flags, const Value& encoding, bool double_encode) {
  html_charset("htmlspecialchars", encoding);
  return escape_html(s, flags, double_encode);
}

String htmlspecialchars_decode(const String& s, Int flags) {
  const std::string_view text = s;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::size_t size = 0;
    const char c = text[i] == '&' ? special_entity(text.substr(i), flags, size) : '\0';
    out += c != '\0' ? c : text[i];
    if (c != '\0') i += size - 1;
  }
  return out;
}

String htmlentities(const String& s, Int flags, const Value& encoding, bool double_encode) {
  html_charset("htmlentities", encoding);
  const std::string escaped = escape_html(s, flags, double_encode);
  std::string out;
  std::string_view rest = escaped;
  for (std::size_t size = 0; !rest.empty(); rest.remove_prefix(size)) {
    const std::uint32_t rune = decode_rune(rest, size);
    const auto found = rune > 127 ? entity_names().find(rune) : entity_names().end();
    out += found == entity_names().end() ? std::string(rest.substr(0, size)) : concat({"&", found->second, ";"});
  }
  return out;
}

String html_entity_decode(const String& s, Int flags, const Value& encoding) {
  const std::string_view text = s;
  if (text.find('&') == npos) return s;
  html_charset("html_entity_decode", encoding);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::size_t size = 0;
    const std::uint32_t rune = text[i] == '&' ? decode_entity(text.substr(i), flags, size) : kNoRune;
    if (rune == kNoRune) {
      out += text[i];
    } else {
      append_rune(out, rune);
      i += size - 1;
    }
  }
  return out;
}

}  // namespace banyan::php_runtime
