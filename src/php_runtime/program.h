// What a converted program is as a whole: its start and end, global and static variables, constants, and variables
// found by computed names.
#pragma once

#include <span>
#include <string>

#include "php_runtime/context.h"
#include "php_runtime/function.h"
#include "php_runtime/params.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

// Runs a converted script to its end, as php-cli does, and gives its exit status: what it throws and nobody catches is
// printed, shutdown functions run, buffers are flushed. `arguments` are the command line with the program's name.
int run(void (*script)(), std::span<char* const> arguments = {});
// The same in a context of the caller's, what it prints into `out`.
int run_in(Context& c, void (*script)(), std::string& out);
// Lets go of what a run left behind that on_stop() ended by an exception.
void abandon(Context& c);

// ---- Files of one program ----
// include, include_once, require and require_once by their name: runs a file of context().files in the global scope,
// and gives what it returns. A file that is there but was not converted stops the program.
Value include_file(const Value& path, std::string_view word);
// `return` in a file's own code.
inline void file_returns(Value v) { context().returned = std::move(v); }

// How far the stack of this thread may be used by the calls of a program; null where that is not known.
const char* stack_end();
// Gives the first thread of a program as much stack as the system has room for.
void allow_deep_calls();

// Which source runs.
void file(const Source& source);

// ---- Global variables ----
Array argv();  // what the variables of a script begin with that php-cli runs
Int argc();
Ref global_variable(std::string_view name);
Ref global(std::string_view name);  // null where it was not assigned
Ref unset_global(std::string_view name);
Ref bind_global(std::string_view name, const Ref& r);
Array globals();  // $GLOBALS: a copy of what they hold
Value global_value(std::string_view name);
Value quiet_global(std::string_view name);
Value set_global(std::string_view name, Value v);
Value& global_place(std::string_view name);
Ref global_ref(std::string_view name);
void forget_global(std::string_view name);
Value update_global(std::string_view name, Operation op, const Value& v);
Value update_global_old(std::string_view name, Operation op, const Value& v);
Value superglobal(std::string_view name);
Value& superglobal_place(std::string_view name);
Ref superglobal_ref(std::string_view name);
Value set_superglobal(std::string_view name, Value v);

// ---- Static variables: each place in the program takes a number, and each run has its own ----
std::size_t static_number();
bool has_static(std::size_t number);
Ref& static_variable(std::size_t number);

// ---- Constants ----
Value constant_of(Many<Value> names);
void define_const(std::string_view name, const Value& v);
bool define_value(const Value& name, const Value& v);
bool defined_in(const Value& name, Class* scope);
Value constant_named(const Value& name, Class* scope);
// PHP's own constants by name; set by their table.
using FindConstant = bool (*)(std::string_view name, Value& out);
void set_builtin_constants(FindConstant find);
std::string lower(std::string_view text);

// ---- Classes as converted code has them: by pointer ----
inline Value start_null() { return {}; }
inline String name_of(const Class* c) { return c == nullptr ? String() : name_of(*c); }
inline Class* parent_of(Class* c) { return &parent_of(*c); }
inline Class* need_class_pointer(std::string_view name) { return &need_class(name); }
Value parent_name(const Class* c);
Class* no_scope(std::string_view word);
Value not_here(std::string_view message);
bool class_alias(const Value& c, const Value& alias);
[[noreturn]] void unreachable();
// Stands for a method of a trait, which is there only in the classes that use it: stops the program.
void of_trait();
inline Int length(const String& s) { return static_cast<Int>(s.size()); }
inline Value this_value(const ObjectPtr& self) {
  if (!self) no_this();
  return self;
}
inline ObjectPtr new_object(Class* c, Class* scope, Arguments a = {}) { return new_object(*c, scope, a); }
inline Class* declare_class(Class* c) { return &declare_class(*c); }
Class* declare_once(Class* c);
// Gives the deprecations of a class that was just declared.
void complain(const Class* c);
inline bool instance_of(const Value& v, Class* c) { return instance_of(v, *c); }
inline Value class_const(Class* c, std::string_view name, Class* scope) { return class_const(*c, name, scope); }
inline Value class_const_as(Class* c, std::string_view name, Class* scope, std::string_view written) {
  return class_const_as(*c, name, scope, written);
}
// fixed signature: what converted code writes
inline Value call_static(Class* c, std::string_view name, Class* scope, Class* called, const ObjectPtr& self,
                         Arguments a = {}) {
  return call_static(*c, name, scope, called, self, a);
}
inline Value static_closure(Class* c, std::string_view name, Class* scope, const ObjectPtr& self) {
  return static_closure(*c, name, scope, self);
}
inline Ref static_prop(Class* c, std::string_view name, Class* scope) { return static_prop(*c, name, scope); }
inline Value static_value(Class* c, std::string_view name, Class* scope) { return static_value(*c, name, scope); }
inline Value quiet_static_prop(Class* c, std::string_view name, Class* scope) {
  return quiet_static_prop(*c, name, scope);
}
inline Value set_static_prop(Class* c, std::string_view name, Class* scope, Value v) {
  return set_static_prop(*c, name, scope, std::move(v));
}
inline Value& static_prop_place(Class* c, std::string_view name, Class* scope) {
  return static_prop_place(*c, name, scope);
}
inline void bind_static_prop(Class* c, std::string_view name, Class* scope, const Ref& r) {
  bind_static_prop(*c, name, scope, r);
}
inline Value update_static_prop(Class* c, std::string_view name, Class* scope, Operation op, const Value& x) {
  return update_static_prop(*c, name, scope, op, x);
}
inline Value update_static_prop_old(Class* c, std::string_view name, Class* scope, Operation op, const Value& x) {
  return update_static_prop_old(*c, name, scope, op, x);
}

// The variables of a call by name.
class Scope {
 public:
  Scope() = default;
  static Scope of_globals() {
    Scope out;
    out.whole_ = true;
    return out;
  }
  void has_this(const ObjectPtr& self) { this_ = self; }
  Ref variable(std::string_view name);  // made where there is none
  Ref bind(std::string_view name, const Ref& r);
  Ref unset(std::string_view name);
  Value read(std::string_view name);   // $$name
  Value quiet(std::string_view name);  // $$name ?? null
  Value& place(std::string_view name);
  Ref ref(std::string_view name);
  Value assign(std::string_view name, Value v);
  void forget(std::string_view name);
  Array defined();  // get_defined_vars()
  Int extract(const Value& array, Many<Value> more = {});
  void compact_named(Array& into, const Value& names, const Value& self);

 private:
  const Ref* find(std::string_view name);
  std::vector<std::pair<std::string, Ref>> refs_;
  ObjectPtr this_;
  Ref found_;
  bool whole_ = false;
};

}  // namespace banyan::php_runtime
