// PHP's own functions and constants by name, for calls and constants that a program computes the names of.
#pragma once

#include <string_view>

#include "php_runtime/builtin_invoke.h"

namespace banyan::php_runtime {

// Makes them known to the runtime: function_named(), call_named(), callbacks by name, constant(). Once on
// each thread, before its first program runs; more often does no harm.
void declare_builtins();

// The rows of the table, which builtin_table.py writes.
struct BuiltinTable {
  const BuiltinRow* rows;
  std::size_t size;
};
BuiltinTable builtin_table();

struct ConstantRow {
  std::string_view name;
  std::string_view value;  // in JSON
};
struct ConstantTable {
  const ConstantRow* rows;
  std::size_t size;
};
ConstantTable constant_table();

}  // namespace banyan::php_runtime
