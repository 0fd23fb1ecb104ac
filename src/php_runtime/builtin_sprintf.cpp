#include "php_runtime/builtin_sprintf.h"

#include <charconv>
#include <cmath>
#include <vector>

#include "php_runtime/builtin_math.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

constexpr Int kNumberMax = INT32_MAX;
constexpr int kPrecisionMax = 53;

// One conversion of a format.
struct Spec {
  Int argument = -1;  // from 0; -1 is the next one
  bool left = false;
  bool plus = false;
  char pad = ' ';
  Int width = 0;
  Int precision = 0;  // only where it is precise; -1 asks for as many digits as tell the number apart
  bool precise = false;
  char verb = '\0';
};

class Formatter {
 public:
  Formatter(std::string_view function, std::string_view format, Arguments arguments)
      : function_(function), format_(format), arguments_(arguments) {}

  String run() {
    while (at_ < format_.size()) {
      if (format_[at_] != '%') {
        out_ += format_[at_++];
      } else if (format_.substr(at_).starts_with("%%")) {
        out_ += '%';
        at_ += 2;
      } else {
        ++at_;
        conversion();
      }
    }
    return std::move(out_);
  }
  // The greatest number of arguments asked for.
  Int most() const { return most_; }

 private:
  char peek() const { return at_ < format_.size() ? format_[at_] : '\0'; }

  // A number, -1 for one that is too big.
  Int digits() {
    Int n = 0;
    for (; is_ascii_digit(peek()); ++at_) n = std::min<Int>(n * 10 + (peek() - '0'), kNumberMax);
    return n >= kNumberMax ? -1 : n;
  }

  Int number(std::string_view what) {
    const Int n = digits();
    if (n < 0) throw_value_error(concat({what, " must be greater than zero and less than 2147483647"}));
    return n;
  }

  void conversion() {
    Spec spec;
    spec.argument = position();
    flags(spec);
    if (!width_and_precision(spec)) return;
    if (peek() == 'l') ++at_;
    if (at_ < format_.size()) spec.verb = format_[at_];
    ++at_;
    if (spec.verb == '%') take(spec.argument);  // which it takes all the same
    write(spec);
  }

  // The number of an argument, from 0, where one stands there: "2$"; else -1.
  Int position() {
    const std::size_t start = at_;
    const Int n = digits();
    if (peek() != '$') {
      at_ = start;
      return -1;
    }
    if (n <= 0) throw_value_error("Argument number specifier must be greater than zero and less than 2147483647");
    ++at_;
    return n - 1;
  }

  void flags(Spec& spec) {
    for (;; ++at_) {
      const char c = peek();
      if (c == ' ' || c == '0') {
        spec.pad = c;
      } else if (c == '-') {
        spec.left = true;
      } else if (c == '+') {
        spec.plus = true;
      } else if (c == '\'') {
        if (++at_ >= format_.size()) throw_value_error("Missing padding character");
        spec.pad = format_[at_];
      } else {
        return;
      }
    }
  }

  // False where a starred argument is missing.
  bool width_and_precision(Spec& spec) {
    if (peek() == '*') {
      if (!starred("Width", 0, spec.width)) return false;
    } else if (is_ascii_digit(peek())) {
      spec.width = number("Width");
    }
    if (peek() != '.') return true;
    ++at_;
    spec.precise = peek() == '*' || is_ascii_digit(peek());
    if (peek() == '*') return starred("Precision", -1, spec.precision);
    if (spec.precise) spec.precision = number("Precision");
    return true;
  }

  // A width or precision that is an argument.
  bool starred(std::string_view what, Int least, Int& out) {
    ++at_;
    const Value* v = take(position());
    if (v == nullptr) return false;
    if (!v->is_int()) throw_value_error(concat({what, " must be an integer"}));
    out = v->as_int();
    if (out < least || out > kNumberMax) {
      throw_value_error(concat({what, least < 0 ? " must be between -1 and 2147483647"
                                                : " must be greater than zero and less than 2147483647"}));
    }
    return true;
  }

  // Null where it is missing.
  const Value* take(Int n) {
    if (n < 0) n = next_++;
    most_ = std::max(most_, n + 1);
    return n < static_cast<Int>(arguments_.size()) ? &arguments_[index(n)].deref() : nullptr;
  }

  void write(const Spec& spec) {
    if (spec.verb == '%') {
      out_ += '%';
      return;
    }
    const Value* v = take(spec.argument);
    if (v == nullptr) return;
    if (spec.precise && spec.precision < 0 && !has("gGhH", spec.verb)) {
      throw_value_error("Precision -1 is only supported for %g, %G, %h and %H");
    }
    if (spec.verb == '\0' && at_ > format_.size()) throw_value_error("Missing format specifier at end of string");
    switch (spec.verb) {
      case 's': {
        const String text = to_string(*v);
        return padded(spec.precise ? first(text, spec.precision) : text.view(), spec, false);
      }
      case 'd': {
        const Int n = to_int(*v);
        return padded((spec.plus && n >= 0 ? "+" : "") + std::to_string(n), spec, true);
      }
      case 'u':
        return padded(std::to_string(static_cast<std::uint64_t>(to_int(*v))), spec, true);
      case 'c':
        out_ += static_cast<char>(to_int(*v));
        return;
      case 'o':
        return padded(base(*v, 8), spec, false);
      case 'x':
        return padded(base(*v, 16), spec, false);
      case 'X':
        return padded(upper(base(*v, 16)), spec, false);
      case 'b':
        return padded(base(*v, 2), spec, false);
      default:
        if (!has("eEfFgGhH", spec.verb)) {
          throw_value_error(concat({"Unknown format specifier \"", std::string_view(&spec.verb, 1), "\""}));
        }
        return real(to_float(*v), spec);
    }
  }

  static std::string base(const Value& v, unsigned base) {
    return to_base(static_cast<std::uint64_t>(to_int(v)), base);
  }

  // Writes text to its width; zeros go after a sign.
  void padded(std::string_view text, const Spec& spec, bool is_signed) {
    const Int missing = spec.width - length_of(text);
    if (missing <= 0) {
      out_ += text;
      return;
    }
    const bool zeros_behind = spec.left && spec.pad == '0' && (spec.verb == 'd' || spec.verb == 'u');
    const std::string fill(index(missing), zeros_behind ? ' ' : spec.pad);  // zeros behind would change the number
    if (spec.left) {
      out_ += text;
      out_ += fill;
    } else if (is_signed && spec.pad == '0' && (text[0] == '-' || text[0] == '+')) {
      out_ += concat({text.substr(0, 1), fill, text.substr(1)});
    } else {
      out_ += fill;
      out_ += text;
    }
  }

  void real(double v, const Spec& spec) {
    int precision = spec.precise ? static_cast<int>(spec.precision) : 6;
    if (precision > kPrecisionMax) {
      notice(concat({function_, "(): Requested precision of ", std::to_string(precision),
                     " digits was truncated to PHP maximum of 53 digits"}));
      precision = kPrecisionMax;
    }
    if (!std::isfinite(v)) {  // whatever the width and the sign
      out_ += std::isnan(v) ? "NaN" : "INF";
      return;
    }
    const bool general = has("gGhH", spec.verb);
    std::string text;
    if (ascii_lower(spec.verb) == 'e') {
      text = exponent(std::fabs(v), precision, spec.verb);
    } else if (ascii_lower(spec.verb) == 'f') {
      text = format_fixed(std::fabs(v), precision);
    } else {
      text = shortest(std::fabs(v), precision, spec.verb);
    }
    if (v < 0 || (v == 0 && std::signbit(v) && general)) {
      text = "-" + text;
    } else if (spec.plus) {
      text = "+" + text;
    }
    padded(text, spec, true);
  }

  // "1.234568e+4": as few digits of the exponent as it has.
  static std::string exponent(double v, int precision, char verb) {
    char buffer[96];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, v, std::chars_format::scientific, precision).ptr;
    const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
    const std::size_t e = text.find('e');
    const std::string_view digits = trim_left(text.substr(e + 2), "0");
    return concat(
        {text.substr(0, e), std::string_view(&verb, 1), text.substr(e + 1, 1), digits.empty() ? "0" : digits});
  }

  // %g and %h.
  static std::string shortest(double v, int precision, char verb) {
    if (precision == 0) precision = 1;
    if (v == 0) return "0";
    int point = 0;
    const std::string digits = decimal_digits(v, precision, point);
    if (precision < 0) precision = 17;
    const int size = static_cast<int>(digits.size());
    if (point < -3 || point > precision) {
      const std::string tail = size > 1 ? digits.substr(1) : "0";
      return concat({digits.substr(0, 1), ".", tail, verb == 'G' || verb == 'H' ? "E" : "e", point > 0 ? "+" : "",
                     std::to_string(point - 1)});
    }
    if (point <= 0) return "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    if (point >= size) return digits + std::string(static_cast<std::size_t>(point - size), '0');
    return digits.substr(0, static_cast<std::size_t>(point)) + "." + digits.substr(static_cast<std::size_t>(point));
  }

  std::string_view function_;
  std::string_view format_;
  Arguments arguments_;
  String out_;
  std::size_t at_ = 0;
  Int next_ = 0;
  Int most_ = 0;
};

}  // namespace

String formatted(std::string_view function, const String& format, Arguments values) {
  Formatter f(function, format, values);
  String out = f.run();
  if (f.most() > static_cast<Int>(values.size())) {
    const std::size_t before = function == "fprintf" ? 2 : 1;
    throw_argument_count(concat({std::to_string(f.most() + static_cast<Int>(before)), " arguments are required, ",
                                 std::to_string(values.size() + before), " given"}));
  }
  return out;
}

String formatted(std::string_view function, const String& format, const Array& values) {
  const std::vector<Value> list = values_of(values);
  Formatter f(function, format, list);
  String out = f.run();
  if (f.most() > static_cast<Int>(list.size())) {
    throw_value_error(concat({"The arguments array must contain ", std::to_string(f.most()), " items, ",
                              std::to_string(list.size()), " given"}));
  }
  return out;
}

static Int printed(const String& text) {
  echo(text);
  return length_of(text);
}

String sprintf(const String& format, Arguments values) { return formatted("sprintf", format, values); }
String vsprintf(const String& format, const Array& values) { return formatted("vsprintf", format, values); }
Int printf(const String& format, Arguments values) { return printed(formatted("printf", format, values)); }
Int vprintf(const String& format, const Array& values) { return printed(formatted("vprintf", format, values)); }

}  // namespace banyan::php_runtime
