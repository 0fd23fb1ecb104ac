#include "php_check/safe_text.h"

#include <algorithm>
#include <bitset>
#include <optional>

namespace banyan::php {

namespace {

using Bytes = std::bitset<256>;

void add_range(Bytes& bytes, unsigned first, unsigned last) {
  for (unsigned c = first; c <= last; ++c) bytes.set(c);
}

// \d, \w and \s; false for letters that mean something else.
bool add_class(Bytes& bytes, char letter) {
  const bool word = letter == 'w';
  if (word || letter == 'd') add_range(bytes, '0', '9');
  if (word) {
    add_range(bytes, 'a', 'z');
    add_range(bytes, 'A', 'Z');
    bytes.set('_');
  }
  if (letter == 's') {
    for (const unsigned c : {9U, 10U, 11U, 12U, 13U, 32U}) bytes.set(c);
  }
  return word || letter == 'd' || letter == 's';
}

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

struct Expression {
  std::string_view body;  // between the delimiters
  std::string_view flags;
};

std::optional<Expression> divided(std::string_view pattern) {
  if (pattern.size() < 2 || is_letter_or_digit(pattern[0]) || pattern[0] == '\\') return std::nullopt;
  static constexpr std::string_view kOpen = "([{<";
  static constexpr std::string_view kClose = ")]}>";
  const std::size_t paired = kOpen.find(pattern[0]);
  const std::size_t end = pattern.rfind(paired == kOpen.npos ? pattern[0] : kClose[paired]);
  if (end == 0 || end == pattern.npos) return std::nullopt;
  return Expression{pattern.substr(1, end - 1), pattern.substr(end + 1)};
}

// Reads the members of "[...]" from behind its "[" or "[^", and takes them with the "]" off `text`.
std::optional<Bytes> read_members(std::string_view& text) {
  Bytes members;
  std::optional<unsigned char> before;  // what a range may begin with
  bool is_range = false;
  for (bool first = true; !text.empty() && (text[0] != ']' || first); first = false) {
    if (text.starts_with("[:")) return std::nullopt;
    char c = text[0];
    text.remove_prefix(1);
    if (c == '-' && before && !text.empty() && text[0] != ']') {
      is_range = true;
      continue;
    }
    if (c == '\\') {
      if (text.empty()) return std::nullopt;
      c = text[0];
      text.remove_prefix(1);
      if (is_letter_or_digit(c)) {
        if (is_range || !add_class(members, c)) return std::nullopt;
        before.reset();
        continue;
      }
    }
    const auto byte = static_cast<unsigned char>(c);
    if (is_range && byte < *before) return std::nullopt;
    add_range(members, is_range ? *before : byte, byte);
    before = is_range ? std::nullopt : std::optional(byte);
    is_range = false;
  }
  if (text.empty()) return std::nullopt;
  text.remove_prefix(1);
  return members;
}

Bytes of_text(std::string_view text) {
  Bytes bytes;
  for (const char c : text) bytes.set(static_cast<unsigned char>(c));
  return bytes;
}

// A sink is not harmed where none of its characters of power can be there.
SinkMask harmless_for(const Bytes& allowed) {
  const auto lacks = [&allowed](std::string_view text) { return (allowed & of_text(text)).none(); };
  Bytes plain = of_text("_-.,:/=@+%");
  add_class(plain, 'w');
  SinkMask mask = 0;
  if (lacks("<>\"'")) mask |= sink_bit(TaintSink::kHtml);
  if (lacks("'\"\\`() ;")) mask |= sink_bit(TaintSink::kSql);
  if ((allowed & ~plain).none()) mask |= sink_bit(TaintSink::kShell);
  if (lacks("/\\") && lacks(".:;(${")) mask |= sink_bit(TaintSink::kCode);
  if (lacks(":")) mask |= sink_bit(TaintSink::kUnserialize);
  if (lacks("/\\")) mask |= sink_bit(TaintSink::kPath);
  if (lacks("/\\\r\n")) mask |= sink_bit(TaintSink::kHeader);
  return mask;
}

}  // namespace

SinkMask harmless_after_replacing(std::string_view pattern, std::string_view replacement) {
  const auto expression = divided(pattern);
  if (!expression || !expression->body.starts_with("[^")) return 0;
  std::string_view rest = expression->body.substr(2);
  const auto left = read_members(rest);
  if (!left || (!rest.empty() && rest != "+" && rest != "*")) return 0;
  if (replacement.find_first_of("\\$") != replacement.npos) return 0;
  return harmless_for(*left | of_text(replacement));
}

SinkMask harmless_after_matching(std::string_view pattern) {
  const auto expression = divided(pattern);
  if (!expression || expression->flags.find('m') != std::string_view::npos) return 0;
  std::string_view rest = expression->body;
  const bool from_start = rest.starts_with('^') || rest.starts_with("\\A");
  if (!from_start) return 0;
  rest.remove_prefix(rest[0] == '^' ? 1 : 2);
  Bytes allowed;
  if (rest.starts_with('[') && !rest.starts_with("[^")) {
    rest.remove_prefix(1);
    const auto members = read_members(rest);
    if (!members) return 0;
    allowed = *members;
  } else if (rest.size() > 1 && rest[0] == '\\' && add_class(allowed, rest[1])) {
    rest.remove_prefix(2);
  } else {
    return 0;
  }
  if (rest.starts_with('+') || rest.starts_with('*')) rest.remove_prefix(1);
  if (rest.starts_with('{')) rest.remove_prefix(std::min(rest.find('}'), rest.size() - 1) + 1);
  return rest == "$" || rest == "\\z" || rest == "\\Z" ? harmless_for(allowed) : SinkMask{0};
}

bool proves_harmless(std::string_view function) {
  static constexpr std::string_view kTests[] = {"ctype_alnum", "ctype_alpha", "ctype_digit", "ctype_xdigit",
                                                "is_numeric",  "is_int",      "is_integer",  "is_float",
                                                "is_bool",     "is_object",   "is_null",     "is_wp_error"};
  return std::find(std::begin(kTests), std::end(kTests), function) != std::end(kTests);
}

// %[argument$][flags][width][.precision]letter; what is not understood leaves all marks on.
void mark_texts(std::string_view format, std::vector<bool>& is_text) {
  std::vector<bool> found(is_text.size(), false);
  if (!found.empty()) found[0] = true;
  std::size_t next = 1;
  const auto is_digit = [&](std::size_t i) { return i < format.size() && format[i] >= '0' && format[i] <= '9'; };
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i < format.size() && format[i] == '%') continue;
    std::size_t number = 0;
    std::size_t after = i;
    for (; is_digit(after) && number < found.size(); ++after) {
      number = number * 10 + static_cast<std::size_t>(format[after] - '0');
    }
    const bool named = after > i && after < format.size() && format[after] == '$';
    if (named) i = after + 1;
    for (; i < format.size() && std::string_view("-+ 0'").find(format[i]) != std::string_view::npos; ++i) {
      if (format[i] == '\'') ++i;
    }
    while (is_digit(i) || (i < format.size() && format[i] == '.')) ++i;
    if (i < format.size() && format[i] == 'l') ++i;
    if (i >= format.size() || std::string_view("bcdeEfFgGhHosuxX").find(format[i]) == std::string_view::npos) return;
    const std::size_t argument = named ? number : next++;
    if (argument >= found.size()) return;  // an array was spread
    if (format[i] == 's') found[argument] = true;
  }
  is_text = found;
}

}  // namespace banyan::php
