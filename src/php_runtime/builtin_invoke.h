// Calls of builtins from untyped values: each argument is coerced as the row of the table says, with PHP's messages.
// Included by the tables alone, as it is all templates.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "php_runtime/function.h"
#include "php_runtime/params.h"

namespace banyan::php_runtime {

// One function: what PHP gives back, and its parameters between tabs as in runtimes/go/builtins.tsv.
struct BuiltinRow {
  std::string_view name;
  Function::Invoke invoke;
  std::string_view result;
  std::string_view parameters;
};

struct BuiltinParameter {
  std::string name;
  std::string kind;
  std::string place;  // as messages name it
  bool reference = false;
  bool variadic = false;
  bool optional = false;
  Value fallback;
};

// A row taken apart.
struct Builtin {
  std::string name;
  bool gives_null = false;  // where there is no value: otherwise false
  std::vector<BuiltinParameter> parameters;
};

// What a parameter of C++ is made of, for the time of the call. get() is the argument.
template <class T>
struct Slot;

struct SlotSource {
  const Builtin& builtin;
  std::vector<Value>& arguments;
  std::size_t i;
  const BuiltinParameter& parameter() const { return builtin.parameters[i]; }
  const std::string& place() const { return parameter().place; }
  Value& argument() const { return arguments[i]; }
};

template <>
struct Slot<Int> {
  explicit Slot(const SlotSource& s) : value(param_int(s.argument(), s.place())) {}
  Int get() { return value; }
  Int value;
};
template <>
struct Slot<double> {
  explicit Slot(const SlotSource& s) : value(param_float(s.argument(), s.place())) {}
  double get() { return value; }
  double value;
};
template <>
struct Slot<bool> {
  explicit Slot(const SlotSource& s) : value(param_bool(s.argument(), s.place())) {}
  bool get() { return value; }
  bool value;
};
template <>
struct Slot<const String&> {
  explicit Slot(const SlotSource& s) : value(param_string(s.argument(), s.place())) {}
  const String& get() { return value; }
  String value;
};
template <>
struct Slot<const Array&> {
  explicit Slot(const SlotSource& s) : value(param_array(s.argument(), s.place())) {}
  const Array& get() { return value; }
  Array value;
};
template <>
struct Slot<const ObjectPtr&> {
  explicit Slot(const SlotSource& s) : value(param_object(s.argument(), s.place())) {}
  const ObjectPtr& get() { return value; }
  ObjectPtr value;
};
template <>
struct Slot<const Callable&> {
  explicit Slot(const SlotSource& s);
  const Callable& get() { return value; }
  Callable value;
};
// Any other type: a value of it, or undefined for an argument left out.
template <>
struct Slot<const Value&> {
  explicit Slot(const SlotSource& s);
  const Value& get() { return value; }
  Value value;
};
// By reference: changed in a copy, which is stored when the call has ended, also by an exception. So what a callback
// does to the variable meanwhile cannot harm the function.
template <>
struct Slot<Array&> {
  explicit Slot(const SlotSource& s);
  ~Slot();
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  Array& get() { return value; }
  Array value;
  Ref variable;
};
template <>
struct Slot<Value&> {
  explicit Slot(const SlotSource& s);
  ~Slot();
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  Value& get() { return value; }
  Value value;
  Ref variable;
};
// Only written; a function that fails early leaves the variable alone.
template <class T>
struct OutSlot {
  explicit OutSlot(const SlotSource& s) : variable(s.argument().as_reference()) {}
  OutSlot(const OutSlot&) = delete;
  OutSlot& operator=(const OutSlot&) = delete;
  T* get() { return &value; }
  T value;
  Ref variable;
};
template <>
struct Slot<Int*> : OutSlot<Int> {
  explicit Slot(const SlotSource& s);
  ~Slot();
};
template <>
struct Slot<double*> : OutSlot<double> {
  explicit Slot(const SlotSource& s);
  ~Slot();
};
template <>
struct Slot<Array*> : OutSlot<Array> {
  explicit Slot(const SlotSource& s);
  ~Slot();
  Array before;
};
template <>
struct Slot<String*> : OutSlot<String> {
  explicit Slot(const SlotSource& s);
  ~Slot();
};
template <>
struct Slot<Arguments> {
  explicit Slot(const SlotSource& s);
  Arguments get() { return values; }
  std::vector<Value> values;
};
template <>
struct Slot<Many<Array>> {
  explicit Slot(const SlotSource& s);
  Many<Array> get() { return values; }
  std::vector<Array> values;
};

template <class T>
Value builtin_result(const Builtin&, T&& made) {
  return Value(std::forward<T>(made));
}
template <class T>
Value builtin_result(const Builtin& b, std::optional<T>&& made) {
  if (made) return Value(std::move(*made));
  return b.gives_null ? Value() : Value(false);
}

// The slots of all parameters, made from the first to the last: coercions throw and warn in this order.
template <std::size_t I, class... P>
struct Slots {
  Slots(const Builtin&, std::vector<Value>&) {}
};
template <std::size_t I, class Head, class... Tail>
struct Slots<I, Head, Tail...> {
  Slots(const Builtin& b, std::vector<Value>& arguments) : head(SlotSource{b, arguments, I}), tail(b, arguments) {}
  Slot<Head> head;
  Slots<I + 1, Tail...> tail;
};

template <std::size_t N, std::size_t I, class Head, class... Tail>
auto& slot_at(Slots<I, Head, Tail...>& slots) {
  if constexpr (N == 0) {
    return slots.head;
  } else {
    return slot_at<N - 1>(slots.tail);
  }
}

template <class R, class... P>
Value invoke_with(R (*code)(P...), const Function& f, std::vector<Value>& arguments) {
  const Builtin& b = *static_cast<const Builtin*>(f.held.get());
  Slots<0, P...> slots(b, arguments);
  return [&]<std::size_t... I>(std::index_sequence<I...>) -> Value {
    if constexpr (std::is_void_v<R>) {
      code(slot_at<I>(slots).get()...);
      return {};
    } else {
      return builtin_result(b, code(slot_at<I>(slots).get()...));
    }
  }(std::index_sequence_for<P...>());
}

template <auto kCode>
Value invoke_builtin(const Function& f, const Target&, std::vector<Value>& arguments) {
  return invoke_with(kCode, f, arguments);
}

}  // namespace banyan::php_runtime
