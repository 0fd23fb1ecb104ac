#include <algorithm>
#include <map>

#include "php_runtime/builtin_strings.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

constexpr auto npos = std::string_view::npos;

String splice_text(std::string_view text, std::string_view with, Int offset, const Value& length) {
  if (offset < 0) offset = std::max<Int>(offset + length_of(text), 0);
  const Part part = clip(text.size(), std::min(offset, length_of(text)), length);
  return concat({text.substr(0, part.from), with, text.substr(part.to)});
}

// What an argument says for the i-th string: its i-th element where it is an array.
Value pick(const Value& v, const Array* elements, std::size_t i, const Value& missing) {
  if (elements == nullptr) return v;
  const auto values = values_of(*elements);
  return i < values.size() ? values[i] : missing;
}

Value replace_one(const Value& s, const Value& replace, const Value& offset, const Value& length) {
  const String text = to_string(s);
  constexpr std::string_view complaint = " cannot be an array when working on a single string";
  if (offset.is_array()) throw_type_error(argument("substr_replace", 3, "offset") + std::string(complaint));
  if (length.is_array()) throw_type_error(argument("substr_replace", 4, "length") + std::string(complaint));
  Value with = replace;
  if (replace.is_array()) with = replace.as_array().empty() ? Value("") : values_of(replace.as_array())[0];
  return splice_text(text, to_string(with), to_int(offset), length);
}

Value int_or_null(const Value& v) { return v.is_null() ? Value() : Value(to_int(v)); }

}  // namespace

String substr(const String& s, Int offset, const Value& length) {
  const Part part = clip(s.size(), offset, length);
  if (part.from == 0 && part.to == s.size()) return s;
  return s.view().substr(part.from, part.to - part.from);
}

Value substr_replace(const Value& s, const Value& replace, const Value& offset, const Value& length) {
  if (!s.is_array()) return replace_one(s, replace, offset, length);
  auto list = [](const Value& v) { return v.is_array() ? &v.as_array() : nullptr; };
  Array result;
  std::size_t i = 0;
  for (const auto& [key, value] : s.as_array()) {
    const String text = to_string(value);
    const Value n = pick(length, list(length), i, length_of(text));
    const String with = to_string(pick(replace, list(replace), i, Value("")));
    result.set_key(key, splice_text(text, with, to_int(pick(offset, list(offset), i, 0)), int_or_null(n)));
    ++i;
  }
  return result;
}

namespace {

enum Sides { kLeft = 1, kRight = 2 };

String trimmed(std::string_view function, const String& s, const String& characters, int sides) {
  const Bytes mask = char_mask(function, characters);
  std::size_t from = 0, to = s.size();
  while ((sides & kLeft) != 0 && from < to && mask.has(s[from])) ++from;
  while ((sides & kRight) != 0 && to > from && mask.has(s[to - 1])) --to;
  if (to - from == s.size()) return s;
  return s.view().substr(from, to - from);
}

}  // namespace

String trim(const String& s, const String& characters) { return trimmed("trim", s, characters, kLeft | kRight); }
String ltrim(const String& s, const String& characters) { return trimmed("ltrim", s, characters, kLeft); }
String rtrim(const String& s, const String& characters) { return trimmed("rtrim", s, characters, kRight); }
String chop(const String& s, const String& characters) { return trimmed("chop", s, characters, kRight); }

String strtolower(const String& s) { return lower(s); }
String strtoupper(const String& s) { return upper(s); }

String ucfirst(const String& s) {
  if (s.empty() || !is_lower(s[0])) return s;
  String out = s;
  out.writable()[0] = ascii_upper(s[0]);
  return out;
}

String lcfirst(const String& s) {
  if (s.empty() || !is_upper(s[0])) return s;
  String out = s;
  out.writable()[0] = ascii_lower(s[0]);
  return out;
}

String ucwords(const String& s, const String& separators) {
  const Bytes mask = char_mask("ucwords", separators);
  std::string out = s.str();
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i == 0 || mask.has(out[i - 1])) out[i] = ascii_upper(out[i]);
  }
  return out;
}

String strrev(const String& s) { return std::string(s.view().rbegin(), s.view().rend()); }

String str_repeat(const String& s, Int times) {
  if (times < 0) bad_argument("str_repeat", 2, "times", "must be greater than or equal to 0");
  if (!s.empty() && times > kStringBytesMax / length_of(s)) out_of_memory();
  String out;
  if (s.empty()) return out;
  out.reserve(s.size() * index(times));
  for (Int i = 0; i < times; ++i) out += s;
  return out;
}

String str_pad(const String& s, Int length, const String& pad, Int pad_type) {
  if (length < 0 || length <= length_of(s)) return s;
  if (pad.empty()) bad_argument("str_pad", 3, "pad_string", "must be a non-empty string");
  if (pad_type < 0 || pad_type > 2) {
    bad_argument("str_pad", 4, "pad_type", "must be STR_PAD_LEFT, STR_PAD_RIGHT, or STR_PAD_BOTH");
  }
  const Int missing = length - length_of(s);
  if (missing > kStringBytesMax) out_of_memory();
  const Int left = pad_type == 0 ? missing : pad_type == 2 ? missing / 2 : 0;
  String out;
  out.reserve(index(length));
  auto fill = [&](Int n) {
    for (; n >= length_of(pad); n -= length_of(pad)) out += pad;
    out += first(pad, n);
  };
  fill(left);
  out += s;
  fill(missing - left);
  return out;
}

namespace {

// Replaces every `search` in s, with ASCII letters alike in both cases where `fold`; adds to count.
String replace_text(const String& s, std::string_view search, std::string_view replace, bool fold, Int& count) {
  const std::string folded = fold ? lower(s) : std::string();
  const std::string folded_search = fold ? lower(search) : std::string();
  const std::string_view text = s, where = fold ? folded : text, what = fold ? folded_search : search;
  std::size_t at = where.find(what);
  if (at == npos) return s;
  String out;
  std::size_t from = 0;
  for (; at != npos; at = where.find(what, from)) {
    out += text.substr(from, at - from);
    out += replace;
    from = at + what.size();
    ++count;
  }
  return out += text.substr(from);
}

struct Replacement {
  std::string_view function;
  bool fold;
  Int total = 0;
  HeldThrow held;

  String in(String s, const Value& search, const Value& replace);
};

String Replacement::in(String s, const Value& search, const Value& replace) {
  if (!search.is_array()) {
    const String wanted = to_string(search);
    return wanted.empty() ? s : replace_text(s, wanted, to_string(replace), fold, total);
  }
  const bool many = replace.is_array();
  const std::vector<Value> with = many ? values_of(replace.as_array()) : std::vector<Value>();
  std::size_t i = 0;
  for (const auto& [key, value] : search.as_array()) {
    if (s.empty()) break;
    String with_text;
    if (!many) {
      with_text = to_string(replace);
    } else if (i < with.size()) {
      with_text = held.text(with[i]);
    }
    ++i;
    if (const String wanted = held.text(value); !wanted.empty()) s = replace_text(s, wanted, with_text, fold, total);
  }
  return s;
}

Value replace_in(Replacement kind, const Value& search, const Value& replace, const Value& subject, Int* count) {
  if (replace.is_array() && !search.is_array()) {
    throw_type_error(argument(kind.function, 2, "replace") +
                     " must be of type string when argument #1 ($search) is a string");
  }
  Value result;
  if (subject.is_array()) {
    Array out;
    for (const auto& [key, value] : subject.as_array()) {
      out.set_key(key, kind.in(kind.held.text(value), search, replace));
    }
    result = out;
  } else {
    result = kind.in(to_string(subject), search, replace);
  }
  if (count != nullptr) *count = kind.total;
  kind.held.rethrow();
  return result;
}

// Replaces the longest key at each place, and never what it has just put in.
String replace_pairs(const String& s, const Array& pairs) {
  if (s.empty()) return s;
  if (pairs.size() == 1) {
    const auto [key, value] = *pairs.begin();
    Int count = 0;
    if (!key.string().empty()) return replace_text(s, key.string(), to_string(value), false, count);
  }
  std::map<std::string, Value, std::less<>> table;
  std::size_t longest = 0, shortest = s.size() + 1;
  for (const auto& [key, value] : pairs) {
    const std::string text = key.string().str();
    if (text.empty()) {
      warn_function("strtr", "Ignoring replacement of empty string");
      continue;
    }
    table.insert_or_assign(text, value.deref());
    longest = std::max(longest, text.size());
    shortest = std::min(shortest, text.size());
  }
  String out;
  const std::string_view text = s;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t n = std::min(longest, text.size() - i);
    for (; n >= shortest && n > 0; --n) {
      auto found = table.find(text.substr(i, n));
      if (found == table.end()) continue;
      out += to_string(found->second);
      break;
    }
    if (n < shortest || n == 0) out += text[i], n = 1;
    i += n;
  }
  return out;
}

}  // namespace

Value str_replace(const Value& search, const Value& replace, const Value& subject, Int* count) {
  return replace_in({"str_replace", false, 0, {}}, search, replace, subject, count);
}

Value str_ireplace(const Value& search, const Value& replace, const Value& subject, Int* count) {
  return replace_in({"str_ireplace", true, 0, {}}, search, replace, subject, count);
}

String strtr(const String& s, const Value& from, const Value& to) {
  if (from.is_array()) {
    if (!to.is_null()) throw_type_error(argument("strtr", 2, "from") + " must be of type string, array given");
    return replace_pairs(s, from.as_array());
  }
  if (to.is_null()) throw_type_error(argument("strtr", 2, "from") + " must be of type array, string given");
  const String source = to_string(from), target = to_string(to);
  char table[256];
  for (unsigned i = 0; i < 256; ++i) table[i] = static_cast<char>(i);
  for (std::size_t i = 0; i < std::min(source.size(), target.size()); ++i) table[byte_at(source, i)] = target[i];
  std::string out = s.str();
  for (char& c : out) c = table[static_cast<unsigned char>(c)];
  return out;
}

String nl2br(const String& s, bool use_xhtml) {
  const std::string_view tag = use_xhtml ? "<br />" : "<br>";
  auto breaks = [](char c) { return c == '\r' || c == '\n'; };
  String out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const char c = s[i];
    if (breaks(c)) out += tag;
    out += c;
    if (breaks(c) && i + 1 < s.size() && breaks(s[i + 1]) && s[i + 1] != c) out += s[++i];
  }
  return out;
}

String chunk_split(const String& s, Int length, const String& separator) {
  if (length < 1) bad_argument("chunk_split", 2, "length", "must be greater than 0");
  if (s.empty()) return separator;
  String out;
  const std::size_t step = std::min(index(length), s.size());
  for (std::size_t i = 0; i < s.size(); i += step) {
    out += s.view().substr(i, step);
    out += separator;
  }
  return out;
}

String wordwrap(const String& s, Int width, const String& line_break, bool cut) {
  if (s.empty()) return {};
  if (line_break.empty()) bad_argument("wordwrap", 3, "break", "cannot be empty");
  if (width == 0 && cut) bad_argument("wordwrap", 4, "cut_long_words", "cannot be true when argument #2 ($width) is 0");
  const std::string_view text = s;
  String out;
  std::size_t line = 0, space = 0;
  auto end_line = [&](std::size_t at) {
    out += text.substr(line, at - line);
    out += line_break;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool full = static_cast<Int>(at - line) >= width;
    if (text.substr(at).starts_with(line_break) && at + line_break.size() < text.size()) {
      out += text.substr(line, at + line_break.size() - line);
      at += line_break.size() - 1;
      line = space = at + 1;
    } else if (text[at] == ' ') {
      if (full) end_line(at), line = at + 1;
      space = at;
    } else if (full && cut && line >= space) {
      end_line(at);
      line = space = at;
    } else if (full && line < space) {
      end_line(space);
      line = ++space;
    }
  }
  return out += text.substr(line);
}

namespace {

// Whether the bytes that a C escape names begin at i: up to `most` digits of a base; gives their number.
std::size_t digits_from(std::string_view s, std::size_t most, int base) {
  std::size_t n = 0;
  while (n < s.size() && n < most && digit_value(s[n]) < base) ++n;
  return n;
}

char code_of(std::string_view digits, int base) {
  int code = 0;
  for (char c : digits) code = code * base + digit_value(c);
  return static_cast<char>(code);
}

}  // namespace

String addslashes(const String& s) {
  String out;
  for (char c : s) {
    if (c == '\\' || c == '\'' || c == '"' || c == '\0') out += '\\';
    out += c == '\0' ? '0' : c;
  }
  return out;
}

String stripslashes(const String& s) {
  String out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '\\') {
      if (++i == s.size()) break;
      if (s[i] == '0') {
        out += '\0';
        continue;
      }
    }
    out += s[i];
  }
  return out;
}

String addcslashes(const String& s, const String& characters) {
  if (s.empty()) return s;
  const Bytes mask = char_mask("addcslashes", characters);
  constexpr std::string_view shorts = "\a\b\t\n\v\f\r";
  String out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const unsigned c = byte_at(s, i);
    if (!mask.has(s[i])) {
      out += s[i];
      continue;
    }
    out += '\\';
    if (std::size_t at = shorts.find(s[i]); at != npos) {
      out += "abtnvfr"[at];
    } else if (c < 32 || c > 126) {
      for (unsigned shift : {6U, 3U, 0U}) out += static_cast<char>('0' + ((c >> shift) & 7));
    } else {
      out += s[i];
    }
  }
  return out;
}

String stripcslashes(const String& s) {
  const std::string_view text = s;
  String out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    constexpr std::string_view letters = "ntrabvf";
    if (std::size_t at = letters.find(text[i]); at != npos) {
      out += "\n\t\r\a\b\v\f"[at];
    } else if (std::size_t hex = text[i] == 'x' ? digits_from(text.substr(i + 1), 2, 16) : 0; hex > 0) {
      out += code_of(text.substr(i + 1, hex), 16);
      i += hex;
    } else if (std::size_t octal = digits_from(text.substr(i), 3, 8); octal > 0) {
      out += code_of(text.substr(i, octal), 8);
      i += octal - 1;
    } else {
      out += text[i];
    }
  }
  return out;
}

String quotemeta(const String& s) {
  String out;
  for (char c : s) {
    if (has(".\\+*?[^]$()", c)) out += '\\';
    out += c;
  }
  return out;
}

String str_rot13(const String& s) {
  std::string out = s.str();
  for (char& c : out) {
    if (!is_ascii_letter(c)) continue;
    const char a = is_lower(c) ? 'a' : 'A';
    c = static_cast<char>(a + (c - a + 13) % 26);
  }
  return out;
}

}  // namespace banyan::php_runtime
