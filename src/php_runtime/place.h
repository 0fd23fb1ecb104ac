// Places: where a value is kept and can be written, for $a[k] = v where it is not known what $a holds; and foreach.
#pragma once

#include <memory>

#include "php_runtime/convert.h"
#include "php_runtime/object.h"

namespace banyan::php_runtime {

// ---- Variables that may not be assigned ----
const Value& undefined_variable(std::string_view name);
inline Value read(const Value& v, std::string_view name) { return v.is_undefined() ? undefined_variable(name) : v; }
inline Value quiet(const Value& v) { return v.is_undefined() ? Value() : v; }
inline Value coalesce(const Value& v, const Value& other) { return v.is_null() ? other : v; }
// An assignment whose value is wanted.
inline const Value& set(Value& place, Value v) { return place = std::move(v); }
template <class T>
const T& assign(T& place, T v) {
  return place = std::move(v);
}
// Puts v in place and gives what was there.
inline Value replace(Value& place, Value v) { return quiet(std::exchange(place, std::move(v))); }
template <class T>
T replace(T& place, T v) {
  return std::exchange(place, std::move(v));
}
template <class F>
Value null_after(F f) {
  f();
  return {};
}

// ---- $v[$k] where it is not known what $v is ----
Value index(const Value& v, const Value& k);
Value string_index(const String& s, const Value& k);
Value index_path(Value v, Arguments keys);                                       // $v[k][l]..., keys first
inline Value index_late(const Value& k, const Value& v) { return index(v, k); }  // the key before the value
Value index_peek(const Value& v, const Value& k);
bool index_is_set(const Value& v, const Value& k);
inline Value quiet_index(const Value& v, const Value& k) { return index_peek(v, k); }
inline bool isset_index(const Value& v, const Value& k) { return index_is_set(v, k); }
// An array as it is: as a value it would be held twice until the statement ends, and copied by what writes it there.
inline Value quiet_index(const Array& a, const Value& k) { return a.peek(k); }
inline bool isset_index(const Array& a, const Value& k) { return a.is_set(k); }
bool empty_index(const Value& v, const Value& k);
Value list_item(const Value& v, const Value& k);  // what [k => $x] = $v takes
void unset_index(Value& v, const Value& k);
inline void unset_index(Array& a, const Value& k) { a.unset(k); }
// A place in an expression that writes; valid until what holds it is changed otherwise.
Value& index_place(Value& place, const Value& k);
// Of what is read and written within: PHP says where there is nothing yet.
Value& updated_place(Value& place, std::string_view name);
Value& updated_index(Value& place, const Value& k);
Value& append_place(Value& place);
Value put_at(Value& place, const Value& k, Value v);
Value append_to(Value& place, Value v);
// The value is there before the place is looked for, which changes what the place is part of: that may be the value.
inline Value store_keyed(Value k, Value v, Value& place) { return put_at(place, k, std::move(v)); }
inline Value store_at(Value v, Value& place, const Value& k) { return put_at(place, k, std::move(v)); }
inline Value store_to(Value v, Value& place) { return append_to(place, std::move(v)); }
Value& unset_within(Value& place, const Value& k);
void remove(Value& place, const Value& k);
Ref index_ref(Value& place, const Value& k);
Ref append_ref(Value& place);
void bind_index(Value& place, const Value& k, const Ref& r);
void bind_append(Value& place, const Ref& r);
// The key and the reference are there before the place is looked for.
inline void bind_index_late(Value k, Ref r, Value& place) { bind_index(place, k, r); }
inline void bind_append_late(Ref r, Value& place) { bind_append(place, r); }
Value update_index(Value& place, const Value& k, Operation op, const Value& v);
Value update_index_old(Value& place, const Value& k, Operation op, const Value& v);
Value update_place(Value& place, Operation op, const Value& v);
Value update_place_old(Value& place, Operation op, const Value& v);
Value& temporary(Value v);  // a place of its own for a value that is kept nowhere
inline Value& referred(const Ref& r) { return r.value(); }
// A place, or a value that is given one.
struct PlaceOrValue {
  PlaceOrValue(Value& given) : place(given) {}
  template <class T>
    requires(std::constructible_from<Value, T> && !std::same_as<T, Value&>)
  PlaceOrValue(T&& given) : place(temporary(Value(std::forward<T>(given)))) {}
  Value& place;
};
// array_multisort() and sscanf() with variables: the former sorts arrays where they are, with orders and flags between.
bool multisort_places(Many<PlaceOrValue> arguments);
Value sscanf(const Value& text, const Value& format, Many<PlaceOrValue> places = {});
Value scan_text(std::string_view text, std::string_view format, Many<PlaceOrValue> places);
Ref list_ref(Value& place, const Value& k);
// The array a place holds, for a builtin that changes it.
Array& array_at(Value& place, std::string_view argument);
// Where the array is that array_at() gave array_walk() last; until the walk begins.
struct WalkedPlace {
  const Array* array = nullptr;
  const Value* place = nullptr;
  bool is_collected = false;  // the properties of an object
};
WalkedPlace& walked_place();
Value update_append(Value& place, Operation op, const Value& v);  // $place[] op= v
inline Value update_append_old(Value& place, Operation op, const Value& v) {
  update_append(place, op, v);
  return {};
}
inline Value value_at(const Value& place) { return quiet(place.deref()); }

// ---- foreach over what may be no array ----
struct IteratorOf {
  virtual ~IteratorOf() = default;
  virtual bool next() = 0;
  virtual Value key() = 0;
  virtual Value value() = 0;
  virtual Ref ref() { return Ref(value()); }
};
class Walk {
 public:
  explicit Walk(std::unique_ptr<IteratorOf> it) : it_(std::move(it)) {}
  bool next() { return it_ != nullptr && it_->next(); }
  Value key() const { return it_->key(); }
  Value value() const { return it_->value(); }
  Ref ref() const { return it_->ref(); }

 private:
  std::unique_ptr<IteratorOf> it_;
};
Walk iterate(const Value& v, Class* scope);
Walk iterate_ref(const Value& given, Class* scope);  // by reference, over a reference or what is kept nowhere
Ref generator_ref(Object& generator);                // what a generator yields by reference
// The object behind a Traversable that is an Iterator.
ObjectPtr iterator_of(ObjectPtr o);

}  // namespace banyan::php_runtime
