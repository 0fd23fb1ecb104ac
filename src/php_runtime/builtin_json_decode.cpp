// json_decode(), after https://www.php.net/manual/en/function.json-decode.php.
#include <charconv>

#include "php_runtime/builtin_json.h"
#include "php_runtime/json_flags.h"
#include "php_runtime/object.h"
#include "php_runtime/throwable.h"
#include "php_runtime/utf8.h"

namespace banyan::php_runtime {
namespace {

// How deep values may nest whatever the caller asks for: each level takes some of the stack.
constexpr Int kNestingMax = 20000;

class Decoder {
 public:
  Decoder(std::string_view text, Int depth_max, bool assoc, Int flags)
      : text_(text), depth_max_(depth_max), assoc_(assoc), flags_(flags) {}

  // False where the text is none; code() says why.
  bool run(Value& out) {
    if (!value(out)) return false;
    space();
    return at_ == text_.size() || unexpected();
  }
  JsonError code() const { return code_; }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void space() {
    while (at_ < text_.size() && has(" \t\n\r", text_[at_])) ++at_;
  }

  bool fail(JsonError code) {
    code_ = code;
    return false;
  }

  // Fails for what stands here: control characters and broken UTF-8 have codes of their own.
  bool unexpected() {
    if (at_ == text_.size()) return fail(kJsonSyntax);
    const char c = text_[at_];
    if (c >= 0 && c < 32 && !has("\n\t\r", c)) return fail(kJsonControl);
    std::size_t size = 0;
    return fail(decode_rune(text_.substr(at_), size) == kNoRune ? kJsonUtf8 : kJsonSyntax);
  }

  bool value(Value& out) {
    space();
    const char c = peek();
    if (c == '{') return object(out);
    if (c == '[') return array(out);
    if (c == '-' || is_ascii_digit(c)) return number(out);
    if (c == '"') {
      std::string s;
      if (!str(s)) return false;
      out = s;
      return true;
    }
    if (literal("true")) return out = true, true;
    if (literal("false")) return out = false, true;
    if (literal("null")) return out = Value(), true;
    return unexpected();
  }

  bool literal(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  bool enter() {
    ++at_;
    return ++depth_ < std::min(depth_max_, kNestingMax) || fail(kJsonDepth);
  }

  bool leave() {
    ++at_;
    --depth_;
    return true;
  }

  bool array(Value& out) {
    if (!enter()) return false;
    Array elements;
    space();
    bool first_one = true;
    while (!(first_one && peek() == ']')) {
      Value v;
      if (!value(v)) return false;
      elements.append(std::move(v));
      first_one = false;
      space();
      if (peek() == ']') break;
      if (peek() == '}') return fail(kJsonMismatch);
      if (peek() != ',') return unexpected();
      ++at_;
    }
    out = std::move(elements);
    return leave();
  }

  bool object(Value& out) {
    if (!enter()) return false;
    Array members;
    space();
    bool first_one = true;
    while (!(first_one && peek() == '}')) {
      if (!member(members)) return false;
      first_one = false;
      if (peek() == '}') break;
      if (peek() == ']') return fail(kJsonMismatch);
      if (peek() != ',') return unexpected();
      ++at_;
    }
    if (assoc_) {
      out = std::move(members);
    } else {
      out = Value(to_object(members));
    }
    return leave();
  }

  bool member(Array& members) {
    std::string name;
    Value v;
    space();
    if (peek() != '"') return unexpected();
    if (!str(name)) return false;
    space();
    if (peek() != ':') return unexpected();
    ++at_;
    if (!value(v)) return false;
    if (!assoc_ && name.starts_with('\0')) return fail(kJsonPropertyName);
    members.set_text(name, std::move(v));
    space();
    return true;
  }

  void digits() {
    while (is_ascii_digit(peek())) ++at_;
  }

  bool number(Value& out) {
    const std::size_t start = at_;
    if (peek() == '-') ++at_;
    if (!is_ascii_digit(peek())) return unexpected();
    if (peek() == '0') {
      ++at_;
    } else {
      digits();
    }
    bool real = false;
    if (peek() == '.' && at_ + 1 < text_.size() && is_ascii_digit(text_[at_ + 1])) {
      ++at_;
      digits();
      real = true;
    }
    real = exponent() || real;
    const std::string_view written = text_.substr(start, at_ - start);
    Int n = 0;
    if (written == "-0") {
      out = 0;  // as PHP's own reader has it
    } else if (!real && std::from_chars(written.data(), written.data() + written.size(), n).ec == std::errc()) {
      out = n;
    } else if (!real && (flags_ & kJsonBigintAsString) != 0) {
      out = String(written);
    } else {
      out = string_to_float(written);
    }
    return true;
  }

  bool exponent() {
    if (ascii_lower(peek()) != 'e') return false;
    const std::size_t mark = at_++;
    if (peek() == '+' || peek() == '-') ++at_;
    if (is_ascii_digit(peek())) {
      digits();
      return true;
    }
    at_ = mark;
    return false;
  }

  bool str(std::string& out) {
    ++at_;
    while (true) {
      if (at_ >= text_.size()) return fail(kJsonControl);
      const char c = text_[at_];
      if (c == '"') return ++at_, true;
      if (c == '\\') {
        if (!escape(out)) return false;
        continue;
      }
      if (c >= 0 && c < 32) return fail(kJsonControl);
      std::size_t size = 0;
      if (decode_rune(text_.substr(at_), size) != kNoRune) {
        out += text_.substr(at_, size);
      } else if ((flags_ & kJsonInvalidSubstitute) != 0) {
        out += "\xef\xbf\xbd";
      } else if ((flags_ & kJsonInvalidIgnore) == 0) {
        return fail(kJsonUtf8);
      }
      at_ += size;
    }
  }

  bool escape(std::string& out) {
    if (at_ + 1 >= text_.size()) return fail(kJsonControl);
    constexpr std::string_view letters = "\"\\/bfnrt";
    if (const std::size_t i = letters.find(text_[at_ + 1]); i != std::string_view::npos) {
      out += "\"\\/\b\f\n\r\t"[i];
      at_ += 2;
      return true;
    }
    std::uint32_t rune = hex(at_);
    if (rune == kNoRune) return fail(kJsonSyntax);
    at_ += 6;
    if (rune >= 0xd800 && rune < 0xe000) {
      const std::uint32_t low = hex(at_);
      if (rune >= 0xdc00 || low < 0xdc00 || low >= 0xe000) return fail(kJsonUtf16);
      at_ += 6;
      rune = 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
    }
    append_rune(out, rune);
    return true;
  }

  // The \uXXXX at a place, kNoRune where there is none.
  std::uint32_t hex(std::size_t at) const {
    if (at + 6 > text_.size() || text_[at] != '\\' || text_[at + 1] != 'u') return kNoRune;
    std::uint32_t n = 0;
    for (char c : text_.substr(at + 2, 4)) {
      if (digit_value(c) > 15) return kNoRune;
      n = n * 16 + static_cast<unsigned>(digit_value(c));
    }
    return n;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Int depth_ = 0;
  Int depth_max_;
  bool assoc_;
  Int flags_;
  JsonError code_ = kJsonNone;
};

Value failed(JsonError code, bool throws) {
  if (throws) throw_json(code);
  request_state<JsonState>().last = code;
  return {};
}

}  // namespace

// assoc is a bool or null.
Value json_decode(const String& text, const Value& assoc, Int depth, Int flags) {
  const bool throws = (flags & kJsonThrow) != 0;
  if (!throws) request_state<JsonState>().last = kJsonNone;
  if (text.empty()) return failed(kJsonSyntax, throws);
  if (depth < 1) bad_argument("json_decode", 3, "depth", "must be greater than 0");
  if (depth > INT32_MAX) bad_argument("json_decode", 3, "depth", "must be less than 2147483647");
  const bool arrays = assoc.is_true() || (assoc.is_null() && (flags & kJsonObjectAsArray) != 0);
  Decoder decoder(text, depth, arrays, flags);
  Value out;
  if (!decoder.run(out)) return failed(decoder.code(), throws);
  return out;
}

}  // namespace banyan::php_runtime
