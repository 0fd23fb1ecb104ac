// Methods and what a value calls, seen from a class; and the two ways to be told why it calls nothing: as the reason
// that builtins give for a callback, and as the error of a call.
#include <algorithm>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include "php_runtime/context.h"
#include "php_runtime/convert.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/function.h"
#include "php_runtime/missing.h"
#include "php_runtime/params.h"
#include "php_runtime/place.h"
#include "php_runtime/program.h"
#include "php_runtime/returned.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

// A function and what it is called on. `any` is a __call or __callStatic, which gets the name and the arguments.
struct Callee {
  const Function* f = nullptr;
  Target target;
  Class* scope = nullptr;
  std::string any;
  Ptr<Function> owned;
  std::string reason;  // why there is none
};

bool is_callable_method(const Method* m) { return m != nullptr && m->function->invoke != nullptr; }

bool same(std::string_view a, std::string_view b) { return lower(a) == lower(b); }

// A protected method belongs to the first class that had it.
bool visible_from(const Method& m, const Class* scope) {
  const Class* first = m.owner;
  for (const Class* c = first->parent; c != nullptr && (m.flags & kProtected) != 0; c = c->parent) {
    const Method* above = c->own_method(m.name);
    if (above != nullptr && (above->flags & kPrivate) == 0) first = c;
  }
  return visible(m.hidden(), *first, scope);
}

// A private method of the scope, which goes before what a descendant calls the same.
const Method* own_private(const Class& c, std::string_view name, const Class* scope) {
  if (scope == nullptr || scope == &c || !c.descends(*scope)) return nullptr;
  const Method* own = scope->own_method(name);
  return own != nullptr && (own->flags & kPrivate) != 0 && is_callable_method(own) ? own : nullptr;
}

Callee on(const Method& m, const ObjectPtr& self, Class& called) {
  return {m.function.get(), {m.is_static() ? ObjectPtr() : self, &called}, m.owner, {}, {}, {}};
}

bool any_call(const ObjectPtr& self, Class& c, std::string_view name, Callee& out) {
  const Method* m = c.find_method(self ? "__call" : "__callStatic");
  if (!is_callable_method(m)) return false;
  out = on(*m, self, c);
  out.any = name;
  return true;
}

Value invoke(const Callee& callee, Arguments arguments) {
  if (callee.any.empty()) return call_function(*callee.f, callee.target, arguments);
  Array list;
  for (const Value& v : arguments) {
    if (v.is_object() && v.as_object().native() == Native::kPerhaps) {
      list.append(static_cast<PerhapsArgument&>(v.as_object()).as_value());
    } else if (v.is_object() && v.as_object().native() == Native::kNamed) {
      list = rest(arguments);
      break;
    } else {
      list.append(v.deref());
    }
  }
  return call_function(*callee.f, callee.target, {callee.any, list});
}

[[noreturn]] void refuse_method(const Method& m, const Class* scope) {
  throw_error("Call to " + std::string(m.hidden()) + " method " + m.owner->name + "::" + m.name + "() from " +
              (scope == nullptr ? "global scope" : "scope " + scope->name));
}

Callee method_in(const ObjectPtr& o, std::string_view name, Class* scope) {
  Class& c = o->of();
  if (o->native() == Native::kClosure && same(name, "__invoke")) {
    const auto& closure = static_cast<const Closure&>(*o);
    return {&closure.function(), closure.target, closure.scope, {}, closure.owned, {}};
  }
  const Method* m = c.find_method(name);
  if (const Method* own = own_private(c, name, scope)) m = own;
  if (is_callable_method(m) && visible_from(*m, scope)) return on(*m, o, c);
  Callee out;
  if (any_call(o, c, name, out)) return out;
  if (m == nullptr) no_method(c, name);
  if (!is_callable_method(m)) throw_error("Cannot call abstract method " + m->owner->name + "::" + m->name + "()");
  refuse_method(*m, scope);
}

Callee static_in(Class& c, std::string_view name, Class* scope, Class* called, const ObjectPtr& self) {
  const Method* m = c.find_method(name);
  if (is_callable_method(m) && visible_from(*m, scope)) {
    if (m->is_static()) return on(*m, {}, called == nullptr || !called->descends(c) ? c : *called);
    if (self && self->of().descends(*m->owner)) return on(*m, self, self->of());
  }
  Callee out;
  if (self && self->of().descends(c) && any_call(self, self->of(), name, out)) return out;
  if (any_call({}, c, name, out)) return out;
  const std::string method(name);
  if (m == nullptr) {
    if (scope != nullptr && scope->descends(c) && c.find_method("__call") != nullptr) {
      throw_error("Non-static method " + c.name + "::" + method + "() cannot be called statically");
    }
    no_method(c, name);
  }
  if (!is_callable_method(m)) throw_error("Cannot call abstract method " + m->owner->name + "::" + m->name + "()");
  if (!visible_from(*m, scope)) refuse_method(*m, scope);
  throw_error("Non-static method " + m->owner->name + "::" + m->name + "() cannot be called statically");
}

// As an object of its own.
Callable shown(const Callee& callee) {
  if (callee.any.empty()) {
    return Callable::adopt(new Closure(*callee.f, callee.owned, callee.target, callee.scope));
  }
  auto f = Ptr<Function>::adopt(new Function);
  const Callee kept = callee;
  wrap(*f, [kept](Many<Value> given) { return invoke(kept, given); });
  f->name = kept.f->owner->name + "::" + kept.any;
  f->names = {"arguments"};
  const Function& made = *f;
  return Callable::adopt(new Closure(made, std::move(f), callee.target, callee.scope));
}

// Ends the program where PHP asks for the $this of the caller.
[[noreturn]] void stop_for_this(const Class& c, std::string_view name) {
  stop("callable-this",
       "whether " + c.name + "::" + std::string(name) + " can be called depends on the object that asks");
}

bool find_method_callable(const ObjectPtr& o, Class& given, std::string_view name, Class* scope, Callee& out) {
  std::string& reason = out.reason;
  Class* c = &given;
  if (name.size() > 8 && same(name.substr(0, 8), "parent::") && c->parent != nullptr) {
    c = c->parent;
    name.remove_prefix(8);
  }
  if (o && o->native() == Native::kClosure && same(name, "__invoke")) {
    out = method_in(o, name, scope);
    return true;
  }
  const Method* m = c->find_method(name);
  const Method* own = own_private(*c, name, scope);
  if (own != nullptr && o) m = own;
  const bool has_own_call = c->find_method("__call") != nullptr && c->find_method("__callStatic") == nullptr;
  if (m == nullptr && !o && scope != nullptr && has_own_call) stop_for_this(*c, name);
  if ((m == nullptr || (is_callable_method(m) && !visible_from(*m, scope))) && any_call(o, *c, name, out)) return true;
  const std::string method(name);
  if (m == nullptr) {
    reason = "class " + c->name + " does not have a method \"" + method + "\"";
  } else if (!is_callable_method(m)) {
    reason = "cannot call abstract method " + m->owner->name + "::" + m->name + "()";
  } else if (!visible_from(*m, scope)) {
    reason = "cannot access " + std::string(m->hidden()) + " method " + c->name + "::" + method + "()";
  } else if (!o && !m->is_static()) {
    if (scope != nullptr && scope->descends(*c)) stop_for_this(*c, name);
    reason = "non-static method " + c->name + "::" + method + "() cannot be called statically";
  } else {
    out = on(*m, o, *c);
    return true;
  }
  return false;
}

bool find_class_callable(std::string_view class_name, std::string_view method, Class* scope, Callee& out) {
  std::string& reason = out.reason;
  Class* c = find_class_in(class_name, scope);
  if (c != nullptr) return find_method_callable({}, *c, method, scope, out);
  if (same(class_name, "self") || same(class_name, "static")) {
    reason = "cannot access \"" + lower(class_name) + "\" when no class scope is active";
  } else if (same(class_name, "parent")) {
    reason = "cannot access \"parent\" when current class scope has no parent";
  } else {
    reason = "class \"" + std::string(class_name) + "\" not found";
  }
  return false;
}

bool find_array_callable(const Array& a, Class* scope, Callee& out) {
  std::string& reason = out.reason;
  if (a.size() != 2) {
    reason = "array callback must have exactly two members";
    return false;
  }
  const Value* target = a.lookup(Key(0));
  const Value* method = a.lookup(Key(1));
  if (target == nullptr || method == nullptr) {
    reason = "array callback has to contain indices 0 and 1";
    return false;
  }
  if (!target->is_string() && !target->is_object()) {
    reason = "first array member is not a valid class name or object";
    return false;
  }
  if (!method->is_string()) {
    reason = "second array member is not a valid method";
    return false;
  }
  if (target->is_object()) {
    return find_method_callable(target->object(), target->as_object().of(), method->as_string(), scope, out);
  }
  return find_class_callable(target->as_string(), method->as_string(), scope, out);
}

bool find_callee(const Value& given, Class* scope, Callee& out) {
  std::string& reason = out.reason;
  const Value& v = given.deref();
  if (v.is_string()) {
    const std::string_view text = v.as_string();
    const std::size_t at = text.find("::");
    if (at != std::string_view::npos) {
      return find_class_callable(text.substr(0, at), text.substr(at + 2), scope, out);
    }
    out.f = function_named(text);
    if (out.f == nullptr)
      reason = "function \"" + std::string(c_string(text)) + "\" not found or invalid function name";
    return out.f != nullptr;
  }
  if (v.is_array()) return find_array_callable(v.as_array(), scope, out);
  if (v.is_object()) {
    if (v.as_object().native() == Native::kClosure) {
      out = method_in(v.object(), "__invoke", scope);
      return true;
    }
    const Method* m = v.as_object().of().find_method("__invoke");
    if (is_callable_method(m)) {
      out = on(*m, v.object(), v.as_object().of());
      return true;
    }
  }
  reason = "no array or string given";
  return false;
}

// What a dynamic call calls; throws as PHP does.
Callee callee_of(const Value& given, Class* scope) {
  const Value& v = given.deref();
  if (v.is_string()) {
    const std::string_view text = v.as_string();
    const std::size_t at = text.find("::");
    if (at != std::string_view::npos) {
      Class* c = find_class_in(text.substr(0, at), scope);
      return static_in(c == nullptr ? need_class(text.substr(0, at)) : *c, text.substr(at + 2), scope, nullptr, {});
    }
    if (const Function* f = function_named(text)) return {f, {}, nullptr, {}, {}, {}};
    no_function(text);
  }
  if (v.is_array()) {
    const Array& a = v.as_array();
    if (a.size() != 2) throw_error("Array callback must have exactly two elements");
    const Value* target = a.lookup(Key(0));
    const Value* method = a.lookup(Key(1));
    if (target == nullptr || method == nullptr) throw_error("Array callback has to contain indices 0 and 1");
    if (!target->is_string() && !target->is_object()) {
      throw_error("First array member is not a valid class name or object");
    }
    if (!method->is_string()) throw_error("Second array member is not a valid method");
    if (target->is_object()) {
      Class& c = target->as_object().of();
      const Method* m = c.find_method(method->as_string().view());
      if (m != nullptr && m->is_static() && visible_from(*m, scope))
        return static_in(c, method->as_string(), scope, &c, {});
      return method_in(target->object(), method->as_string(), scope);
    }
    Class* c = find_class_in(target->as_string(), scope);
    return static_in(c == nullptr ? need_class(target->as_string()) : *c, method->as_string(), scope, nullptr, {});
  }
  if (v.is_object()) {
    Callee out;
    if (find_callee(v, scope, out)) return out;
    throw_error("Object of type " + class_name(v.as_object()) + " is not callable");
  }
  throw_error("Value of type " + type_name(v) + " is not callable");
}

const ObjectPtr need_self(const Value& given, std::string_view name) {
  const Value& v = given.deref();
  if (!v.is_object()) throw_error("Call to a member function " + std::string(name) + "() on " + type_name(v).str());
  return v.object();
}

Ref as_ref(const Value& v) {
  if (v.is_reference()) return v.as_reference();
  notice("Only variables should be assigned by reference");
  return Ref(v);
}

}  // namespace

Value call_method_in(const Value& v, std::string_view name, Class* scope, Arguments arguments) {
  return invoke(method_in(need_self(v, name), name, scope), arguments).deref();
}

const Value& callee(const Value& v, std::string_view name, Class* scope) {
  static_cast<void>(method_in(need_self(v, name), name, scope));
  return v;
}

// fixed signature: what converted code writes
Class* static_callee(Class* c, std::string_view name, Class* scope, Class* called, const ObjectPtr& self) {
  static_cast<void>(static_in(*c, name, scope, called, self));
  return c;
}

Value call_method(Object& o, std::string_view name, Arguments arguments) {
  const ObjectPtr self(&o);
  return invoke(method_in(self, name, &o.of()), arguments).deref();
}

Value call_computed_method(const Value& v, const Value& given, Class* scope, Arguments arguments) {
  const Value& name = given.deref();
  if (name.is_string()) return call_method_in(v, name.as_string(), scope, arguments);
  if (name.is_object()) return call_value(name, arguments);
  throw_error("Method name must be a string");
}

// fixed signature: what converted code writes
Value call_static(Class& c, std::string_view name, Class* scope, Class* called, const ObjectPtr& self,
                  Arguments arguments) {
  return invoke(static_in(c, name, scope, called, self), arguments).deref();
}

Value method_closure(const Value& v, std::string_view name, Class* scope) {
  return shown(method_in(need_self(v, name), name, scope));
}
Value static_closure(Class& c, std::string_view name, Class* scope, const ObjectPtr& self) {
  return shown(static_in(c, name, scope, nullptr, self));
}

Value call_value(const Value& f, Arguments arguments) { return call_value_in(f, nullptr, arguments); }

Value call_value_in(const Value& f, Class* scope, Arguments arguments) {
  const Value alive = f;
  const Callee callee = callee_of(alive, scope);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!callee.f->is_builtin || !callee.f->wants_reference(i) || arguments[i].is_reference()) continue;
    if (arguments[i].is_object() && arguments[i].as_object().native() > Native::kOther) continue;
    stop("reference-argument", callee.f->name + "() takes an argument by reference, which was not known at conversion");
  }
  return invoke(callee, arguments).deref();
}

Ref call_value_ref(const Value& f, Class* scope, Arguments arguments) {
  return as_ref(invoke(callee_of(f, scope), arguments));
}
Ref call_method_ref(const Value& v, std::string_view name, Class* scope, Arguments arguments) {
  return as_ref(invoke(method_in(need_self(v, name), name, scope), arguments));
}
Value call_value_raw(const Value& f, Class* scope, Arguments arguments) {
  return invoke(callee_of(f, scope), arguments);
}
Value call_method_raw(const Value& v, std::string_view name, Class* scope, Arguments arguments) {
  return invoke(method_in(need_self(v, name), name, scope), arguments);
}
// fixed signature: what converted code writes
Value call_static_raw(Class* c, std::string_view name, Class* scope, Class* called, const ObjectPtr& self,
                      Arguments arguments) {
  return invoke(static_in(*c, name, scope, called, self), arguments);
}
// fixed signature: what converted code writes
Ref call_static_ref(Class* c, std::string_view name, Class* scope, Class* called, const ObjectPtr& self,
                    Arguments arguments) {
  return as_ref(call_static_raw(c, name, scope, called, self, arguments));
}

Ref returned_ref(const Value& v) {
  if (v.is_reference()) return v.as_reference();
  notice("Only variable references should be returned by reference");
  return Ref(v);
}
Ref passed_ref(const Value& v) { return v.is_reference() ? v.as_reference() : Ref(passed(v)); }
Value yielded_value(const Value& v) {
  if (!v.is_reference()) notice("Only variable references should be yielded by reference");
  return v;
}

Value call_named(std::string_view name, Arguments arguments) {
  const Function* f = function_named(name);
  if (f == nullptr) no_function(name);
  return call_function(*f, {}, arguments).deref();
}

Value callable_named(std::string_view name) {
  const Function* f = function_named(name);
  if (f == nullptr) no_function(name);
  return Callable::adopt(new Closure(*f, {}, {}, nullptr));
}

Value callable_of(const Value& f, Class* scope) {
  const Value& v = f.deref();
  if (v.is_object() && v.as_object().native() == Native::kClosure) return v;
  return shown(callee_of(v, scope));
}

Callable find_callable(const Value& given, Class* scope, std::string* reason) {
  const Value& v = given.deref();
  if (v.is_object() && v.as_object().native() == Native::kClosure)
    return Callable(static_cast<Closure*>(&v.as_object()));
  Callee out;
  if (find_callee(v, scope, out)) return shown(out);
  if (reason != nullptr) *reason = out.reason;
  return {};
}

Callable to_callable(const Value& v, Class* scope) {
  const Value made = callable_of(v, scope);
  return Callable(static_cast<Closure*>(&made.as_object()));
}

static Callable needed(const Value& v, std::string_view place, Class* scope, std::string_view what) {
  std::string reason;
  Callable found = find_callable(v, scope, &reason);
  if (!found) throw_type_error(std::string(place) + " must be " + std::string(what) + ", " + reason);
  return found;
}
Callable callable_arg(const Value& v, std::string_view place, Class* scope) {
  return needed(v, place, scope, "a valid callback");
}
Callable callable_arg_or_null(const Value& v, std::string_view place, Class* scope) {
  return v.deref().is_null() ? Callable() : needed(v, place, scope, "a valid callback or null");
}
Callable param_callable(const Value& v, std::string_view place) { return callable_arg(v, place, nullptr); }
Callable param_callable_or_null(const Value& v, std::string_view place) {
  return callable_arg_or_null(v, place, nullptr);
}

static bool is_relative(std::string_view word) { return word == "self" || word == "static" || word == "parent"; }

// The class and the method that a callable names; empty where it names none.
static std::pair<String, String> named_method(const Value& v) {
  if (v.is_string()) {
    const std::string_view text = v.as_string();
    const std::size_t at = text.find("::");
    if (at != std::string_view::npos) return {String(text.substr(0, at)), String(text.substr(at + 2))};
  } else if (v.is_array() && v.as_array().size() == 2) {
    const Value* const target = v.as_array().lookup(Key(0));
    const Value* const method = v.as_array().lookup(Key(1));
    if (target != nullptr && method != nullptr && target->is_string() && method->is_string()) {
      return {target->as_string(), method->as_string()};
    }
  }
  return {};
}

// The class that a callable names, seen from a scope; null where there is none.
static Class* named_class(const String& text, Class* scope, Class* called) {
  const std::string word = lower(text);
  Class* const c = word == "static" ? called : find_class_in(text, scope);
  if (c != nullptr && is_relative(word)) deprecated("Use of \"" + word + "\" in callables is deprecated");
  return c;
}

Value seen_by_this(const Value& given, Class* scope, const ObjectPtr& self, Class* called) {
  const auto [class_text, name] = named_method(given.deref());
  if (name.empty() || name.view().find("::") != std::string_view::npos) return given;
  Class* const c = named_class(class_text, scope, called);
  if (c == nullptr) return given;
  if (!is_relative(lower(class_text)) && (!self || !self->of().descends(*scope) || !scope->descends(*c))) return given;
  const Method* const m = c->find_method(name.view());
  if (m == nullptr || (is_callable_method(m) && !visible_from(*m, scope))) {
    Callee out;
    return self && any_call(self, *c, name, out) ? Value(shown(out)) : given;
  }
  if (!is_callable_method(m)) return given;
  if (m->is_static()) return shown(on(*m, {}, self ? self->of() : *called));
  return self ? Value(shown(on(*m, self, *c))) : given;
}

Value from_callable(const Value& f, Class* scope) {
  std::string reason;
  const Callable found = find_callable(f, scope, &reason);
  if (!found) throw_type_error("Failed to create closure from callable: " + reason);
  return found;
}

bool is_callable_in(const Value& v, Class* scope) {
  Callee out;
  return find_callee(v, scope, out);
}

bool is_callable_statically(const Value& given, Class* scope, Class* called) {
  const auto [class_text, name] = named_method(given.deref());
  if (name.empty() || name.view().find("::") != std::string_view::npos) return is_callable_in(given, scope);
  Class* const c = named_class(class_text, scope, called);
  if (c == nullptr) return false;
  const Method* const m = c->find_method(name.view());
  if (m != nullptr && !is_callable_method(m)) return false;
  if (m != nullptr && visible_from(*m, scope)) return m->is_static();
  Callee out;
  return any_call({}, *c, name, out);
}

bool is_callable(const Value& given, bool syntax_only, String* name) {
  const Value& v = given.deref();
  const bool pair = v.is_array() && v.as_array().size() == 2 && is_string(v.as_array().peek(1)) &&
                    (is_string(v.as_array().peek(Int{0})) || is_object(v.as_array().peek(Int{0})));
  if (name != nullptr) {
    if (pair) {
      const Value& first = v.as_array().peek(Int{0});
      *name = (first.is_object() ? class_name(first.as_object()) : to_string(first)) +
              "::" + to_string(v.as_array().peek(1));
    } else {
      *name = v.is_array() ? String("Array") : v.is_object() ? class_name(v.as_object()) + "::__invoke" : to_string(v);
    }
  }
  return is_callable_in(v, nullptr) || (syntax_only && (v.is_string() || pair));
}

Value as_given(const Callable& c) {
  const Function* known = function_named(c->function().name);
  if (known == &c->function()) return c->function().name;
  return c;
}

Value call_user(Class* scope, Arguments a) {
  const Value alive = a[0];
  Callee f;  // no closure, which would take the number of an object
  if (alive.deref().is_object() && alive.deref().as_object().native() == Native::kClosure) {
    const auto& closure = static_cast<const Closure&>(alive.deref().as_object());
    f = {&closure.function(), closure.target, nullptr, {}, {}, {}};
  } else if (!find_callee(alive, scope, f)) {
    throw_type_error("call_user_func(): Argument #1 ($callback) must be a valid callback, " + f.reason);
  }
  std::vector<Value> given;
  for (std::size_t i = 1; i < a.size(); ++i) {
    const bool named = a[i].is_object() && a[i].as_object().native() == Native::kNamed;
    if (!named && f.any.empty() && f.f->wants_reference(i - 1)) {
      warning(argument_place(*f.f, i - 1) + " must be passed by reference, value given");
    }
    given.push_back(a[i].deref());
  }
  return invoke(f, given).deref();
}

Value call_user_array(Class* scope, Arguments a) {
  const Callable f = callable_arg(a[0], "call_user_func_array(): Argument #1 ($callback)", scope);
  const Array given = param_array(a[1], "call_user_func_array(): Argument #2 ($args)");
  std::size_t at = 0;
  for (const auto& [key, v] : given) {
    if (!v.is_reference() && !key.is_text() && f->function().wants_reference(at)) {
      warning(argument_place(f->function(), at) + " must be passed by reference, value given");
    }
    ++at;
  }
  return f->call_array(given, true).deref();
}

}  // namespace banyan::php_runtime
