#include "php_rules/literal_value.h"

#include <charconv>

namespace banyan::php {

namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// Reads up to `digits_max` digits at `at`, and moves it behind them. Nothing where there is none.
std::optional<unsigned> take_digits(std::string_view text, std::size_t& at, int base, int digits_max) {
  unsigned value = 0;
  int digits = 0;
  while (digits < digits_max && at < text.size() && digit_of(text[at]) < base) {
    value = value * static_cast<unsigned>(base) + static_cast<unsigned>(digit_of(text[at++]));
    ++digits;
  }
  return digits == 0 ? std::nullopt : std::optional(value);
}

void append_utf8(std::string& out, unsigned code) {
  const auto byte = [](unsigned value) { return static_cast<char>(static_cast<unsigned char>(value)); };
  if (code < 0x80) {
    out += byte(code);
  } else if (code < 0x800) {
    out += byte(0xc0 | (code >> 6));
    out += byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += byte(0xe0 | (code >> 12));
    out += byte(0x80 | ((code >> 6) & 0x3f));
    out += byte(0x80 | (code & 0x3f));
  } else {
    out += byte(0xf0 | (code >> 18));
    out += byte(0x80 | ((code >> 12) & 0x3f));
    out += byte(0x80 | ((code >> 6) & 0x3f));
    out += byte(0x80 | (code & 0x3f));
  }
}

// Escapes of one letter: what stands behind the backslash, and what it means.
char simple_escape(char c) {
  constexpr std::string_view kFrom = "nrtvef\\$\"";
  constexpr std::string_view kTo = "\n\r\t\v\x1b\f\\$\"";
  const std::size_t at = kFrom.find(c);
  return at == std::string_view::npos ? '\0' : kTo[at];
}

// At the character behind a backslash in double quotes.
void append_escape(std::string& out, std::string_view text, std::size_t& at) {
  const char c = text[at];
  if (const char simple = simple_escape(c); simple != '\0') {
    out += simple;
    ++at;
    return;
  }
  std::size_t next = c == 'x' || c == 'u' ? at + 1 : at;
  if (c == 'u' && text.substr(next).starts_with('{')) {
    ++next;
    const auto code = take_digits(text, next, 16, 6);
    if (code && next < text.size() && text[next] == '}') {
      append_utf8(out, *code);
      at = next + 1;
      return;
    }
  } else if (c == 'x' || (c >= '0' && c <= '7')) {
    if (const auto code = take_digits(text, next, c == 'x' ? 16 : 8, c == 'x' ? 2 : 3)) {
      out += static_cast<char>(static_cast<unsigned char>(*code & 0xff));
      at = next;
      return;
    }
  }
  out += '\\';
  out += c;
  ++at;
}

}  // namespace

std::optional<std::string> string_literal_value(std::string_view written) {
  if (!written.empty() && (written.front() == 'b' || written.front() == 'B')) written.remove_prefix(1);
  if (written.size() < 2 || written.front() != written.back()) return std::nullopt;
  const char quote = written.front();
  if (quote != '\'' && quote != '"') return std::nullopt;
  const std::string_view inside = written.substr(1, written.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < inside.size();) {
    if (inside[i] != '\\' || i + 1 == inside.size()) {
      out += inside[i++];
    } else if (quote == '"') {
      append_escape(out, inside, ++i);
    } else {
      if (inside[i + 1] == '\\' || inside[i + 1] == '\'') ++i;
      out += inside[i++];
    }
  }
  return out;
}

std::optional<std::int64_t> integer_literal_value(std::string_view written) {
  std::string digits;
  for (const char c : written) {
    if (c != '_') digits += c;
  }
  int base = 10;
  std::size_t from = 0;
  if (digits.size() > 1 && digits.front() == '0') {
    const char mark = digits[1];
    base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
    from = mark >= '0' && mark <= '9' ? 1 : 2;
  }
  std::int64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data() + from, end, value, base);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

}  // namespace banyan::php
