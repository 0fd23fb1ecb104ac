#include "php_lex/lexer.h"

#include <cstring>

#include "php_lex/keywords.h"
#include "php_lex/lexer_state.h"

namespace banyan::php {

namespace {

// WordPress has one token for 5.9 bytes; what is reserved too much is never touched.
constexpr std::size_t kBytesPerToken = 4;

}  // namespace

TokenStream lex(std::string_view source, const LexOptions& options) { return Lexer(source, options).run(); }

Lexer::Lexer(std::string_view source, const LexOptions& options)
    : begin_(source.data()), end_(source.data() + source.size()), cursor_(source.data()), options_(options) {
  out_.tokens.reserve(source.size() / kBytesPerToken + 16);
}

TokenStream Lexer::run() {
  lex_shebang();
  while (cursor_ < end_) {
    if (halt_position_ == 3) {
      emit_bytes(TokenKind::kHaltedData, static_cast<std::size_t>(end_ - cursor_));
      break;
    }
    lex_step();
  }
  emit(TokenKind::kEndOfFile, end_);
  return std::move(out_);
}

void Lexer::lex_step() {
  switch (mode_) {
    case Mode::kInitial:
      return lex_initial();
    case Mode::kScripting:
      return lex_scripting();
    case Mode::kDoubleQuotes:
      return lex_quoted_part('"', Mode::kDoubleQuotes);
    case Mode::kBackticks:
      return lex_quoted_part('`', Mode::kBackticks);
    case Mode::kHeredoc:
      return lex_heredoc_part();
    case Mode::kNowdoc:
      return lex_nowdoc();
    case Mode::kHeredocEnd:
      return lex_heredoc_end();
    case Mode::kVariableName:
      return lex_variable_name();
    case Mode::kOffset:
      return lex_offset();
  }
}

void Lexer::emit(TokenKind kind, const char* start) {
  out_.tokens.push_back({offset_of(start), kind});
  if (is_trivia(kind)) return;
  last_significant_ = kind;
  if (halting_) halt_after_terminator();
  if (kind == TokenKind::kHaltCompiler) halting_ = true;
}

void Lexer::emit_bytes(TokenKind kind, std::size_t length) {
  const char* const start = cursor_;
  cursor_ += length;
  emit(kind, start);
}

// "__halt_compiler();" ends the code: the file's rest is data.
void Lexer::halt_after_terminator() {
  static constexpr TokenKind kExpected[] = {TokenKind::kOpenParen, TokenKind::kCloseParen, TokenKind::kSemicolon};
  const bool closed = halt_position_ == 2 && last_significant_ == TokenKind::kCloseTag;
  if (last_significant_ == kExpected[halt_position_] || closed) {
    ++halt_position_;
    halting_ = halt_position_ < 3;
  } else {
    halting_ = false;
    halt_position_ = 0;
  }
}

void Lexer::complain(const char* where, std::size_t length, const char* code, const char* message) {
  if (out_.diagnostics.size() >= kDiagnosticsMax) return;
  out_.diagnostics.push_back({offset_of(where), static_cast<std::uint32_t>(length), code, message});
}

void Lexer::push_mode(Mode mode) {
  modes_.push_back(mode_);
  mode_ = mode;
}

void Lexer::pop_mode() {
  mode_ = modes_.back();
  modes_.pop_back();
}

// ---- Outside of the tags ----

void Lexer::lex_shebang() {
  if (at(0) != '#' || at(1) != '!') return;
  const char* line = cursor_;
  while (line < end_ && *line != '\n' && *line != '\r') ++line;
  if (line == end_) return;
  if (*line == '\r' && line + 1 < end_ && line[1] == '\n') ++line;
  emit_bytes(TokenKind::kComment, static_cast<std::size_t>(line + 1 - cursor_));
}

void Lexer::lex_initial() {
  if (lex_open_tag()) return;
  const char* const start = cursor_;
  cursor_ = find_open_tag(cursor_ + 1);
  emit(TokenKind::kInlineHtml, start);
}

bool Lexer::lex_open_tag() {
  const std::size_t length = open_tag_length(cursor_);
  if (length == 0) return false;
  const bool echo = length == 3 && cursor_[2] == '=';
  mode_ = Mode::kScripting;
  emit_bytes(echo ? TokenKind::kOpenTagEcho : TokenKind::kOpenTag, length);
  return true;
}

const char* Lexer::find_open_tag(const char* from) const {
  while (from < end_) {
    from = static_cast<const char*>(std::memchr(from, '<', static_cast<std::size_t>(end_ - from)));
    if (from == nullptr) return end_;
    if (open_tag_length(from) != 0) return from;
    ++from;
  }
  return end_;
}

// The bytes of the opening tag at `tag`, with the one byte of white space that belongs to it; 0 where there is none.
std::size_t Lexer::open_tag_length(const char* tag) const {
  const auto left = static_cast<std::size_t>(end_ - tag);
  if (left < 2 || tag[0] != '<') return 0;
  if (tag[1] != '?') return script_tag_length(tag);
  if (left >= 3 && tag[2] == '=') return 3;
  if (left >= 5 && equals_ignoring_case({tag + 2, 3}, "php")) {
    if (left == 5) return 5;
    if (left >= 7 && tag[5] == '\r' && tag[6] == '\n') return 7;
    if (byte_is(tag[5], kSpaceByte)) return 6;
  }
  return options_.short_tags ? 2 : 0;
}

// <script language="php">, with or without quotes.
std::size_t Lexer::script_tag_length(const char* tag) const {
  if (!has(Feature::kScriptTags) || end_ - tag < 7 || !equals_ignoring_case({tag, 7}, "<script")) return 0;
  const auto skip_space = [this](const char* p) {
    while (p < end_ && byte_is(*p, kSpaceByte)) ++p;
    return p;
  };
  const auto skip_text = [this](const char* p, std::string_view text) -> const char* {
    if (p == nullptr || static_cast<std::size_t>(end_ - p) < text.size()) return nullptr;
    return equals_ignoring_case({p, text.size()}, text) ? p + text.size() : nullptr;
  };
  const char* p = skip_space(tag + 7);
  if (p == tag + 7 || (p = skip_text(p, "language")) == nullptr) return 0;
  if ((p = skip_text(skip_space(p), "=")) == nullptr) return 0;
  p = skip_space(p);
  for (const std::string_view name : {"php", "\"php\"", "'php'"}) {
    const char* q = skip_text(p, name);
    if (q != nullptr) q = skip_text(skip_space(q), ">");
    if (q != nullptr) return static_cast<std::size_t>(q - tag);
  }
  return 0;
}

// ---- Code ----

void Lexer::lex_scripting() {
  while (cursor_ < end_ && mode_ == Mode::kScripting && halt_position_ != 3) lex_code_token();
}

void Lexer::lex_code_token() {
  const char c = *cursor_;
  if (byte_is(c, kSpaceByte)) return lex_whitespace();
  if (byte_is(c, kLabelStart)) return lex_word();
  if (byte_is(c, kDigitByte)) return lex_number();
  switch (c) {
    case '$':
      if (byte_is(at(1), kLabelStart)) return lex_variable();
      return emit_bytes(TokenKind::kDollar, 1);
    case '\'':
      return lex_single_quoted(cursor_);
    case '"':
      return lex_double_quoted(cursor_);
    case '`':
      mode_ = Mode::kBackticks;
      return emit_bytes(TokenKind::kBacktick, 1);
    case '#':
      if (at(1) == '[' && has(Feature::kAttribute)) return emit_bytes(TokenKind::kAttributeOpen, 2);
      return lex_line_comment();
    case '/':
      if (at(1) == '/') return lex_line_comment();
      if (at(1) == '*') return lex_block_comment();
      return lex_operator();
    case '.':
      if (byte_is(at(1), kDigitByte)) return lex_number();
      return lex_operator();
    case '\\':
      return lex_backslash();
    case '{':
      push_mode(Mode::kScripting);
      return emit_bytes(TokenKind::kOpenBrace, 1);
    case '}':
      if (!modes_.empty()) pop_mode();
      return emit_bytes(TokenKind::kCloseBrace, 1);
    default:
      return lex_operator();
  }
}

void Lexer::lex_whitespace() {
  const char* const start = cursor_;
  do {
    ++cursor_;
  } while (cursor_ < end_ && byte_is(*cursor_, kSpaceByte));
  emit(TokenKind::kWhitespace, start);
}

// To the end of the line, which is left out, or to a closing tag.
void Lexer::lex_line_comment() {
  const char* const start = cursor_;
  while (cursor_ < end_ && *cursor_ != '\n' && *cursor_ != '\r') {
    if (*cursor_ == '?' && at(1) == '>') break;
    ++cursor_;
  }
  emit(TokenKind::kComment, start);
}

// An unterminated comment reaches to the end of the file, which is an error since PHP 8.0.
void Lexer::lex_block_comment() {
  const char* const start = cursor_;
  const bool doc = at(2) == '*' && byte_is(at(3), kSpaceByte);
  const char* scan = cursor_ + 2;
  const char* stop = end_;
  while (scan < end_) {
    const auto* star = static_cast<const char*>(std::memchr(scan, '*', static_cast<std::size_t>(end_ - scan)));
    if (star == nullptr) break;
    if (star + 1 < end_ && star[1] == '/') {
      stop = star + 2;
      break;
    }
    scan = star + 1;
  }
  const bool closed = stop - start >= 4 && stop[-1] == '/' && stop[-2] == '*';
  if (!closed && has(Feature::kNameTokens)) complain(start, 2, "lex.comment", "Unterminated comment");
  cursor_ = stop;
  emit(doc ? TokenKind::kDocComment : TokenKind::kComment, start);
}

// The closing tag takes one line end with it.
void Lexer::lex_close_tag(std::size_t length) {
  if (at(length) == '\r' && at(length + 1) == '\n') {
    length += 2;
  } else if (at(length) == '\r' || at(length) == '\n') {
    ++length;
  }
  mode_ = Mode::kInitial;
  emit_bytes(TokenKind::kCloseTag, length);
}

const char* Lexer::skip_label(const char* from) const {
  while (from < end_ && byte_is(*from, kLabelByte)) ++from;
  return from;
}

void Lexer::lex_variable() {
  const char* const start = cursor_;
  cursor_ = skip_label(cursor_ + 1);
  emit(TokenKind::kVariable, start);
}

void Lexer::lex_word() {
  const char* const start = cursor_;
  const char* const after = skip_label(start + 1);
  if (last_significant_ == TokenKind::kArrow || last_significant_ == TokenKind::kNullsafeArrow) {
    cursor_ = after;
    return emit(TokenKind::kIdentifier, start);
  }
  if (after == start + 1 && (*start == 'b' || *start == 'B') && after < end_) {
    if (*after == '\'') return lex_single_quoted(start);
    if (*after == '"') return lex_double_quoted(start);
    if (*after == '<' && lex_heredoc_start(start)) return;
  }
  cursor_ = after;
  if (has(Feature::kNameTokens) && at(0) == '\\' && byte_is(at(1), kLabelStart)) {
    do {
      cursor_ = skip_label(cursor_ + 2);
    } while (at(0) == '\\' && byte_is(at(1), kLabelStart));
    const bool relative = after - start == 9 && equals_ignoring_case({start, 9}, "namespace");
    return emit(relative ? TokenKind::kRelativeName : TokenKind::kQualifiedName, start);
  }
  cursor_ = start;
  lex_plain_word();
}

void Lexer::lex_plain_word() {
  const char* const start = cursor_;
  cursor_ = skip_label(start + 1);
  const std::string_view word(start, static_cast<std::size_t>(cursor_ - start));
  TokenKind kind = keyword_kind(word, options_.features);
  if (kind == TokenKind::kIdentifier) {
    if (word.size() == 4 && has(Feature::kEnum) && equals_ignoring_case(word, "enum") && enum_is_keyword(cursor_)) {
      kind = TokenKind::kEnum;
    }
  } else if (kind == TokenKind::kYield) {
    if (lex_yield_from(start)) return;
  } else if (kind >= TokenKind::kPrivate && kind <= TokenKind::kPublic) {
    if (lex_set_modifier(kind, start)) return;
  }
  emit(kind, start);
}

// "private(set)", one token without white space.
bool Lexer::lex_set_modifier(TokenKind kind, const char* start) {
  if (!has(Feature::kAsymmetricVisibility) || end_ - cursor_ < 5) return false;
  if (!equals_ignoring_case({cursor_, 5}, "(set)")) return false;
  cursor_ += 5;
  emit(kind == TokenKind::kPublic    ? TokenKind::kPublicSet
       : kind == TokenKind::kPrivate ? TokenKind::kPrivateSet
                                     : TokenKind::kProtectedSet,
       start);
  return true;
}

bool Lexer::lex_yield_from(const char* start) {
  if (!has(Feature::kYieldFrom)) return false;
  const char* from = cursor_;
  if (has(Feature::kCommentInYieldFrom)) {
    from = skip_space_and_comments(from);
  } else {
    while (from < end_ && byte_is(*from, kSpaceByte)) ++from;
  }
  if (from == cursor_ || end_ - from < 4 || !equals_ignoring_case({from, 4}, "from")) return false;
  if (from + 4 < end_ && byte_is(from[4], kLabelByte)) return false;
  cursor_ = from + 4;
  emit(TokenKind::kYieldFrom, start);
  return true;
}

// "enum" is a word of the language only before a name, so that older code may go on using it as one.
bool Lexer::enum_is_keyword(const char* after) const {
  const char* next = after;
  if (has(Feature::kCommentInYieldFrom)) {
    next = skip_space_and_comments(next);
  } else {
    while (next < end_ && byte_is(*next, kSpaceByte)) ++next;
  }
  if (next == after || next == end_ || !byte_is(*next, kLabelStart)) return false;
  for (const std::string_view word : {"extends", "implements"}) {
    if (static_cast<std::size_t>(end_ - next) >= word.size() && equals_ignoring_case({next, word.size()}, word)) {
      return false;
    }
  }
  return true;
}

const char* Lexer::skip_space_and_comments(const char* from) const {
  while (from < end_) {
    if (byte_is(*from, kSpaceByte)) {
      ++from;
    } else if (*from == '#' || (*from == '/' && from + 1 < end_ && from[1] == '/')) {
      if (from + 1 < end_ && *from == '#' && from[1] == '[') return from;
      while (from < end_ && *from != '\n' && *from != '\r') ++from;
    } else if (*from == '/' && from + 1 < end_ && from[1] == '*') {
      const std::string_view rest(from + 2, static_cast<std::size_t>(end_ - from - 2));
      const std::size_t close = rest.find("*/");
      if (close == std::string_view::npos) return from;
      from += close + 4;
    } else {
      return from;
    }
  }
  return from;
}

void Lexer::lex_backslash() {
  const char* const start = cursor_;
  if (!has(Feature::kNameTokens) || !byte_is(at(1), kLabelStart)) return emit_bytes(TokenKind::kBackslash, 1);
  do {
    cursor_ = skip_label(cursor_ + 2);
  } while (at(0) == '\\' && byte_is(at(1), kLabelStart));
  emit(TokenKind::kFullyQualifiedName, start);
}

}  // namespace banyan::php
