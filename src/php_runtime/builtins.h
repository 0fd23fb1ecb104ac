// All of the runtime that converted programs use, for them to precompile.
#pragma once

#include "php_runtime/runtime.h"

namespace banyan::php_runtime {

// run() with PHP's own functions, constants and classes at hand.
inline int run_program(void (*script)()) { return run(script); }

}  // namespace banyan::php_runtime
