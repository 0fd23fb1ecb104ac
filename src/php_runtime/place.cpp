#include "php_runtime/place.h"

#include <deque>

#include "php_runtime/context.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/function.h"
#include "php_runtime/operators.h"
#include "php_runtime/program.h"
#include "php_runtime/property.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

const Value& undefined_variable(std::string_view name) {
  static const Value none;
  warning("Undefined variable $" + std::string(name));
  return none;
}

namespace {
// Places are used at once; the last few stay, as a place may be asked for within another.
struct Temporaries {
  std::deque<Value> kept = std::deque<Value>(16);
  std::size_t next = 0;
};
}  // namespace

Value& temporary(Value v) {
  auto& [kept, next] = context().keep<Temporaries>();
  Value& out = kept[next++ % kept.size()];
  out = std::move(v);
  return out;
}

namespace {

Object& array_access(const Value& v) {
  Object& o = v.as_object();
  if (!o.of().is("ArrayAccess")) throw_error("Cannot use object of type " + class_name(o) + " as array");
  return o;
}
Value offset_get(const Value& v, const Value& k) { return call_method(array_access(v), "offsetGet", {k}); }
bool offset_exists(const Value& v, const Value& k) {
  return to_bool(call_method(array_access(v), "offsetExists", {k}));
}

Int string_offset(const Value& given) {
  const Value& k = given.deref();
  if (k.is_int()) return k.as_int();
  if (k.is_string()) {
    bool whole = false;
    const Value number = parse_number(k.as_string(), whole);
    if (number.is_int()) {
      if (!whole) warning("Illegal string offset \"" + k.as_string() + "\"");
      return number.as_int();
    }
    throw_type_error("Cannot access offset of type string on string");
  }
  if (k.is_null() || k.is_bool() || k.is_float()) {
    warning("String offset cast occurred");
    return to_int(k);
  }
  throw_type_error("Cannot access offset of type " + type_name(k) + " on string");
}

// The offset of $s[k] ?? null; false where there is none by that key.
bool quiet_offset(const Value& given, Int& out) {
  const Value& k = given.deref();
  if (k.is_string() && !parse_number(k.as_string()).is_int()) return false;
  out = k.is_string() || k.is_array() || k.is_object() ? string_offset(k) : to_int(k);
  return true;
}

// That of a read that is silent on what is not there, but not on what can be no offset.
bool peeked_offset(const Value& k, Int& out) {
  if (quiet_offset(k, out)) return true;
  bool whole = false;
  if (!parse_number(k.deref().as_string(), whole).is_int()) return false;
  out = string_offset(k);
  return true;
}

// That of isset($s[k]).
bool set_offset(const Value& given, Int& out) {
  const Value& k = given.deref();
  if (k.is_array() || k.is_object()) return false;
  Value number = k;
  bool whole = true;
  if (k.is_string()) number = parse_number(k.as_string(), whole);
  if (k.is_string() && (!whole || !number.is_int())) return false;
  out = implicit_int(number);
  return true;
}

Value byte_or_null(const String& s, Int i) {
  const auto size = static_cast<Int>(s.size());
  if (i < 0) i += size;
  if (i < 0 || i >= size) return {};
  return s.substr(static_cast<std::size_t>(i), 1);
}

// An offset of a string, where PHP wants something else than its byte.
[[noreturn]] void refuse_string_offset(const Value& k, std::string_view complaint) {
  string_offset(k);
  throw_error(complaint);
}

// Gives the byte that is there then, null where PHP only complains.
Value set_string_index(Value& place, const Value& k, const Value& x) {
  const Int i = string_offset(k);
  const auto size = static_cast<Int>(place.as_string().size());
  const Int at = i < 0 ? i + size : i;
  if (at < 0) {
    warning("Illegal string offset " + std::to_string(i));
    return {};
  }
  const String text = to_string(x);
  if (text.empty()) throw_error("Cannot assign an empty string to a string offset");
  if (text.size() > 1) warning("Only the first byte will be assigned to the string offset");
  String& s = place.string_here();
  if (at >= size) s.resize(static_cast<std::size_t>(at) + 1, ' ');
  s.writable()[at] = text[0];
  return text.substr(0, 1);
}

// Makes an array of what a place holds where PHP would; null where it is something else.
Array* container(Value& place) {
  switch (place.kind()) {
    case Kind::kArray:
      return &place.array_here();
    case Kind::kUndefined:
    case Kind::kNull:
      place = Array();
      return &place.array_here();
    case Kind::kBool:
      if (place.as_bool()) return nullptr;
      deprecated("Automatic conversion of false to array is deprecated");
      place = Array();
      return &place.array_here();
    default:
      return nullptr;
  }
}

// What ArrayAccess gives by value cannot be changed.
Value& object_place(const Value& v, const Value& k) {
  Object& o = array_access(v);
  const Method* m = o.of().find_method("offsetGet");
  if (m->owner->is_builtin) {
    if (Value* place = o.element_place(k)) return place->deref();
  }
  const Value got = call_function(*m->function, {ObjectPtr(&o), &o.of()}, {k});
  if (got.is_reference()) return temporary(got).deref();
  if (!got.is_object()) {
    notice("Indirect modification of overloaded element of " + class_name(o) + " has no effect");
  }
  return temporary(got);
}

}  // namespace

Value string_index(const String& s, const Value& k) {
  const Int i = string_offset(k);
  const Int at = i < 0 ? i + static_cast<Int>(s.size()) : i;
  if (at < 0 || at >= static_cast<Int>(s.size())) {
    warning("Uninitialized string offset " + std::to_string(i));
    return "";
  }
  return s.substr(static_cast<std::size_t>(at), 1);
}

Value index(const Value& given, const Value& k) {
  const Value& v = given.deref();
  if (v.is_array()) return v.as_array().get(k);
  if (v.is_string()) return string_index(v.as_string(), k);
  if (v.is_object()) return offset_get(v, k);
  warning("Trying to access array offset on value of type " + type_name(v));
  return {};
}

Value index_path(Value v, Arguments keys) {
  for (const Value& k : keys) v = index(v, k);
  return v;
}

Value index_peek(const Value& given, const Value& k) {
  const Value& v = given.deref();
  if (v.is_array()) return v.as_array().peek(k);
  if (v.is_string()) {
    Int i = 0;
    return peeked_offset(k, i) ? byte_or_null(v.as_string(), i) : Value();
  }
  if (!v.is_object()) return {};
  const Value holder = v;
  const Value key = k.deref();
  return offset_exists(holder, key) ? offset_get(holder, key) : Value();
}

bool index_is_set(const Value& given, const Value& k) {
  const Value& v = given.deref();
  if (v.is_object()) {
    Object& o = array_access(v);
    const std::optional<bool> is_set =
        o.of().find_method("offsetExists")->owner->is_builtin ? o.element_is_set(k) : std::nullopt;
    return is_set ? *is_set : offset_exists(v, k);
  }
  if (v.is_array()) return v.as_array().is_set(k);
  Int i = 0;
  if (v.is_string()) return set_offset(k, i) && !byte_or_null(v.as_string(), i).is_null();
  return false;
}

Value holder_at(const Value& given, const Value& k) {
  const Value& v = given.deref();
  if (v.is_array()) return v.as_array().peek(k);
  if (v.is_null()) return {};
  if (v.is_string()) refuse_string_offset(k, "Cannot use string offset as an object");
  return index(v, k);
}

// $v[k] on the way to what is unset, where $v is no array; `as` is what the element is wanted as.
static Value unset_from(const Value& v, const Value& k, std::string_view as) {
  if (v.is_null()) return {};
  if (v.is_object()) return object_place(v, k);
  if (v.is_string()) refuse_string_offset(k, "Cannot use string offset as " + std::string(as));
  if (!v.is_false()) throw_error("Cannot unset offset in a non-array variable");
  deprecated("Automatic conversion of false to array is deprecated");
  return {};
}

Value unset_holder_at(const Value& given, const Value& k) {
  const Value& v = given.deref();
  return v.is_array() ? v.as_array().peek(k) : unset_from(v, k, "an object");
}

Value update_holder_at(const Value& given, const Value& k) {
  const Value& v = given.deref();
  if (v.is_string()) refuse_string_offset(k, "Cannot use string offset as an object");
  if (v.is_array() || v.is_object()) return index(v, k);
  Value made = quiet(v);
  Array* a = container(made);
  if (a == nullptr) throw_error("Cannot use a scalar value as an array");
  return a->get(k);
}

bool empty_index(const Value& given, const Value& k) {
  const Value v = given.deref();
  if (v.is_array()) return !to_bool(v.as_array().peek(k, kIllegalInIsset));
  if (!v.is_object()) return !index_is_set(v, k) || !to_bool(index_peek(v, k));
  const Value key = k.deref();  // which offsetExists() may change
  return !offset_exists(v, key) || !to_bool(offset_get(v, key));
}

Value list_item(const Value& given, const Value& k) {
  const Value& v = given.deref();
  if (v.is_array()) return v.as_array().get(k);
  if (v.is_object()) return offset_get(v, k);
  return {};
}

void unset_index(Value& given, const Value& k) {
  Value& v = given.deref();
  switch (v.kind()) {
    case Kind::kArray:
      return v.array_here().unset(k);
    case Kind::kObject:
      call_method(array_access(v), "offsetUnset", {k});
      return;
    case Kind::kString:
      throw_error("Cannot unset string offsets");
    case Kind::kUndefined:
    case Kind::kNull:
      return;
    default:
      if (!v.is_false()) throw_error("Cannot unset offset in a non-array variable");
      deprecated("Automatic conversion of false to array is deprecated");
  }
}

Value& index_place(Value& given, const Value& k) {
  Value& place = given.deref();
  if (Array* a = container(place)) return a->slot(to_key(k));
  if (place.is_object()) return object_place(place, k);
  if (place.is_string()) refuse_string_offset(k, "Cannot use string offset as an array");
  throw_error("Cannot use a scalar value as an array");
}

Value& updated_place(Value& given, std::string_view name) {
  Value& place = given.deref();
  if (place.is_undefined()) {
    place = Value();
    warning("Undefined variable $" + std::string(name));
  }
  return place;
}

Value& updated_index(Value& given, const Value& k) {
  Value& place = given.deref();
  Array* const a = container(place);
  if (a == nullptr) return index_place(place, k);
  const Key key = to_key(k);
  static_cast<void>(a->get_key(key));
  return a->slot(key);
}

Value& append_place(Value& given) {
  Value& place = given.deref();
  if (Array* a = container(place)) {
    a->append(Value());
    ArrayBody& body = a->own();
    return body.packed ? body.list.back() : body.entries.back().value;
  }
  if (place.is_object()) return object_place(place, {});
  if (place.is_string()) throw_error("[] operator not supported for strings");
  throw_error("Cannot use a scalar value as an array");
}

Value put_at(Value& given, const Value& k, Value v) {
  Value& place = given.deref();
  if (Array* a = container(place)) {
    const Key key = to_key(k);
    a->set_key(key, v);
    const Value* const stored = a->raw(key);  // a reference to a typed property converts it
    return stored != nullptr && stored->is_reference() ? stored->deref() : v;
  }
  if (place.is_string()) {
    return set_string_index(place, k, v);
  }
  if (place.is_object()) {
    call_method(array_access(place), "offsetSet", {k, v});
    return v;
  }
  throw_error("Cannot use a scalar value as an array");
}

Value append_to(Value& given, Value v) {
  Value& place = given.deref();
  if (Array* a = container(place)) {
    a->append(v);
    return v;
  }
  if (place.is_string()) throw_error("[] operator not supported for strings");
  if (place.is_object()) {
    call_method(array_access(place), "offsetSet", {Value(), v});
    return v;
  }
  throw_error("Cannot use a scalar value as an array");
}

Value& unset_within(Value& given, const Value& k) {
  Value& place = given.deref();
  if (place.is_array()) return place.array_here().within(k);
  if (place.is_object()) {
    Object& o = array_access(place);
    const bool is_here = o.of().find_method("offsetGet")->owner->is_builtin && o.element_is_set(k).value_or(false);
    return is_here ? o.element_place(k)->deref() : temporary(offset_get(place, k));
  }
  return temporary(place.is_null() ? Value::undefined() : unset_from(place, k, "an array"));
}

void remove(Value& place, const Value& k) {
  if (!place.is_undefined()) unset_index(place, k);
}

Value& Array::within(const Value& key) {
  const Key normal = to_key(key);
  return find(normal) < 0 ? temporary(Value::undefined()) : slot(normal);
}

Array& Array::spread(const Value& given) {
  const Value v = given.deref();
  if (v.is_array()) {
    for (const auto& [key, item] : v.as_array()) {
      if (key.is_text()) {
        set_key(key, item);
      } else {
        append(item.deref());
      }
    }
    return *this;
  }
  if (!is_a(v, "Traversable")) throw_error("Only arrays and Traversables can be unpacked");
  for (Walk it = iterate(v, nullptr); it.next();) {
    Value item = it.value();
    const Value key = it.key();
    if (!key.is_int() && !key.is_string()) throw_error("Keys must be of type int|string during array unpacking");
    if (const Key name = to_key(key); name.is_text()) {
      set_key(name, std::move(item));
    } else {
      append(std::move(item));
    }
  }
  return *this;
}

// What offsetGet() gives: the very reference where it gives one.
static Ref object_ref(const Value& v, const Value& k) {
  Object& o = array_access(v);
  const Method* m = o.of().find_method("offsetGet");
  if (m->owner->is_builtin) return Ref(object_place(v, k));
  const Value got = call_function(*m->function, {ObjectPtr(&o), &o.of()}, {k});
  if (got.is_reference()) return got.as_reference();
  if (!got.is_object()) {
    notice("Indirect modification of overloaded element of " + class_name(o) + " has no effect");
  }
  return Ref(got);
}

Ref index_ref(Value& given, const Value& k) {
  Value& place = given.deref();
  if (Array* a = container(place)) return a->ref_at(k);
  if (place.is_string()) refuse_string_offset(k, "Cannot create references to/from string offsets");
  if (place.is_object()) return object_ref(place, k);
  return Ref(index_place(place, k));
}
Ref append_ref(Value& given) {
  Value& place = given.deref();
  if (Array* a = container(place)) return a->append_ref();
  return Ref(append_place(place));
}

static Array& bindable(Value& given) {
  Value& place = given.deref();
  if (Array* a = container(place)) return *a;
  if (place.is_object()) throw_error("Cannot assign by reference to an array dimension of an object");
  if (place.is_string()) throw_error("[] operator not supported for strings");
  throw_error("Cannot use a scalar value as an array");
}
void bind_index(Value& place, const Value& k, const Ref& r) {
  if (place.deref().is_string()) refuse_string_offset(k, "Cannot create references to/from string offsets");
  bindable(place).bind_ref(k, r);
}
void bind_append(Value& place, const Ref& r) { bindable(place).append(Value(r)); }

static std::pair<Value, Value> update(Value& given, const Value& k, Operation op, const Value& v) {
  Value& place = given.deref();
  if (Array* a = container(place)) {
    const Key key = to_key(k);
    const Value old = a->get_key(key);
    Value made = op(old, v);
    a->set_key(key, made);
    return {old, made};
  }
  const bool is_step = op == inc_value || op == dec_value;
  if (place.is_string()) {
    refuse_string_offset(k, is_step ? "Cannot increment/decrement string offsets"
                                    : "Cannot use assign-op operators with string offsets");
  }
  if (!place.is_object()) throw_error("Cannot use a scalar value as an array");
  const Value holder = place;
  if (is_step) {
    Value& at = object_place(holder, k.deref());
    const Value old = at;
    at = op(old, v);
    return {old, at};
  }
  const Value key = k.deref();
  const Value old = offset_get(holder, key);
  Value made = op(old, v);
  call_method(array_access(holder), "offsetSet", {key, made});
  return {old, made};
}
Value update_index(Value& place, const Value& k, Operation op, const Value& v) {
  return update(place, k, op, v).second;
}
Value update_index_old(Value& place, const Value& k, Operation op, const Value& v) {
  return update(place, k, op, v).first;
}

Value update_place(Value& given, Operation op, const Value& v) {
  Value& place = given.deref();
  place = op(quiet(place), v);
  return place;
}
Value update_place_old(Value& place, Operation op, const Value& v) {
  Value old = quiet(place.deref());
  update_place(place, op, v);
  return old;
}

Value update_append(Value& place, Operation op, const Value& v) {
  const Value holder = place.deref();
  if (holder.is_object()) {
    Value made = op(offset_get(holder, {}), v);
    call_method(array_access(holder), "offsetSet", {Value(), made});
    return made;
  }
  return append_to(place, op({}, v));
}

Ref list_ref(Value& given, const Value& k) {
  Value& place = given.deref();
  if (place.is_array() || place.is_null() || place.is_object()) return index_ref(place, k);
  return Ref(list_item(place, k));
}

// The properties of an object as references to them.
static Array walked_properties(Object& o) {
  Array out;
  const Value self{ObjectPtr(&o)};
  for (const Property& one : properties_of(o)) {
    if (one.value.is_undefined()) continue;
    auto* scope = const_cast<Class*>(one.declarer == nullptr ? &o.of() : one.declarer);
    out.set_raw(Key(String(one.mangled())), Value(prop_ref(self, one.name, scope)));
  }
  return out;
}

WalkedPlace& walked_place() { return context().keep<WalkedPlace>(); }

Array& array_at(Value& given, std::string_view argument) {
  Value& place = given.deref();
  if (place.is_undefined()) place = Value();
  const bool is_walked = argument.starts_with("array_walk");
  if (place.is_object() && is_walked) {
    Value& collected = temporary(walked_properties(place.as_object()));
    walked_place() = {&collected.array_here(), &collected, true};
    return collected.array_here();
  }
  if (!place.is_array()) {
    throw_type_error(std::string(argument) + " must be of type array, " + type_name(place).str() + " given");
  }
  if (is_walked) walked_place() = {&place.array_here(), &place, false};
  return place.array_here();
}

Array& Array::compact(std::string_view name, const Value& v) {
  if (v.is_undefined()) {
    warning("compact(): Undefined variable $" + std::string(name));
  } else {
    set_text(name, v);
  }
  return *this;
}
Array& Array::compact_this(const Value& self) {
  if (self.is_object()) set_text("this", self);
  return *this;
}
Array& Array::compact_named(Scope& scope, const Value& names, const Value& self) {
  scope.compact_named(*this, names, self);
  return *this;
}

// ---- foreach ----

ObjectPtr iterator_of(ObjectPtr o) {
  while (!o->of().is("Iterator")) {
    const Value next = call_method(*o, "getIterator");
    if (!is_a(next, "Traversable")) {
      throw_new("Exception", "Objects returned by " + o->of().name +
                                 "::getIterator() must be traversable or implement interface Iterator");
    }
    o = next.object();
  }
  return o;
}

namespace {

struct OfArray final : IteratorOf {
  explicit OfArray(ArrayWalk w) : walk(std::move(w)) {}
  bool next() override { return walk.next(); }
  Value key() override { return walk.key(); }
  Value value() override { return walk.value(); }
  ArrayWalk walk;
};

// By reference. The loop holds the reference, so that the array stays whatever becomes of where it was found.
struct OfReference final : IteratorOf {
  explicit OfReference(Ref given) : held(std::move(given)), walk(&held.value().array_here()) {}
  bool next() override {
    const Value& now = held.value();
    if (now.is_array()) return walk.next();
    if (now.is_object()) {
      stop("foreach-changed", "an object takes the place of the array that foreach goes over by reference");
    }
    warning("foreach() argument must be of type array|object, " + type_name(now) + " given");
    return false;
  }
  Value key() override { return walk.key(); }
  Value value() override { return walk.value(); }
  Ref ref() override { return walk.ref(); }
  Ref held;
  ArrayWalk walk;
};

struct OfIterator final : IteratorOf {
  explicit OfIterator(ObjectPtr given) : o(std::move(given)) {}
  bool next() override {
    call_method(*o, begun ? "next" : "rewind");
    begun = true;
    return to_bool(call_method(*o, "valid"));
  }
  Value key() override { return call_method(*o, "key"); }
  Value value() override { return call_method(*o, "current"); }
  Ref ref() override { return generator_ref(*o); }
  // PHP's iterator is an object with a number, which it gives back behind the one that it walks over.
  ObjectPtr own = ObjectPtr::adopt(new Object(find_class("stdClass")));
  ObjectPtr o;
  bool begun = false;
};

// The loop may change the properties that are still to come.
struct OfObject final : IteratorOf {
  OfObject(ObjectPtr given, const Class* within) : o(std::move(given)), scope(within), walk(&o->properties) {}
  bool next() override {
    while (walk.next()) {
      now = property_at(*o, to_key(walk.key()), walk.value());
      if (is_seen(*o, now, scope)) return true;
    }
    return false;
  }
  Value key() override { return Key(String(now.name)).value(); }
  Value value() override { return now.value; }
  Ref ref() override { return prop_ref(o, now.name, const_cast<Class*>(now.declarer)); }
  ObjectPtr o;
  const Class* scope;
  ArrayWalk walk;
  Property now;
};

Walk walk_object(const Value& v, const Class* scope) {
  if (is_a(v, "Traversable")) return Walk(std::make_unique<OfIterator>(iterator_of(v.object())));
  return Walk(std::make_unique<OfObject>(v.object(), scope));
}

// Only generators give their elements by reference; PHP's ArrayIterator does so too, which its like here cannot.
Walk walk_by_reference(ObjectPtr it) {
  if (it->native() == Native::kGenerator) return Walk(std::make_unique<OfIterator>(std::move(it)));
  if (it->of().is("ArrayIterator"))
    stop("iterator-reference", "the elements of an ArrayIterator by reference are not converted");
  throw_error("An iterator cannot be used with foreach by reference");
}

Walk walk_nothing(const Value& v) {
  warning("foreach() argument must be of type array|object, " + type_name(v) + " given");
  return Walk(nullptr);
}

}  // namespace

Walk iterate(const Value& given, Class* scope) {
  const Value& v = given.deref();
  if (v.is_array()) return Walk(std::make_unique<OfArray>(ArrayWalk(v.as_array())));
  if (v.is_object()) return walk_object(v, scope);
  return walk_nothing(v);
}

Walk iterate_ref(const Value& given, Class* scope) {
  const Value& v = given.deref();
  if (v.is_array()) {
    return Walk(std::make_unique<OfReference>(given.is_reference() ? given.as_reference() : Ref(v)));
  }
  if (v.is_object()) {
    return is_a(v, "Traversable") ? walk_by_reference(iterator_of(v.object())) : walk_object(v, scope);
  }
  return walk_nothing(v);
}

}  // namespace banyan::php_runtime
