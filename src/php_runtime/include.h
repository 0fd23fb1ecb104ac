// Files of one program that run each other, in the variables of whoever includes them.
#pragma once

#include "php_runtime/program.h"

namespace banyan::php_runtime {

// include and its kin in a file's own code. `names` are the variables that the code around it holds: where the included
// file binds one of them anew, the program stops, for the code would go on with the old one.
Value include_here(const Value& path, std::string_view word, Many<Value> names = {});
// The same in a function, whose variables by name are `scope`.
Value include_in(Scope& scope, const Value& path, std::string_view word, Many<Value> names = {});

// The variables of a file's own code: those of the function that included it, else the global ones.
Scope& file_scope();
Ref file_variable(std::string_view name);
Ref unset_file_variable(std::string_view name);
Ref bind_file_variable(std::string_view name, const Ref& r);

}  // namespace banyan::php_runtime
