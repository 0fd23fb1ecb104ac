// The Go runtime as it is written beside converted code: package php with its table of builtins.
#pragma once

#include <string_view>
#include <vector>

#include "embed/archive.h"

namespace banyan::php {

// builtins.tsv; lives as long as the program.
std::string_view runtime_builtins();
// Every Go file, go.mod and the table, in order of path: "php/array.go".
std::vector<EmbeddedFile> runtime_files();

// Whether the C++ runtime has one of PHP's own functions, by its name.
bool cpp_has_builtin(std::string_view name);
// Whether the server that mounted programs run on has it (module php_mount).
bool mount_has_builtin(std::string_view name);

}  // namespace banyan::php
