#include "php_runtime/harness.h"

#include <unistd.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "php_runtime/builtins.h"

namespace banyan::php_runtime {

namespace {

constexpr std::size_t kAnswerBytesMax = 65536;
constexpr int kYieldsMax = 100;
constexpr int kDepthMax = 40;
constexpr int kAnswersFd = 3;
constexpr Source kHarness{"harness.php"};

// The program's wish to end rather than do something else than PHP.
struct Stopped {
  std::string code;
};

// An object that PHP's side has at this place, for its number.
ObjectPtr stand_in() { return ObjectPtr::adopt(new Object(find_class("stdClass"))); }

std::string escaped(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    char code[4];
    std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    const bool plain = c >= 32 && c <= 126 && c != '%' && c != ';';
    out += plain ? std::string(1, c) : std::string(code);
  }
  return out;
}

// ---- What is given ----

Value closure(std::size_t number) {
  const auto at = [](Arguments a, std::size_t i) { return i < a.size() ? Value(a[i].deref()) : Value(); };
  const std::vector<Value> all = {fn([at](Arguments a) -> Value { return at(a, 0); }).named({"a"}),
                                  fn([at](Arguments a) -> Value { return to_bool(at(a, 0)); }).named({"a"}),
                                  fn([at](Arguments a) -> Value { return compare(at(a, 0), at(a, 1)); }).named({"a"}),
                                  fn([](Arguments a) -> Value { return rest(a).count(); }).named({"a"}),
                                  fn([](Arguments a) -> Value { return rest(a); }).named({"a"})};
  return all[number];
}

class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  Value value() {
    const char kind = rest_[0];
    rest_.remove_prefix(1);
    switch (kind) {
      case 'T':
        return true;
      case 'F':
        return false;
      case 'i':
        return number<Int>(10);
      case 'd':
        return std::bit_cast<double>(number<std::uint64_t>(16));
      case 's':
        return rawurldecode(text());
      case 'a': {
        Array out;
        while (!ends()) {
          const Value key = value();
          out.set(key, value());
        }
        return out;
      }
      case 'n':
        return new_with(&need_class(text()), nullptr, [this] {
          std::vector<Value> out;
          while (!ends()) out.push_back(value());
          return out;
        });
      case 'k': {
        const std::string_view name = text();
        const std::size_t colon = name.find("::");
        return class_const(need_class(name.substr(0, colon)), name.substr(colon + 2), nullptr);
      }
      case 'c':
        return closure(number<std::size_t>(10));
      default:
        return {};
    }
  }

 private:
  std::string_view text() {
    const std::string_view out = rest_.substr(0, rest_.find(';'));
    rest_.remove_prefix(out.size() + 1);
    return out;
  }
  template <class T>
  T number(int base) {
    const std::string_view digits = text();
    T out = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), out, base);
    return out;
  }
  bool ends() {
    if (rest_[0] != 'e') return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view rest_;
};

Value read_field(std::string_view field) {
  const ObjectPtr reader = stand_in();
  return Reader(field).value();
}

// ---- What is answered ----

class Encoder {
 public:
  std::string encoded(const Value& given, int depth = 0) {
    if (depth > kDepthMax) return "...";
    const Value& v = given.deref();
    switch (v.kind()) {
      case Kind::kBool:
        return v.as_bool() ? "T" : "F";
      case Kind::kInt:
        return "i" + std::to_string(v.as_int()) + ";";
      case Kind::kFloat: {
        char bits[24];
        std::snprintf(bits, sizeof bits, "d%016lx;", std::bit_cast<unsigned long>(v.as_float()));
        return std::isnan(v.as_float()) ? "dNAN;" : bits;
      }
      case Kind::kString:
        return "s" + escaped(v.as_string()) + ";";
      case Kind::kArray:
        return "a" + elements(v.as_array(), depth);
      case Kind::kObject:
        return object(v, depth);
      default:
        return "N";
    }
  }

 private:
  std::string elements(const Array& held, int depth) {
    std::string out;
    for (const auto& [key, v] : held) out += encoded(key.value()) + encoded(v, depth + 1);
    return out + "e";
  }

  std::string object(const Value& v, int depth) {
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      if (seen_[i].same_body(v)) return "*" + std::to_string(i) + ";";
    }
    seen_.push_back(v);
    Object& o = v.as_object();
    const std::string name = escaped(o.of().name);
    if (o.native() == Native::kClosure) return "C";
    if (o.of().has_flag(kEnum)) {
      return "K" + name + escaped("::") + escaped(to_string(prop(v, "name", nullptr))) + ";";
    }
    if (o.native() == Native::kGenerator) return generated(o, depth);
    if (o.native() == Native::kThrowable) {
      return "O" + name + ";" +
             elements(Array::map({"message", throwable_get(o, "message"), "code", throwable_get(o, "code")}), depth);
    }
    return "O" + name + ";" + elements(to_array(v), depth);
  }

  std::string generated(Object& o, int depth) {
    const auto goes_on = [&] { return to_bool(call_method(o, "valid")); };
    std::string out = "G";
    for (int i = 0; i < kYieldsMax && goes_on(); ++i, call_method(o, "next")) {
      out += encoded(call_method(o, "key"), depth + 1);
      out += encoded(call_method(o, "current"), depth + 1);
    }
    out += "e";
    return out + (goes_on() ? "..." : encoded(call_method(o, "getReturn"), depth + 1));
  }

  std::vector<Value> seen_;
};

// The caller's place is the harness here and another one there.
std::string without_place(std::string message) {
  const std::size_t begin = message.find(", called in ");
  std::size_t end = message.rfind(" on line ");
  if (begin == message.npos || end == message.npos || end < begin) return message;
  end = message.find_first_not_of("0123456789", end + 9);
  if (end == message.npos) return message.substr(0, begin);
  if (message.compare(end, 4, " and") == 0) message.erase(begin, end + 4 - begin);
  return message;
}

// What f gives, or what was thrown instead.
template <class F>
std::string outcome(F f) {
  try {
    return f();
  } catch (const ThrownError& thrown) {
    const Object& o = thrown.object.as_object();
    return "E" + escaped(o.of().name) + ";" + escaped(without_place(to_string(throwable_get(o, "message")).str())) +
           ";";
  } catch (const Stopped& stopped) {
    return "!stopped:" + stopped.code + ";";
  } catch (const ExitRequest&) {
    return "!exit;";
  } catch (const std::bad_alloc&) {
    std::fputs("out of memory\n", stderr);
    std::_Exit(1);
  }
}

// What is in all the buffers.
std::string printed() {
  std::string out;
  while (ob_get_level() > 0) {
    const std::string inner = ob_get_contents()->str();
    ob_end_clean();
    out = inner + out;
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t at = text.find(separator);
    out.emplace_back(text.substr(0, at));
    if (at == text.npos) return out;
    text.remove_prefix(at + 1);
  }
}

// One call: its function, what that is called on, and its arguments.
class Call {
 public:
  std::string make(std::string_view line, Encoder& encoder) {
    const std::vector<std::string> fields = split(line, '\t');
    const char kind = fields[0][0];
    std::size_t next = 2;
    ObjectPtr callable;
    if (kind != 'F') ++next;
    if (kind == 'M') {
      on_ = read_field(fields[next++]);
      shown_.push_back(on_);
    }
    if (kind != 'F') {
      const ObjectPtr reflection = stand_in();
      callable = stand_in();
    }
    for (; next < fields.size(); ++next) add_argument(fields[next]);
    if (kind == 'F') return "R" + encoder.encoded(call_named(fields[1], arguments_));
    Class& c = need_class(fields[1]);
    if (kind == 'M') return "R" + encoder.encoded(call_method_in(on_, fields[2], &c, arguments_));
    return "R" + encoder.encoded(call_static(c, fields[2], &c, &c, {}, arguments_));
  }

  const std::vector<Value>& shown() const { return shown_; }

 private:
  void add_argument(std::string_view field) {
    const bool by_reference = field.starts_with('&');
    Value v = read_field(field.substr(by_reference ? 1 : 0));
    if (by_reference) v = Value(Ref(std::move(v)));
    if (by_reference || v.is_object()) shown_.push_back(v);
    arguments_.push_back(std::move(v));
  }

  Value on_;
  std::vector<Value> arguments_;
  std::vector<Value> shown_;
};

std::string answer(std::string_view line) {
  context().source = &kHarness;
  ob_start();
  Call call;
  Encoder encoder;
  std::string out = outcome([&] { return call.make(line, encoder); });
  for (const Value& v : call.shown()) out += "\t" + outcome([&] { return encoder.encoded(v); });
  out += "\ts" + escaped(printed()) + ";";
  if (out.size() <= kAnswerBytesMax) return out;
  return out.substr(0, 1000) + "..." + std::to_string(out.size()) + " bytes, " + md5(String(out)).str();
}

// ---- The program ----

std::vector<std::string> lines_of(const char* path) {
  std::vector<std::string> out;
  std::ifstream file(path, std::ios::binary);
  for (std::string line; std::getline(file, line);) out.push_back(line);
  return out;
}

// Runs files' own code, each once, as require_once does.
class Files {
 public:
  explicit Files(const Loaders& loaders) : loaders_(loaders) {}

  void load(const std::string& path) {
    const auto loader = loaders_.find(path);
    if (loader == loaders_.end() || !loaded_.insert(path).second) return;
    struct Place {
      const Source* source = context().source;
      Int line = context().line;
      ~Place() {
        context().source = source;
        context().line = line;
      }
    };
    const Place before;
    loader->second();
  }

 private:
  const Loaders& loaders_;
  std::set<std::string> loaded_;
};

void say(std::string text) {
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t count = ::write(kAnswersFd, rest.data(), rest.size());
    if (count <= 0) std::_Exit(1);
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

int answer_calls(int argc, char** argv, const Loaders& loaders) {
  if (argc != 4) return 2;
  declare_builtins();
  allow_deep_calls();
  current_context = new Context;  // lives as long as the program
  context().stack_end = stack_end();
  on_stop = [](std::string_view code, std::string_view) { throw Stopped{std::string(code)}; };
  Files files(loaders);
  std::map<std::string, std::string> classes;
  std::vector<std::string> loads;
  for (const std::string& line : lines_of(argv[1])) {
    const std::vector<std::string> fields = split(line, '\t');
    if (fields[0] == "class") classes[fields[1]] = fields[2];
    if (fields[0] == "load") loads.push_back(fields[1]);
  }
  const ObjectPtr main_closure = stand_in();
  const Value autoload = fn([&](const Value& name) {
    const auto found = classes.find(lower(to_string(name)));
    if (found != classes.end()) files.load(found->second);
  });
  context().autoloaders.push_back(to_callable(autoload));
  ob_start();
  const std::string failure = outcome([&] {
    for (const std::string& path : loads) files.load(path);
    return std::string();
  });
  printed();
  say(failure.empty() ? "ready" : "failed " + failure);
  if (!failure.empty()) return 1;
  const std::vector<std::string> calls = lines_of(argv[2]);
  for (std::size_t i = std::strtoul(argv[3], nullptr, 10); i < calls.size(); ++i) say(answer(calls[i]));
  std::_Exit(0);
}

}  // namespace banyan::php_runtime
