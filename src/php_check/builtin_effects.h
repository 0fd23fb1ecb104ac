// What PHP's own functions do, as written by hand: see builtins.h.
#pragma once

#include <vector>

#include "php_check/builtins.h"

namespace banyan::php {

// Fills effects, taint, throws and has_native_twin.
void apply_builtin_effects(std::vector<BuiltinFunction>& functions);
Effects effects_of_builtin_class(std::string_view name, std::string_view extension);

}  // namespace banyan::php
