// Strings in quotes: as one token where nothing is interpolated, else in parts.
#include "php_lex/lexer_state.h"
#include "php_lex/scan.h"

namespace banyan::php {

namespace {

// Where the string's last byte is behind `from`: past the quote, or the end where it is missing.
const char* skip_single_quoted(const char* from, const char* end, bool& closed) {
  while ((from = find_byte_of<'\'', '\\'>(from, end)) < end) {
    if (*from == '\'') {
      closed = true;
      return from + 1;
    }
    from += from + 1 < end ? 2 : 1;
  }
  return end;
}

}  // namespace

// The cursor is at the quote or at a "b" before it. An unterminated one is kStringText, which no grammar takes there.
void Lexer::lex_single_quoted(const char* start) {
  const char* const body = *start == '\'' ? start + 1 : start + 2;
  bool closed = false;
  cursor_ = skip_single_quoted(body, end_, closed);
  emit(closed ? TokenKind::kStringLiteral : TokenKind::kStringText, start);
}

bool Lexer::starts_interpolation(const char* where) const {
  if (where + 1 >= end_) return false;
  if (*where == '$') return byte_is(where[1], kLabelStart) || where[1] == '{';
  return *where == '{' && where[1] == '$';
}

// The first byte from `from` on that is `quote` or begins an interpolation; the end where there is none.
const char* Lexer::find_part_end(const char* from, char quote) const {
  while (true) {
    from = quote == '"' ? find_byte_of<'"', '\\', '$', '{'>(from, end_) : find_byte_of<'`', '\\', '$', '{'>(from, end_);
    if (from == end_ || *from == quote) return from;
    if (*from == '\\') {
      from += from + 1 < end_ ? 2 : 1;
    } else if (starts_interpolation(from)) {
      return from;
    } else {
      ++from;
    }
  }
}

void Lexer::lex_double_quoted(const char* start) {
  const char* const body = *start == '"' ? start + 1 : start + 2;
  const char* const stop = find_part_end(body, '"');
  if (stop < end_ && *stop == '"') {
    check_escapes(body, stop);
    cursor_ = stop + 1;
    return emit(TokenKind::kStringLiteral, start);
  }
  cursor_ = body;
  mode_ = Mode::kDoubleQuotes;
  emit(TokenKind::kQuote, start);
}

void Lexer::lex_quoted_part(char quote, Mode mode) {
  if (*cursor_ == quote) {
    mode_ = Mode::kScripting;
    return emit_bytes(mode == Mode::kBackticks ? TokenKind::kBacktick : TokenKind::kQuote, 1);
  }
  if (lex_interpolation()) return;
  const char* const start = cursor_;
  cursor_ = find_part_end(cursor_, quote);
  check_escapes(start, cursor_);
  emit(TokenKind::kStringText, start);
}

// "$a", "$a[", "$a->b", "{$" and "${" inside a string. A variable followed by "->name" gives all three tokens.
bool Lexer::lex_interpolation() {
  if (!starts_interpolation(cursor_)) return false;
  if (*cursor_ == '{') {
    emit_bytes(TokenKind::kBraceDollar, 1);
    push_mode(Mode::kScripting);
    return true;
  }
  if (at(1) == '{') {
    emit_bytes(TokenKind::kDollarBrace, 2);
    push_mode(Mode::kVariableName);
    return true;
  }
  lex_variable();
  const std::size_t nullsafe = at(0) == '?' && has(Feature::kNullsafe) ? 1 : 0;
  if (at(0) == '[') {
    push_mode(Mode::kOffset);
  } else if (at(nullsafe) == '-' && at(nullsafe + 1) == '>' && byte_is(at(nullsafe + 2), kLabelStart)) {
    emit_bytes(nullsafe != 0 ? TokenKind::kNullsafeArrow : TokenKind::kArrow, nullsafe + 2);
    const char* const start = cursor_;
    cursor_ = skip_label(cursor_);
    emit(TokenKind::kIdentifier, start);
  }
  return true;
}

// After "${": a name directly before "[" or "}" is that variable's, anything else is an expression.
void Lexer::lex_variable_name() {
  mode_ = Mode::kScripting;
  if (!byte_is(at(0), kLabelStart)) return;
  const char* const after = skip_label(cursor_);
  if (after == end_ || (*after != '[' && *after != '}')) return;
  emit_bytes(TokenKind::kVariableName, static_cast<std::size_t>(after - cursor_));
}

// Inside "$a[...]": a name, a number, a variable. Anything else ends the mode and the grammar complains.
void Lexer::lex_offset() {
  const char c = *cursor_;
  if (c == ']') {
    pop_mode();
    return emit_bytes(TokenKind::kCloseBracket, 1);
  }
  if (c == '[') return emit_bytes(TokenKind::kOpenBracket, 1);
  if (c == '-') return emit_bytes(TokenKind::kMinus, 1);
  if (byte_is(c, kDigitByte)) return lex_number_in_string();
  if (c == '$' && byte_is(at(1), kLabelStart)) return lex_variable();
  if (byte_is(c, kLabelStart)) {
    return emit_bytes(TokenKind::kIdentifier, static_cast<std::size_t>(skip_label(cursor_) - cursor_));
  }
  pop_mode();
  if (!byte_is(c, kSpaceByte) && c != '\\' && c != '\'' && c != '#') emit_bytes(TokenKind::kBadCharacter, 1);
}

void Lexer::lex_number_in_string() {
  const char* const start = cursor_;
  if (lex_prefixed_integer(start)) {
    out_.tokens.back().kind = TokenKind::kNumberInString;
    return;
  }
  cursor_ = skip_digits(start, kDigitByte);
  emit(TokenKind::kNumberInString, start);
}

// "\u{...}" must hold a code point; every other escape is taken as it stands.
void Lexer::check_escapes(const char* from, const char* to) {
  if (!has(Feature::kUnicodeEscape)) return;
  while ((from = find_byte_of<'\\', '\\'>(from, to)) < to) {
    if (to - from < 3 || from[1] != 'u' || from[2] != '{') {
      from += 2;
      if (from > to) return;
      continue;
    }
    const char* digits = from + 3;
    std::uint32_t value = 0;
    while (digits < to && byte_is(*digits, kHexByte)) {
      const auto digit = static_cast<std::uint32_t>(*digits <= '9' ? *digits - '0' : (*digits | 0x20) - 'a' + 10);
      value = value > 0x10FFFF ? value : value * 16 + digit;
      ++digits;
    }
    const bool valid = digits > from + 3 && digits < to && *digits == '}' && value <= 0x10FFFF;
    if (!valid) {
      complain(from, static_cast<std::size_t>(digits - from), "lex.unicode-escape",
               "Invalid UTF-8 codepoint escape sequence");
    }
    from = digits;
  }
}

}  // namespace banyan::php
