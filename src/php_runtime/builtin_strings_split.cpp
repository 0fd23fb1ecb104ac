#include <algorithm>
#include <vector>

#include "php_runtime/builtin_strings.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

constexpr auto npos = std::string_view::npos;

String implode_in(std::string_view function, const Value& separator, const Value& array) {
  if (array.is_null()) {
    if (!separator.is_array())
      throw_type_error(argument(function, 1, "array") + " must be of type array, string given");
    return join_strings("", separator.as_array());
  }
  if (separator.is_array()) {
    if (array.is_array()) throw_type_error(argument(function, 1, "separator") + " must be of type string, array given");
    return join_strings(to_string(array), separator.as_array());
  }
  return join_strings(to_string(separator), array.as_array());
}

}  // namespace

Array explode(const String& separator, const String& s, Int limit) {
  if (separator.empty()) bad_argument("explode", 1, "separator", "cannot be empty");
  const std::string_view text = s;
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  const Int most = limit < 0 ? INT64_MAX : std::max<Int>(limit, 1);
  while (static_cast<Int>(parts.size()) + 1 < most) {
    const std::size_t at = text.find(separator, from);
    if (at == npos) break;
    parts.push_back(text.substr(from, at - from));
    from = at + separator.size();
  }
  parts.push_back(text.substr(from));
  if (limit < 0) parts.resize(index(std::max<Int>(static_cast<Int>(parts.size()) + limit, 0)));
  Array out;
  for (std::string_view part : parts) out.append(part);
  return out;
}

String implode(const Value& separator, const Value& array) { return implode_in("implode", separator, array); }
String join(const Value& separator, const Value& array) { return implode_in("join", separator, array); }

String join_strings(std::string_view separator, const Array& array) {
  const Array kept = array;  // __toString may change it
  String out;
  bool begun = false;
  for (const auto& [key, value] : kept) {
    if (begun) out += separator;
    begun = true;
    out += to_string(value);
  }
  return out;
}

Array str_split(const String& s, Int length) {
  if (length < 1) bad_argument("str_split", 2, "length", "must be greater than 0");
  Array out;
  const std::size_t step = std::min(index(length), std::max<std::size_t>(s.size(), 1));
  for (std::size_t i = 0; i < s.size(); i += step) out.append(s.view().substr(i, step));
  return out;
}

Value str_word_count(const String& text, Int format, const Value& characters) {
  if (format < 0 || format > 2) bad_argument("str_word_count", 2, "format", "must be a valid format value");
  Bytes mask;
  if (!characters.is_null() && !text.empty()) mask = char_mask("str_word_count", to_string(characters));
  auto part_of_word = [&](char c) { return is_ascii_letter(c) || mask.has(c) || c == '\'' || c == '-'; };
  const std::string_view s = text;
  std::size_t i = 0, end = s.size();
  if (end > 0 && ((s[0] == '\'' && !mask.has('\'')) || (s[0] == '-' && !mask.has('-')))) ++i;
  if (end > 0 && s[end - 1] == '-' && !mask.has('-')) --end;
  Array words;
  Int count = 0;
  while (i < end) {
    const std::size_t start = i;
    while (i < end && part_of_word(s[i])) ++i;
    if (i == start) {
      ++i;
      continue;
    }
    ++count;
    if (format == 1) words.append(s.substr(start, i - start));
    if (format == 2) words.set_key(Key(static_cast<Int>(start)), s.substr(start, i - start));
  }
  return format == 0 ? Value(count) : Value(words);
}

Value count_chars(const String& s, Int mode) {
  if (mode < 0 || mode > 4) bad_argument("count_chars", 2, "mode", "must be between 0 and 4 (inclusive)");
  Int counts[256] = {};
  for (std::size_t i = 0; i < s.size(); ++i) ++counts[byte_at(s, i)];
  Array result;
  String used, unused;
  for (int c = 0; c < 256; ++c) {
    (counts[c] > 0 ? used : unused) += static_cast<char>(c);
    if (mode == 0 || (mode == 1 && counts[c] > 0) || (mode == 2 && counts[c] == 0)) result.set_key(Key(c), counts[c]);
  }
  return mode == 3 ? Value(used) : mode == 4 ? Value(unused) : Value(result);
}

Int ord(const String& s) { return s.empty() ? 0 : byte_at(s, 0); }

String chr(Int codepoint) {
  const char c = static_cast<char>(codepoint);
  return std::string_view(&c, 1);
}

String bin2hex(const String& s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    out += "0123456789abcdef"[byte_at(s, i) >> 4];
    out += "0123456789abcdef"[byte_at(s, i) & 15];
  }
  return out;
}

std::optional<String> hex2bin(const String& s) {
  if (s.size() % 2 != 0) {
    warn_function("hex2bin", "Hexadecimal input string must have an even length");
    return std::nullopt;
  }
  std::string out;
  for (std::size_t i = 0; i < s.size(); i += 2) {
    const int high = digit_value(s[i]), low = digit_value(s[i + 1]);
    if (high > 15 || low > 15) {
      warn_function("hex2bin", "Input string must be hexadecimal string");
      return std::nullopt;
    }
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

namespace {

Int similar(std::string_view a, std::string_view b) {
  std::size_t best = 0, at_a = 0, at_b = 0;
  for (std::size_t i = 0; i < a.size() && a.size() - i > best; ++i) {
    for (std::size_t j = 0; j < b.size() && b.size() - j > best; ++j) {
      std::size_t n = 0;
      while (i + n < a.size() && j + n < b.size() && a[i + n] == b[j + n]) ++n;
      if (n > best) best = n, at_a = i, at_b = j;
    }
  }
  if (best == 0) return 0;
  return static_cast<Int>(best) + similar(a.substr(0, at_a), b.substr(0, at_b)) +
         similar(a.substr(at_a + best), b.substr(at_b + best));
}

}  // namespace

Int similar_text(const String& a, const String& b, double* percent) {
  const Int n = similar(a, b);
  if (percent != nullptr) {
    const double size = static_cast<double>(a.size() + b.size());
    *percent = size > 0 ? static_cast<double>(n) * 2 * 100 / size : 0;
  }
  return n;
}

Int levenshtein(const String& a, const String& b, Int insertion, Int replacement, Int deletion) {
  if (a.empty()) return wrap_multiply(length_of(b), insertion);
  if (b.empty()) return wrap_multiply(length_of(a), deletion);
  std::vector<Int> row(b.size() + 1), next(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = wrap_multiply(static_cast<Int>(j), insertion);
  for (char c : a) {
    next[0] = wrap_add(row[0], deletion);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const Int cost = wrap_add(row[j], c == b[j] ? 0 : replacement);
      next[j + 1] = std::min(cost, std::min(wrap_add(row[j + 1], deletion), wrap_add(next[j], insertion)));
    }
    std::swap(row, next);
  }
  return row[b.size()];
}

String soundex(const String& s) {
  constexpr std::string_view table = "01230120022455012623010202";  // a, e, h, i, o, u, w, y give no digit
  std::string out;
  char last = '0';
  for (char raw : s) {
    const char c = ascii_upper(raw);
    if (!is_upper(c)) continue;
    const char code = table[static_cast<std::size_t>(c - 'A')];
    if (out.empty()) {
      out += c;
    } else if (code != last && code != '0') {
      out += code;
    }
    last = code;
    if (out.size() == 4) break;
  }
  out.resize(4, '0');
  return out;
}

namespace {

// A field of comma-separated values and where the next one begins, beyond the end for the last.
struct Field {
  std::string text;
  std::size_t next;
};

struct CsvSigns {
  char separator, enclosure;
  std::string_view escape;
};

Field rest_of_field(std::string_view s, std::size_t at, std::string text, char separator) {
  const std::size_t end = s.find(separator, at);
  if (end == npos) return {text + std::string(trim_right(s.substr(std::min(at, s.size())), "\r\n")), s.size() + 1};
  return {text + std::string(s.substr(at, end - at)), end + 1};
}

// What is within enclosures, from behind the first; gives where the last is, the end where there is none.
std::size_t enclosed(std::string_view s, std::size_t i, const CsvSigns& signs, std::string& text) {
  const bool escapes = !signs.escape.empty() && signs.escape[0] != signs.enclosure;
  for (; i < s.size(); ++i) {
    const bool quoted_next = i + 1 < s.size() && s[i + 1] == signs.enclosure;
    if (escapes && s[i] == signs.escape[0] && quoted_next) {
      text += s[i++];
    } else if (s[i] == signs.enclosure) {
      if (!quoted_next) break;
      ++i;
    }
    text += s[i];
  }
  return i;
}

// Where the text of a field begins: behind blanks where an enclosure follows.
std::size_t begin_of_field(std::string_view s, std::size_t at, const CsvSigns& signs) {
  std::size_t i = at;
  while (i < s.size() && (s[i] == ' ' || s[i] == '\t') && s[i] != signs.separator) ++i;
  return i < s.size() && s[i] == signs.enclosure ? i : at;
}

Field csv_field(std::string_view s, std::size_t at, const CsvSigns& signs) {
  const std::size_t i = begin_of_field(s, at, signs);
  if (i >= s.size() || s[i] != signs.enclosure) return rest_of_field(s, at, "", signs.separator);
  std::string text;
  const std::size_t end = enclosed(s, i + 1, signs, text);
  return rest_of_field(s, std::min(end + 1, s.size()), text, signs.separator);
}

}  // namespace

Array str_getcsv(const String& s, const String& separator, const String& enclosure, const String& escape) {
  const CsvSigns signs{separator.empty() ? ',' : separator[0], enclosure.empty() ? '"' : enclosure[0], escape};
  Array out;
  if (s.empty() || s == "\n" || s == "\r" || s == "\r\n") {
    out.append(Value());
    return out;
  }
  for (std::size_t at = 0;;) {
    Field field = csv_field(s, at, signs);
    out.append(field.text);
    if (field.next == s.size() && s[s.size() - 1] == signs.separator) out.append("");
    if (field.next >= s.size()) return out;
    at = field.next;
  }
}

bool csv_goes_on(std::string_view s, char separator, char enclosure, std::string_view escape) {
  const CsvSigns signs{separator, enclosure, escape};
  for (std::size_t at = 0;;) {
    at = begin_of_field(s, at, signs);
    if (at < s.size() && s[at] == enclosure) {
      std::string text;
      at = enclosed(s, at + 1, signs, text);
      if (at >= s.size()) return true;
      ++at;
    }
    at = s.find(separator, at);
    if (at == npos) return false;
    ++at;
  }
}

}  // namespace banyan::php_runtime
