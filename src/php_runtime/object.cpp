// Objects: their numbers, properties and methods by name, as the scope that asks may use them.
#include "php_runtime/object.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "php_runtime/context.h"
#include "php_runtime/convert.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/function.h"
#include "php_runtime/live_objects.h"
#include "php_runtime/missing.h"
#include "php_runtime/operators.h"
#include "php_runtime/params.h"
#include "php_runtime/place.h"
#include "php_runtime/spl.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

thread_local LiveObjects* live = nullptr;

Int take_number() {
  Context& c = context();
  if (!c.free_numbers.empty()) {
    const Int number = c.free_numbers.back();
    c.free_numbers.pop_back();
    return number;
  }
  return ++c.last_number;
}

std::string scope_name(const Class* scope) { return scope == nullptr ? "global scope" : "scope " + scope->name; }

std::string title(const Object& o, std::string_view name) { return o.of().name + "::$" + std::string(name); }

}  // namespace

LiveObjects* use_live_objects(LiveObjects* objects) { return std::exchange(live, objects); }

Object::Object(Class* c) : class_(c) {
  if (c == nullptr) return;
  number_ = take_number();
  if (live != nullptr) live->add(this);
}
// A reference among the properties that something else holds by now is shared with the clone for good, one that nothing
// else holds is a value from now on; where there are none the copying can wait.
Object::Object(const Object& other)
    : Counted(), properties(other.properties), class_(other.class_), number_(take_number()) {
  if (live != nullptr) live->add(this);
  bool holds = false;
  for (const auto& [key, v] : properties) holds = holds || v.is_reference();
  if (!holds) return;
  properties.own();
  for (const Class* c = class_; c != nullptr; c = c->parent) {
    for (const auto& p : c->own_properties) {
      const Value* kept = p->types.empty() || (p->flags & kStatic) != 0 ? nullptr : properties.raw(p->key);
      if (kept != nullptr && kept->is_reference()) kept->as_reference().box()->types.push_back(p.get());
    }
  }
}
Object::~Object() {
  if (live != nullptr) live->remove(this);
  if (number_ != 0 && current_context != nullptr) context().free_numbers.push_back(number_);
}

// PHP calls the destructor when the last holder goes; the object may come back to life in it.
void release(Object* o) {
  if (!o->destructed && o->native() <= Native::kOther && o->number() != 0) {
    const Method* m = current_context == nullptr ? nullptr : o->of().find_method("__destruct");
    if (m != nullptr && m->function->invoke != nullptr) {
      o->destructed = true;
      o->holders = 1;
      call_function(*m->function, {ObjectPtr(o), &o->of()}, {});
      if (--o->holders > 0) return;
    }
  }
  delete o;
}

String class_name(const Object& o) { return {std::string_view(o.of().name)}; }

bool object_string(Object& o, String& out) {
  const Method* m = o.of().find_method("__toString");
  if (m == nullptr || m->function->invoke == nullptr) return false;
  out = to_string(call_function(*m->function, {ObjectPtr(&o), &o.of()}, {}));
  return true;
}

ObjectPtr to_object(const Value& given) {
  const Value& v = given.deref();
  if (v.is_object()) return v.object();
  ObjectPtr o = find_class("stdClass")->instance();
  if (v.is_array()) {
    o->properties = v.as_array();
  } else if (!v.is_null()) {
    o->properties.set_text("scalar", v);
  }
  return o;
}

// ---- new and clone ----

ObjectPtr begin_object(Class& c) {
  if (c.has_flag(kEnum)) throw_error("Cannot instantiate enum " + c.name);
  if (c.has_flag(kInterface)) throw_error("Cannot instantiate interface " + c.name);
  if (c.has_flag(kTrait)) throw_error("Cannot instantiate trait " + c.name);
  if (c.name == "Closure") throw_error("Instantiation of class Closure is not allowed");
  if (c.name == "Generator") {
    throw_error("The \"Generator\" class is reserved for internal use and cannot be manually instantiated");
  }
  if (c.has_flag(kAbstract)) throw_error("Cannot instantiate abstract class " + c.name);
  return c.instance();
}

void construct(const ObjectPtr& o, Class* scope, Arguments arguments) {
  Class& c = o->of();
  const Method* m = c.find_method("__construct");
  if (m == nullptr || m->function->invoke == nullptr) return;
  if (!visible(m->hidden(), *m->owner, scope)) {
    throw_error("Call to " + std::string(m->hidden()) + " " + m->owner->name + "::__construct() from " +
                scope_name(scope));
  }
  call_function(*m->function, {o, &c}, arguments);
}

ObjectPtr new_object(Class& c, Class* scope, Arguments arguments) {
  ObjectPtr o = begin_object(c);
  construct(o, scope, arguments);
  return o;
}

Value clone_in(const Value& given, Class* scope) {
  const Value& v = given.deref();
  if (!v.is_object()) throw_error("__clone method called on non-object");
  Object& o = v.as_object();
  const Method* m = o.of().find_method("__clone");
  if (m != nullptr && !visible(m->hidden(), *m->owner, scope)) {
    throw_error("Call to " + std::string(m->hidden()) + " " + m->owner->name + "::__clone() from " + scope_name(scope));
  }
  if (o.of().has_flag(kEnum)) throw_error("Trying to clone an uncloneable object of class " + o.of().name);
  if (o.native() == Native::kGenerator) throw_error("Trying to clone an uncloneable object of class Generator");
  const ObjectPtr made = ObjectPtr::adopt(o.clone());
  if (m != nullptr && m->function->invoke != nullptr) call_function(*m->function, {made, &made->of()}, {});
  return made;
}

// ---- Typed properties ----

std::string ClassProperty::title() const { return owner->name + "::$" + name; }

bool ClassProperty::allows(std::string_view type) const {
  if (types.empty() || types == "mixed") return true;
  if (types[0] == '?') return type == "null" || std::string_view(types).substr(1) == type;
  for (std::size_t at = 0; at <= types.size();) {
    const std::size_t end = std::min(types.find('|', at), types.size());
    if (std::string_view(types).substr(at, end - at) == type) return true;
    at = end + 1;
  }
  return false;
}

bool suits(ClassProperty& p, const Value& x, bool strict, Value& out) {
  if (p.checked.empty()) {
    for (std::size_t at = 0; at <= p.types.size();) {
      const std::size_t end = std::min(p.types.find('|', at), p.types.size());
      std::string one = p.types.substr(at, end - at);
      if (one == "self") one = p.owner->name;
      if (one == "?self") one = "?" + p.owner->name;
      if (one == "parent" && p.owner->parent != nullptr) one = p.owner->parent->name;
      p.checked += (at == 0 ? "" : "|") + one;
      at = end + 1;
    }
  }
  return coerce(x, p.checked, strict, out);
}

namespace {

bool coerced(ClassProperty& p, const Value& x, Value& out) { return suits(p, x, context().source->strict, out); }

// Whether x came out of ++ (+1) or -- (-1) of the old value, which was as great or small as ints are.
int overflowed(const Value& x, const Value& old) {
  const int step = std::exchange(context().last_step, 0);
  if (step == 0 || !x.is_float() || !old.deref().is_int()) return 0;
  const Int n = old.deref().as_int();
  return (n == INT64_MAX && x.as_float() > 0) || (n == INT64_MIN && x.as_float() < 0) ? step : 0;
}

Value takes(ClassProperty& p, const Value& x, const Value& old) {
  if (p.types.empty()) return x;
  if (const int step = overflowed(x, old); step != 0 && !p.allows("float")) {
    throw_type_error(std::string(step > 0 ? "Cannot increment" : "Cannot decrement") + " property " + p.title() +
                     " of type " + p.types + " past its " + (step > 0 ? "maximal" : "minimal") + " value");
  }
  Value out;
  if (!coerced(p, x, out)) {
    throw_type_error("Cannot assign " + type_name(x) + " to property " + p.title() + " of type " + p.types);
  }
  return out;
}

void bind(RefBox& box, ClassProperty* p) {
  if (p != nullptr && !p->types.empty() && p->types != "mixed") box.types.push_back(p);
}

void unbind(const Value& v, ClassProperty* p) {
  if (!v.is_reference() || p == nullptr) return;
  auto& list = v.as_reference().box()->types;
  const auto it = std::find(list.begin(), list.end(), p);
  if (it != list.end()) list.erase(it);
}

// Sees to it that a typed property can be bound to the reference.
void admit(ClassProperty* p, const Ref& r) {
  if (p == nullptr || p->types.empty() || p->types == "mixed") return;
  Value out;
  const bool fits = coerced(*p, *r, out);
  auto& list = r.box()->types;
  if (fits && (list.empty() || strict_equal(out, *r))) {
    *r = out;
    return;
  }
  // Only what a type of scalars might still be made of is told from the type that the reference has.
  const auto takes_scalars = [p](std::string_view type) { return p->allows(type); };
  constexpr std::string_view kScalars[] = {"int", "float", "string", "bool"};
  if (list.empty() || r.value().is_null() || !std::ranges::any_of(kScalars, takes_scalars)) {
    throw_type_error("Cannot assign " + type_name(*r) + " to property " + p->title() + " of type " + p->types);
  }
  throw_type_error("Reference with value of type " + type_name(*r) + " held by property " + list[0]->title() +
                   " of type " + list[0]->types + " is not compatible with property " + p->title() + " of type " +
                   p->types);
}

}  // namespace

const Value& Ref::set(Value x) const {
  RefBox& box = *box_;
  if (!box.types.empty()) {
    const int step = overflowed(x, box.value);
    Value out;
    for (ClassProperty* p : box.types) {
      if (step != 0 && !p->allows("float")) {
        throw_type_error(std::string(step > 0 ? "Cannot increment" : "Cannot decrement") +
                         " a reference held by property " + p->title() + " of type " + p->types + " past its " +
                         (step > 0 ? "maximal" : "minimal") + " value");
      }
      Value made;
      if (!coerced(*p, x, made)) {
        throw_type_error("Cannot assign " + type_name(x) + " to reference held by property " + p->title() +
                         " of type " + p->types);
      }
      if (p != box.types[0] && !strict_equal(out, made)) {
        throw_type_error("Cannot assign " + type_name(x) + " to reference held by property " + box.types[0]->title() +
                         " of type " + box.types[0]->types + " and property " + p->title() + " of type " + p->types +
                         ", as this would result in an inconsistent type conversion");
      }
      if (p == box.types[0]) out = made;
    }
    x = out;
  }
  const Value before = std::exchange(box.value, std::move(x));
  return box.value;
}

Value Ref::replace(Value x) const {
  Value old = quiet(value());
  set(std::move(x));
  return old;
}

// ---- Properties ----

namespace {

struct Found {
  Key key;
  ClassProperty* property = nullptr;
  bool allowed = true;
  const Value* kept = nullptr;  // as stored, where it is there
  bool uninitialized() const { return kept != nullptr && kept->is_undefined(); }
  bool was_unset() const { return uninitialized() && kept->as_int() != 0; }
  bool is_missing() const { return !allowed || kept == nullptr || was_unset(); }  // magic methods are asked
};

Found find(Object& o, std::string_view name, Class* scope) {
  const Access& a = o.of().access(name, scope);
  const std::size_t slot = a.property == nullptr ? 0 : a.property->slot;
  return {a.key, a.property, a.allowed, o.properties.raw_near(a.key, slot)};
}

// The value of a declared property that scope may use, where it is found at once: it is initialised and no reference.
const Value* declared_value(const Object& o, const Access& a) {
  if (a.property == nullptr || !a.allowed) return nullptr;
  const Value* kept = o.properties.raw_near(a.key, a.property->slot);
  return kept == nullptr || kept->is_reference() || kept->is_undefined() ? nullptr : kept;
}

// Magic methods that run, by object, method and name: they are not asked again for that very name.
struct Guard {
  const Object* o;
  std::string method;
  std::string name;
  bool operator==(const Guard&) const = default;
};
thread_local std::vector<Guard> guards;

const Method* magic(Object& o, std::string_view method, std::string_view name) {
  const Method* m = o.of().find_method(method);
  if (m == nullptr || m->function->invoke == nullptr) return nullptr;
  for (const Guard& one : guards) {
    if (one.o == &o && one.method == method && one.name == name) return nullptr;
  }
  return m;
}

Value guarded(Object& o, const Method& m, std::string_view name, std::vector<Value> arguments) {
  struct Within {
    ~Within() { guards.pop_back(); }
  };
  guards.push_back({&o, m.name, std::string(name)});
  const Within within;
  return call_function(*m.function, {ObjectPtr(&o), &o.of()}, arguments);
}

[[noreturn]] void refuse(const Object& o, const ClassProperty& p, std::string_view name) {
  throw_error("Cannot access " + hidden_by(p.flags) + " property " + title(o, name));
}

void enum_untouched(const Object& o, std::string_view name, bool has) {
  throw_error(std::string(has ? "Cannot modify readonly property " : "Cannot create dynamic property ") +
              title(o, name));
}

// Those names are of properties that their class hides.
void refuse_hidden_name(std::string_view name) {
  if (name.starts_with('\0')) throw_error("Cannot access property starting with \"\\0\"");
}

void dynamic_allowed(const Object& o, std::string_view name) {
  refuse_hidden_name(name);
  const Class& c = o.of();
  if (c.find_method("__set") != nullptr) return;
  if (c.is_read_only || o.native() == Native::kClosure || o.native() == Native::kGenerator) {
    throw_error("Cannot create dynamic property " + title(o, name));
  }
  for (const Class* at = &c; at != nullptr; at = at->parent) {
    if (at->allows_dynamic) return;
  }
  stop_for_property(c, name);
  deprecated("Creation of dynamic property " + title(o, name) + " is deprecated");
}

// The class that may initialise a readonly property: the first that declared it.
const Class* first_owner(const ClassProperty& p) {
  const Class* first = p.owner;
  for (const Class* c = p.owner->parent; c != nullptr && (p.flags & kPrivate) == 0; c = c->parent) {
    for (const auto& above : c->own_properties) {
      if (above->name == p.name && (above->flags & kPrivate) == 0) first = c;
    }
  }
  return first;
}

Value accepted(ClassProperty& p, const Value& x, const Value* old, const Class* scope) {
  if ((p.flags & kReadOnly) != 0) {
    if (old != nullptr && !old->is_undefined()) throw_error("Cannot modify readonly property " + p.title());
    if (scope != first_owner(p)) {
      throw_error("Cannot initialize readonly property " + p.title() + " from " + scope_name(scope));
    }
  }
  if (old != nullptr && old->is_reference() && !old->as_reference().box()->types.empty() && context().last_step != 0) {
    return x;  // the reference says why not
  }
  return takes(p, x, old == nullptr ? Value() : *old);
}

// Whether a property is simply set to x.
bool simply_takes(const ClassProperty& p, const Value& x) {
  return (p.flags & kReadOnly) == 0 && !p.owner->has_flag(kEnum) && context().last_step == 0 &&
         (p.types.empty() ? !x.is_reference() : is_exactly(x, p.types));
}

Object& need_object(const Value& given, std::string_view name, std::string_view what = "assign") {
  const Value& v = given.deref();
  if (!v.is_object()) {
    throw_error("Attempt to " + std::string(what) + " property \"" + std::string(name) + "\" on " + type_name(v).str());
  }
  return v.as_object();
}

}  // namespace

Value prop(const Value& given, std::string_view name, Class* scope) {
  const Value& v = given.deref();
  if (v.is_object()) {
    const Object& o = v.as_object();
    if (const Value* kept = declared_value(o, o.of().access(name, scope))) return *kept;
  }
  if (!v.is_object()) {
    warning("Attempt to read property \"" + std::string(name) + "\" on " + type_name(v).str());
    return {};
  }
  Object& o = v.as_object();
  const Found f = find(o, name, scope);
  if (f.allowed && f.kept != nullptr && !f.uninitialized()) return f.kept->deref();
  const Method* m = magic(o, "__get", name);
  if (f.allowed && f.uninitialized() && !f.property->types.empty() && (m == nullptr || !f.was_unset())) {
    throw_error("Typed property " + f.property->owner->name + "::$" + std::string(name) +
                " must not be accessed before initialization");
  }
  if (m != nullptr) {
    const Value got = guarded(o, *m, name, {name}).deref();
    if (f.property != nullptr && !f.property->types.empty() && f.allowed) return takes(*f.property, got, {});
    return got;
  }
  if (!f.allowed) refuse(o, *f.property, name);
  stop_for_property(o.of(), name);
  refuse_hidden_name(name);
  warning("Undefined property: " + title(o, c_string(name)));
  return {};
}

Value set_prop(const Value& target, std::string_view name, Class* scope, Value x) {
  Object& o = need_object(target, name);
  const Access& a = o.of().access(name, scope);
  if (const Value* kept = declared_value(o, a);
      kept != nullptr && o.properties.alone() && simply_takes(*a.property, x)) {
    // What was there ends when the object is whole again.
    const Value before = std::exchange(const_cast<Value&>(*kept), x);
    return x;
  }
  const Found f = find(o, name, scope);
  if (!f.allowed || f.kept == nullptr || f.was_unset()) {
    if (const Method* m = magic(o, "__set", name)) {
      guarded(o, *m, name, {name, x});
      return x;
    }
  }
  if (!f.allowed) refuse(o, *f.property, name);
  if (o.of().has_flag(kEnum)) enum_untouched(o, name, f.kept != nullptr);
  if (f.property != nullptr) {
    x = accepted(*f.property, x, f.kept, scope);
  } else if (f.kept == nullptr) {
    dynamic_allowed(o, name);
  } else if (const auto* container = dynamic_cast<const Container*>(&o)) {
    x = container->assigned(name, std::move(x));
  }
  const Value* kept = o.properties.raw(f.key);
  if (kept != nullptr && kept->is_reference()) {
    const Ref r = kept->as_reference();
    return r.set(std::move(x));
  }
  o.properties.set_raw(f.key, x);
  return x;
}

namespace {
// Throws where the property, which holds nothing, cannot become an array.
void need_array(const ClassProperty& p) {
  if (p.allows("array")) return;
  throw_type_error("Cannot auto-initialize an array inside property " + p.title() + " of type " + p.types);
}
}  // namespace

Value& prop_place(const Value& v, std::string_view name, Class* scope) {
  Object& o = need_object(v, name, "modify");
  Found f = find(o, name, scope);
  if (o.of().has_flag(kEnum)) enum_untouched(o, name, f.kept != nullptr);
  const Method* m = f.is_missing() ? magic(o, "__get", name) : nullptr;
  if (m == nullptr && f.uninitialized() && f.allowed) {
    if ((f.property->flags & kReadOnly) != 0) {
      throw_error("Cannot indirectly modify readonly property " + f.property->title());
    }
    need_array(*f.property);
    o.properties.set_raw(f.key, Value());
    f.kept = o.properties.raw(f.key);
  }
  if (m == nullptr && f.kept != nullptr && f.allowed) {
    if (f.property != nullptr && (f.property->flags & kReadOnly) != 0) {
      if (f.kept->deref().is_object()) return temporary(f.kept->deref());
      throw_error("Cannot modify readonly property " + f.property->title());
    }
    if (f.property != nullptr && f.kept->deref().is_null()) need_array(*f.property);
    return o.properties.slot(f.key);
  }
  if (m != nullptr) {
    const Value got = guarded(o, *m, name, {name});
    if (got.is_reference()) return temporary(got).deref();
    if (!got.is_object()) notice("Indirect modification of overloaded property " + title(o, name) + " has no effect");
    return temporary(got);
  }
  if (!f.allowed) refuse(o, *f.property, name);
  if (f.property == nullptr) dynamic_allowed(o, name);
  return o.properties.slot(f.key);
}

Value holder_in(const Value& given, std::string_view name, Class* scope) {
  const Value& v = given.deref();
  Object& o = need_object(v, name, "modify");
  const Found f = find(o, name, scope);
  const bool is_there = f.kept != nullptr && !f.uninitialized();
  const bool is_known = is_there || (f.property != nullptr && !f.was_unset());
  if (const Method* m = f.allowed && is_known ? nullptr : magic(o, "__get", name)) {
    const Value got = guarded(o, *m, name, {name});
    if (!got.is_reference() && !got.is_object()) {
      notice("Indirect modification of overloaded property " + title(o, name) + " has no effect");
    }
    return got.deref();
  }
  if (!f.allowed || is_there) return prop(v, name, scope);
  if (f.property != nullptr && (f.property->flags & kReadOnly) != 0) {
    throw_error("Cannot indirectly modify readonly property " + f.property->title());
  }
  if (f.property != nullptr && (!f.property->types.empty() || !f.was_unset())) return {};
  if (f.property == nullptr) dynamic_allowed(o, name);
  o.properties.set_raw(f.key, Value());
  return {};
}

Value unset_holder_in(const Value& given, std::string_view name, Class* scope) {
  const Value& v = given.deref();
  if (!v.is_object()) return {};
  Object& o = v.as_object();
  const Found f = find(o, name, scope);
  const bool is_there = f.kept != nullptr && !f.uninitialized();
  if (f.property != nullptr && f.allowed && !is_there && !f.was_unset()) return {};
  if (!f.allowed || is_there || magic(o, "__get", name) != nullptr) return prop(v, name, scope);
  return holder_in(v, name, scope);
}

Value& prop_within(const Value& given, std::string_view name, Class* scope) {
  const Value& v = given.deref();
  if (!v.is_object()) return temporary(Value::undefined());
  Object& o = v.as_object();
  const Found f = find(o, name, scope);
  if (f.kept != nullptr && f.allowed) {
    if (f.uninitialized() && !f.was_unset()) prop(v, name, scope);
    return prop_place(v, name, scope);
  }
  if (magic(o, "__get", name) != nullptr || !f.allowed) return prop_place(v, name, scope);
  return temporary(Value::undefined());
}

Ref prop_ref(const Value& v, std::string_view name, Class* scope) {
  Object& o = need_object(v, name, "modify");
  Found f = find(o, name, scope);
  if (const Method* m = f.is_missing() ? magic(o, "__get", name) : nullptr) {
    const Value got = guarded(o, *m, name, {name});
    if (got.is_reference()) {
      if (f.allowed) admit(f.property, got.as_reference());
      return got.as_reference();
    }
    if (!got.is_object()) notice("Indirect modification of overloaded property " + title(o, name) + " has no effect");
    return Ref(got);
  }
  if (!f.allowed) refuse(o, *f.property, name);
  if (o.of().has_flag(kEnum)) enum_untouched(o, name, f.kept != nullptr);
  if (f.kept == nullptr) {
    Value& place = prop_place(v, name, scope);
    f.kept = o.properties.raw(f.key);
    if (f.kept == nullptr) return Ref(place);
  }
  ClassProperty* p = f.property;
  if (p != nullptr && (p->flags & kReadOnly) != 0) throw_error("Cannot modify readonly property " + p->title());
  if (f.uninitialized()) {
    if (!p->types.empty() && !p->allows("null")) {
      throw_error("Cannot access uninitialized non-nullable property " + p->title() + " by reference");
    }
    o.properties.set_raw(f.key, Value());
    f.kept = o.properties.raw(f.key);
  }
  const bool fresh = !f.kept->is_reference();
  const Ref r = o.properties.ref_at_key(f.key);
  if (fresh) bind(*r.box(), p);
  return r;
}

void bind_prop(const Value& v, std::string_view name, Class* scope, const Ref& r) {
  Object& o = need_object(v, name, "modify");
  const Found f = find(o, name, scope);
  if (const Method* m = f.is_missing() ? magic(o, "__get", name) : nullptr) {
    guarded(o, *m, name, {name});
    throw_error("Cannot assign by reference to overloaded object");
  }
  if (!f.allowed) refuse(o, *f.property, name);
  if (f.kept != nullptr && f.kept->is_reference() && f.kept->as_reference().same(r)) return;
  if (o.of().has_flag(kEnum)) enum_untouched(o, name, f.kept != nullptr);
  ClassProperty* p = f.property;
  if (p != nullptr && (p->flags & kReadOnly) != 0) throw_error("Cannot modify readonly property " + p->title());
  admit(p, r);
  if (f.kept != nullptr) unbind(*f.kept, p);
  if (p == nullptr && f.kept == nullptr) dynamic_allowed(o, name);
  bind(*r.box(), p);
  o.properties.set_raw(f.key, Value(r));
}

Value quiet_prop(const Value& v, std::string_view name, Class* scope) {
  if (isset_prop(v, name, scope)) return prop(v, name, scope);
  const Value& held = v.deref();
  if (!held.is_object()) return {};
  // Where there is no __isset() to ask, __get() is.
  Object& o = held.as_object();
  const bool asks = magic(o, "__isset", name) == nullptr && magic(o, "__get", name) != nullptr;
  return asks && find(o, name, scope).is_missing() ? prop(v, name, scope) : Value();
}

bool isset_prop(const Value& given, std::string_view name, Class* scope) {
  const Value& v = given.deref();
  if (!v.is_object()) return false;
  Object& o = v.as_object();
  const Found f = find(o, name, scope);
  if (f.allowed && f.kept != nullptr && !f.was_unset()) return !f.uninitialized() && !f.kept->deref().is_null();
  if (const Method* m = magic(o, "__isset", name)) return to_bool(guarded(o, *m, name, {name}));
  return false;
}

bool empty_prop(const Value& v, std::string_view name, Class* scope) {
  return !isset_prop(v, name, scope) || !to_bool(prop(v, name, scope));
}

void unset_prop(const Value& given, std::string_view name, Class* scope) {
  const Value& v = given.deref();
  if (!v.is_object()) return;
  Object& o = v.as_object();
  const Found f = find(o, name, scope);
  if (f.is_missing()) {
    if (const Method* m = magic(o, "__unset", name)) {
      guarded(o, *m, name, {name});
      return;
    }
  }
  if (!f.allowed) refuse(o, *f.property, name);
  ClassProperty* p = f.property;
  if (p != nullptr && (p->flags & kReadOnly) != 0) {
    if (f.kept != nullptr && !f.uninitialized()) throw_error("Cannot unset readonly property " + p->title());
    if (scope != p->owner) {
      throw_error("Cannot unset readonly property " + p->title() + " from " + scope_name(scope));
    }
  }
  if (f.kept == nullptr) return refuse_hidden_name(name);
  if (o.of().has_flag(kEnum)) throw_error("Cannot unset readonly property " + title(o, name));
  unbind(*f.kept, p);
  if (p != nullptr) {  // it keeps its place among the others
    o.properties.set_raw(f.key, Value::unset_marker());
  } else {
    o.properties.unset_key(f.key);
  }
}

static std::string_view changed_by(Operation op) {
  return op == inc_value || op == dec_value ? "increment/decrement" : "assign";
}

// Whether nothing of the program's own runs while `op` makes a number of these.
static bool is_plain_arithmetic(Operation op, const Value& a, const Value& b) {
  return (a.is_int() && b.is_int()) ||
         (a.is_number() && b.is_number() && (op == &add || op == &sub || op == &mul || op == &div));
}

Value update_prop(const Value& v, std::string_view name, Class* scope, Operation op, const Value& x) {
  if (const Value& target = v.deref(); target.is_object()) {
    const Object& o = target.as_object();
    const Access& a = o.of().access(name, scope);
    const Value* kept = declared_value(o, a);
    if (kept != nullptr && o.properties.alone() && is_plain_arithmetic(op, *kept, x)) {
      Value made = op(*kept, x);
      if (!simply_takes(*a.property, made)) return set_prop(v, name, scope, std::move(made));
      return const_cast<Value&>(*kept) = std::move(made);
    }
  }
  need_object(v, name, changed_by(op));
  return set_prop(v, name, scope, op(prop(v, name, scope), x));
}

Value update_prop_old(const Value& v, std::string_view name, Class* scope, Operation op, const Value& x) {
  need_object(v, name, changed_by(op));
  Value old = prop(v, name, scope);
  set_prop(v, name, scope, op(old, x));
  return old;
}

// ---- Static properties ----

Ref static_prop(Class& c, std::string_view name, Class* scope) {
  const auto it = c.statics.find(std::string(name));
  if (it == c.statics.end()) {
    stop_for_property(c, name);
    throw_error("Access to undeclared static property " + c.name + "::$" + std::string(name));
  }
  ClassProperty* p = nullptr;
  for (Class* at = &c; at != nullptr && p == nullptr; at = at->parent) {
    for (const auto& one : at->own_properties) {
      if (one->name == name && (one->flags & kStatic) != 0) p = one.get();
    }
  }
  if (p != nullptr && !visible(hidden_by(p->flags), *p->owner, scope)) {
    throw_error("Cannot access " + hidden_by(p->flags) + " property " + c.name + "::$" + std::string(name));
  }
  const Ref r = it->second;
  if (p != nullptr && !p->known) {
    p->known = true;
    if (p->value != nullptr) {
      *r = takes(*p, p->value(), {});
    } else if (p->types.empty()) {
      *r = Value();
    }
    bind(*r.box(), p);
  }
  return r;
}

Value static_value(Class& c, std::string_view name, Class* scope) {
  const Ref r = static_prop(c, name, scope);
  if (r.value().is_undefined()) {
    throw_error("Typed static property " + c.name + "::$" + std::string(name) +
                " must not be accessed before initialization");
  }
  return r.value();
}

Value quiet_static_prop(Class& c, std::string_view name, Class* scope) {
  if (!c.statics.contains(std::string(name))) return {};
  ClassProperty* p = c.find_property(name, true);
  if (p != nullptr && !visible(hidden_by(p->flags), *p->owner, scope)) return {};
  return quiet(static_prop(c, name, scope).value());
}

Value set_static_prop(Class& c, std::string_view name, Class* scope, Value v) {
  const Ref r = static_prop(c, name, scope);
  auto& types = r.box()->types;
  if (types.size() == 1) {
    *r = takes(*types[0], v, *r);
    return *r;
  }
  return r.set(std::move(v));
}

Value& static_prop_place(Class& c, std::string_view name, Class* scope) {
  const Ref r = static_prop(c, name, scope);
  if (r.value().is_null() || r.value().is_undefined()) {
    if (const ClassProperty* p = c.find_property(name, true)) need_array(*p);
  }
  return r.value();
}

void bind_static_prop(Class& c, std::string_view name, Class* scope, const Ref& r) {
  const Ref old = static_prop(c, name, scope);
  ClassProperty* p = nullptr;
  for (Class* at = &c; at != nullptr && p == nullptr; at = at->parent) {
    for (const auto& one : at->own_properties) {
      if (one->name == name && (one->flags & kStatic) != 0) p = one.get();
    }
  }
  admit(p, r);
  unbind(Value(old), p);
  bind(*r.box(), p);
  for (auto& [key, one] : context().classes) {
    const auto it = one->statics.find(std::string(name));
    if (it != one->statics.end() && it->second.same(old)) it->second = r;
  }
}

Value update_static_prop(Class& c, std::string_view name, Class* scope, Operation op, const Value& x) {
  return set_static_prop(c, name, scope, op(static_value(c, name, scope), x));
}

Value update_static_prop_old(Class& c, std::string_view name, Class* scope, Operation op, const Value& x) {
  Value old = static_value(c, name, scope);
  set_static_prop(c, name, scope, op(old, x));
  return old;
}

}  // namespace banyan::php_runtime
