#include "php_runtime/missing.h"

#include <string>

#include "php_runtime/object.h"
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

}  // namespace

void stop_if_php_has_class(std::string_view name) {
  name = bare_name(name);
  if (!has_word(classes_of_php(), name)) return;
  stop("class-missing", "the class " + std::string(name) + " is not part of this runtime");
}

void no_function(std::string_view name) {
  name = bare_name(name);
  if (has_word(functions_of_php(), name)) {
    stop("builtin-missing", "the function " + std::string(name) + " is not part of this runtime");
  }
  throw_error("Call to undefined function " + std::string(name) + "()");
}

void no_method(const Class& c, std::string_view name) {
  for (const Class* at = &c; at != nullptr; at = at->parent) {
    if (!at->is_builtin || !has_word(kMethods, name)) continue;
    stop("builtin-missing", "the method " + at->name + "::" + std::string(name) + " is not part of this runtime");
  }
  throw_error("Call to undefined method " + c.name + "::" + std::string(name) + "()");
}

}  // namespace banyan::php_runtime
