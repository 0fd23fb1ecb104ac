// Classes: what their declarations say, found by name and by the scope that asks.
#include <algorithm>
#include <cstdio>

#include "php_runtime/context.h"
#include "php_runtime/convert.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/function.h"
#include "php_runtime/missing.h"
#include "php_runtime/operators.h"
#include "php_runtime/params.h"
#include "php_runtime/program.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

thread_local int anonymous_classes = 0;

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    if (fold(a[i]) != fold(b[i])) return false;
  }
  return true;
}

// PHP's own, of each thread: what classes hold is not shared between threads.
struct BuiltinClasses {
  std::vector<std::unique_ptr<Class>> all;
  std::unordered_map<std::string, Class*> by_name;
};
BuiltinClasses& builtins() {
  thread_local BuiltinClasses classes;
  return classes;
}
std::unordered_map<std::string, Class*>& builtin_classes() { return builtins().by_name; }

std::string_view bare(std::string_view name) { return name.starts_with('\\') ? name.substr(1) : name; }

void add_interface(std::string_view name, std::initializer_list<std::string_view> parents = {}) {
  Class& c = new_builtin(name, kInterface);
  for (const std::string_view parent : parents) c.interfaces.push_back(builtin_classes()[lower(parent)]);
  declare_builtin(c);
}

void declare_basics() {
  thread_local const bool done = [] {
    add_interface("Stringable");
    add_interface("Traversable");
    add_interface("Iterator", {"Traversable"});
    add_interface("IteratorAggregate", {"Traversable"});
    add_interface("ArrayAccess");
    add_interface("Countable");
    add_interface("JsonSerializable");
    add_interface("Serializable");
    add_interface("UnitEnum");
    add_interface("BackedEnum", {"UnitEnum"});
    add_interface("OuterIterator", {"Iterator"});
    add_interface("SeekableIterator", {"Iterator"});
    add_interface("Throwable", {"Stringable"});
    declare_builtin(new_builtin("stdClass")).allow_dynamic();
    declare_builtin(new_builtin("Closure", kFinal));
    return true;
  }();
  static_cast<void>(done);
  thread_local const bool throwables = [] {
    declare_throwables();
    declare_generator();
    return true;
  }();
  static_cast<void>(throwables);
}

}  // namespace

Class::Class(std::string_view class_name, int class_flags) : name(class_name), flags(class_flags) {
  if (has_flag(kEnum)) flags |= kFinal;
}

void Class::anonymous(int at_line) {
  line = at_line;
  name = "class@anonymous";
}

void Class::constant(std::string_view member, int member_flags, Value (*value)()) {
  auto made = std::make_unique<ClassConstant>();
  made->name = member;
  made->flags = member_flags;
  made->value = value;
  made->owner = this;
  constants.push_back(std::move(made));
}

void Class::enum_case(std::string_view member, Value (*value)()) {
  constant(member, kPublic, value);
  constants.back()->is_case = true;
  cases.push_back(constants.back().get());
}

void Class::property(std::string_view member, int member_flags, std::string_view types, Value (*value)()) {
  auto made = std::make_unique<ClassProperty>();
  made->name = member;
  made->flags = member_flags;
  made->types = types;
  made->value = value;
  made->owner = this;
  own_properties.push_back(std::move(made));
}

Function& Class::method(std::string_view member, int member_flags, std::nullptr_t) {
  return add_method(member, member_flags | kAbstract, Ptr<Function>::adopt(new Function));
}

Function& Class::add_method(std::string_view member, int member_flags, Ptr<Function> f) {
  auto made = std::make_unique<Method>();
  made->name = member;
  made->flags = member_flags;
  made->owner = this;
  f->name = name + "::" + std::string(member);
  f->owner = this;
  Function& out = *f;
  made->function = std::move(f);
  methods.push_back(std::move(made));
  return out;
}

bool Class::descends(const Class& from) const {
  for (const Class* at = this; at != nullptr; at = at->parent) {
    if (at == &from) return true;
  }
  return false;
}

bool Class::is(std::string_view wanted) const {
  for (const Class* at = this; at != nullptr; at = at->parent) {
    if (same_name(at->name, wanted)) return true;
    for (const Class* one : at->interfaces) {
      if (one->is(wanted)) return true;
    }
  }
  return false;
}

const Method* Class::own_method(std::string_view wanted) const {
  for (const auto& one : methods) {
    if (same_name(one->name, wanted)) return one.get();
  }
  return nullptr;
}

const Method* Class::find_method(std::string_view wanted) const {
  if (declared || is_builtin) {
    const auto it = found_.find(std::string(wanted));
    if (it != found_.end()) return it->second;
  }
  const Method* out = nullptr;
  for (const Class* at = this; at != nullptr && out == nullptr; at = at->parent) {
    out = at->own_method(wanted);
    if (out == nullptr && declared && !at->trait_names.empty()) stop_for_method(*at, wanted);
  }
  for (const Class* at = this; at != nullptr && out == nullptr; at = at->parent) {
    for (const Class* one : at->interfaces) {
      out = one->find_method(wanted);
      if (out != nullptr) break;
    }
  }
  // What is asked for may come from outside: of names that are none, few are remembered.
  constexpr std::size_t kUnknownMax = 256;
  const bool keeps = out != nullptr || found_.size() < kUnknownMax;
  if ((declared || is_builtin) && keeps) found_.emplace(wanted, out);
  return out;
}

ClassConstant* Class::find_constant(std::string_view wanted) {
  for (Class* at = this; at != nullptr; at = at->parent) {
    for (const auto& one : at->constants) {
      if (one->name == wanted) return one.get();
    }
    for (Class* one : at->interfaces) {
      if (ClassConstant* found = one->find_constant(wanted)) return found;
    }
  }
  return nullptr;
}

ClassProperty* Class::find_property(std::string_view wanted, bool is_static) {
  for (Class* at = this; at != nullptr; at = at->parent) {
    for (const auto& one : at->own_properties) {
      if (one->name == wanted && ((one->flags & kStatic) != 0) == is_static &&
          ((one->flags & kPrivate) == 0 || at == this)) {
        return one.get();
      }
    }
  }
  return nullptr;
}

// ---- Known by name ----

Class& new_builtin(std::string_view name, int flags) {
  return *builtins().all.emplace_back(std::make_unique<Class>(name, flags));
}

Class& declare_builtin(Class& c) {
  c.is_builtin = true;
  for (const auto& one : c.own_properties) one->key = Key::text_as_is(String(one->name));
  builtin_classes()[lower(c.name)] = &c;
  return c;
}

Class* find_class(std::string_view given) {
  const std::string name = lower(bare(given));
  if (current_context != nullptr) {
    const auto it = context().classes.find(name);
    if (it != context().classes.end()) return it->second;
  }
  auto& known = builtin_classes();
  if (known.empty()) declare_basics();
  const auto it = known.find(name);
  return it == known.end() ? nullptr : it->second;
}

Class* load_class(std::string_view name) {
  if (Class* found = find_class(name)) return found;
  stop_if_php_has_class(name);
  Context& c = context();
  static thread_local std::vector<std::string> loading;
  const std::string key = lower(bare(name));
  if (c.autoloaders.empty() || std::find(loading.begin(), loading.end(), key) != loading.end()) return nullptr;
  struct Within {
    ~Within() { loading.pop_back(); }
  };
  loading.push_back(key);
  const Within within;
  const std::vector<Callable> all = c.autoloaders;
  for (const Callable& one : all) {
    one->call({bare(name)});
    if (Class* found = find_class(name)) return found;
  }
  return nullptr;
}

Class& need_class(std::string_view name) {
  if (Class* found = load_class(name)) return *found;
  throw_error("Class \"" + std::string(c_string(name)) + "\" not found");
}

Class* find_class_in(std::string_view name, Class* scope) {
  if (same_name(name, "self") || same_name(name, "static")) return scope;
  if (same_name(name, "parent")) return scope == nullptr ? nullptr : scope->parent;
  return load_class(name);
}

Class& class_for(const Value& given) {
  const Value& v = given.deref();
  if (v.is_object()) return v.as_object().of();
  if (v.is_string()) return need_class(v.as_string());
  throw_error("Cannot use value of type " + type_name(v) + " as class name");
}

String method_name(const Value& given) {
  const Value& name = given.deref();
  if (!name.is_string()) throw_error("Method name must be a string");
  return name.as_string();
}

Class& parent_of(Class& c) {
  if (c.parent == nullptr) throw_error("Cannot access \"parent\" when current class scope has no parent");
  return *c.parent;
}

void class_alias(Class& c, std::string_view alias) { context().classes[lower(bare(alias))] = &c; }

static void name_anonymous(Class& c) {
  if (c.line == 0 || c.name.find('\0') != std::string::npos) return;
  const std::string first = !c.parent_name.empty()       ? c.parent_name
                            : !c.interface_names.empty() ? c.interface_names[0]
                                                         : "class";
  char number[16];
  std::snprintf(number, sizeof number, "%x", static_cast<unsigned>(anonymous_classes++));
  c.name = first + "@anonymous" + std::string(1, '\0') + std::string(context().file()) + ":" + std::to_string(c.line) +
           "$" + number;
}

Class& declare_class(Class& c) {
  if (c.declared && find_class(c.name) == &c) return c;
  name_anonymous(c);
  const Class* old = find_class(c.name);
  if (old != nullptr && old != &c) {
    fatal("Cannot declare class " + c.name + ", because the name is already in use");
  }
  if (!c.parent_name.empty()) c.parent = &need_class(c.parent_name);
  c.interfaces.clear();
  for (const std::string& name : c.interface_names) {
    Class* one = load_class(name);
    if (one == nullptr) throw_error("Interface \"" + name + "\" not found");
    c.interfaces.push_back(one);
  }
  if (c.has_flag(kEnum)) {
    c.interfaces.push_back(find_class("UnitEnum"));
    if (!c.backing.empty()) c.interfaces.push_back(find_class("BackedEnum"));
    if (!c.declared) c.enum_methods();
  }
  c.found_.clear();
  c.accesses_.clear();
  c.pattern_.reset();
  if (c.find_method("__toString") != nullptr && !c.is("Stringable") && !c.has_flag(kTrait)) {
    c.interfaces.push_back(find_class("Stringable"));
  }
  if (c.parent != nullptr) {
    c.allows_dynamic = c.allows_dynamic || c.parent->allows_dynamic;
    c.statics = c.parent->statics;
  }
  for (const auto& one : c.own_properties) {
    const bool is_private = (one->flags & kPrivate) != 0;
    one->key =
        Key::text_as_is(is_private ? String(std::string(1, '\0') + c.name + '\0' + one->name) : String(one->name));
    if (!is_private) {
      Int number = 0;
      if (decimal_key(one->name, number)) one->key = Key(number);
    }
    one->known = false;
    if ((one->flags & kStatic) != 0) c.statics.insert_or_assign(one->name, Ref::undefined());
  }
  for (const auto& one : c.constants) one->known = false;
  for (const auto& one : c.methods) one->function->name = c.name + "::" + one->name;
  c.declared = true;
  c.settled = false;
  c.prepared = false;
  c.distinct = false;
  context().classes[lower(c.name)] = &c;
  return c;
}

Class* declare_once(Class* c) {
  if (c->declared && find_class(c->name) == c) return c;
  declare_class(*c);
  complain(c);
  return c;
}

void complain(const Class* c) {
  for (const auto& [at_line, message] : c->complaints) {
    line(at_line);
    deprecated(message);
  }
}

// ---- Objects of a class ----

static Value first_value(ClassProperty& p) {
  if (!p.known) {
    Value v = p.value();
    if (!p.types.empty()) {
      Value out;
      if (!coerce(v, p.types, context().source->strict, out)) {
        throw_type_error("Cannot assign " + type_name(v) + " to property " + p.title() + " of type " + p.types);
      }
      v = out;
    }
    p.first = v;
    p.known = true;
  }
  return p.first;
}

static Value constant_value(ClassConstant& k, std::string_view written = {});

// Works out the constant, or leaves it until the program asks for it, where the runtime lacks what it names.
static void settle(ClassConstant& k) {
  struct LeftOpen {};
  if (k.known || k.is_case) return;
  struct Stops {
    void (*outer)(std::string_view, std::string_view) = std::exchange(on_stop, [](std::string_view, std::string_view) {
      throw LeftOpen();
    });
    bool within = std::exchange(settling, true);
    ~Stops() {
      on_stop = outer;
      settling = within;
    }
  };
  const Stops stops;
  try {
    static_cast<void>(constant_value(k));
  } catch (const LeftOpen&) {
  }
}

// Works out the constants of the class and of what it descends from, as PHP does before the first object.
void Class::settle_constants() {
  if (settled) return;
  if (parent != nullptr) parent->settle_constants();
  for (Class* const one : interfaces) one->settle_constants();
  for (const auto& one : constants) settle(*one);
  settled = true;
}

// Works out the constants, and the values that properties begin with, which may make objects, before the object itself
// is there.
void Class::prepare() {
  settle_constants();
  for (Class* at = this; at != nullptr; at = at->parent) {
    if (at->prepared || at->is_builtin) continue;
    for (const auto& one : at->own_properties) {
      if ((one->flags & kStatic) == 0 && one->value != nullptr) first_value(*one);
    }
    at->prepared = true;
  }
}

void Class::fill(Object& o) {
  if (parent != nullptr) parent->fill(o);
  if (is_builtin) return;
  for (const auto& one : own_properties) {
    if ((one->flags & kStatic) != 0) continue;
    if (one->value != nullptr) {
      o.properties.set_raw(one->key, first_value(*one));
    } else if (o.properties.raw(one->key) == nullptr) {
      o.properties.set_raw(one->key, Value::undefined());
    }
    one->slot = static_cast<std::size_t>(o.properties.find(one->key));
  }
}

ObjectPtr Class::instance() {
  if (pattern_) {
    const ObjectPtr out = ObjectPtr::adopt(new Object(this));
    out->properties = *pattern_;
    return out;
  }
  stop_for_properties(*this);
  prepare();
  Object* o = nullptr;
  for (Class* at = this; at != nullptr && o == nullptr; at = at->parent) {
    if (at->make != nullptr) o = at->make(*this);
  }
  const bool is_plain = o == nullptr;
  if (is_plain) o = new Object(this);
  const ObjectPtr out = ObjectPtr::adopt(o);
  fill(*o);
  if (is_plain) pattern_ = o->properties;
  return out;
}

// ---- Constants and enums ----

static void distinct_cases(Class& c) {
  if (c.backing.empty() || c.distinct) return;
  std::vector<std::pair<Value, std::string>> seen;
  for (const ClassConstant* one : c.cases) {
    const Value v = one->value();
    for (const auto& [other, name] : seen) {
      if (strict_equal(other, v)) {
        throw_error("Duplicate value in enum " + c.name + " for cases " + name + " and " + one->name);
      }
    }
    Value out;
    if (!coerce(v, c.backing, true, out)) {
      throw_type_error("Enum case type " + type_name(v) + " does not match enum backing type " + c.backing);
    }
    seen.emplace_back(v, one->name);
  }
  c.distinct = true;
}

static Value constant_value(ClassConstant& k, std::string_view written) {
  if (k.known) return k.v;
  if (k.running) {
    const std::string_view holder = written.empty() ? std::string_view(k.owner->name) : written;
    throw_error("Cannot declare self-referencing constant " + std::string(holder) + "::" + k.name);
  }
  struct Running {
    ClassConstant& k;
    ~Running() { k.running = false; }
  };
  k.running = !written.empty();  // only a declaration can come round to it again
  const Running running{k};
  if (k.is_case) {
    distinct_cases(*k.owner);
    const ObjectPtr o = ObjectPtr::adopt(new Object(k.owner));
    o->properties.set_text("name", k.name);
    if (k.value != nullptr) o->properties.set_text("value", k.value());
    k.v = o;
  } else {
    k.v = k.value();
  }
  k.known = true;
  return k.v;
}

Value class_const(Class& c, std::string_view name, Class* scope) { return class_const_as(c, name, scope, {}); }

Value class_const_as(Class& c, std::string_view name, Class* scope, std::string_view written) {
  ClassConstant* k = c.find_constant(name);
  if (k == nullptr) throw_error("Undefined constant " + c.name + "::" + std::string(name));
  const std::string_view hidden = (k->flags & kPrivate) != 0     ? "private"
                                  : (k->flags & kProtected) != 0 ? "protected"
                                                                 : "";
  if (!visible(hidden, *k->owner, scope)) {
    throw_error("Cannot access " + std::string(hidden) + " constant " + c.name + "::" + std::string(name));
  }
  return constant_value(*k, written);
}

namespace {

Value backing_value(const Value& v, const Class& c, std::string_view method) {
  const std::string place = c.name + "::" + std::string(method) + "(): Argument #1 ($value)";
  if (context().source->strict) return strict(v, c.backing, place);
  return c.backing == "int" ? Value(param_int(v, place)) : Value(param_string(v, place));
}

Value case_of(Class& c, const Value& v) {
  distinct_cases(c);
  for (const auto& one : c.constants) static_cast<void>(constant_value(*one));  // as PHP does, all of them
  for (ClassConstant* one : c.cases) {
    const Value o = constant_value(*one);
    if (strict_equal(*o.as_object().properties.lookup(Key(String("value"))), v)) return o;
  }
  return {};
}

Array enum_cases(Class& c) {
  Array out;
  for (ClassConstant* one : c.cases) out.append(constant_value(*one));
  return out;
}

Value enum_from(Class& c, Value given) {
  const Value v = backing_value(given, c, "from");
  const Value found = case_of(c, v);
  if (!found.is_null()) return found;
  const std::string shown = to_string(v).str();
  throw_value_error((v.is_string() ? "\"" + shown + "\"" : shown) + " is not a valid backing value for enum " + c.name);
}

Value enum_try_from(Class& c, Value given) { return case_of(c, backing_value(given, c, "tryFrom")); }

}  // namespace

void Class::enum_methods() {
  method("cases", kPublic | kStatic, &enum_cases);
  if (backing.empty()) return;
  method("from", kPublic | kStatic, &enum_from).named({"value"});
  method("tryFrom", kPublic | kStatic, &enum_try_from).named({"value"});
}

// ---- instanceof ----

bool is_a(const Value& given, std::string_view name) {
  const Value& v = given.deref();
  if (!v.is_object()) return false;
  const Class& c = v.as_object().of();
  if (c.is(bare(name))) return true;
  const Class* found = find_class(name);  // it may be an alias
  return found != nullptr && !same_name(found->name, bare(name)) && c.is(found->name);
}

bool instance_of(const Value& v, const Class& c) { return is_a(v, c.name); }

bool instance_of_value(const Value& v, const Value& given) {
  const Value& c = given.deref();
  if (c.is_object()) return is_a(v, c.as_object().of().name);
  if (c.is_string()) return is_a(v, c.as_string());
  throw_error("Class name must be a valid object or a string");
}

bool visible(std::string_view hidden, const Class& owner, const Class* scope) {
  if (hidden == "private") return scope == &owner;
  if (hidden == "protected") return scope != nullptr && (scope->descends(owner) || owner.descends(*scope));
  return true;
}

}  // namespace banyan::php_runtime
