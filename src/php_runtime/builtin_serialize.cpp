// serialize() and unserialize(), after https://www.php.net/manual/en/function.serialize.php. References between parts
// of a value are written out as copies; objects that appear twice as r:N.
#include <charconv>
#include <limits>
#include <unordered_map>

#include "php_runtime/builtin_dump.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/spl.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

[[noreturn]] void not_allowed(std::string_view name) {
  raise(new_exception("Exception", concat({"Serialization of '", name, "' is not allowed"})));
}

class Serializer {
 public:
  void value(const Value& v) {
    ++next_;
    switch (v.kind()) {
      case Kind::kBool:
        out += v.as_bool() ? "b:1;" : "b:0;";
        return;
      case Kind::kInt:
        out += concat({"i:", std::to_string(v.as_int()), ";"});
        return;
      case Kind::kFloat:
        out += concat({"d:", float_repr(v.as_float()), ";"});
        return;
      case Kind::kString:
        return text(v.as_string());
      case Kind::kArray:
        out += concat({"a:", std::to_string(v.as_array().size()), ":{"});
        elements(v.as_array());
        out += "}";
        return;
      case Kind::kObject:
        return object(v);
      default:
        out += "N;";
    }
  }
  std::string out;

 private:
  void text(std::string_view s) { out += concat({"s:", std::to_string(s.size()), ":\"", s, "\";"}); }

  void elements(const Array& a) {
    for (const auto& [key, element] : a) {
      if (key.is_text()) {
        text(key.text());
      } else {
        out += concat({"i:", std::to_string(key.number()), ";"});
      }
      value(element.deref());
    }
  }

  void object(const Value& v) {
    Object& o = v.as_object();
    if (const auto [at, fresh] = seen_.emplace(&o, next_); !fresh) {
      --next_;
      out += concat({"r:", std::to_string(at->second), ";"});
      return;
    }
    kept_.push_back(v);
    const std::string& name = o.of().name;
    if (o.of().has_flag(kEnum)) {
      const std::string shown = concat({name, ":", to_string(*o.properties.lookup(Key(String("name"))))});
      out += concat({"E:", std::to_string(shown.size()), ":\"", shown, "\";"});
      return;
    }
    if (o.native() == Native::kClosure || o.native() == Native::kGenerator) not_allowed(name);
    if (name.find("@anonymous") != std::string::npos) not_allowed(c_string(name));
    const Array properties = properties_for(v);
    out += concat({"O:", std::to_string(name.size()), ":\"", name, "\":", std::to_string(properties.size()), ":{"});
    elements(properties);
    out += "}";
  }

  static Array properties_for(const Value& v) {
    Object& o = v.as_object();
    if (o.of().find_method("__serialize") != nullptr) {
      const Value given = call_method(o, "__serialize").deref();
      if (!given.is_array()) throw_type_error(concat({o.of().name, "::__serialize() must return an array"}));
      return given.as_array();
    }
    if (dynamic_cast<const Container*>(&o) != nullptr) {
      stop("serialize", concat({"objects of class ", o.of().name, " are not serialised here"}));
    }
    if (o.of().find_method("__sleep") == nullptr) return object_to_array(o);
    Array out;
    const Array names = to_array(call_method(o, "__sleep"));
    for (const auto& [key, wanted] : names) {
      for (const Property& p : properties_of(o)) {
        const String name = to_string(wanted);
        if (name == std::string_view(p.name) || name == std::string_view(p.mangled()))
          out.set_key(Key::text_as_is(String(p.mangled())), p.value.deref());
      }
    }
    return out;
  }

  std::unordered_map<const Object*, Int> seen_;
  std::vector<Value> kept_;  // so that no other object takes the place of one
  Int next_ = 0;
};

// Ends the reading of data at an offset.
struct Failure {
  std::size_t at;
};

// How deep values may nest: each level takes some of the stack.
constexpr int kNestingMax = 4096;

class Unserializer {
 public:
  explicit Unserializer(std::string_view text) : text_(text) {}

  Value value() {
    if (++depth_ > kNestingMax) {
      stop("unserialize", concat({"values nested deeper than ", std::to_string(kNestingMax), " are not read"}));
    }
    const std::size_t start = at_;
    const std::size_t slot = slots_.size();
    slots_.emplace_back();
    Value v;
    if (text_.substr(at_).starts_with("N;")) {
      at_ += 2;
    } else {
      if (text_.size() - at_ < 2 || text_[at_ + 1] != ':') fail(start);
      const char kind = text_[at_];
      at_ += 2;
      v = typed(kind, start, slot);
      slots_.resize(std::max(slots_.size(), slot + 1));
      slots_[slot] = v;
    }
    --depth_;
    return v;
  }

 private:
  [[noreturn]] static void fail(std::size_t at) { throw Failure{at}; }

  // Reads up to a byte that must come.
  std::string_view until(char c, std::size_t start) {
    const std::size_t end = text_.find(c, at_);
    if (end == std::string_view::npos) fail(start);
    const std::string_view s = text_.substr(at_, end - at_);
    at_ = end + 1;
    return s;
  }

  Int integer(char end, std::size_t start) {
    std::string_view s = until(end, start);
    if (s.starts_with('+')) s.remove_prefix(1);
    Int n = 0;
    const auto [last, error] = std::from_chars(s.data(), s.data() + s.size(), n);
    if (error != std::errc() || last != s.data() + s.size()) fail(start);
    return n;
  }

  bool at_end_or_not(char c) const { return at_ >= text_.size() || text_[at_] != c; }

  Value typed(char kind, std::size_t start, std::size_t slot) {
    switch (kind) {
      case 'b': {
        const std::string_view s = until(';', start);
        if (s != "0" && s != "1") fail(start);
        return s == "1";
      }
      case 'i':
        return integer(';', start);
      case 'd':
        return real(start);
      case 's': {
        const String s = str(start);
        if (at_end_or_not(';')) fail(std::min(at_, text_.size()));
        ++at_;
        return s;
      }
      case 'a': {
        Array a;
        elements(a, integer(':', start), start);
        return a;
      }
      case 'O':
        return object(start, slot);
      case 'E':
        return enum_case(start);
      case 'C':
        stop("unserialize", "objects that serialise themselves are not converted");
      case 'r':
      case 'R':
        return again(kind, start, slot);
      default:
        fail(start);
    }
  }

  Value again(char kind, std::size_t start, std::size_t slot) {
    const Int n = integer(';', start);
    if (n < 1 || n > static_cast<Int>(slots_.size()) - 1) fail(start);
    const Value found = slots_[index(n - 1)];
    if (kind == 'R' && !found.is_object()) stop("unserialize", "references in serialised data are not converted");
    slots_.resize(slot);
    return found;
  }

  Value enum_case(std::size_t start) {
    const String both = str(start);
    const std::string_view text = both;
    const std::size_t colon = text.find(':');
    Class* c = colon == std::string_view::npos ? nullptr : load_class(text.substr(0, colon));
    if (c == nullptr || !c->has_flag(kEnum) || at_end_or_not(';')) {
      stop("unserialize", "a case of an enum that is not there");
    }
    ++at_;
    const ClassConstant* found = c->find_constant(text.substr(colon + 1));
    if (found == nullptr || !found->is_case) stop("unserialize", "a case of an enum that is not there");
    return class_const(*c, text.substr(colon + 1), nullptr);
  }

  double real(std::size_t start) {
    const std::string_view s = until(';', start);
    if (s == "NAN") return std::numeric_limits<double>::quiet_NaN();
    if (s == "INF") return std::numeric_limits<double>::infinity();
    if (s == "-INF") return -std::numeric_limits<double>::infinity();
    bool whole = false;
    parse_number(s, whole);
    if (!whole) fail(start);
    return string_to_float(s);
  }

  String str(std::size_t start) {
    const Int n = integer(':', start);
    if (n < 0 || n > length_of(text_) - static_cast<Int>(at_) - 2) fail(start + 2);
    if (text_[at_] != '"') fail(at_);
    const String s = text_.substr(at_ + 1, index(n));
    at_ += index(n) + 1;
    if (text_[at_] != '"') fail(at_);
    ++at_;
    return s;
  }

  void elements(Array& a, Int n, std::size_t start) {
    if (at_end_or_not('{') || n < 0) fail(start);
    ++at_;
    for (; n > 0; --n) {
      if (at_end_or_not('i') && at_end_or_not('s')) fail(at_);
      const Value key = value();
      slots_.pop_back();  // keys have no number
      a.set(key, value());
    }
    if (at_end_or_not('}')) fail(at_);
    ++at_;
  }

  Value object(std::size_t start, std::size_t slot) {
    const String name = str(start);
    if (at_end_or_not(':')) fail(at_);
    ++at_;
    const Int count = integer(':', start);
    Class* c = load_class(name);
    if (c == nullptr || (c->flags & (kAbstract | kInterface | kEnum | kTrait)) != 0) {
      stop("unserialize", concat({"an object of class ", name, " cannot be made here"}));
    }
    const ObjectPtr o = c->instance();
    slots_[slot] = o;
    Array properties;
    elements(properties, count, start);
    if (c->find_method("__unserialize") != nullptr) {
      call_method(*o, "__unserialize", {Value(properties)});
      return o;
    }
    for (const auto& [key, v] : properties) restore(*o, key, v);
    if (c->find_method("__wakeup") != nullptr) call_method(*o, "__wakeup");
    return o;
  }

  // Gives an object a property under its name in serialised data: "\0*\0x" is a protected x, "\0C\0x" C's private one.
  static void restore(Object& o, const Key& key, const Value& v) {
    const String written = key.string();
    const std::size_t end = written.view().rfind('\0');
    const String name = end == std::string_view::npos ? written : String(written.view().substr(end + 1));
    const ClassProperty* declared = o.of().find_property(name, false);
    const bool private_elsewhere =
        written.view().starts_with('\0') && !written.view().starts_with(std::string_view("\0*\0", 3));
    if (private_elsewhere && o.properties.raw(Key::text_as_is(written)) != nullptr) {
      o.properties.set_raw(Key::text_as_is(written), v);
    } else {
      o.properties.set_raw(declared != nullptr ? declared->key : Key(name), v);
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<Value> slots_;
};

}  // namespace

String serialize(const Value& value) {
  Serializer s;
  s.value(value.deref());
  return s.out;
}

Value unserialize(const String& data, const Array&) {
  try {
    return Unserializer(data).value();
  } catch (const Failure& failure) {
    if (!data.empty()) {
      notice(concat({"unserialize(): Error at offset ", std::to_string(failure.at), " of ", std::to_string(data.size()),
                     " bytes"}));
    }
    return false;
  }
}

}  // namespace banyan::php_runtime
