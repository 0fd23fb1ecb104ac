// What PHP's configuration says, as far as it is the same everywhere, and its locale.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

// Of the settings that do not depend on where the program runs.
std::optional<String> ini_get(const String& option);
// ini_set() whose result nobody reads.
Value set_option(const String& option, const Value& v);
// Whether errors are shown: display_errors.
bool shows_errors();
// The locale C, and the question which one there is.
std::optional<String> setlocale(Int category, const Value& locales, Arguments rest = {});
// get_defined_constants(true)[extension] of an extension all of whose constants this runtime has.
Array extension_constants(std::string_view extension);

}  // namespace banyan::php_runtime
