// What the Go runtime offers: PHP's own functions with how each is called in Go.
//
// The table is runtimes/go/builtins.tsv, which becomes part of the program. A line has, between tabs: PHP's name, Go's
// name, the result's type, flags, and the parameters: "[& or >][...]name:type[=default]", as the head of the table
// says.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "php_convert/hir.h"

namespace banyan::php {

struct RuntimeParameter {
  std::string_view name;
  std::string_view type;  // as PHP writes it: "?int", "array|string", "callable"
  bool by_reference = false;
  bool written_only = false;
  bool variadic = false;
  bool optional = false;
  std::string_view default_json;  // of an optional one; "absent" where PHP knows whether it was given
};

struct RuntimeFunction {
  std::string_view name;
  std::string_view target;
  std::string_view result;  // as PHP writes it
  std::string_view flags;
  std::vector<RuntimeParameter> parameters;

  // Whether the argument has to be a reference.
  bool boxes(std::size_t position) const;
  const RuntimeParameter* parameter(std::size_t position) const;  // the variadic one for all behind it
};

class RuntimeTable {
 public:
  explicit RuntimeTable(std::string_view table);
  // By name in lower case; null where the runtime has none.
  const RuntimeFunction* find(std::string_view name) const;
  // By the runtime's own name.
  const RuntimeFunction* find_target(std::string_view target) const;

 private:
  std::unordered_map<std::string_view, RuntimeFunction> functions_;
  std::unordered_map<std::string_view, const RuntimeFunction*> by_target_;
};

// The table of the Go runtime; lives as long as the program.
const RuntimeTable& go_runtime_table();

}  // namespace banyan::php
