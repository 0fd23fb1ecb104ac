#include "php_runtime/builtin_json.h"

#include <cmath>

#include "php_runtime/json_flags.h"
#include "php_runtime/object.h"
#include "php_runtime/spl.h"
#include "php_runtime/throwable.h"
#include "php_runtime/utf8.h"

namespace banyan::php_runtime {

std::string_view json_message(JsonError code) {
  constexpr std::string_view messages[] = {"No error",
                                           "Maximum stack depth exceeded",
                                           "State mismatch (invalid or malformed JSON)",
                                           "Control character error, possibly incorrectly encoded",
                                           "Syntax error",
                                           "Malformed UTF-8 characters, possibly incorrectly encoded",
                                           "Recursion detected",
                                           "Inf and NaN cannot be JSON encoded",
                                           "Type is not supported",
                                           "The decoded property name is invalid",
                                           "Single unpaired UTF-16 surrogate in unicode escape",
                                           "Non-backed enums have no default serialization"};
  return messages[code];
}

void throw_json(JsonError code) { raise(new_exception("JsonException", json_message(code), code)); }

namespace {

class Encoder {
 public:
  Encoder(Int flags, Int depth_max) : flags_(flags), depth_max_(depth_max) {}

  void value(const Value& v) {
    if (stopped()) return;
    switch (v.kind()) {
      case Kind::kBool:
        out_ += v.as_bool() ? "true" : "false";
        return;
      case Kind::kInt:
        out_ += std::to_string(v.as_int());
        return;
      case Kind::kFloat:
        return real(v.as_float());
      case Kind::kString:
        return text(v.as_string());
      case Kind::kArray:
        return array(v.as_array());
      case Kind::kObject:
        return object(v);
      case Kind::kResource:
        return fail(kJsonUnsupported, "null");
      default:
        out_ += "null";
    }
  }

  JsonError code() const { return code_; }
  String take() { return out_; }

 private:
  bool has_flag(Int flag) const { return (flags_ & flag) != 0; }
  bool stopped() const { return code_ != kJsonNone && !has_flag(kJsonPartialOutput); }

  void fail(JsonError code, std::string_view instead) {
    code_ = code;
    out_ += instead;
  }

  void real(double f) {
    if (!std::isfinite(f)) return fail(kJsonInfinite, "0");
    std::string shown = float_repr(f).str();
    if (const std::size_t e = shown.find('E'); e != std::string::npos) shown[e] = 'e';
    if (has_flag(kJsonPreserveZero) && shown.find_first_of(".e") == std::string::npos) shown += ".0";
    out_ += shown;
  }

  void newline() {
    if (!has_flag(kJsonPrettyPrint)) return;
    out_ += '\n';
    out_.append(index(4 * depth_), ' ');
  }

  void open(char bracket) {
    out_ += bracket;
    ++depth_;
  }

  // Before an element.
  void item(bool first_one) {
    if (!first_one) out_ += ',';
    newline();
  }

  void close(char bracket, bool empty) {
    const bool too_deep = depth_ > depth_max_;
    --depth_;
    if (too_deep) {
      code_ = kJsonDepth;
      if (stopped() && !empty) return;
    }
    if (!empty) newline();
    out_ += bracket;
  }

  void array(const Array& elements) {
    const bool list = elements.is_list() && !has_flag(kJsonForceObject);
    open(list ? '[' : '{');
    bool begun = false;
    for (const auto& [key, raw] : elements) {
      if (stopped()) break;
      item(!begun);
      begun = true;
      if (list) {
        value(raw.deref());
      } else {
        member(key.string(), raw.deref());
      }
    }
    close(list ? ']' : '}', elements.empty());
  }

  void member(const String& name, const Value& v) {
    const Int flags = flags_;
    flags_ &= ~kJsonNumericCheck;
    text(name);
    flags_ = flags;
    out_ += has_flag(kJsonPrettyPrint) ? ": " : ":";
    value(v);
  }

  void object(const Value& v) {
    Object& o = v.as_object();
    if (o.busy) return fail(kJsonRecursion, "null");
    o.busy = true;
    try {
      if (is_a(v, "JsonSerializable")) {
        serialized(v, call_method(o, "jsonSerialize"));
      } else if (o.of().has_flag(kEnum)) {
        enum_case(o);
      } else if (dynamic_cast<const Container*>(&o) != nullptr) {
        container(object_to_array(o));
      } else {
        public_properties(o);
      }
    } catch (...) {
      o.busy = false;
      throw;
    }
    o.busy = false;
  }

  void enum_case(const Object& o) {
    const Value* backing = o.properties.lookup(Key(String("value")));
    if (backing == nullptr) return fail(kJsonNonBacked, "0");
    value(*backing);
  }

  // What an object of PHP's own is as an array, without the properties that others do not see.
  void container(const Array& held) {
    open('{');
    bool begun = false;
    for (const auto& [key, raw] : held) {
      const String name = key.string();
      if (name.view().starts_with('\0')) continue;
      if (begun && stopped()) break;
      item(!begun);
      begun = true;
      member(name, raw.deref());
    }
    close('}', !begun);
  }

  void public_properties(const Object& o) {
    open('{');
    bool begun = false;
    for (const Property& p : properties_of(o)) {
      if (p.value.is_undefined() || (p.visibility != "public" && !p.visibility.empty())) continue;
      if (begun && stopped()) break;
      item(!begun);
      begun = true;
      member(String(p.name), p.value.deref());
    }
    close('}', !begun);
  }

  // An object that gives itself is written by its properties.
  void serialized(const Value& o, const Value& given) {
    if (given.deref().is_object() && &given.deref().as_object() == &o.as_object())
      return public_properties(o.as_object());
    value(given.deref());
  }

  void text(std::string_view s) {
    if (has_flag(kJsonNumericCheck)) {
      bool whole = false;
      const Value n = parse_number(s, whole);
      if (whole && std::isfinite(to_float(n))) return value(n);
    }
    const std::size_t start = out_.size();
    out_ += '"';
    for (std::size_t size = 0; !s.empty(); s.remove_prefix(size)) {
      const std::uint32_t rune = decode_rune(s, size);
      if (rune == kNoRune) {
        if (has_flag(kJsonInvalidIgnore)) continue;
        if (!has_flag(kJsonInvalidSubstitute)) {
          out_.resize(start);
          return fail(kJsonUtf8, "null");
        }
        wide(0xfffd, "\xef\xbf\xbd");
      } else if (rune < 0x80) {
        ascii(s[0]);
      } else {
        wide(rune, s.substr(0, size));
      }
    }
    out_ += '"';
  }

  void wide(std::uint32_t rune, std::string_view bytes) {
    const bool line_end = rune == 0x2028 || rune == 0x2029;
    if (has_flag(kJsonUnescapedUnicode) && (!line_end || has_flag(kJsonUnescapedLineEnds))) {
      out_ += bytes;
    } else if (rune > 0xffff) {
      escape(0xd800 + ((rune - 0x10000) >> 10));
      escape(0xdc00 + ((rune - 0x10000) & 0x3ff));
    } else {
      escape(rune);
    }
  }

  void escape(std::uint32_t unit) {
    out_ += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out_ += "0123456789abcdef"[(unit >> shift) & 15];
  }

  void ascii(char c) {
    auto either = [&](Int flag, std::string_view set, std::string_view clear) { out_ += has_flag(flag) ? set : clear; };
    switch (c) {
      case '"':
        return either(kJsonHexQuot, "\\u0022", "\\\"");
      case '/':
        return either(kJsonUnescapedSlashes, "/", "\\/");
      case '<':
        return either(kJsonHexTag, "\\u003C", "<");
      case '>':
        return either(kJsonHexTag, "\\u003E", ">");
      case '&':
        return either(kJsonHexAmp, "\\u0026", "&");
      case '\'':
        return either(kJsonHexApos, "\\u0027", "'");
      default:
        break;
    }
    constexpr std::string_view plain = "\\\b\f\n\r\t";
    if (const std::size_t at = plain.find(c); at != std::string_view::npos) {
      out_ += '\\';
      out_ += "\\bfnrt"[at];
    } else if (c < 32) {
      escape(static_cast<unsigned char>(c));
    } else {
      out_ += c;
    }
  }

  std::string out_;
  Int flags_;
  Int depth_ = 0;
  Int depth_max_;
  JsonError code_ = kJsonNone;
};

}  // namespace

std::optional<String> json_encode(const Value& v, Int flags, Int depth) {
  Encoder encoder(flags, static_cast<std::int32_t>(depth));  // as PHP cuts it off
  encoder.value(v.deref());
  const bool partial = (flags & kJsonPartialOutput) != 0, failed = encoder.code() != kJsonNone;
  if ((flags & kJsonThrow) != 0) {
    if (failed && !partial) throw_json(encoder.code());
    return encoder.take();
  }
  request_state<JsonState>().last = encoder.code();
  if (failed && !partial) return std::nullopt;
  return encoder.take();
}

Int json_last_error() { return request_state<JsonState>().last; }
String json_last_error_msg() { return json_message(request_state<JsonState>().last); }

}  // namespace banyan::php_runtime
