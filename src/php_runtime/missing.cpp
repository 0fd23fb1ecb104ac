#include "php_runtime/missing.h"

#include <algorithm>
#include <string>

#include "php_runtime/convert.h"
#include "php_runtime/object.h"
#include "php_runtime/params.h"
#include "php_runtime/program.h"

namespace banyan::php_runtime {
namespace {

// Of PHP's own classes that the runtime has.
constexpr std::string_view kMethods =
    " __debuginfo __serialize __unserialize __wakeup getflags gethash getiteratorclass serialize setflags "
    "setiteratorclass unserialize ";

bool has_word(std::string_view words, std::string_view name) {
  return !name.empty() && words.find(" " + lower(name) + " ") != std::string_view::npos;
}

std::string_view bare_name(std::string_view name) {
  if (name.starts_with('\\')) name.remove_prefix(1);
  return name;
}

// Stops where a trait that the class uses has what the class was asked for.
template <class Has>
void stop_for_trait(const Class& c, const Has& has) {
  for (const Class* at = &c; at != nullptr; at = at->parent) {
    for (const std::string& name : at->trait_names) {
      const Class* const trait = find_class(name);
      if (trait == nullptr || has(*trait)) {
        stop("unknown-trait", "the trait " + name + " is not part of " + at->name + ", which another file has");
      }
      stop_for_trait(*trait, has);
    }
  }
}

}  // namespace

void stop_if_php_has_class(std::string_view name) {
  name = bare_name(name);
  if (!has_word(classes_of_php(), name)) return;
  stop("class-missing", "the class " + std::string(name) + " is not part of this runtime");
}

void no_function(std::string_view name, std::string_view global) {
  const std::string_view sought = bare_name(global.empty() ? name : global);
  if (has_word(functions_of_php(), sought)) {
    stop("builtin-missing", "the function " + std::string(sought) + " is not part of this runtime");
  }
  throw_error("Call to undefined function " + std::string(c_string(name)) + "()");
}

Value call_undefined(std::string_view name, std::string_view global, Arguments arguments) {
  const Function* f = function_named(name);
  if (f == nullptr && !global.empty()) f = function_named(global);
  if (f == nullptr) no_function(name, global);
  return call_function(*f, {}, arguments).deref();
}

std::string_view need_function(std::string_view name, std::string_view global) {
  if (function_named(name) != nullptr) return name;
  if (!global.empty() && function_named(global) != nullptr) return global;
  no_function(name, global);
}

void no_method(const Class& c, std::string_view name) {
  for (const Class* at = &c; at != nullptr; at = at->parent) {
    if (!at->is_builtin || !has_word(kMethods, name)) continue;
    stop("builtin-missing", "the method " + at->name + "::" + std::string(name) + " is not part of this runtime");
  }
  stop_for_trait(c, [&](const Class& trait) {
    return trait.find_method(name) != nullptr || trait.find_method("__call") != nullptr ||
           trait.find_method("__callStatic") != nullptr;
  });
  throw_error("Call to undefined method " + c.name + "::" + std::string(name) + "()");
}

void stop_for_method(const Class& c, std::string_view name) {
  if (lower(name) == "__destruct") return;  // asked for as objects die, where nothing can stop
  for (const std::string& one : c.trait_names) {
    const Class* const trait = load_class(one);
    const Method* const found = trait != nullptr      ? trait->find_method(name)
                                : c.parent != nullptr ? c.parent->find_method(name)
                                                      : nullptr;
    if (found == nullptr || (trait != nullptr && found->function->invoke == nullptr)) continue;
    stop("unknown-trait", "the trait " + one + " is not part of " + c.name + ", which another file has");
  }
}

void stop_for_properties(const Class& c) {
  for (const Class* at = &c; at != nullptr; at = at->parent) {
    for (const std::string& name : at->trait_names) {
      const Class* const trait = find_class(name);
      if (trait == nullptr) continue;
      for (const auto& p : trait->own_properties) {
        const bool is_part = std::ranges::any_of(
            at->own_properties, [&](const auto& own) { return own->name == p->name && (own->flags & kStatic) == 0; });
        if ((p->flags & kStatic) != 0 || is_part) continue;
        stop("unknown-trait", "the trait " + name + " is not part of " + at->name + ", which another file has");
      }
    }
  }
}

void stop_for_property(const Class& c, std::string_view name) {
  stop_for_trait(c, [&](const Class& trait) {
    return std::ranges::any_of(trait.own_properties, [&](const auto& one) { return one->name == name; }) ||
           trait.find_method("__get") != nullptr || trait.find_method("__set") != nullptr;
  });
}

}  // namespace banyan::php_runtime
