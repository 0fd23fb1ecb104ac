#include "redis/resp_value.h"

#include <charconv>

namespace banyan {
namespace {

template <class T>
std::optional<T> number_of(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

void describe_text(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.append(1, '\\').append(1, c);
    } else if (c >= ' ' && c < 127) {
      out += c;
    } else {
      constexpr char kHex[] = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      out.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
  out += '"';
}

void describe_items(const RespValue& value, std::string& out);

void describe_into(const RespValue& value, std::string& out) {
  switch (value.type) {
    case RespType::kNull:
      out += "null";
      return;
    case RespType::kSimpleString:
    case RespType::kBigNumber:
    case RespType::kDouble:
      out += value.text;
      return;
    case RespType::kError:
      out.append("!").append(value.text);
      return;
    case RespType::kInteger:
      out += std::to_string(value.integer);
      return;
    case RespType::kBoolean:
      out += value.integer != 0 ? "true" : "false";
      return;
    case RespType::kString:
    case RespType::kVerbatim:
      describe_text(value.text, out);
      return;
    default:
      describe_items(value, out);
  }
}

// Depth is bounded by the reader that made the value.
void describe_items(const RespValue& value, std::string& out) {
  const bool map = value.type == RespType::kMap;
  if (value.type == RespType::kPush) out += '>';
  if (value.type == RespType::kSet) out += '~';
  out += map ? '{' : '[';
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) out += map && i % 2 == 1 ? ": " : ", ";
    describe_into(value.items[i], out);
  }
  out += map ? '}' : ']';
}

}  // namespace

std::string_view resp_type_name(RespType type) {
  static constexpr std::string_view kNames[] = {"null",    "simple string", "error",  "integer",         "double",
                                                "boolean", "big number",    "string", "verbatim string", "array",
                                                "map",     "set",           "push"};
  return kNames[static_cast<std::size_t>(type)];
}

bool RespValue::is_text() const {
  return type == RespType::kString || type == RespType::kSimpleString || type == RespType::kVerbatim;
}

std::optional<std::int64_t> RespValue::as_integer() const {
  if (type == RespType::kInteger || type == RespType::kBoolean) return integer;
  if (is_text()) return number_of<std::int64_t>(text);
  return std::nullopt;
}

std::optional<double> RespValue::as_double() const {
  if (type == RespType::kDouble) return real;
  if (type == RespType::kInteger) return static_cast<double>(integer);
  if (is_text()) return number_of<double>(text);
  return std::nullopt;
}

std::string RespValue::describe() const {
  std::string out;
  describe_into(*this, out);
  return out;
}

}  // namespace banyan
