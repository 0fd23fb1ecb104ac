// What can be called: a function of C++ with what PHP knows of its parameters, so that it can be called by a name, with
// named arguments, or with values that have to be coerced first.
#pragma once

#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "php_runtime/array.h"
#include "php_runtime/object.h"

namespace banyan::php_runtime {

class Function;

// What a call is made on: an object, or the class that `static` means.
struct Target {
  ObjectPtr self;
  Class* called = nullptr;
};

// The default of a parameter: a value, or what is worked out at each call that leaves the argument out.
struct Default {
  Default() = default;
  template <class T>
    requires std::convertible_to<T, Value>
  Default(T&& given) : value(std::forward<T>(given)) {}
  Value value;
  Value (*work)() = nullptr;
  Value get() const { return work != nullptr ? work() : value; }
};
inline Default lazy(Value (*work)()) {
  Default out;
  out.work = work;
  return out;
}

class Function : public Counted {
 public:
  using Invoke = Value (*)(const Function& f, const Target& target, std::vector<Value>& arguments);

  std::string name;                // as messages have it: "{closure}", "strlen", "User::find"
  std::vector<std::string> names;  // of the parameters
  std::vector<std::string> types;  // of the parameters as PHP writes them, "..." before that of a variadic one
  std::vector<Default> defaults;   // of the optional parameters, from number `required` on
  int required = 0;
  int most = 0;                    // -1: any number
  std::uint64_t by_reference = 0;  // one bit for each parameter
  bool rest_by_reference = false;
  bool is_builtin = false;  // counts its arguments itself and refuses too many
  bool takes_all = false;   // asks for its arguments as they were given, and fills in the defaults itself
  Class* owner = nullptr;
  Invoke invoke = nullptr;
  void* code = nullptr;        // a plain function
  std::shared_ptr<void> held;  // or a closure

  // Say what the signature of C++ does not; they give the function back.
  Function& named(std::vector<std::string> list) { return names = std::move(list), *this; }
  Function& typed(std::vector<std::string> list) { return types = std::move(list), *this; }
  Function& optional(int count, std::vector<Default> list = {}) {
    required = count;
    defaults = std::move(list);
    return *this;
  }
  Function& declared(int at) { return line = at, *this; }
  Function& all() { return takes_all = true, *this; }
  Function& references(std::vector<int> positions) {
    by_reference = 0;
    for (const int one : positions) by_reference |= std::uint64_t{1} << one;
    return *this;
  }
  bool wants_reference(std::size_t i) const {
    if (most >= 0 || i + 1 < static_cast<std::size_t>(parameters)) return i < 64 && ((by_reference >> i) & 1) != 0;
    return rest_by_reference || (takes_all && i < 64 && ((by_reference >> i) & 1) != 0);
  }
  int parameters = 0;  // in C++, the variadic one included
  int line = 0;        // of its declaration, where arguments may lose something as they come; 0 where nobody said
  bool collects() const { return most < 0 && !is_builtin && !names.empty(); }
  bool has_parameter(std::string_view wanted) const;
};
void release(Function* f);

// "f(): Argument #2 ($x)".
std::string argument_place(const Function& f, std::size_t i);

// ---- Arguments as parameters of C++ take them ----

template <class T>
struct Take;  // static T from(Value& v, const Function& f, std::size_t i)
template <>
struct Take<Value> {
  static Value from(Value& v, const Function&, std::size_t) { return std::move(v.deref()); }
};
template <>
struct Take<Ref> {
  static Ref from(Value& v, const Function&, std::size_t) { return v.is_reference() ? v.as_reference() : Ref(v); }
};
template <>
struct Take<Int> {
  static Int from(Value& v, const Function& f, std::size_t i);
};
template <>
struct Take<double> {
  static double from(Value& v, const Function& f, std::size_t i);
};
template <>
struct Take<bool> {
  static bool from(Value& v, const Function& f, std::size_t i);
};
template <>
struct Take<String> {
  static String from(Value& v, const Function& f, std::size_t i);
};
template <>
struct Take<Array> {
  static Array from(Value& v, const Function& f, std::size_t i);
};
template <>
struct Take<Callable> {
  static Callable from(Value& v, const Function& f, std::size_t i);
};
template <>
struct Take<ObjectPtr> {
  static ObjectPtr from(Value& v, const Function& f, std::size_t i);
};

template <class T>
inline constexpr bool kIsVariadic = false;
template <class T>
inline constexpr bool kIsVariadic<Many<T>> = true;

// The rest of the arguments for a variadic parameter; lives in the call.
template <class T>
struct Rest;
template <>
struct Rest<Many<Value>> {
  static Many<Value> from(std::vector<Value>& a, std::size_t i, const Function&, std::vector<Value>&) {
    return Many<Value>(a).from(i);
  }
  using Store = std::vector<Value>;
};
template <class T>
struct Rest<Many<T>> {
  using Store = std::vector<T>;
  static Many<T> from(std::vector<Value>& a, std::size_t i, const Function& f, Store& store) {
    for (; i < a.size(); ++i) store.push_back(Take<T>::from(a[i], f, i));
    return store;
  }
};

template <class R>
Value result_of(R&& made) {
  return Value(std::forward<R>(made));
}

// First parameters that are no arguments.
template <class T>
inline constexpr bool kIsSelf = false;
template <>
inline constexpr bool kIsSelf<const ObjectPtr&> = true;
template <>
inline constexpr bool kIsSelf<Class&> = true;
template <>
inline constexpr bool kIsSelf<Class*> = true;

template <class R, class... P>
struct Shape {
  using List = std::tuple<P...>;
  static constexpr std::size_t kCount = sizeof...(P);
  static constexpr bool kOnObject = [] {
    if constexpr (kCount == 0) {
      return false;
    } else {
      return kIsSelf<std::tuple_element_t<0, List>>;
    }
  }();
  static constexpr std::size_t kSkip = kOnObject ? 1 : 0;
  static constexpr bool kVariadic = [] {
    if constexpr (kCount == 0) {
      return false;
    } else {
      return kIsVariadic<std::remove_cvref_t<std::tuple_element_t<kCount - 1, List>>>;
    }
  }();

  static void describe(Function& f) {
    constexpr int count = static_cast<int>(kCount - kSkip);
    f.parameters = count;
    f.required = kVariadic ? count - 1 : count;
    f.most = kVariadic ? -1 : count;
    std::size_t i = 0;
    f.by_reference = 0;
    ((std::is_same_v<std::remove_cvref_t<P>, Ref>&& i >= kSkip ? f.by_reference |= std::uint64_t{1} << (i - kSkip) : 0,
      ++i),
     ...);
    if constexpr (kVariadic) {
      f.rest_by_reference = std::is_same_v<std::remove_cvref_t<std::tuple_element_t<kCount - 1, List>>, Many<Ref>>;
    }
  }

  template <std::size_t I>
  static decltype(auto) argument(const Function& f, const Target& target, std::vector<Value>& a, auto& store) {
    using T = std::tuple_element_t<I, List>;
    using Plain = std::remove_cvref_t<T>;
    if constexpr (I == 0 && std::is_same_v<T, const ObjectPtr&>) {
      return (target.self);
    } else if constexpr (I == 0 && std::is_same_v<T, Class&>) {
      return (*target.called);
    } else if constexpr (I == 0 && std::is_same_v<T, Class*>) {
      return static_cast<Class*>(target.called);
    } else if constexpr (kIsVariadic<Plain>) {
      return Rest<Plain>::from(a, I - kSkip, f, store);
    } else {
      return Take<Plain>::from(a[I - kSkip], f, I - kSkip);
    }
  }

  template <class F>
  static Value call(F& code, const Function& f, const Target& target, std::vector<Value>& a) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) -> Value {
      typename StoreOf<kVariadic>::Type store;
      // Braces keep the order of the arguments.
      std::tuple<decltype(argument<I>(f, target, a, store))...> all{argument<I>(f, target, a, store)...};
      if constexpr (std::is_void_v<R>) {
        std::apply(code, std::move(all));
        return {};
      } else {
        return result_of(std::apply(code, std::move(all)));
      }
    }(std::make_index_sequence<kCount>());
  }

 private:
  template <bool, class = void>
  struct StoreOf {
    struct Type {};
  };
  template <class Dummy>
  struct StoreOf<true, Dummy> {
    using Type = typename Rest<std::remove_cvref_t<std::tuple_element_t<kCount - 1, List>>>::Store;
  };
};

template <class R, class... P>
void wrap(Function& f, R (*code)(P...)) {
  using S = Shape<R, P...>;
  S::describe(f);
  f.code = reinterpret_cast<void*>(code);
  f.invoke = [](const Function& self, const Target& target, std::vector<Value>& a) -> Value {
    auto* plain = reinterpret_cast<R (*)(P...)>(self.code);
    return S::call(plain, self, target, a);
  };
}
template <class F, class R, class... P>
void wrap_object(Function& f, F code, R (F::*)(P...) const) {
  using S = Shape<R, P...>;
  S::describe(f);
  f.held = std::make_shared<F>(std::move(code));
  f.code = f.held.get();
  f.invoke = [](const Function& self, const Target& target, std::vector<Value>& a) -> Value {
    return S::call(*static_cast<F*>(self.code), self, target, a);
  };
}
template <class F, class R, class... P>
void wrap_object(Function& f, F code, R (F::*)(P...)) {
  wrap_object(f, std::move(code), static_cast<R (F::*)(P...) const>(nullptr));
}
template <class F>
void wrap(Function& f, F code)
  requires requires { &F::operator(); }
{
  wrap_object(f, std::move(code), &F::operator());
}

// ---- Closures ----

class Closure : public Object {
 public:
  Closure(const Function& f, Ptr<Function> owned, Target target, Class* scope);
  const Function& function() const { return *function_; }
  Target target;
  Class* scope = nullptr;  // the class it stands in
  Array captured;          // what it may be shown to hold
  Value call(Arguments arguments) const;
  // String keys are names of parameters.
  Value call_array(const Array& arguments, bool by_program = false) const;
  // For closures that the program writes down; they give it back.
  Native native() const override { return Native::kClosure; }
  Ptr<Function> owned;

 private:
  const Function* function_;
};

// Writes down a closure: make(...) names its parameters and so on, and build() gives it.
class ClosureBuilder {
 public:
  explicit ClosureBuilder(Ptr<Function> f) : function_(std::move(f)) {}
  ClosureBuilder& named(std::vector<std::string> list) { return function_->named(std::move(list)), *this; }
  ClosureBuilder& typed(std::vector<std::string> list) { return function_->typed(std::move(list)), *this; }
  ClosureBuilder& optional(int count, std::vector<Default> list = {}) {
    return function_->optional(count, std::move(list)), *this;
  }
  ClosureBuilder& declared(int at) { return function_->declared(at), *this; }
  ClosureBuilder& all() { return function_->all(), *this; }
  ClosureBuilder& references(std::vector<int> list) { return function_->references(std::move(list)), *this; }
  ClosureBuilder& bound(const ObjectPtr& self, Class& scope) {
    target_.self = self;
    target_.called = &scope;
    scope_ = &scope;
    return *this;
  }
  // Names and values of what was captured, for those who show it.
  ClosureBuilder& capturing(Many<Value> pairs);
  operator Value() const;

 private:
  Ptr<Function> function_;
  Target target_;
  Class* scope_ = nullptr;
  Array captured_;
};

template <class F>
ClosureBuilder fn(F code) {
  auto f = Ptr<Function>::adopt(new Function);
  f->name = "{closure}";
  wrap(*f, std::move(code));
  return ClosureBuilder(std::move(f));
}

// Calls a function; arguments may be named or references. A call that a builtin makes has no place in the program that
// messages could name.
Value call_function(const Function& f, const Target& target, Arguments arguments, bool by_program = true);

template <class F>
Function& Class::method(std::string_view method_name, int member_flags, F code) {
  auto f = Ptr<Function>::adopt(new Function);
  wrap(*f, code);
  return add_method(method_name, member_flags, std::move(f));
}

// ---- Functions by name ----

// A function of the program, for calls by name.
Function& add_function(std::string_view name, Ptr<Function> f, bool declared);
template <class F>
Function& register_function(std::string_view name, F code) {
  auto f = Ptr<Function>::adopt(new Function);
  wrap(*f, code);
  f->name = name;
  return add_function(name, std::move(f), true);
}
// One that is declared when its declaration is reached.
template <class F>
Function& prepare(std::string_view name, F code) {
  auto f = Ptr<Function>::adopt(new Function);
  wrap(*f, code);
  f->name = name;
  return add_function(name, std::move(f), false);
}
void declare_function(std::string_view name);
// The program's or PHP's own, in any case; null where there is none.
const Function* function_named(std::string_view name);
// Set by the table of PHP's own functions: by name in lower case.
using FindBuiltin = const Function* (*)(std::string_view name);
void set_builtin_functions(FindBuiltin find);

}  // namespace banyan::php_runtime
