// Operators, punctuation and casts: always the longest that fits.
#include <string_view>

#include "php_lex/keywords.h"
#include "php_lex/lexer_state.h"

namespace banyan::php {

namespace {

struct CastWord {
  std::string_view text;
  TokenKind kind;
};

constexpr CastWord kCastWords[] = {
    {"int", TokenKind::kIntCast},      {"integer", TokenKind::kIntCast},   {"bool", TokenKind::kBoolCast},
    {"boolean", TokenKind::kBoolCast}, {"float", TokenKind::kFloatCast},   {"double", TokenKind::kFloatCast},
    {"real", TokenKind::kFloatCast},   {"string", TokenKind::kStringCast}, {"binary", TokenKind::kStringCast},
    {"array", TokenKind::kArrayCast},  {"object", TokenKind::kObjectCast}, {"unset", TokenKind::kUnsetCast},
    {"void", TokenKind::kVoidCast},
};

}  // namespace

void Lexer::lex_operator() {
  if (*cursor_ == '(' && lex_cast()) return;
  if (*cursor_ == '<' && at(1) == '<' && at(2) == '<' && lex_heredoc_start(cursor_)) return;
  if (*cursor_ == '?' && at(1) == '>') return lex_close_tag(2);
  std::size_t length = 1;
  if (*cursor_ == '<' && at(1) == '/' && has(Feature::kScriptTags) && end_ - cursor_ >= 9 &&
      equals_ignoring_case({cursor_, 8}, "</script")) {
    std::size_t close = 8;
    while (byte_is(at(close), kSpaceByte)) ++close;
    if (at(close) == '>') return lex_close_tag(close + 1);
  }
  const TokenKind kind = operator_kind(length);
  emit_bytes(kind, length);
}

// "(", blanks, the name of a type, blanks, ")" is one token.
bool Lexer::lex_cast() {
  const char* word = cursor_ + 1;
  while (word < end_ && (*word == ' ' || *word == '\t')) ++word;
  const char* after = word;
  while (after < end_ && after - word < 8 && byte_is(*after, kLabelByte)) ++after;
  const char* close = after;
  while (close < end_ && (*close == ' ' || *close == '\t')) ++close;
  if (close == end_ || *close != ')' || after - word < 3) return false;
  const std::string_view text(word, static_cast<std::size_t>(after - word));
  for (const CastWord& cast : kCastWords) {
    if (!equals_ignoring_case(text, cast.text)) continue;
    if (cast.kind == TokenKind::kVoidCast && !has(Feature::kVoidCast)) return false;
    const char* const start = cursor_;
    if (cast.text == "real" && !has(Feature::kRealCast)) {
      complain(start, static_cast<std::size_t>(close + 1 - start), "lex.real-cast",
               "The (real) cast was removed in PHP 8.0, use (float)");
    }
    cursor_ = close + 1;
    emit(cast.kind, start);
    return true;
  }
  return false;
}

TokenKind Lexer::operator_kind(std::size_t& length) const {
  switch (*cursor_) {
    case '<':
    case '>':
      return angle_kind(length);
    case '=':
    case '!':
      return equality_kind(length);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '.':
      return arithmetic_kind(length);
    case '&':
    case '|':
    case '^':
    case '?':
      return logic_kind(length);
    default:
      return punctuation_kind(length);
  }
}

TokenKind Lexer::angle_kind(std::size_t& length) const {
  const bool less = *cursor_ == '<';
  if (at(1) == *cursor_) {
    length = at(2) == '=' ? 3 : 2;
    if (length == 3) return less ? TokenKind::kShiftLeftAssign : TokenKind::kShiftRightAssign;
    return less ? TokenKind::kShiftLeft : TokenKind::kShiftRight;
  }
  if (less && at(1) == '>') return length = 2, TokenKind::kNotEqual;
  if (at(1) != '=') return less ? TokenKind::kLess : TokenKind::kGreater;
  if (less && at(2) == '>' && has(Feature::kSpaceship)) return length = 3, TokenKind::kSpaceship;
  length = 2;
  return less ? TokenKind::kLessEqual : TokenKind::kGreaterEqual;
}

TokenKind Lexer::equality_kind(std::size_t& length) const {
  const bool equal = *cursor_ == '=';
  if (at(1) == '=') {
    length = at(2) == '=' ? 3 : 2;
    if (length == 3) return equal ? TokenKind::kIdentical : TokenKind::kNotIdentical;
    return equal ? TokenKind::kEqual : TokenKind::kNotEqual;
  }
  if (equal && at(1) == '>') return length = 2, TokenKind::kDoubleArrow;
  return equal ? TokenKind::kAssign : TokenKind::kBang;
}

TokenKind Lexer::arithmetic_kind(std::size_t& length) const {
  const char c = *cursor_;
  if (c == '*' && at(1) == '*') {
    length = at(2) == '=' ? 3 : 2;
    return length == 3 ? TokenKind::kPowerAssign : TokenKind::kPower;
  }
  if (c == '.' && at(1) == '.' && at(2) == '.') return length = 3, TokenKind::kEllipsis;
  length = 2;
  if (c == '+' && at(1) == '+') return TokenKind::kIncrement;
  if (c == '-' && at(1) == '-') return TokenKind::kDecrement;
  if (c == '-' && at(1) == '>') return TokenKind::kArrow;
  const bool assigns = at(1) == '=';
  length = assigns ? 2 : 1;
  switch (c) {
    case '+':
      return assigns ? TokenKind::kPlusAssign : TokenKind::kPlus;
    case '-':
      return assigns ? TokenKind::kMinusAssign : TokenKind::kMinus;
    case '*':
      return assigns ? TokenKind::kStarAssign : TokenKind::kStar;
    case '/':
      return assigns ? TokenKind::kSlashAssign : TokenKind::kSlash;
    case '%':
      return assigns ? TokenKind::kPercentAssign : TokenKind::kPercent;
    default:
      return assigns ? TokenKind::kDotAssign : TokenKind::kDot;
  }
}

TokenKind Lexer::logic_kind(std::size_t& length) const {
  const char c = *cursor_;
  if (c == '?') {
    if (at(1) == '-' && at(2) == '>' && has(Feature::kNullsafe)) return length = 3, TokenKind::kNullsafeArrow;
    if (at(1) != '?' || !has(Feature::kCoalesce)) return TokenKind::kQuestion;
    length = at(2) == '=' && has(Feature::kCoalesceAssign) ? 3 : 2;
    return length == 3 ? TokenKind::kCoalesceAssign : TokenKind::kCoalesce;
  }
  length = 2;
  if (c == '&' && at(1) == '&') return TokenKind::kAndAnd;
  if (c == '|' && at(1) == '|') return TokenKind::kOrOr;
  if (c == '|' && at(1) == '>' && has(Feature::kPipe)) return TokenKind::kPipeArrow;
  const bool assigns = at(1) == '=';
  length = assigns ? 2 : 1;
  if (c == '&') return assigns ? TokenKind::kAndAssign : TokenKind::kAmpersand;
  if (c == '|') return assigns ? TokenKind::kOrAssign : TokenKind::kPipe;
  return assigns ? TokenKind::kXorAssign : TokenKind::kCaret;
}

TokenKind Lexer::punctuation_kind(std::size_t& length) const {
  switch (*cursor_) {
    case ';':
      return TokenKind::kSemicolon;
    case ',':
      return TokenKind::kComma;
    case '(':
      return TokenKind::kOpenParen;
    case ')':
      return TokenKind::kCloseParen;
    case '[':
      return TokenKind::kOpenBracket;
    case ']':
      return TokenKind::kCloseBracket;
    case '@':
      return TokenKind::kAt;
    case '~':
      return TokenKind::kTilde;
    case ':':
      if (at(1) != ':') return TokenKind::kColon;
      length = 2;
      return TokenKind::kDoubleColon;
    default:
      return TokenKind::kBadCharacter;
  }
}

}  // namespace banyan::php
