// Names as C++ has them: no keyword, nothing the generated code means already, each meaning one thing in its scope.
#pragma once

#include <string>
#include <string_view>

#include "php_convert/program.h"

namespace banyan::php {

// "userName" as user_name; a letter first, ASCII only.
std::string cpp_name(std::string_view php_name);
// An operation of the middle representation, or a builtin of the runtime's table, as the C++ runtime spells it:
// "StrReplace" as str_replace.
std::string cpp_operation(std::string_view name);
// Gives each function its name of the namespace and each variable its name of the function. The same program gives the
// same names.
void name_for_cpp(hir::Program& program);

}  // namespace banyan::php
