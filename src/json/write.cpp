#include "json/write.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/utf8.h"
#include "json/scan.h"

namespace banyan::json {
namespace {

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  constexpr char kDigits[] = "0123456789abcdef";
  auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

// TEXT needs no escape. The size that the C++ library hands to the function may be the capacity (libstdc++ 12).
void append_quoted(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  const std::size_t after = before + text.size() + 2;
  out.resize_and_overwrite(after, [&](char* data, std::size_t) {
    data[before] = '"';
    text.copy(data + before + 1, text.size());
    data[after - 1] = '"';
    return after;
  });
}

template <class Integer>
void append_integer(std::string& out, Integer value) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

// Lays `digits`, read as 0.DIGITS times ten to the `point`, out as ECMA-262, Number::toString, does.
void append_decimal(std::string& out, std::string_view digits, int point) {
  auto count = static_cast<int>(digits.size());
  if (count <= point && point <= 21) {
    out += digits;
    out.append(static_cast<std::size_t>(point - count), '0');
  } else if (0 < point && point <= 21) {
    out += digits.substr(0, static_cast<std::size_t>(point));
    out += '.';
    out += digits.substr(static_cast<std::size_t>(point));
  } else if (-6 < point && point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-point), '0');
    out += digits;
  } else {
    out += digits[0];
    if (count > 1) (out += '.') += digits.substr(1);
    out += point > 0 ? "e+" : "e-";
    append_integer(out, std::abs(point - 1));
  }
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  std::size_t run = plain_prefix(text);
  if (run == text.size()) return append_quoted(out, text);
  out += '"';
  for (;; run = plain_prefix(text)) {
    out.append(text.data(), run);
    text.remove_prefix(run);
    if (text.empty()) break;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      append_escape(out, text[0]);
      text.remove_prefix(1);
    } else if (std::size_t length = utf8_sequence_bytes(text, 0)) {
      out.append(text.data(), length);
      text.remove_prefix(length);
    } else {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    }
  }
  out += '"';
}

void append_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  if (number == 0) {
    out += '0';
    return;
  }
  if (number < 0) out += '-';
  // "d.ddde+XX", shortest that reads back the same.
  char buffer[40];
  char* end = std::to_chars(buffer, buffer + sizeof buffer, std::fabs(number), std::chars_format::scientific).ptr;
  char* mark = std::find(buffer, end, 'e');
  int exponent = 0;
  std::from_chars(mark + (mark[1] == '+' ? 2 : 1), end, exponent);
  if (mark > buffer + 1) std::copy_backward(buffer, buffer + 1, buffer + 2);  // over the point
  std::string_view digits = mark > buffer + 1 ? std::string_view(buffer + 1, mark) : std::string_view(buffer, 1);
  append_decimal(out, digits, exponent + 1);
}

Writer& Writer::key(std::string_view name) {
  separate();
  append_string(out_, name);
  out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  separate();
  append_string(out_, text);
  return *this;
}

Writer& Writer::number(double value) {
  separate();
  append_number(out_, value);
  return *this;
}

Writer& Writer::integer(std::int64_t value) {
  separate();
  append_integer(out_, value);
  return *this;
}

Writer& Writer::unsigned_integer(std::uint64_t value) {
  separate();
  append_integer(out_, value);
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

Writer& Writer::begin(char bracket) {
  separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

Writer& Writer::end(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

namespace {

void write_scalar(std::string& out, Value value) {
  switch (value.kind()) {
    case Kind::kBoolean:
      out += *value.to_bool() ? "true" : "false";
      return;
    case Kind::kNumber:
      out += value.number_text();
      return;
    case Kind::kString:
      append_string(out, *value.to_string());
      return;
    default:
      out += "null";
      return;
  }
}

}  // namespace

void append_value(std::string& out, Value value) {
  if (value.is_array()) {
    char separator = '[';
    for (Value element : value.elements()) {
      out += separator;
      append_value(out, element);
      separator = ',';
    }
    out += value.size() == 0 ? "[]" : "]";
  } else if (value.is_object()) {
    char separator = '{';
    for (const Member& member : value.members()) {
      out += separator;
      append_string(out, member.key);
      out += ':';
      append_value(out, member.value);
      separator = ',';
    }
    out += value.size() == 0 ? "{}" : "}";
  } else {
    write_scalar(out, value);
  }
}

std::string write(Value value) {
  std::string out;
  append_value(out, value);
  return out;
}

namespace {

void append_canonical_number(std::string& out, Value value) {
  if (auto integer = value.to_int64()) {
    append_integer(out, *integer);
  } else if (value.is_integer()) {
    out += value.number_text();
  } else {
    // An infinity stands for a number no double holds: its own text is the best there is.
    double number = *value.to_double();
    if (std::isfinite(number)) {
      append_number(out, number);
    } else {
      out += value.number_text();
    }
  }
}

}  // namespace

void append_canonical(std::string& out, Value value) {
  if (value.is_number()) {
    append_canonical_number(out, value);
  } else if (value.is_array()) {
    char separator = '[';
    for (Value element : value.elements()) {
      out += separator;
      append_canonical(out, element);
      separator = ',';
    }
    out += value.size() == 0 ? "[]" : "]";
  } else if (value.is_object()) {
    char separator = '{';
    for (const Member& member : sorted_members(value)) {
      out += separator;
      append_string(out, member.key);
      out += ':';
      append_canonical(out, member.value);
      separator = ',';
    }
    out += value.size() == 0 ? "{}" : "}";
  } else {
    write_scalar(out, value);
  }
}

std::string canonical(Value value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

}  // namespace banyan::json
