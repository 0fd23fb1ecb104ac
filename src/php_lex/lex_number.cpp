// Numbers: 12, 1_000, 0x1F, 0b01, 017, 0o17, 1.5, .5, 1e9. Their values are the business of whoever needs them.
#include "php_lex/lexer_state.h"

namespace banyan::php {

// Digits with single underscores between them, where the version has those.
const char* Lexer::skip_digits(const char* from, unsigned classes) const {
  const auto is_digit = [&](const char* p) {
    return p < end_ && (classes == 2   ? *p == '0' || *p == '1'
                        : classes == 3 ? *p >= '0' && *p <= '7'
                                       : byte_is(*p, classes));
  };
  while (is_digit(from)) {
    ++from;
    if (from < end_ && *from == '_' && is_digit(from + 1) && has(Feature::kNumericSeparator)) ++from;
  }
  return from;
}

bool Lexer::lex_prefixed_integer(const char* start) {
  if (*start != '0' || start + 2 >= end_) return false;
  const char letter = static_cast<char>(start[1] | 0x20);
  const unsigned classes = letter == 'x' ? kHexByte : letter == 'b' ? 2U : letter == 'o' ? 3U : 0U;
  if (classes == 0 || (letter == 'o' && !has(Feature::kExplicitOctal))) return false;
  const char* const after = skip_digits(start + 2, classes);
  if (after == start + 2) return false;
  cursor_ = after;
  emit(TokenKind::kInteger, start);
  return true;
}

void Lexer::lex_number() {
  const char* const start = cursor_;
  if (lex_prefixed_integer(start)) return;
  const char* after = skip_digits(start, kDigitByte);
  bool is_float = false;
  if (after < end_ && *after == '.') {
    is_float = true;
    after = skip_digits(after + 1, kDigitByte);
  }
  if (after < end_ && (*after | 0x20) == 'e') {
    const char* exponent = after + 1;
    if (exponent < end_ && (*exponent == '+' || *exponent == '-')) ++exponent;
    if (exponent < end_ && byte_is(*exponent, kDigitByte)) {
      is_float = true;
      after = skip_digits(exponent, kDigitByte);
    }
  }
  cursor_ = after;
  if (!is_float) check_octal(start);
  emit(is_float ? TokenKind::kFloat : TokenKind::kInteger, start);
}

void Lexer::check_octal(const char* start) {
  if (*start != '0' || options_.features.version() < PhpVersion{7, 0}) return;
  for (const char* p = start; p < cursor_; ++p) {
    if (*p != '8' && *p != '9') continue;
    complain(start, static_cast<std::size_t>(cursor_ - start), "lex.octal",
             "Invalid numeric literal: octal digits end at 7");
    return;
  }
}

}  // namespace banyan::php
