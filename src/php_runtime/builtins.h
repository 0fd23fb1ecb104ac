// All of the runtime that converted programs use, for them to precompile.
#pragma once

#include "php_runtime/builtin_arrays.h"
#include "php_runtime/builtin_date.h"
#include "php_runtime/builtin_dump.h"
#include "php_runtime/builtin_encoding.h"
#include "php_runtime/builtin_files.h"
#include "php_runtime/builtin_iconv.h"
#include "php_runtime/builtin_intl.h"
#include "php_runtime/builtin_json.h"
#include "php_runtime/builtin_math.h"
#include "php_runtime/builtin_mbstring.h"
#include "php_runtime/builtin_preg.h"
#include "php_runtime/builtin_program.h"
#include "php_runtime/builtin_settings.h"
#include "php_runtime/builtin_sprintf.h"
#include "php_runtime/builtin_streams.h"
#include "php_runtime/builtin_strings.h"
#include "php_runtime/builtin_table.h"
#include "php_runtime/include.h"
#include "php_runtime/runtime.h"

namespace banyan::php_runtime {

// run() with PHP's own functions, constants and classes at hand.
inline int run_program(void (*script)(), int argc = 1, char** argv = nullptr) {
  declare_builtins();
  return run(script, {argv, static_cast<std::size_t>(argv == nullptr ? 0 : argc)});
}

}  // namespace banyan::php_runtime
