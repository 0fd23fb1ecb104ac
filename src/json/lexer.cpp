#include "json/lexer.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/ascii.h"
#include "base/utf8.h"
#include "json/scan.h"

namespace banyan::json {
namespace {

// Zero bytes after the copy of the text: a 16-byte load at its last byte stays inside, and the zero ends every token.
constexpr std::size_t kPadding = 32;

// Four hexadecimal digits, or a negative number.
int hex4(const char* p) {
  int code = 0;
  for (int i = 0; i < 4; ++i) {
    int digit = hex_value(p[i]);
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}

char* put_utf8(char* out, std::uint32_t code) {
  auto put = [&out](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
  }
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Error error_at(std::string_view text, std::size_t offset, ErrorCode code, std::string_view message) {
  std::string_view before = text.substr(0, offset);
  auto line = 1 + std::ranges::count(before, '\n');
  std::string_view in_line = before.substr(before.rfind('\n') + 1);
  auto column = 1 + std::ranges::count_if(in_line, [](char c) { return (c & 0xC0) != 0x80; });
  return Error(code, "line " + std::to_string(line) + ", column " + std::to_string(column) + " (byte " +
                         std::to_string(offset) + "): " + std::string(message));
}

Lexer::Lexer(std::string_view source)
    : source_(source),
      text_(std::make_unique_for_overwrite<char[]>(source.size() + kPadding)),
      p_(text_.get()),
      end_(text_.get() + source.size()) {
  if (!source.empty()) std::memcpy(text_.get(), source.data(), source.size());
  std::memset(end_, 0, kPadding);
}

bool Lexer::string(std::string_view* out) {
  char* const start = ++p_;
  for (;;) {
    unsigned mask = special_mask(p_);
    if (mask == 0) {
      p_ += 16;
      continue;
    }
    p_ += std::countr_zero(mask);
    if (*p_ == '"') {
      *out = {start, static_cast<std::size_t>(p_ - start)};
      ++p_;
      return true;
    }
    if (*p_ == '\\') return string_with_escapes(start, out);
    if (static_cast<unsigned char>(*p_) < 0x20) break;
    std::size_t length = utf8_sequence_bytes({p_, end_}, 0);
    if (length == 0) return fail("bytes that are not UTF-8 in a string");
    p_ += length;
  }
  if (p_ == end_) return fail("the text ends inside a string");
  return fail("a control character in a string: write it as \\u00XX");
}

// From the first escape on, the string is moved down over the text already read: it never grows.
bool Lexer::string_with_escapes(char* start, std::string_view* result) {
  char* out = p_;
  for (;;) {
    unsigned mask = special_mask(p_);
    auto run = mask == 0 ? std::size_t{16} : static_cast<std::size_t>(std::countr_zero(mask));
    std::memmove(out, p_, run);
    out += run;
    p_ += run;
    if (mask == 0) continue;
    if (*p_ == '"') break;
    if (*p_ == '\\') {
      if (!escape(out)) return false;
    } else if (static_cast<unsigned char>(*p_) >= 0x80) {
      std::size_t length = utf8_sequence_bytes({p_, end_}, 0);
      if (length == 0) return fail("bytes that are not UTF-8 in a string");
      std::memmove(out, p_, length);
      out += length;
      p_ += length;
    } else if (p_ == end_) {
      return fail("the text ends inside a string");
    } else {
      return fail("a control character in a string: write it as \\u00XX");
    }
  }
  ++p_;
  *result = {start, static_cast<std::size_t>(out - start)};
  return true;
}

bool Lexer::escape(char*& out) {
  char decoded = 0;
  switch (p_[1]) {
    case '"':
      decoded = '"';
      break;
    case '\\':
      decoded = '\\';
      break;
    case '/':
      decoded = '/';
      break;
    case 'b':
      decoded = '\b';
      break;
    case 'f':
      decoded = '\f';
      break;
    case 'n':
      decoded = '\n';
      break;
    case 'r':
      decoded = '\r';
      break;
    case 't':
      decoded = '\t';
      break;
    case 'u':
      return unicode_escape(out);
    default:
      return fail("an unknown escape in a string: after '\\' stands one of \" \\ / b f n r t u");
  }
  *out++ = decoded;
  p_ += 2;
  return true;
}

bool Lexer::unicode_escape(char*& out) {
  int unit = hex4(p_ + 2);
  if (unit < 0) return fail("\\u needs four hexadecimal digits");
  auto code = static_cast<std::uint32_t>(unit);
  if (code >= 0xDC00 && code <= 0xDFFF) return fail("a low surrogate without a high one before it");
  std::size_t length = 6;
  if (code >= 0xD800 && code <= 0xDBFF) {
    int low = p_[6] == '\\' && p_[7] == 'u' ? hex4(p_ + 8) : -1;
    if (low < 0xDC00 || low > 0xDFFF) return fail("a high surrogate without a low one after it");
    code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<std::uint32_t>(low) - 0xDC00);
    length = 12;
  }
  out = put_utf8(out, code);
  p_ += length;
  return true;
}

bool Lexer::number(NumberToken* out) {
  char* const start = p_;
  bool integer = true;
  char* p = p_;
  if (*p == '-') ++p;
  if (!is_digit(*p)) {
    if (p == start) return unexpected("a value");
    p_ = p;
    return unexpected("a digit after '-'");
  }
  if (*p == '0') {
    ++p;
  } else {
    while (is_digit(*p)) ++p;
  }
  if (*p == '.') {
    integer = false;
    p_ = ++p;
    if (!is_digit(*p)) return unexpected("a digit after '.'");
    while (is_digit(*p)) ++p;
  }
  if (*p == 'e' || *p == 'E') {
    integer = false;
    ++p;
    if (*p == '+' || *p == '-') ++p;
    p_ = p;
    if (!is_digit(*p)) return unexpected("a digit in the exponent");
    while (is_digit(*p)) ++p;
  }
  p_ = p;
  if (is_digit(*p)) return fail("a number with a leading zero");
  *out = {{start, static_cast<std::size_t>(p - start)}, integer};
  return true;
}

bool Lexer::literal(std::string_view word) {
  if (std::memcmp(p_, word.data(), word.size()) != 0) return unexpected("a value");
  p_ += word.size();
  return true;
}

bool Lexer::unexpected(std::string_view wanted) {
  std::string message = "expected ";
  message += wanted;
  if (p_ == end_) return fail(message + ", found the end of the text");
  auto byte = static_cast<unsigned char>(*p_);
  if (byte > 0x20 && byte < 0x7F) return fail(message + ", found '" + *p_ + "'");
  constexpr char kDigits[] = "0123456789abcdef";
  return fail(message + ", found the byte 0x" + kDigits[byte >> 4] + kDigits[byte & 15]);
}

bool Lexer::exhausted(std::string_view what, std::size_t limit) {
  code_ = ErrorCode::kResourceExhausted;
  return fail(std::string(what) + std::to_string(limit));
}

Error Lexer::failure() const { return error_at(source_, offset(), code_, message_); }

}  // namespace banyan::json
