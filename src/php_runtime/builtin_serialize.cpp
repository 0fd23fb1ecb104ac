// serialize() and unserialize(), after https://www.php.net/manual/en/function.serialize.php. What appears a second time
// is written as the number of the first time: objects as r:N, references as R:N.
#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <set>
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
  // A value, or a reference to one.
  void value(const Value& stored) {
    ++next_;
    const Value& v = stored.deref();
    if (v.is_object() || stored.is_reference()) {
      const void* const what = v.is_object() ? static_cast<const void*>(&v.as_object()) : stored.as_reference().box();
      if (const auto [at, fresh] = seen_.emplace(what, next_); !fresh) {
        if (stored.is_reference()) --next_;  // which has no number of its own
        out += concat({stored.is_reference() ? "R:" : "r:", std::to_string(at->second), ";"});
        return;
      }
      kept_.push_back(stored);
    }
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
      case Kind::kResource:
        out += "i:0;";
        return;
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
      value(element);
    }
  }

  void object(const Value& v) {
    Object& o = v.as_object();
    const std::string& name = o.of().name;
    if (o.of().has_flag(kEnum)) {
      const std::string shown = concat({name, ":", to_string(*o.properties.lookup(Key(String("name"))))});
      out += concat({"E:", std::to_string(shown.size()), ":\"", shown, "\";"});
      return;
    }
    if (o.native() == Native::kClosure || o.native() == Native::kGenerator) not_allowed(name);
    if (name.find("@anonymous") != std::string::npos) not_allowed(c_string(name));
    const std::optional<Array> properties = properties_for(v);
    if (!properties) {
      out += "N;";
      return;
    }
    out += concat({"O:", std::to_string(name.size()), ":\"", name, "\":", std::to_string(properties->size()), ":{"});
    elements(*properties);
    out += "}";
  }

  // What is written of an object; nothing where null is.
  static std::optional<Array> properties_for(const Value& v) {
    Object& o = v.as_object();
    if (o.of().find_method("__serialize") != nullptr) {
      const Value given = call_method(o, "__serialize").deref();
      if (!given.is_array()) throw_type_error(concat({o.of().name, "::__serialize() must return an array"}));
      return given.as_array();
    }
    if (dynamic_cast<const Container*>(&o) != nullptr) {
      stop("serialize", concat({"objects of class ", o.of().name, " are not serialised here"}));
    }
    if (o.of().find_method("__sleep") != nullptr) {
      const Value names = call_method(o, "__sleep").deref();
      if (names.is_array()) return sleeping(o, names.as_array());
      not_names(o);
      return {};
    }
    Array out;
    for (const Property& p : properties_of(o)) {
      if (!p.value.is_undefined()) out.set_raw(Key::text_as_is(String(p.mangled())), p.value);
    }
    return out;
  }

  static void not_names(const Object& o) {
    warning(
        concat({"serialize(): ", o.of().name,
                "::__sleep() should return an array only containing the names of instance-variables to serialize"}));
  }

  // The properties that __sleep() named, as the class sees them.
  static Array sleeping(const Object& o, const Array& names) {
    Array out;
    const std::vector<Property> all = properties_of(o);
    for (const auto& [at, stored] : names) {
      const Value wanted = stored.deref();
      if (!wanted.is_string()) not_names(o);
      const String name = to_string(wanted);
      const Property* p = named(all, o.of().name, name);
      if (p == nullptr) {
        warning(concat({"serialize(): \"", name, "\" returned as member variable from __sleep() but does not exist"}));
        continue;
      }
      const Key key = Key::text_as_is(String(p->mangled()));
      if (out.raw(key) != nullptr) {
        notice(concat({"serialize(): \"", name, "\" is returned from __sleep() multiple times"}));
      } else if (!p->value.is_undefined()) {
        out.set_raw(key, p->value);
      }
    }
    return out;
  }

  // The property of that name, mangled or not, that is public, private to the class, or protected.
  static const Property* named(const std::vector<Property>& all, const std::string& of_class, std::string_view name) {
    const std::string zero(1, '\0');
    for (const std::string& before : {std::string(), zero + of_class + zero, zero + "*" + zero}) {
      const auto found =
          std::ranges::find_if(all, [&](const Property& p) { return p.mangled() == before + std::string(name); });
      if (found != all.end()) return &*found;
    }
    return nullptr;
  }

  std::unordered_map<const void*, Int> seen_;  // by object or box of a reference
  std::vector<Value> kept_;                    // so that no other takes the place of one
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
  Unserializer(std::string_view text, const Array& options) : text_(text) {
    if (const Value* allowed = options.lookup(Key(String("allowed_classes")))) allow(*allowed);
    const Value* most = options.lookup(Key(String("max_depth")));
    if (most == nullptr) return;
    if (!most->is_int()) {
      throw_type_error(
          concat({"unserialize(): Option \"max_depth\" must be of type int, ", type_name(*most), " given"}));
    }
    if (most->as_int() < 0) {
      throw_value_error("unserialize(): Option \"max_depth\" must be greater than or equal to 0");
    }
    most_ = most->as_int();
  }

  Value read() {
    Value v = value(kNoSlot, Key());
    for (const Link& link : links_) bind(link, v);
    return v.deref();
  }

  // Calls __wakeup() and __unserialize() of the objects, once all is read.
  void wake() {
    for (const std::size_t at : whole_) {
      Slot& slot = slots_[at];
      Object& o = slot.object->as_object();
      if (slot.data) {
        call_method(o, "__unserialize", {*slot.data});
      } else if (o.of().find_method("__wakeup") != nullptr) {
        call_method(o, "__wakeup");
      }
    }
  }

 private:
  static constexpr std::size_t kNoSlot = std::numeric_limits<std::size_t>::max();

  // A value that has a number: the element of an array or object, itself with a number, that holds it.
  struct Slot {
    std::size_t parent = kNoSlot;
    Key key;
    std::optional<Value> object;
    std::optional<Value> data;  // what its __unserialize() takes
    bool typed = false;         // a property that has a type
  };
  // R:N: the element that is to refer to what an earlier one holds.
  struct Link {
    std::size_t from, parent;
    Key key;
  };

  void allow(const Value& allowed) {
    if (allowed.is_bool()) {
      if (!allowed.as_bool()) allowed_.emplace();
    } else if (allowed.is_array()) {
      allowed_.emplace();
      for (const auto& [key, name] : allowed.as_array()) allowed_->insert(lower(to_string(name.deref())));
    } else {
      throw_type_error(concat(
          {"unserialize(): Option \"allowed_classes\" must be of type array|bool, ", type_name(allowed), " given"}));
    }
  }

  // The array whose elements the value of a slot has.
  Array& elements_of(std::size_t slot, Value& root) {
    Slot& s = slots_[slot];
    if (s.data) return s.data->array_here();
    if (s.object) return s.object->as_object().properties;
    if (s.parent == kNoSlot) return root.deref().array_here();
    return elements_of(s.parent, root).slot(s.key).array_here();
  }

  void bind(const Link& link, Value& root) {
    const Slot& from = slots_[link.from];
    if (from.typed) stop("unserialize", "references to typed properties in serialised data are not converted");
    Array& to = elements_of(link.parent, root);
    if (from.parent != kNoSlot) {
      to.set_raw(link.key, Value(elements_of(from.parent, root).ref_at_key(from.key)));
      return;
    }
    if (!from.object) stop("unserialize", "a reference to the whole of what is unserialised is not converted");
    if (!root.is_reference()) root = Value(Ref(root));
    to.set_raw(link.key, root);
  }

  // What the element with that key of the value of a slot is to hold.
  Value value(std::size_t parent, const Key& key) {
    const std::size_t start = at_;
    const std::size_t slot = slots_.size();
    slots_.emplace_back().parent = parent;
    slots_.back().key = key;
    if (text_.substr(at_).starts_with("N;")) {
      at_ += 2;
      return {};
    }
    if (text_.size() - at_ < 2 || text_[at_ + 1] != ':') fail(start);
    const char kind = text_[at_];
    at_ += 2;
    if (kind != 'R') return typed(kind, start, slot);
    slots_.pop_back();  // it has no number of its own
    links_.push_back({number(start), parent, key});
    return {};
  }

  // The slot that r:N; or R:N; means.
  std::size_t number(std::size_t start) {
    const Int n = integer(';', start);
    if (n < 1 || n > static_cast<Int>(slots_.size())) fail(at_);
    return index(n - 1);
  }

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
        elements(integer(':', start), start, slot,
                 [&](const Key& key, Value v, std::size_t) { a.set_raw(key, std::move(v)); });
        return a;
      }
      case 'O':
        return object(start, slot);
      case 'E':
        return enum_case(start);
      case 'C':
        stop("unserialize", "objects that serialise themselves are not converted");
      case 'r': {
        const std::optional<Value>& found = slots_[number(start)].object;
        if (!found) fail(at_);
        return *(slots_[slot].object = found);
      }
      default:
        fail(start);
    }
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

  // Reads n keys and values of the value of a slot.
  template <class Put>
  void elements(Int n, std::size_t start, std::size_t slot, const Put& put) {
    if (at_end_or_not('{') || n < 0) fail(start);
    ++at_;
    if (++depth_ > most_ && most_ > 0) {
      warning(concat({"unserialize(): Maximum depth of ", std::to_string(most_),
                      " exceeded. The depth limit can be changed using the max_depth unserialize() option or the "
                      "unserialize_max_depth ini setting"}));
      fail(at_);
    }
    if (depth_ > kNestingMax) {
      stop("unserialize", concat({"values nested deeper than ", std::to_string(kNestingMax), " are not read"}));
    }
    for (; n > 0; --n) {
      if (at_end_or_not('i') && at_end_or_not('s')) fail(at_);
      const Key key = to_key(value(kNoSlot, Key()));
      slots_.pop_back();  // keys have no number
      const std::size_t at = slots_.size();
      put(key, value(slot, key), at);
    }
    if (at_end_or_not('}')) fail(at_);
    --depth_;
    ++at_;
  }

  Value object(std::size_t start, std::size_t slot) {
    const String name = str(start);
    if (at_end_or_not(':')) fail(at_);
    ++at_;
    const Int count = integer(':', start);
    if (allowed_ && !allowed_->contains(lower(name))) {
      stop("unserialize", concat({"an object of class ", name, ", which is not allowed, cannot be made here"}));
    }
    Class* c = load_class(name);
    if (c == nullptr || (c->flags & (kAbstract | kInterface | kEnum | kTrait)) != 0) {
      stop("unserialize", concat({"an object of class ", name, " cannot be made here"}));
    }
    const ObjectPtr o = c->instance();
    slots_[slot].object = Value(o);
    if (c->find_method("__unserialize") != nullptr) {
      slots_[slot].data = Value(Array());
      elements(count, start, slot, [&](const Key& key, Value v, std::size_t) {
        slots_[slot].data->array_here().set_raw(key, std::move(v));
      });
    } else if (dynamic_cast<const Container*>(o.get()) != nullptr) {
      stop("unserialize", concat({"objects of class ", name, " are not made of serialised data here"}));
    } else {
      elements(count, start, slot, [&](const Key& key, const Value& v, std::size_t at) { restore(*o, key, v, at); });
    }
    whole_.push_back(slot);
    return o;
  }

  // Gives an object a property under its name in serialised data, which has the slot `at`, or is the last link:
  // "\0*\0x" is a protected x, "\0C\0x" C's private one.
  void restore(Object& o, const Key& key, const Value& v, std::size_t at) {
    const std::string written = key.string().str();
    const std::size_t end = written.rfind('\0');
    const std::string name = end == std::string::npos ? written : written.substr(end + 1);
    const bool private_elsewhere = written.starts_with('\0') && !written.starts_with(std::string("\0*\0", 3));
    Key kept = Key::text_as_is(String(private_elsewhere ? written : name));
    ClassProperty* declared = private_elsewhere ? nullptr : o.of().find_property(name, false);
    if (private_elsewhere && o.properties.raw(kept) == nullptr) {
      // a private property of a class whose objects have it by another name, or no longer
      declared = o.of().find_property(name, false);
      kept = Key::text_as_is(String(name));
    }
    if (declared != nullptr) kept = declared->key;
    const bool is_typed = declared != nullptr && !declared->types.empty() && declared->types != "mixed";
    if (at < slots_.size()) {
      slots_[at].key = kept;
      slots_[at].typed = is_typed;
    } else {
      if (is_typed) stop("unserialize", "references to typed properties in serialised data are not converted");
      links_.back().key = kept;
    }
    o.properties.set_raw(kept, is_typed ? taken_by(*declared, v) : v);
  }

  // What a typed property takes: only what suits its type as it is.
  static Value taken_by(ClassProperty& p, const Value& v) {
    Value out;
    if (!suits(p, v, true, out)) {
      throw_type_error(concat({"Cannot assign ", type_name(v), " to property ", p.title(), " of type ", p.types}));
    }
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Int depth_ = 0;
  Int most_ = 4096;                               // how deep arrays and objects may nest; 0: as deep as they do
  std::optional<std::set<std::string>> allowed_;  // the classes, in lower case; none: all
  std::vector<Slot> slots_;
  std::vector<Link> links_;
  std::vector<std::size_t> whole_;  // the slots of objects, in the order in which they were read to the end
};

}  // namespace

String serialize(const Value& value) {
  Serializer s;
  s.value(value.deref());
  return s.out;
}

Value unserialize(const String& data, const Array& options) {
  Unserializer reader(data, options);
  Value result = false;
  try {
    result = reader.read();
  } catch (const Failure& failure) {
    if (!data.empty()) {
      notice(concat({"unserialize(): Error at offset ", std::to_string(failure.at), " of ", std::to_string(data.size()),
                     " bytes"}));
    }
  }
  reader.wake();
  return result;
}

}  // namespace banyan::php_runtime
