#include "json/parse.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/utf8.h"
#include "json/scan.h"

namespace banyan::json {
namespace {

// Zero bytes after the copy of the text: a 16-byte load at its last byte stays inside, and the zero ends every token.
constexpr std::size_t kPadding = 32;
constexpr std::size_t kTextCeiling = std::size_t{1} << 30;
constexpr std::uint32_t kNoParent = 0;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Four hexadecimal digits, or a negative number.
int hex4(const char* p) {
  int code = 0;
  for (int i = 0; i < 4; ++i) {
    int digit = hex_digit(p[i]);
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

class Parser {
 public:
  Parser(std::string_view source, const ParseOptions& options)
      : source_(source),
        options_(options),
        depth_max_(std::min(options.depth_max, kDepthCeiling)),
        text_(std::make_unique_for_overwrite<char[]>(source.size() + kPadding)),
        p_(text_.get()),
        end_(text_.get() + source.size()) {
    if (!source.empty()) std::memcpy(text_.get(), source.data(), source.size());
    std::memset(end_, 0, kPadding);
    nodes_.reserve(std::min(source.size() / 8 + 8, options.nodes_max));
  }

  Result<Document> run() {
    if (!document()) return failure();
    return Document(std::move(text_), std::move(nodes_));
  }

 private:
  // Each of these moves p_ past what it read, or notes what is wrong and returns false.
  bool document();
  bool value();
  bool open(Kind kind);
  bool after_value();
  bool key();
  bool string();
  bool string_with_escapes(std::uint32_t start);
  bool escape(char*& out);
  bool unicode_escape(char*& out);
  bool number();
  bool literal(std::string_view word, Kind kind, bool flag);

  bool push(Kind kind, bool flag, std::uint32_t offset, std::uint32_t length) {
    if (nodes_.size() >= options_.nodes_max) return exhausted("more values than the limit of ", options_.nodes_max);
    nodes_.push_back({kind, flag, offset, length, 1});
    return true;
  }
  void close();
  void skip_space() {
    while (*p_ == ' ' || *p_ == '\n' || *p_ == '\t' || *p_ == '\r') ++p_;
  }
  std::uint32_t offset() const { return static_cast<std::uint32_t>(p_ - text_.get()); }

  bool fail(std::string message) {
    message_ = std::move(message);
    return false;
  }
  bool unexpected(std::string_view wanted);
  bool exhausted(std::string_view what, std::size_t limit) {
    code_ = ErrorCode::kResourceExhausted;
    return fail(std::string(what) + std::to_string(limit));
  }
  Error failure() const;

  std::string_view source_;  // the text untouched, for counting lines
  const ParseOptions& options_;
  std::size_t depth_max_;
  std::unique_ptr<char[]> text_;
  char* p_;
  char* end_;
  std::vector<Node> nodes_;
  std::size_t depth_ = 0;
  std::uint32_t container_ = 0;  // the innermost open one, meaningful while depth_ > 0
  ErrorCode code_ = ErrorCode::kInvalidArgument;
  std::string message_;
};

bool Parser::document() {
  skip_space();
  do {
    if (!value()) return false;
    if (!after_value()) return false;
  } while (depth_ > 0);
  skip_space();
  return p_ == end_ || unexpected("the end of the text after the value");
}

// Reads one scalar, or opens containers up to the first scalar or empty container in them.
bool Parser::value() {
  for (;;) {
    skip_space();
    switch (*p_) {
      case '{':
        if (!open(Kind::kObject)) return false;
        if (*p_ == '}') return true;
        if (!key()) return false;
        break;
      case '[':
        if (!open(Kind::kArray)) return false;
        if (*p_ == ']') return true;
        break;
      case '"':
        return string();
      case 't':
        return literal("true", Kind::kBoolean, true);
      case 'f':
        return literal("false", Kind::kBoolean, false);
      case 'n':
        return literal("null", Kind::kNull, false);
      default:
        return number();
    }
    ++nodes_[container_].length;
  }
}

bool Parser::open(Kind kind) {
  if (depth_ == depth_max_) return exhausted("nested deeper than the limit of ", depth_max_);
  auto index = static_cast<std::uint32_t>(nodes_.size());
  if (!push(kind, false, offset(), 0)) return false;
  nodes_[index].span = depth_ == 0 ? kNoParent : container_;  // the parent, until close() puts the span here
  container_ = index;
  ++depth_;
  ++p_;
  skip_space();
  return true;
}

void Parser::close() {
  Node& node = nodes_[container_];
  std::uint32_t parent = node.span;
  node.span = static_cast<std::uint32_t>(nodes_.size()) - container_;
  container_ = parent;
  --depth_;
  ++p_;
}

// After a value: closes what ends here, and stops where the next value begins or the document is complete.
bool Parser::after_value() {
  while (depth_ > 0) {
    skip_space();
    bool object = nodes_[container_].kind == Kind::kObject;
    if (*p_ == (object ? '}' : ']')) {
      close();
    } else if (*p_ == ',') {
      ++p_;
      ++nodes_[container_].length;
      return !object || (skip_space(), key());
    } else {
      return unexpected(object ? "',' or '}' after a member" : "',' or ']' after an element");
    }
  }
  return true;
}

bool Parser::key() {
  if (*p_ != '"') return unexpected("a member's name in double quotes");
  if (!string()) return false;
  skip_space();
  if (*p_ != ':') return unexpected("':' after a member's name");
  ++p_;
  return true;
}

bool Parser::string() {
  ++p_;
  std::uint32_t start = offset();
  for (;;) {
    unsigned mask = special_mask(p_);
    if (mask == 0) {
      p_ += 16;
      continue;
    }
    p_ += std::countr_zero(mask);
    if (*p_ == '"') {
      std::uint32_t length = offset() - start;
      ++p_;
      return push(Kind::kString, false, start, length);
    }
    if (*p_ == '\\') return string_with_escapes(start);
    if (static_cast<unsigned char>(*p_) < 0x20) break;
    std::size_t length = utf8_sequence_bytes({p_, end_}, 0);
    if (length == 0) return fail("bytes that are not UTF-8 in a string");
    p_ += length;
  }
  if (p_ == end_) return fail("the text ends inside a string");
  return fail("a control character in a string: write it as \\u00XX");
}

// From the first escape on, the string is moved down over the text already read: it never grows.
bool Parser::string_with_escapes(std::uint32_t start) {
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
  return push(Kind::kString, false, start, static_cast<std::uint32_t>(out - text_.get()) - start);
}

bool Parser::escape(char*& out) {
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

bool Parser::unicode_escape(char*& out) {
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

bool Parser::number() {
  char* start = p_;
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
  return push(Kind::kNumber, integer, static_cast<std::uint32_t>(start - text_.get()),
              static_cast<std::uint32_t>(p - start));
}

bool Parser::literal(std::string_view word, Kind kind, bool flag) {
  if (std::memcmp(p_, word.data(), word.size()) != 0) return unexpected("a value");
  if (!push(kind, flag, offset(), static_cast<std::uint32_t>(word.size()))) return false;
  p_ += word.size();
  return true;
}

bool Parser::unexpected(std::string_view wanted) {
  std::string message = "expected ";
  message += wanted;
  if (p_ == end_) return fail(message + ", found the end of the text");
  auto byte = static_cast<unsigned char>(*p_);
  if (byte > 0x20 && byte < 0x7F) return fail(message + ", found '" + *p_ + "'");
  constexpr char kDigits[] = "0123456789abcdef";
  return fail(message + ", found the byte 0x" + kDigits[byte >> 4] + kDigits[byte & 15]);
}

Error failure_at(std::string_view source, std::size_t offset, ErrorCode code, std::string_view message) {
  std::string_view before = source.substr(0, offset);
  auto line = 1 + std::ranges::count(before, '\n');
  std::string_view in_line = before.substr(before.rfind('\n') + 1);
  auto column = 1 + std::ranges::count_if(in_line, [](char c) { return (c & 0xC0) != 0x80; });
  return Error(code, "line " + std::to_string(line) + ", column " + std::to_string(column) + " (byte " +
                         std::to_string(offset) + "): " + std::string(message));
}

Error Parser::failure() const { return failure_at(source_, offset(), code_, message_); }

}  // namespace

Result<Document> parse(std::string_view text, const ParseOptions& options) {
  std::size_t bytes_max = std::min(options.bytes_max, kTextCeiling);
  if (text.size() > bytes_max) {
    return Error(ErrorCode::kResourceExhausted, "a JSON text of " + std::to_string(text.size()) +
                                                    " bytes, more than the limit of " + std::to_string(bytes_max));
  }
  BANYAN_TRY(Document document, Parser(text, options).run());
  if (options.refuse_duplicate_keys) {
    for (const DuplicateKey& duplicate : find_duplicate_keys(document.root(), 1)) {
      return failure_at(text, duplicate.offset, ErrorCode::kInvalidArgument,
                        "the name '" + std::string(duplicate.key) + "' stands twice in one object");
    }
  }
  return document;
}

}  // namespace banyan::json
