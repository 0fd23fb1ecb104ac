// Names as Go has them: no keyword, nothing predeclared, each meaning one thing in its scope.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "php_convert/program.h"

namespace banyan::php {

// "user_name" as userName; a letter first, ASCII only.
std::string go_name(std::string_view php_name);
// Whether Go or the generated code means something by the name already.
bool is_taken_in_go(std::string_view name);

// Gives each function its name of the package and each variable its name of the function. The same program gives the
// same names.
void name_for_go(hir::Program& program);

}  // namespace banyan::php
