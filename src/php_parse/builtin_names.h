// The few of PHP's own functions and classes that the compiler treats in a way one file can show.
#pragma once

#include <string_view>

#include "php_lex/version.h"

namespace banyan::php {

// Functions of one argument that become an instruction: they give a value nobody can write to, and as every built-in
// one they cannot be declared again. `name` is in lower case, without a leading backslash.
bool is_inlined_function(std::string_view name);
// Whether the version has a function of that name which PHP 5.6 did not have; of PHP itself, not of an extension that
// may be left out. Declaring it again is refused there.
bool is_added_function(std::string_view name, PhpVersion version);

// Classes and interfaces of PHP itself which types of the checks know; `ancestor` may be the name itself.
bool is_builtin_class(std::string_view name);
bool is_builtin_subclass(std::string_view name, std::string_view ancestor);

}  // namespace banyan::php
