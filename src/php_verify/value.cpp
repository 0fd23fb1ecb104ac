#include "php_verify/value.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace banyan::php {

namespace {

constexpr int kDepthMax = 64;

std::string escaped(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 32 || byte > 126 || c == '%' || c == ';') {
      out += '%';
      out += "0123456789ABCDEF"[byte >> 4];
      out += "0123456789ABCDEF"[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

int digit(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// As PHP writes it: 'a', or "\xff" where there is what cannot be shown.
std::string quoted(std::string_view bytes) {
  bool plain = true;
  for (const char c : bytes)
    plain = plain && static_cast<unsigned char>(c) >= 32 && static_cast<unsigned char>(c) < 127;
  std::string out(1, plain ? '\'' : '"');
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\' || c == out[0] || (!plain && c == '$')) {
      (out += '\\') += c;
    } else if (c == '\n' || c == '\t' || c == '\r') {
      (out += '\\') += c == '\n' ? 'n' : c == '\t' ? 't' : 'r';
    } else if (!plain && (byte < 32 || byte > 126)) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\x%02x", byte);
      out += hex;
    } else {
      out += c;
    }
  }
  return out + out[0];
}

std::string float_text(double number) {
  if (std::isnan(number)) return "NAN";
  if (std::isinf(number)) return number < 0 ? "-INF" : "INF";
  if (number == 0 && std::signbit(number)) return "-0.0";
  char out[40];
  for (int digits = 1; digits <= 17; ++digits) {  // the fewest that say which float it is
    std::snprintf(out, sizeof out, "%.*G", digits, number);
    if (std::strtod(out, nullptr) == number) break;
  }
  return std::string_view(out).find_first_of(".E") == std::string_view::npos ? std::string(out) + ".0" : out;
}

// Reads an encoded value and writes it as PHP.
class Printer {
 public:
  explicit Printer(std::string_view text) : text_(text) {}

  void value(int depth = 0) {
    if (at_ >= text_.size() || depth > kDepthMax) return;
    const char kind = text_[at_++];
    switch (kind) {
      case 'N':
        out_ += "null";
        break;
      case 'T':
      case 'F':
        out_ += kind == 'T' ? "true" : "false";
        break;
      case 'i':
        out_ += field();
        break;
      case 'd':
        out_ += number();
        break;
      case 's':
        out_ += quoted(unescaped(field()));
        break;
      case 'a':
        pairs('[', ']', depth);
        break;
      case 'n':
        out_ += "new " + std::string(field());
        list(depth);
        break;
      case 'O':
        out_ += unescaped(field()) + " ";
        pairs('{', '}', depth);
        break;
      case 'k':
      case 'K':
        out_ += unescaped(field());
        break;
      case 'c':
        out_ += "closure " + std::string(field());
        break;
      case 'C':
        out_ += "a closure";
        break;
      case '*':
        out_ += "object " + std::string(field()) + " again";
        break;
      case 'G':
        out_ += "generator ";
        pairs('[', ']', depth);
        if (at_ < text_.size() && text_[at_] != '.') {
          out_ += " returning ";
          value(depth + 1);
        }
        break;
      default:
        --at_;
        out_ += text_.substr(at_);
        at_ = text_.size();
    }
  }

  std::string take() { return std::move(out_); }

 private:
  std::string_view field() {
    const std::size_t end = std::min(text_.find(';', at_), text_.size());
    const std::string_view out = text_.substr(at_, end - at_);
    at_ = end + 1;
    return out;
  }

  std::string number() {
    const std::string_view hex = field();
    if (hex == "NAN") return "NAN";
    std::uint64_t bits = 0;
    std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16);
    return float_text(std::bit_cast<double>(bits));
  }

  bool ends() { return at_ >= text_.size() || text_[at_] == 'e'; }

  void pairs(char open, char close, int depth) {
    out_ += open;
    std::int64_t next = 0;  // keys 0, 1, 2... go without saying
    bool is_list = true;
    for (bool first = true; !ends(); first = false) {
      if (!first) out_ += ", ";
      const std::size_t before = out_.size();
      if (open == '{' && text_[at_] == 's') {  // a property, of which hidden ones have their class before them
        ++at_;
        const std::string name = unescaped(field());
        out_ += name.substr(name.rfind('\0') + 1) + ": ";
        value(depth + 1);
        continue;
      }
      value(depth + 1);
      is_list = is_list && open == '[' && out_.substr(before) == std::to_string(next++);
      if (is_list) {
        out_.resize(before);
      } else {
        out_ += " => ";
      }
      value(depth + 1);
    }
    ++at_;
    out_ += close;
  }

  void list(int depth) {
    out_ += '(';
    for (bool first = true; !ends(); first = false) {
      if (!first) out_ += ", ";
      value(depth + 1);
    }
    ++at_;
    out_ += ')';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

InputValue InputValue::boolean(bool value) { return {.kind = ValueKind::kBool, .integer = value ? 1 : 0}; }
InputValue InputValue::of_int(std::int64_t value) { return {.kind = ValueKind::kInt, .integer = value}; }
InputValue InputValue::of_float(double value) { return {.kind = ValueKind::kFloat, .number = value}; }
InputValue InputValue::of_string(std::string_view value) {
  return {.kind = ValueKind::kString, .text = std::string(value)};
}

InputValue InputValue::list(std::vector<InputValue> values) {
  InputValue out{.kind = ValueKind::kArray};
  for (InputValue& value : values) {
    out.items.push_back(of_int(static_cast<std::int64_t>(out.items.size() / 2)));
    out.items.push_back(std::move(value));
  }
  return out;
}

bool operator==(const InputValue& a, const InputValue& b) { return encoded(a) == encoded(b); }

InputValue array_key(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::to_string(value) == text) {
    return InputValue::of_int(value);
  }
  return InputValue::of_string(text);
}

void encode(const InputValue& value, std::string& out) {
  switch (value.kind) {
    case ValueKind::kNull:
      out += 'N';
      return;
    case ValueKind::kBool:
      out += value.integer != 0 ? 'T' : 'F';
      return;
    case ValueKind::kInt:
      out += "i" + std::to_string(value.integer) + ";";
      return;
    case ValueKind::kFloat: {
      char bits[20];
      std::snprintf(bits, sizeof bits, "d%016llx;",
                    static_cast<unsigned long long>(std::bit_cast<std::uint64_t>(value.number)));
      out += bits;
      return;
    }
    case ValueKind::kString:
      out += "s" + escaped(value.text) + ";";
      return;
    case ValueKind::kCase:
      out += "k" + value.text + ";";
      return;
    case ValueKind::kClosure:
      out += "c" + std::to_string(value.integer) + ";";
      return;
    case ValueKind::kArray:
      out += 'a';
      break;
    case ValueKind::kNew:
      out += "n" + value.text + ";";
      break;
  }
  for (const InputValue& item : value.items) encode(item, out);
  out += 'e';
}

std::string encoded(const InputValue& value) {
  std::string out;
  encode(value, out);
  return out;
}

// Of a number: its size where that is small, else how long it is; a sign counts too.
static std::size_t weight_of(double magnitude, std::size_t digits, bool negative) {
  constexpr double kSmallMax = 64;
  const std::size_t size = magnitude <= kSmallMax ? static_cast<std::size_t>(magnitude) : 64 + 4 * digits;
  return size + (negative ? 1 : 0);
}

std::size_t weight(const InputValue& value) {
  std::size_t out = 1 + value.text.size();
  if (value.kind == ValueKind::kInt) {
    const auto magnitude = static_cast<double>(value.integer < 0 ? -(value.integer + 1) : value.integer);
    const std::uint64_t bits = static_cast<std::uint64_t>(value.integer < 0 ? ~value.integer : value.integer);
    out += weight_of(magnitude, static_cast<std::size_t>(std::bit_width(bits)), value.integer < 0);
  }
  if (value.kind == ValueKind::kFloat) {
    const bool finite = std::isfinite(value.number);
    out += weight_of(finite ? std::fabs(value.number) : HUGE_VAL, float_text(value.number).size(),
                     std::signbit(value.number));
    if (!finite || std::trunc(value.number) != value.number) out += float_text(value.number).size();
  }
  if (value.kind == ValueKind::kBool || value.kind == ValueKind::kClosure) {
    out += static_cast<std::size_t>(value.integer);
  }
  for (const InputValue& item : value.items) out += weight(item);
  return out;
}

std::string readable(std::string_view text, std::size_t bytes_max) {
  Printer printer(text);
  printer.value();
  std::string out = printer.take();
  if (out.size() > bytes_max) out = out.substr(0, bytes_max) + "...";
  return out;
}

std::string readable_answer(std::string_view answer) {
  std::string out;
  if (answer.starts_with('R')) {
    out = readable(answer.substr(1));
  } else if (answer.starts_with('E')) {
    const std::string_view rest = answer.substr(1);
    const std::size_t first = std::min(rest.find(';'), rest.size());
    const std::size_t second = std::min(rest.find(';', first + 1), rest.size());
    out = "throws " + unescaped(rest.substr(0, first)) + "(" +
          quoted(unescaped(rest.substr(std::min(first + 1, rest.size()), second - std::min(first + 1, second)))) + ")";
  } else {
    return unescaped(answer.substr(answer.starts_with('!') ? 1 : 0, 400));
  }
  std::size_t tab = answer.find('\t');
  while (tab != answer.npos) {
    const std::size_t next = answer.find('\t', tab + 1);
    const std::string_view part = answer.substr(tab + 1, next == answer.npos ? next : next - tab - 1);
    if (next != answer.npos) {
      out += "; leaves " + readable(part);
    } else if (part != "s;") {
      out += "; prints " + readable(part);
    }
    tab = next;
  }
  return out;
}

}  // namespace banyan::php
