#include "php_runtime/builtin_mbstring.h"

#include "php_runtime/diagnostic.h"
#include "php_runtime/mb_encodings.h"
#include "php_runtime/throwable.h"
#include "php_runtime/unicode_case.h"
#include "php_runtime/utf8.h"

namespace banyan::php_runtime {
namespace {

constexpr auto npos = std::string_view::npos;

std::string shown(const Value& name) { return concat({"\"", c_string(to_string(name)), "\""}); }

// Looks at an argument for an encoding, which has to be UTF-8: throws for one that there is not, refuses one that is
// not part of this runtime.
void need_utf8(std::string_view function, int n, const Value& v) {
  if (v.is_null()) return;
  const String name = to_string(v);
  const MbEncoding encoding = encoding_named(function, name);
  if (encoding == MbEncoding::kUnknown) {
    bad_argument(function, n, "encoding", concat({"must be a valid encoding, ", shown(v), " given"}));
  }
  if (encoding != MbEncoding::kUtf8)
    stop("charset", concat({function, "(): the encoding ", name, " is not part of this runtime"}));
}

// s as characters, each broken sequence by its first byte.
std::vector<std::string_view> characters(std::string_view s) {
  std::vector<std::string_view> all;
  for (std::size_t size = 0; !s.empty(); s.remove_prefix(size)) {
    size = character_size(s);
    all.push_back(s.substr(0, size));
  }
  return all;
}

// The text of some of the characters, which lie one behind the other.
std::string_view joined(const std::vector<std::string_view>& all, std::size_t from, std::size_t to) {
  if (from >= to) return {};
  return {all[from].data(), static_cast<std::size_t>(all[to - 1].data() + all[to - 1].size() - all[from].data())};
}

std::string repair(std::string_view s) { return repaired(s, "?"); }

}  // namespace

Int mb_strlen(const String& s, const Value& encoding) {
  need_utf8("mb_strlen", 2, encoding);
  return static_cast<Int>(characters(s).size());
}

String mb_substr(const String& s, Int start, const Value& length, const Value& encoding) {
  constexpr std::string_view bounds = "must be between -9223372036854775807 and 9223372036854775807";
  if (start == INT64_MIN) bad_argument("mb_substr", 2, "start", bounds);
  if (length.is_int() && length.as_int() == INT64_MIN) bad_argument("mb_substr", 3, "length", bounds);
  need_utf8("mb_substr", 4, encoding);
  const auto all = characters(s);
  const Part part = clip(all.size(), start, length);
  return joined(all, part.from, part.to);
}

Array mb_str_split(const String& s, Int length, const Value& encoding) {
  if (length < 1) bad_argument("mb_str_split", 2, "length", "must be greater than 0");
  need_utf8("mb_str_split", 3, encoding);
  const auto all = characters(s);
  const std::size_t step = std::min(index(length), std::max<std::size_t>(all.size(), 1));
  Array out;
  for (std::size_t i = 0; i < all.size(); i += step) out.append(joined(all, i, std::min(i + step, all.size())));
  return out;
}

String mb_strtoupper(const String& s, const Value& encoding) {
  need_utf8("mb_strtoupper", 2, encoding);
  return convert_case(repair(s), CaseMode::kUpper);
}

String mb_strtolower(const String& s, const Value& encoding) {
  need_utf8("mb_strtolower", 2, encoding);
  return convert_case(repair(s), CaseMode::kLower);
}

String mb_convert_case(const String& s, Int mode, const Value& encoding) {
  need_utf8("mb_convert_case", 3, encoding);
  if (mode < 0 || mode >= kCaseModes) {
    bad_argument("mb_convert_case", 2, "mode", "must be one of the MB_CASE_* constants");
  }
  return convert_case(repair(s), static_cast<CaseMode>(mode));
}

namespace {

struct Search {
  std::string_view function;
  bool last;  // looks for the last one
};

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// The place of a number of characters behind a place, or of bytes that begin one before the end where it is negative;
// nothing outside the text. A character that is cut off at the end ends behind it.
std::optional<std::size_t> place_of(std::string_view s, std::size_t from, Int offset) {
  std::size_t at = offset < 0 ? s.size() : from;
  for (; offset < 0; ++offset) {
    do {
      if (at == 0) return std::nullopt;
    } while (continues(s[--at]));
  }
  for (; offset > 0; --offset) {
    if (at >= s.size()) return std::nullopt;
    const std::string_view rest = s.substr(at);
    at += character_size(rest) + (lead_size(rest[0]) > rest.size() ? 1 : 0);
  }
  return at;
}

// Finds a needle from an offset in characters, as mbstring does: by bytes, which it then counts as characters.
std::optional<Int> search(const Search& how, std::string_view haystack, std::string_view needle, Int offset) {
  const std::optional<std::size_t> from = place_of(haystack, 0, offset);
  if (!from) bad_argument(how.function, 3, "offset", "must be contained in argument #1 ($haystack)");
  std::size_t found = npos;
  if (!how.last) {
    found = needle.empty() ? *from : haystack.find(needle, *from);
  } else if (offset >= 0) {
    const std::size_t begin = std::min(*from, haystack.size());
    found = haystack.substr(begin).rfind(needle);
    if (found != npos) found += begin;
  } else {
    const auto end = place_of(haystack, *from, static_cast<Int>(characters(needle).size()));
    found = haystack.substr(0, end.value_or(npos)).rfind(needle);
  }
  if (found == npos) return std::nullopt;
  Int count = found > haystack.size() ? 1 : 0;
  for (char c : haystack.substr(0, found)) count += continues(c) ? 0 : 1;
  return count;
}

}  // namespace

std::optional<Int> mb_strpos(const String& haystack, const String& needle, Int offset, const Value& encoding) {
  need_utf8("mb_strpos", 4, encoding);
  return search({"mb_strpos", false}, haystack, needle, offset);
}

std::optional<Int> mb_stripos(const String& haystack, const String& needle, Int offset, const Value& encoding) {
  need_utf8("mb_stripos", 4, encoding);
  if (haystack.empty()) return std::nullopt;
  return search({"mb_stripos", false}, convert_case(repair(haystack), CaseMode::kFoldSimple),
                convert_case(repair(needle), CaseMode::kFoldSimple), offset);
}

std::optional<Int> mb_strrpos(const String& haystack, const String& needle, Int offset, const Value& encoding) {
  need_utf8("mb_strrpos", 4, encoding);
  return search({"mb_strrpos", true}, haystack, needle, offset);
}

std::optional<Int> mb_strripos(const String& haystack, const String& needle, Int offset, const Value& encoding) {
  need_utf8("mb_strripos", 4, encoding);
  if (haystack.empty()) return std::nullopt;
  return search({"mb_strripos", true}, convert_case(repair(haystack), CaseMode::kFoldSimple),
                convert_case(repair(needle), CaseMode::kFoldSimple), offset);
}

Int mb_substr_count(const String& haystack, const String& needle, const Value& encoding) {
  if (needle.empty()) bad_argument("mb_substr_count", 2, "needle", "must not be empty");
  need_utf8("mb_substr_count", 3, encoding);
  Int count = 0;
  const std::string_view text = haystack;
  for (std::size_t at = text.find(needle); at != npos; at = text.find(needle, at + needle.size())) ++count;
  return count;
}

std::optional<String> mb_strstr(const String& haystack, const String& needle, bool before_needle,
                                const Value& encoding) {
  need_utf8("mb_strstr", 4, encoding);
  const std::size_t at = haystack.view().find(needle);
  if (at == npos) return std::nullopt;
  return String(before_needle ? haystack.view().substr(0, at) : haystack.view().substr(at));
}

Value mb_internal_encoding(const Value& encoding) {
  if (encoding.is_null()) return "UTF-8";
  need_utf8("mb_internal_encoding", 1, encoding);
  return true;
}

namespace {

bool all_valid(const Array& array, MbEncoding encoding) {
  for (const auto& [key, raw] : array) {
    const Value& v = raw.deref();
    if (key.is_text() && !is_valid_in(key.text(), encoding)) return false;
    if (v.is_string() && !is_valid_in(v.as_string(), encoding)) return false;
    if (v.is_array() && !all_valid(v.as_array(), encoding)) return false;
  }
  return true;
}

// An argument for an encoding; `missing` is what follows the name in the message.
MbEncoding need_encoding(std::string_view function, int n, std::string_view name, const Value& v) {
  const MbEncoding encoding = encoding_named(function, to_string(v));
  if (encoding != MbEncoding::kUnknown) return encoding;
  if (n == 3) bad_argument(function, n, name, concat({"contains invalid encoding \"", to_string(v), "\""}));
  bad_argument(function, n, name, concat({"must be a valid encoding, ", shown(v), " given"}));
}

// The encoding that mb_convert_encoding() is told to convert from. Which of several it is stays open.
MbEncoding source_encoding(const Value& from) {
  constexpr std::string_view function = "mb_convert_encoding", parameter = "from_encoding";
  std::vector<Value> names;
  if (from.is_array()) {
    names = values_of(from.as_array());
  } else {
    const String text = to_string(from);
    for (std::string_view rest = text; !rest.empty();) {
      const std::string_view name = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(name.size() + 1, rest.size()));
      if (!name.empty()) names.emplace_back(String(trim_both(name, " \t")));
    }
  }
  MbEncoding source = MbEncoding::kUnknown;
  for (const Value& name : names) source = need_encoding(function, 3, parameter, to_string(name));
  if (names.empty()) bad_argument(function, 3, parameter, "must specify at least one encoding");
  if (names.size() > 1) stop("charset", "mb_convert_encoding() from one of several encodings is not converted");
  return source;
}

Array convert_array(const Array& array, MbEncoding to, MbEncoding from) {
  Array out;
  for (const auto& [key, raw] : array) {
    const Value& v = raw.deref();
    const Key new_key = key.is_text() ? Key(String(converted(key.text(), to, from))) : key;
    if (v.is_string()) {
      out.set_key(new_key, converted(v.as_string(), to, from));
    } else if (v.is_array()) {
      out.set_key(new_key, convert_array(v.as_array(), to, from));
    } else {
      out.set_key(new_key, v);
    }
  }
  return out;
}

}  // namespace

bool mb_check_encoding(const Value& v, const Value& encoding) {
  const MbEncoding wanted =
      encoding.is_null() ? MbEncoding::kUtf8 : need_encoding("mb_check_encoding", 2, "encoding", encoding);
  if (v.is_string()) return is_valid_in(v.as_string(), wanted);
  if (v.is_array()) return all_valid(v.as_array(), wanted);
  deprecated("mb_check_encoding(): Calling mb_check_encoding() without argument is deprecated");
  return true;
}

Value mb_convert_encoding(const Value& v, const String& to, const Value& from) {
  const MbEncoding target = need_encoding("mb_convert_encoding", 2, "to_encoding", to);
  const MbEncoding source = from.is_null() ? MbEncoding::kUtf8 : source_encoding(from);
  if (v.is_array()) return convert_array(v.as_array(), target, source);
  return converted(to_string(v), target, source);
}

namespace {

// The encodings that a list names: an array, or names between commas, perhaps in quotes.
std::vector<MbEncoding> encodings_of(std::string_view function, const Value& v) {
  std::vector<std::string> names;
  if (v.is_array()) {
    for (const Value& one : values_of(v.as_array())) names.emplace_back(to_string(one).view());
  } else {
    std::string rest(to_string(v).view());
    if (rest.size() > 2 && rest.front() == '"' && rest.back() == '"') rest = rest.substr(1, rest.size() - 2);
    for (std::size_t comma = 0; !rest.empty() && comma != npos;) {
      comma = rest.find(',');
      names.push_back(rest.substr(0, comma));
      rest.erase(0, comma == npos ? npos : comma + 1);
    }
  }
  std::vector<MbEncoding> out;
  for (const std::string& name : names) {
    const std::string_view bare = c_string(trim_both(name, " \t"));
    out.push_back(encoding_named(function, bare));
    if (out.back() == MbEncoding::kUnknown) {
      bad_argument(function, 2, "encodings", concat({"contains invalid encoding \"", bare, "\""}));
    }
  }
  if (out.empty()) bad_argument(function, 2, "encodings", "must specify at least one encoding");
  return out;
}

}  // namespace

std::optional<String> mb_detect_encoding(const String& s, const Value& encodings, bool strict) {
  const std::vector<MbEncoding> all = encodings.is_null() ? std::vector{MbEncoding::kAscii, MbEncoding::kUtf8}
                                                          : encodings_of("mb_detect_encoding", encodings);
  for (const MbEncoding one : all) {
    if (all.size() > 1 && one != MbEncoding::kAscii && one != MbEncoding::kUtf8) {
      stop("charset", "mb_detect_encoding() among several encodings of which PHP guesses one");
    }
    if (is_valid_in(s, one)) return String(encoding_name(one));
  }
  if (!strict) stop("charset", "mb_detect_encoding() of a text that is valid in none of the encodings");
  return std::nullopt;
}

namespace {

Int width_of(std::string_view s) {
  Int width = 0;
  for (std::size_t size = 0; !s.empty(); s.remove_prefix(size)) width += rune_width(decode_rune(s, size));
  return width;
}

}  // namespace

Int mb_strwidth(const String& s, const Value& encoding) {
  need_utf8("mb_strwidth", 2, encoding);
  return width_of(repair(s));
}

String mb_strimwidth(const String& s, Int start, Int width, const String& trim_marker, const Value& encoding) {
  need_utf8("mb_strimwidth", 5, encoding);
  const std::string text = repair(s), marker = repair(trim_marker);
  const auto all = characters(text);
  if (start < 0) start += static_cast<Int>(all.size());
  if (start < 0 || start > static_cast<Int>(all.size())) bad_argument("mb_strimwidth", 2, "start", "is out of range");
  const std::string_view rest = joined(all, index(start), all.size());
  if (width < 0) width += width_of(rest);
  if (width < 0) bad_argument("mb_strimwidth", 3, "width", "is out of range");
  if (width_of(rest) <= width) return rest;
  Int room = width - width_of(marker);
  std::size_t end = index(start);
  while (end < all.size() && (room -= width_of(all[end])) >= 0) ++end;
  return concat({joined(all, index(start), end), marker});
}

std::optional<Int> mb_ord(const String& s, const Value& encoding) {
  if (s.empty()) bad_argument("mb_ord", 1, "string", "must not be empty");
  need_utf8("mb_ord", 2, encoding);
  std::size_t size = 0;
  const std::uint32_t rune = decode_rune(s, size);
  if (rune == kNoRune) return std::nullopt;
  return Int{rune};
}

std::optional<String> mb_chr(Int codepoint, const Value& encoding) {
  need_utf8("mb_chr", 2, encoding);
  if (codepoint < 0 || codepoint > 0x10ffff || (codepoint >= 0xd800 && codepoint < 0xe000)) return std::nullopt;
  std::string out;
  append_rune(out, static_cast<std::uint32_t>(codepoint));
  return out;
}

String utf8_encode(const String& s) {
  deprecated("Function utf8_encode() is deprecated");
  return converted(s, MbEncoding::kUtf8, MbEncoding::kLatin1);
}

String utf8_decode(const String& s) {
  deprecated("Function utf8_decode() is deprecated");
  return converted(s, MbEncoding::kLatin1, MbEncoding::kUtf8);
}

}  // namespace banyan::php_runtime
