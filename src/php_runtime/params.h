// Arguments of builtins: PHP's coercions of non-strict mode, with its messages. `place` begins the message:
// "strlen(): Argument #1 ($string)".
#pragma once

#include <optional>
#include <utility>

#include "php_runtime/context.h"
#include "php_runtime/function.h"

namespace banyan::php_runtime {

// What was worked out, before the line is said that what takes it complains of.
template <class T>
T&& at_line(Int number, T&& made) {
  line(number);
  return std::forward<T>(made);
}

Int param_int(const Value& v, std::string_view place);
double param_float(const Value& v, std::string_view place);
Value param_number(const Value& v, std::string_view place);
String param_string(const Value& v, std::string_view place);
bool param_bool(const Value& v, std::string_view place);
Array param_array(const Value& v, std::string_view place);
std::optional<Array> param_array_or_null(const Value& v, std::string_view place);
ObjectPtr param_object(const Value& v, std::string_view place);
Callable param_callable(const Value& v, std::string_view place);
Callable param_callable_or_null(const Value& v, std::string_view place);
// For a union of types as the manual writes it, such as "array|string|null" or "?int".
// assert() where assertions are active, as they are unless php.ini says otherwise.
bool assert_(bool holds, const Value& description);
Value param_union(const Value& v, std::string_view types, std::string_view place);
inline Value strict_union(const Value& v, std::string_view types, std::string_view place) {
  return strict(v, types, place);
}
[[noreturn]] void refuse_param(std::string_view place, std::string_view want, const Value& v);
// "f(): Argument #1 ($x)", and the ValueError that a builtin gives for one.
std::string argument(std::string_view function, int n, std::string_view name);
[[noreturn]] void bad_argument(std::string_view function, int n, std::string_view name, std::string_view complaint);

// ---- What a value calls ----
// Null, and the reason, where it calls nothing.
Callable find_callable(const Value& v, Class* scope, std::string* reason);
Callable to_callable(const Value& v, Class* scope = nullptr);  // throws as a dynamic call does
Callable callable_arg(const Value& v, std::string_view place, Class* scope);
Callable callable_arg_or_null(const Value& v, std::string_view place, Class* scope);
bool is_callable_in(const Value& v, Class* scope);
// is_callable() in a method without $this, where no method of an object can be called by its class.
bool is_callable_statically(const Value& v, Class* scope, Class* called);
bool is_callable(const Value& v, bool syntax_only = false, String* name = nullptr);
Value call_value(const Value& f, Arguments arguments = {});
Value call_value_in(const Value& f, Class* scope, Arguments arguments = {});
Ref call_value_ref(const Value& f, Class* scope, Arguments arguments = {});
Ref call_method_ref(const Value& v, std::string_view name, Class* scope, Arguments arguments = {});
Value callable_of(const Value& f, Class* scope);
Value from_callable(const Value& f, Class* scope);
// A callable as a method of `scope` hands it on, with its $this, which may be none, and the class it was called on: one
// that names `scope`, or a class above it, is called on these.
Value seen_by_this(const Value& given, Class* scope, const ObjectPtr& self, Class* called);
Value callable_named(std::string_view name);
Value method_closure(const Value& v, std::string_view name, Class* scope);
Value static_closure(Class& c, std::string_view name, Class* scope, const ObjectPtr& self);
Value call_named(std::string_view name, Arguments arguments = {});
// Calls what was not there when the program was converted; `global` is the function that stands in for one of a
// namespace, "" where there is none.
Value call_undefined(std::string_view name, std::string_view global, Arguments arguments = {});
// The name of what call_undefined() calls, where PHP looks for it before it works out the arguments.
std::string_view need_function(std::string_view name, std::string_view global);
// A function by its name where it is one, else the closure: as set_error_handler() gives handlers back.
Value as_given(const Callable& c);

// ---- Arguments that are more than values ----
Value named_argument(std::string_view name, const Value& v);
Value spread(const Value& v);
// Takes spread arguments apart.
std::vector<Value> arguments(Many<Value> list);
// A place that is passed by reference where the parameter wants one, else by value.
Value perhaps(const Ref& variable, std::string_view name);
// The value of a call that is passed where a variable is wanted, with PHP's notice; and what is refused there.
Value passed(const Value& v);
[[noreturn]] Value not_passed(const Value& v, std::string_view place);
[[noreturn]] Value not_explicit(std::string_view function, Int n, std::string_view name);

struct PerhapsArgument : Object {
  PerhapsArgument() : Object(nullptr) {}
  Native native() const override { return Native::kPerhaps; }
  virtual Ref as_ref() = 0;
  virtual Value as_value() = 0;
};
template <class AsRef, class AsValue>
Value either_way(AsRef as_ref, AsValue as_value) {
  struct Made final : PerhapsArgument {
    Made(AsRef r, AsValue v) : make_ref(std::move(r)), make_value(std::move(v)) {}
    Ref as_ref() override { return make_ref(); }
    Value as_value() override { return make_value(); }
    AsRef make_ref;
    AsValue make_value;
  };
  return Value(ObjectPtr::adopt(new Made(std::move(as_ref), std::move(as_value))));
}

// ---- Functions that ask for all their arguments ----
// For one that goes on when its caller has gone: a generator.
inline std::vector<Value> held(Arguments arguments) { return std::vector<Value>(arguments.begin(), arguments.end()); }
Value argument_at(Arguments arguments, std::size_t i);
Value argument_or(Arguments arguments, std::size_t i, const Default& other);
Ref argument_ref(Arguments arguments, std::size_t i);
Array rest_of(Arguments arguments, std::size_t i);
Array rest(Arguments given);  // named arguments come under their names
template <class T>
Array rest(Many<T> given) {
  Array out;
  for (const T& one : given) out.append(Value(one));
  return out;
}
Array ref_list(Many<Ref> refs);
Array func_get_args(Arguments arguments, Many<Value> now = {});
Int func_num_args(Arguments arguments);
Value func_get_arg(Arguments arguments, const Value& i, Many<Value> now = {});

// ---- PHP's functions about classes and callables: the scope they are called from, then PHP's arguments ----
Value class_name_of(Class* scope, Arguments a);
Value parent_class_of(Class* scope, Arguments a);
bool class_exists_in(Class* scope, Arguments a);
bool interface_exists_in(Class* scope, Arguments a);
bool trait_exists_in(Class* scope, Arguments a);
bool enum_exists_in(Class* scope, Arguments a);
bool method_exists_in(Class* scope, Arguments a);
bool property_exists_in(Class* scope, Arguments a);
bool is_a_class(Class* scope, Arguments a);
bool is_subclass_of_in(Class* scope, Arguments a);
Value class_implements_in(Class* scope, Arguments a);
Value class_parents_in(Class* scope, Arguments a);
Value class_uses_in(Class* scope, Arguments a);
bool function_exists_in(Class* scope, Arguments a);
Value call_user(Class* scope, Arguments a);
Value call_user_array(Class* scope, Arguments a);
bool spl_autoload_register_in(Class* scope, Arguments a);
Array iterator_to_array_in(Class* scope, Arguments a);
Int iterator_count_in(Class* scope, Arguments a);
Int iterator_apply_in(Class* scope, Arguments a);
Value object_vars(const Value& v, Class* scope);
Value class_vars(const Value& v, Class* scope);
Array class_methods(const Value& v, Class* scope);

}  // namespace banyan::php_runtime
