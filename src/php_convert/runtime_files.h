// The Go runtime as it is written beside converted code: package php with its table of builtins.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace banyan::php {

struct RuntimeFile {
  std::string path;  // "php/array.go"
  std::string content;
};

// builtins.tsv; lives as long as the program.
std::string_view runtime_builtins();
// Every Go file and go.mod, in order of path. An error where the archive in the program is damaged.
Result<std::vector<RuntimeFile>> runtime_files();

}  // namespace banyan::php
