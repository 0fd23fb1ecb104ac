// A value of PHP in 16 bytes: start here.
//
// Copies share what is big: strings and arrays are copied when one of the holders writes, objects are shared.
// kUndefined is what a variable holds before its first assignment; kReference is found inside arrays, objects and lists
// of arguments alone, never in a variable.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "php_runtime/counted.h"
#include "php_runtime/string.h"

namespace banyan::php_runtime {

class Array;
class Ref;
class Object;
class Resource;
class Closure;
struct ArrayBody;
struct RefBox;
using ObjectPtr = Ptr<Object>;
using Callable = Ptr<Closure>;
using Int = std::int64_t;

enum class Kind : std::uint8_t {
  kUndefined,
  kNull,
  kBool,
  kInt,
  kFloat,
  kString,
  kArray,
  kObject,
  kResource,
  kReference
};

class Value {
 public:
  Value() : number_(0), kind_(Kind::kNull) {}
  Value(std::nullptr_t) : Value() {}
  Value(bool value) : number_(value ? 1 : 0), kind_(Kind::kBool) {}
  template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>)
  Value(T value) : number_(static_cast<Int>(value)), kind_(Kind::kInt) {}
  Value(double value) : real_(value), kind_(Kind::kFloat) {}
  Value(String value) : kind_(Kind::kString) { body_ = value.detach(); }
  Value(std::string_view bytes) : Value(String(bytes)) {}
  Value(const std::string& bytes) : Value(String(bytes)) {}
  Value(const char* text) : Value(String(text)) {}
  Value(const Array& value);
  Value(Array&& value);
  Value(const Ref& reference);  // for elements and arguments; null where the reference is none
  template <class T>
    requires std::is_base_of_v<Object, T>
  Value(const Ptr<T>& object) : Value(static_cast<Object*>(object.get())) {}
  explicit Value(const Ptr<Resource>& resource);
  explicit Value(Object* object);  // shares it; null where there is none
  template <class T>
  Value(const std::optional<T>& value) : Value() {
    if (value) *this = Value(*value);
  }
  Value(const Value& other) : number_(other.number_), kind_(other.kind_) {
    if (kind_ >= Kind::kString && body_ != nullptr) ++body_->holders;
  }
  Value(Value&& other) noexcept : number_(other.number_), kind_(std::exchange(other.kind_, Kind::kNull)) {}
  Value& operator=(Value other) noexcept {
    std::swap(number_, other.number_);
    std::swap(kind_, other.kind_);
    return *this;
  }
  ~Value() {
    if (kind_ >= Kind::kString && body_ != nullptr && --body_->holders == 0) end();
  }
  static Value undefined() {
    Value out;
    out.kind_ = Kind::kUndefined;
    return out;
  }

  // A typed property after unset(): undefined, and magic methods are asked again.
  static Value unset_marker() {
    Value out = undefined();
    out.number_ = 1;
    return out;
  }

  Kind kind() const { return kind_; }
  bool is_undefined() const { return kind_ == Kind::kUndefined; }
  bool is_null() const { return kind_ <= Kind::kNull; }
  bool is_bool() const { return kind_ == Kind::kBool; }
  bool is_int() const { return kind_ == Kind::kInt; }
  bool is_float() const { return kind_ == Kind::kFloat; }
  bool is_number() const { return is_int() || is_float(); }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_array() const { return kind_ == Kind::kArray; }
  bool is_object() const { return kind_ == Kind::kObject; }
  bool is_resource() const { return kind_ == Kind::kResource; }
  bool is_reference() const { return kind_ == Kind::kReference; }
  bool is_false() const { return kind_ == Kind::kBool && number_ == 0; }
  bool is_true() const { return kind_ == Kind::kBool && number_ != 0; }

  // What is in it; the caller has looked at kind().
  bool as_bool() const { return number_ != 0; }
  Int as_int() const { return number_; }
  double as_float() const { return real_; }
  const String& as_string() const { return *reinterpret_cast<const String*>(&body_); }
  const Array& as_array() const { return *reinterpret_cast<const Array*>(&body_); }
  Object& as_object() const;
  const ObjectPtr object() const;
  Resource& as_resource() const;
  const Ref& as_reference() const { return *reinterpret_cast<const Ref*>(&body_); }
  // To be changed in place.
  String& string_here() { return *reinterpret_cast<String*>(&body_); }
  Array& array_here() { return *reinterpret_cast<Array*>(&body_); }

  // The value itself, or the one behind it where it is a reference.
  const Value& deref() const { return kind_ == Kind::kReference ? behind() : *this; }
  Value& deref() { return kind_ == Kind::kReference ? const_cast<Value&>(std::as_const(*this).behind()) : *this; }
  // Whether both hold the same body.
  bool same_body(const Value& other) const { return body_ == other.body_; }

 private:
  const Value& behind() const;
  void end();

  union {
    Int number_;
    double real_;
    Counted* body_;
  };
  Kind kind_;
};

// A reference: a box that variables, elements and properties share.
class Ref {
 public:
  Ref();  // to a variable of its own, which is null
  explicit Ref(Value value);
  static Ref undefined() { return Ref(Value::undefined()); }
  Ref(const Ref& other);
  Ref(Ref&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(box_, other.box_);
    return *this;
  }
  ~Ref();
  Value& value() const;
  Value& operator*() const { return value(); }
  // Replaces what it holds, where typed properties are bound to it as they take it; gives what it then holds.
  const Value& set(Value value) const;
  // set() that gives what was there.
  Value replace(Value value) const;
  Value* place() const { return &this->value(); }
  // Makes an unassigned variable null, as taking a reference does.
  const Ref& defined() const;
  // Whether it behaves as a plain value, as nobody else is bound to it.
  bool alone() const;
  bool same(const Ref& other) const { return box_ == other.box_; }
  RefBox* box() const { return box_; }
  RefBox* detach() { return std::exchange(box_, nullptr); }

 private:
  RefBox* box_;
};

// Arguments that are any number: a braced list or a vector, which outlive the call.
template <class T>
class Many {
 public:
  Many() = default;
  Many(std::initializer_list<T> list) : data_(list.begin()), size_(list.size()) {}
  template <class Container>
    requires requires(const Container& c) {
      { c.data() } -> std::convertible_to<const T*>;
      c.size();
    }
  Many(const Container& list) : data_(list.data()), size_(list.size()) {}
  Many(const T* data, std::size_t size) : data_(data), size_(size) {}
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  const T* data() const { return data_; }
  Many from(std::size_t i) const { return i >= size_ ? Many() : Many(data_ + i, size_ - i); }

 private:
  const T* data_ = nullptr;
  std::size_t size_ = 0;
};
using Arguments = Many<Value>;

inline bool is_null(const Value& v) { return v.deref().is_null(); }
inline bool is_bool(const Value& v) { return v.deref().is_bool(); }
inline bool is_int(const Value& v) { return v.deref().is_int(); }
inline bool is_float(const Value& v) { return v.deref().is_float(); }
inline bool is_string(const Value& v) { return v.deref().is_string(); }
inline bool is_array(const Value& v) { return v.deref().is_array(); }
inline bool is_object(const Value& v) { return v.deref().is_object(); }
bool is_scalar(const Value& v);
bool is_numeric(const Value& v);
bool is_iterable(const Value& v);
bool is_countable(const Value& v);
// gettype(), get_debug_type() and the name in messages about arguments.
String get_type(const Value& v);
String get_debug_type(const Value& v);
String type_name(const Value& v);

template <class T>
Value or_false(const std::optional<T>& v) {
  return v ? Value(*v) : Value(false);
}
template <class T>
Value or_null(const std::optional<T>& v) {
  return v ? Value(*v) : Value();
}

}  // namespace banyan::php_runtime
