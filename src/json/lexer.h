// Tokens of JSON text, for those who make something of them: the tree (json/parse.h), and structs (module json_bind).
//
// The text is copied once, with zero bytes behind it, so that no step has to ask whether it is at the end; strings are
// decoded in place, where they never grow. What is no token of RFC 8259 is refused, and so is what parse.h names.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace banyan::json {

struct NumberToken {
  std::string_view text;
  bool integer = false;  // neither fraction nor exponent
};

class Lexer {
 public:
  explicit Lexer(std::string_view source);

  // The next byte; 0 at the end of the text, and where a zero byte stands in it.
  char peek() const { return *p_; }
  bool at_end() const { return p_ == end_; }
  void advance() { ++p_; }
  void skip_space() {
    while (*p_ == ' ' || *p_ == '\n' || *p_ == '\t' || *p_ == '\r') ++p_;
  }
  std::size_t offset() const { return static_cast<std::size_t>(p_ - text_.get()); }
  // The copy of the text from `begin` to here. Escapes in strings read since have been decoded in place, so it is the
  // text as it came only where `source` is asked.
  std::string_view source_from(std::size_t begin) const { return source_.substr(begin, offset() - begin); }
  const char* text() const { return text_.get(); }
  std::unique_ptr<char[]> take_text() { return std::move(text_); }

  // Each moves past what it reads, or notes what is wrong and returns false. Views point into the copy.
  bool string(std::string_view* out);  // where peek() is a quote
  bool number(NumberToken* out);
  bool literal(std::string_view word);

  // Notes what is wrong here; they return false.
  bool fail(std::string message) {
    message_ = std::move(message);
    return false;
  }
  bool unexpected(std::string_view wanted);
  bool exhausted(std::string_view what, std::size_t limit);
  // What was noted, with line, column and byte.
  Error failure() const;

 private:
  bool string_with_escapes(char* start, std::string_view* result);
  bool escape(char*& out);
  bool unicode_escape(char*& out);

  std::string_view source_;
  std::unique_ptr<char[]> text_;
  char* p_;
  char* end_;
  ErrorCode code_ = ErrorCode::kInvalidArgument;
  std::string message_;
};

// An error whose message begins "line 3, column 14 (byte 42): ".
Error error_at(std::string_view text, std::size_t offset, ErrorCode code, std::string_view message);

}  // namespace banyan::json
