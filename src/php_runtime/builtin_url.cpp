#include <array>

#include "php_runtime/builtin_encoding.h"
#include "php_runtime/object.h"

namespace banyan::php_runtime {

String base64_encode(const String& s) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((s.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < s.size(); i += 3) {
    const std::size_t left = s.size() - i;
    const unsigned bits = unsigned{byte_at(s, i)} << 16 | (left > 1 ? unsigned{byte_at(s, i + 1)} << 8 : 0) |
                          (left > 2 ? unsigned{byte_at(s, i + 2)} : 0);
    out += letters[bits >> 18];
    out += letters[(bits >> 12) & 63];
    out += left > 1 ? letters[(bits >> 6) & 63] : '=';
    out += left > 2 ? letters[bits & 63] : '=';
  }
  return out;
}

namespace {

int base64_value(char c) {
  if (is_upper(c)) return c - 'A';
  if (is_lower(c)) return c - 'a' + 26;
  if (is_ascii_digit(c)) return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

// Bytes that do not belong are skipped, or refused where strict.
std::optional<String> base64_decode(const String& s, bool strict) {
  std::string out;
  unsigned bits = 0;
  std::size_t count = 0, padding = 0;
  for (char c : s) {
    if (c == '=') {
      ++padding;
      continue;
    }
    const int v = base64_value(c);
    if (v < 0) {
      if (strict && !has(" \t\n\r", c)) return std::nullopt;
      continue;
    }
    if (padding > 0 && strict) return std::nullopt;
    bits = bits << 6 | static_cast<unsigned>(v);
    constexpr std::array<unsigned, 4> shift = {0, 0, 4, 2};
    if (++count % 4 != 1) out += static_cast<char>(bits >> shift[count % 4]);
  }
  if (strict && (count % 4 == 1 || (padding > 0 && (padding > 2 || (count + padding) % 4 != 0)))) return std::nullopt;
  return out;
}

namespace {

String percent_encode(std::string_view s, std::string_view kept, bool plus) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (is_ascii_alnum(s[i]) || has(kept, s[i])) {
      out += s[i];
    } else if (s[i] == ' ' && plus) {
      out += '+';
    } else {
      out += '%';
      out += "0123456789ABCDEF"[byte_at(s, i) >> 4];
      out += "0123456789ABCDEF"[byte_at(s, i) & 15];
    }
  }
  return out;
}

String percent_decode(std::string_view s, bool plus) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '%' && i + 2 < s.size() && digit_value(s[i + 1]) < 16 && digit_value(s[i + 2]) < 16) {
      out += static_cast<char>(digit_value(s[i + 1]) * 16 + digit_value(s[i + 2]));
      i += 2;
    } else {
      out += s[i] == '+' && plus ? ' ' : s[i];
    }
  }
  return out;
}

}  // namespace

String urlencode(const String& s) { return percent_encode(s, "-_.", true); }
String rawurlencode(const String& s) { return percent_encode(s, "-_.~", false); }
String urldecode(const String& s) { return percent_decode(s, true); }
String rawurldecode(const String& s) { return percent_decode(s, false); }

namespace {

struct Query {
  std::string_view prefix, separator;
  String (*encode)(const String&);
  String out;

  void add(const std::string& name, const String& value) {
    if (!out.empty()) out += separator;
    out += concat({name, "=", encode(value)});
  }

  // `under` is the name of what holds the array, null for the outermost.
  void elements(const Array& array, const std::string* under) {
    for (const auto& [key, raw] : array) {
      std::string name = encode(key.string()).str();
      if (under != nullptr) {
        name = concat({*under, "%5B", name, "%5D"});
      } else if (!key.is_text()) {
        name = concat({prefix, name});
      }
      const Value& v = raw.deref();
      if (v.is_array()) {
        elements(v.as_array(), &name);
      } else if (v.is_object()) {
        elements(to_array(v), &name);
      } else if (v.is_bool()) {
        add(name, v.as_bool() ? "1" : "0");
      } else if (!v.is_null()) {
        add(name, to_string(v));
      }
    }
  }
};

}  // namespace

String http_build_query(const Value& data, const String& prefix, const Value& separator, Int kind) {
  const String sign = separator.is_null() ? String("&") : to_string(separator);
  Query query{prefix, c_string(sign), kind == 2 ? rawurlencode : urlencode, {}};
  query.elements(to_array(data), nullptr);
  return query.out;
}

}  // namespace banyan::php_runtime
