// PHP's functions about classes, their members and callables, as the scope sees them that calls them.
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

Class* class_or_none(const Value& given) {
  const Value& v = given.deref();
  if (v.is_object()) return &v.as_object().of();
  return v.is_string() ? load_class(v.as_string()) : nullptr;
}

Class* asked(Arguments a) {
  const String name = to_string(a[0]);
  return a.size() > 1 && !to_bool(a[1]) ? find_class(name) : load_class(name);
}

void need_class_or_object(const Value& v, std::string_view function) {
  if (is_object(v) || is_string(v)) return;
  throw_type_error(std::string(function) + "(): Argument #1 ($object_or_class) must be of type object|string, " +
                   type_name(v).str() + " given");
}

std::string_view bare(const String& name) {
  return name.view().starts_with('\\') ? name.view().substr(1) : name.view();
}

Class* described(std::string_view function, const Value& v) {
  Class* c = class_or_none(v);
  if (c == nullptr) {
    need_class_or_object(v, function);
    warning(std::string(function) + "(): Class " + to_string(v).str() + " does not exist and could not be loaded");
  }
  return c;
}

// All that it implements, in PHP's order: those of the parent come first, those that an interface extends in turn
// behind all that are written out, the last one first. Classes without interfaces of their own turn the parent's round,
// and so do PHP's own, which have what an interface extends right behind it.
std::vector<std::string_view> all_interfaces(const Class& c) {
  std::vector<std::string_view> out;
  const auto add = [&out](std::string_view name) {
    if (std::ranges::find(out, name) == out.end()) out.push_back(name);
  };
  const auto add_reversed = [&add](const Class& one) {
    for (const std::string_view name : all_interfaces(one) | std::views::reverse) add(name);
  };
  const bool has_own = !c.is_builtin && (!c.interface_names.empty() || c.own_method("__toString") != nullptr);
  if (c.parent != nullptr && !has_own) {
    add_reversed(*c.parent);
  } else if (c.parent != nullptr) {
    out = all_interfaces(*c.parent);
  }
  for (const Class* one : c.interfaces) {
    add(one->name);
    if (c.is_builtin) add_reversed(*one);
  }
  for (const Class* one : c.interfaces) add_reversed(*one);
  return out;
}

}  // namespace

Value class_name_of(Class*, Arguments a) {
  return class_name(*param_object(a[0], "get_class(): Argument #1 ($object)"));
}
Value parent_class_of(Class*, Arguments a) {
  const Class* c = class_or_none(a[0]);
  if (c == nullptr) {
    throw_type_error("get_parent_class(): Argument #1 ($object_or_class) must be an object or a valid class name, " +
                     type_name(a[0]) + " given");
  }
  return c->parent == nullptr ? Value(false) : Value(c->parent->name);
}
bool class_exists_in(Class*, Arguments a) {
  const Class* c = asked(a);
  return c != nullptr && !c->has_flag(kInterface) && !c->has_flag(kTrait);
}
bool interface_exists_in(Class*, Arguments a) {
  const Class* c = asked(a);
  return c != nullptr && c->has_flag(kInterface);
}
bool trait_exists_in(Class*, Arguments a) {
  const Class* c = asked(a);
  return c != nullptr && c->has_flag(kTrait);
}
bool enum_exists_in(Class*, Arguments a) {
  const Class* c = asked(a);
  return c != nullptr && c->has_flag(kEnum);
}
bool method_exists_in(Class*, Arguments a) {
  const Value& v = a[0].deref();
  if (v.is_object() && v.as_object().native() == Native::kClosure && lower(to_string(a[1])) == "__invoke") return true;
  need_class_or_object(v, "method_exists");
  const Class* c = class_or_none(v);
  if (c == nullptr) return false;
  const String name = param_string(a[1], "method_exists(): Argument #2 ($method)");
  if (c->name == "Closure" && lower(name) == "__invoke") return true;
  const Method* m = c->find_method(name.view());
  return m != nullptr && ((m->flags & kPrivate) == 0 || m->owner == c || v.is_object());
}
bool property_exists_in(Class* scope, Arguments a) {
  const String name = param_string(a[1], "property_exists(): Argument #2 ($property)");
  need_class_or_object(a[0], "property_exists");
  Class* c = class_or_none(a[0]);
  if (c == nullptr) return false;
  const auto has = [&](Class& one) {
    return one.find_property(name, false) != nullptr || one.find_property(name, true) != nullptr;
  };
  if (has(*c) || (scope != nullptr && c->descends(*scope) && has(*scope))) return true;
  const Value& v = a[0].deref();
  return v.is_object() && v.as_object().properties.raw(Key(name)) != nullptr;
}
// The name of the class that a name, which may be an alias, means.
static std::string named_by(const Value& name) {
  const String given = to_string(name);
  const Class* found = find_class(given);
  return found == nullptr ? std::string(bare(given)) : found->name;
}
bool is_a_class(Class*, Arguments a) {
  if (!is_object(a[0]) && (a.size() < 3 || !to_bool(a[2]))) return false;
  const Class* c = class_or_none(a[0]);
  return c != nullptr && c->is(named_by(a[1]));
}
bool is_subclass_of_in(Class*, Arguments a) {
  const Class* c = class_or_none(a[0]);
  const std::string name = named_by(a[1]);
  return c != nullptr && find_class(name) != c && c->is(name);
}
Value class_implements_in(Class*, Arguments a) {
  const Class* c = described("class_implements", a[0]);
  if (c == nullptr) return false;
  Array out;
  for (const std::string_view one : all_interfaces(*c)) out.set_text(one, one);
  return out;
}
Value class_parents_in(Class*, Arguments a) {
  const Class* c = described("class_parents", a[0]);
  if (c == nullptr) return false;
  Array out;
  for (c = c->parent; c != nullptr; c = c->parent) out.set_text(c->name, c->name);
  return out;
}
Value class_uses_in(Class*, Arguments a) {
  const Class* c = described("class_uses", a[0]);
  if (c == nullptr) return false;
  Array out;
  for (const std::string& one : c->trait_names) out.set_text(one, one);
  return out;
}
bool function_exists_in(Class*, Arguments a) {
  return function_named(param_string(a[0], "function_exists(): Argument #1 ($function)")) != nullptr;
}

bool spl_autoload_register_in(Class* scope, Arguments a) {
  if (a.empty() || a[0].deref().is_null()) return true;
  if (a[0].deref().is_string() && lower(a[0].deref().as_string()) == "spl_autoload_call") {
    throw_value_error("spl_autoload_register(): Argument #1 ($callback) must not be the spl_autoload_call() function");
  }
  Callable f = callable_arg(a[0], "spl_autoload_register(): Argument #1 ($callback)", scope);
  auto& all = context().autoloaders;
  all.insert(a.size() > 2 && to_bool(a[2]) ? all.begin() : all.end(), std::move(f));
  return true;
}

static void need_iterable(std::string_view function, const Value& v, bool array_too) {
  if ((array_too && is_array(v)) || is_a(v, "Traversable")) return;
  throw_type_error(std::string(function) + "(): Argument #1 ($iterator) must be of type Traversable" +
                   (array_too ? "|array, " : ", ") + type_name(v).str() + " given");
}

Array iterator_to_array_in(Class* scope, Arguments a) {
  need_iterable("iterator_to_array", a[0], true);
  Array out;
  for (Walk it = iterate(a[0], scope); it.next();) {
    Value v = it.value();
    if (a.size() > 1 && !to_bool(a[1])) {
      out.append(std::move(v));
    } else {
      out.set(it.key(), std::move(v));
    }
  }
  return out;
}
Int iterator_count_in(Class* scope, Arguments a) {
  need_iterable("iterator_count", a[0], true);
  Int count = 0;
  for (Walk it = iterate(a[0], scope); it.next();) ++count;
  return count;
}
Int iterator_apply_in(Class* scope, Arguments a) {
  const Callable f = callable_arg(a[1], "iterator_apply(): Argument #2 ($callback)", scope);
  need_iterable("iterator_apply", a[0], false);
  Int count = 0;
  for (Walk it = iterate(a[0], scope); it.next();) {
    ++count;
    if (!f->call_array(a.size() > 2 && !is_null(a[2]) ? to_array(a[2]) : Array()).deref().is_true()) break;
  }
  return count;
}

Value object_vars(const Value& v, Class* scope) {
  const ObjectPtr o = param_object(v, "get_object_vars(): Argument #1 ($object)");
  Array out;
  for (const Property& one : seen_properties(*o, scope)) {
    const bool alone = one.value.is_reference() && one.value.as_reference().box()->holders == 2;
    out.set_raw(Key(String(one.name)), alone ? Value(one.value.deref()) : one.value);
  }
  return out;
}

Value class_vars(const Value& v, Class* scope) {
  Class* c = load_class(to_string(v));
  if (c == nullptr) {
    throw_type_error("get_class_vars(): Argument #1 ($class) must be a valid class name, " + to_string(v) + " given");
  }
  c->prepare();
  Array out;
  for (const bool is_static : {false, true}) {
    for (Class* at = c; at != nullptr; at = at->parent) {
      for (const auto& one : at->own_properties) {
        const std::string_view hidden = (one->flags & kPrivate) != 0     ? "private"
                                        : (one->flags & kProtected) != 0 ? "protected"
                                                                         : "";
        if (out.raw(Key(String(one->name))) != nullptr || ((one->flags & kStatic) != 0) != is_static ||
            !visible(hidden, *one->owner, scope)) {
          continue;
        }
        const bool is_worked_out = !is_static && one->known;
        out.set_text(one->name, is_worked_out ? one->first : one->value != nullptr ? one->value() : Value());
      }
    }
  }
  return out;
}

Array class_methods(const Value& v, Class* scope) {
  const Class* c = class_or_none(v);
  if (c == nullptr) {
    throw_type_error("get_class_methods(): Argument #1 ($object_or_class) must be an object or a valid class name, " +
                     type_name(v) + " given");
  }
  Array out;
  Array known;
  for (const Class* at = c; at != nullptr; at = at->parent) {
    for (const auto& m : at->methods) {
      const Key key = Key::text_as_is(String(lower(m->name)));
      if (known.raw(key) == nullptr && visible(m->hidden(), *at, scope)) out.append(m->name);
      known.set_raw(key, true);
    }
  }
  return out;
}

}  // namespace banyan::php_runtime
