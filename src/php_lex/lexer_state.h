// The lexer's inside: where it is, its modes, and one function per family of tokens. Private to this module.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "php_lex/byte_class.h"
#include "php_lex/lexer.h"

namespace banyan::php {

class Lexer {
 public:
  Lexer(std::string_view source, const LexOptions& options);
  TokenStream run();

 private:
  enum class Mode : std::uint8_t {
    kInitial,       // outside of the tags
    kScripting,     // code
    kDoubleQuotes,  // inside "..."
    kBackticks,     // inside `...`
    kHeredoc,
    kNowdoc,
    kHeredocEnd,    // at the closing label
    kVariableName,  // after "${" inside a string
    kOffset,        // inside "$a[...]"
  };

  struct Heredoc {
    std::string_view label;
    std::uint32_t first_text;       // into heredoc_texts_
    std::uint32_t indentation = 0;  // of the closing label
    bool starts_with_variable = false;
  };

  // Bytes. at(n) is 0 beyond the end.
  char at(std::size_t ahead) const { return ahead < static_cast<std::size_t>(end_ - cursor_) ? cursor_[ahead] : '\0'; }
  bool has(Feature feature) const { return options_.features.has(feature); }
  std::uint32_t offset_of(const char* where) const { return static_cast<std::uint32_t>(where - begin_); }
  // Adds the token that begins at `start`; the cursor is where it ends.
  void emit(TokenKind kind, const char* start);
  void emit_bytes(TokenKind kind, std::size_t length);
  void complain(const char* where, std::size_t length, const char* code, const char* message);
  void push_mode(Mode mode);
  void pop_mode();

  // lexer.cpp: text outside of the tags, white space, comments, words.
  void lex_step();
  void lex_initial();
  bool lex_open_tag();
  const char* find_open_tag(const char* from) const;
  std::size_t open_tag_length(const char* tag) const;
  std::size_t script_tag_length(const char* tag) const;
  void lex_shebang();
  void lex_scripting();
  void lex_code_token();
  void lex_whitespace();
  void lex_line_comment();
  void lex_block_comment();
  void lex_close_tag(std::size_t length);
  void lex_word();
  void lex_plain_word();
  bool lex_set_modifier(TokenKind kind, const char* start);
  bool lex_yield_from(const char* start);
  bool enum_is_keyword(const char* after) const;
  void lex_backslash();
  void lex_variable();
  const char* skip_label(const char* from) const;
  const char* skip_space_and_comments(const char* from) const;
  void halt_after_terminator();

  // lex_operator.cpp
  void lex_operator();
  bool lex_cast();
  TokenKind operator_kind(std::size_t& length) const;
  TokenKind angle_kind(std::size_t& length) const;
  TokenKind equality_kind(std::size_t& length) const;
  TokenKind arithmetic_kind(std::size_t& length) const;
  TokenKind logic_kind(std::size_t& length) const;
  TokenKind punctuation_kind(std::size_t& length) const;

  // lex_number.cpp
  void lex_number();
  const char* skip_digits(const char* from, unsigned classes) const;
  bool lex_prefixed_integer(const char* start);
  void check_octal(const char* start);

  // lex_string.cpp
  void lex_single_quoted(const char* start);
  void lex_double_quoted(const char* start);
  void lex_quoted_part(char quote, Mode mode);
  bool lex_interpolation();
  const char* find_part_end(const char* from, char quote) const;
  bool starts_interpolation(const char* where) const;
  void check_escapes(const char* from, const char* to);
  void lex_variable_name();
  void lex_offset();
  void lex_number_in_string();

  // lex_heredoc.cpp
  bool lex_heredoc_start(const char* start);
  void lex_heredoc_part();
  void lex_nowdoc();
  void lex_heredoc_end();
  bool closes_heredoc(const char* line, std::uint32_t* indentation);
  const char* find_heredoc_part_end(const char* from, bool interpolates, bool* closed);
  void check_heredoc_indentation(const Heredoc& heredoc);
  bool check_text_indentation(const char* from, const char* to, const Heredoc& heredoc, bool last);
  const char* check_line_indentation(const char* line, const char* to, const Heredoc& heredoc, bool blank_allowed);

  const char* begin_;
  const char* end_;
  const char* cursor_;
  LexOptions options_;
  TokenStream out_;
  Mode mode_ = Mode::kInitial;
  TokenKind last_significant_ = TokenKind::kEndOfFile;
  bool halting_ = false;            // __halt_compiler was seen
  std::uint8_t halt_position_ = 0;  // how much of "();" was seen since
  std::vector<Mode> modes_;
  std::vector<Heredoc> heredocs_;
  struct TextRange {
    const char* from;
    const char* to;
  };
  std::vector<TextRange> heredoc_texts_;
};

}  // namespace banyan::php
