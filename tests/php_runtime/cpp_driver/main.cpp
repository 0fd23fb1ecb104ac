// Calls the functions of the C++ runtime as driver.php calls PHP's: a call a line on standard input, its outcome a line
// on standard output, in the encoding that driver.php describes.
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "php_runtime/builtin_program.h"
#include "php_runtime/builtin_strings.h"
#include "php_runtime/builtin_table.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/object.h"
#include "php_runtime/operators.h"
#include "php_runtime/runtime.h"

namespace php = banyan::php_runtime;
using php::Arguments;
using php::Array;
using php::Value;

namespace {

std::string escape(std::string_view s) {
  std::string out;
  for (char c : s) {
    if (c < 32 || c > 126 || c == '%' || c == ';') {
      char code[4];
      std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += code;
    } else {
      out += c;
    }
  }
  return out;
}

std::string unescape(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '%') {
      out += static_cast<char>(std::stoi(std::string(s.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += s[i];
    }
  }
  return out;
}

void encode(std::string& out, const Value& given, int depth) {
  if (depth > 20) {
    out += "...";
    return;
  }
  const Value& v = given.deref();
  switch (v.kind()) {
    case php::Kind::kBool:
      out += v.as_bool() ? 'T' : 'F';
      return;
    case php::Kind::kInt:
      out += "i" + std::to_string(v.as_int()) + ";";
      return;
    case php::Kind::kFloat: {
      char bits[24];
      std::snprintf(bits, sizeof bits, "d%016lx;", std::bit_cast<unsigned long>(v.as_float()));
      out += std::isnan(v.as_float()) ? "dNAN;" : bits;
      return;
    }
    case php::Kind::kString:
      out += "s" + escape(v.as_string()) + ";";
      return;
    case php::Kind::kArray:
      out += 'a';
      for (const auto& [key, element] : v.as_array()) {
        encode(out, key.value(), depth + 1);
        encode(out, element, depth + 1);
      }
      out += 'e';
      return;
    case php::Kind::kObject: {
      if (v.as_object().native() == php::Native::kClosure) {
        out += 'C';
        return;
      }
      const std::string name = php::class_name(v.as_object()).str();
      out += "O" + name + ";";
      if (name == "stdClass") encode(out, php::to_array(v), depth + 1);
      return;
    }
    default:
      out += 'N';
  }
}

std::string encode(const Value& v) {
  std::string out;
  encode(out, v, 0);
  return out;
}

class Decoder {
 public:
  explicit Decoder(std::string_view rest) : rest_(rest) {}

  Value value() {
    const char kind = rest_[0];
    rest_.remove_prefix(1);
    switch (kind) {
      case 'T':
        return true;
      case 'F':
        return false;
      case 'i': {
        const std::string_view digits = text();
        php::Int n = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), n);
        return n;
      }
      case 'd':
        return std::bit_cast<double>(std::stoul(std::string(text()), nullptr, 16));
      case 's':
        return unescape(text());
      case 'a':
        return array();
      case 'o':
        return Value(php::to_object(array()));
      default:
        return {};
    }
  }

 private:
  std::string_view text() {
    const std::string_view head = rest_.substr(0, rest_.find(';'));
    rest_.remove_prefix(head.size() + 1);
    return head;
  }

  Array array() {
    Array out;
    while (rest_[0] != 'e') {
      const Value key = value();
      out.set(key, value());
    }
    rest_.remove_prefix(1);
    return out;
  }

  std::string_view rest_;
};

std::vector<std::string_view> split(std::string_view s, std::string_view separator) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t at = s.find(separator);
    out.push_back(s.substr(0, at));
    if (at == std::string_view::npos) return out;
    s.remove_prefix(at + separator.size());
  }
}

// "new:Class" makes the object that "->method" is called on afterwards.
Value called(std::string_view name, const std::vector<Value>& arguments) {
  static Value object;
  if (name.starts_with("new:")) {
    object = Value(php::new_object(php::need_class(name.substr(4)), nullptr, arguments));
    return {};
  }
  if (name.starts_with("->")) return php::call_method_in(object, name.substr(2), nullptr, arguments);
  return php::call_named(name, arguments);
}

std::string one_outcome(std::string_view call) {
  const std::vector<std::string_view> fields = split(call, "\t");
  std::vector<Value> arguments;
  std::vector<php::Ref> references;
  for (std::size_t i = 1; i < fields.size(); ++i) {
    const bool by_reference = fields[i].starts_with('&');
    const Value v = Decoder(fields[i].substr(by_reference ? 1 : 0)).value();
    if (by_reference) references.emplace_back(v);
    arguments.push_back(by_reference ? Value(references.back()) : v);
  }
  std::string result;
  try {
    result = encode(called(fields[0], arguments));
  } catch (const php::ThrownError& thrown) {
    const php::Object& e = thrown.object.as_object();
    result = "E" + php::class_name(e).str() + ": " + escape(php::to_string(php::throwable_get(e, "message"))) + ";";
  }
  for (const php::Ref& reference : references) result += "\t" + encode(reference.value());
  return result;
}

// Answers a line: several calls in it, with | between, share what the first have changed.
std::string outcome(std::string_view line) {
  php::ob_start();
  std::string outcomes;
  for (std::string_view call : split(line, "\t|\t")) {
    if (!outcomes.empty()) outcomes += "\t|\t";
    outcomes += one_outcome(call);
  }
  std::string printed;
  while (php::ob_get_level() > 0) {
    printed.insert(0, php::context().buffers.back().data);
    php::ob_end_clean();
  }
  return outcomes + "\t" + encode(printed);
}

void register_callbacks() {
  using php::Value;
  php::register_function("cb_cmp", +[](Value a, Value b) { return php::compare(a, b); }).named({"a", "b"});
  php::register_function("cb_rcmp", +[](Value a, Value b) { return php::compare(b, a); }).named({"a", "b"});
  php::register_function("cb_bool", +[](Value a, Value b) { return php::greater(a, b); }).named({"a", "b"});
  php::register_function("cb_type", +[](Value a) { return php::get_type(a); }).named({"a"});
  php::register_function("cb_truth", +[](Value a) { return php::to_bool(a); }).named({"a"});
  php::register_function("cb_pair", +[](Value a, Value b) { return Array::list({a, b}); }).named({"a", "b"});
  php::register_function("cb_list", +[](Arguments a) { return Array::list(a); }).named({"a"});
  php::register_function(
      "cb_throw",
      +[](Arguments) -> Value { php::raise(php::new_exception("RuntimeException", "thrown by a callback", 5)); })
      .named({"a"});
  php::register_function(
      "cb_ref", +[](php::Ref a, Value b) { a.value() = Array::list({a.value(), b}); })
      .named({"a", "b"});
  php::register_function("cb_upper", +[](Value a) { return php::strtoupper(php::to_string(a)); }).named({"a"});
  php::register_function(
      "cb_handler",
      +[](Value level, Value message) {
        php::echo(std::string("handled ") + php::to_string(level).str() + " " + php::to_string(message).str() + "\n");
        return true;
      })
      .named({"level", "message"});
  php::register_function("cb_pass", +[](Value, Value) { return false; }).named({"level", "message"});
  php::register_function(
      "cb_wrap",
      +[](Value a) {
        const Value inner = a.is_array() ? a.as_array().peek(0) : a;
        return "<" + php::to_string(inner) + ">";
      })
      .named({"a"});
}

bool next_line(std::string& line) {
  line.clear();
  for (int c = 0; (c = std::getchar()) != EOF;) {
    if (c == '\n') return true;
    line += static_cast<char>(c);
  }
  return !line.empty();
}

}  // namespace

int main() {
  php::Context context;
  php::current_context = &context;
  php::declare_builtins();
  static constexpr php::Source kSource{"driver.php"};
  php::file(kSource);
  register_callbacks();
  const Value handler = php::fn([](Value level, Value message) {
    php::echo(std::string("[") + php::to_string(level).str() + "] " + php::to_string(message).str() + "\n");
    return true;
  });
  php::set_error_handler(php::to_callable(handler));
  std::string line;
  while (next_line(line)) {
    std::printf("%s\n", outcome(line).c_str());
    std::fflush(stdout);
  }
  return 0;
}
