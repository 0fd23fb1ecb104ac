// Writing files and reading standard input, whole.
#pragma once

#include <string>

#include "base/result.h"

namespace banyan {

// Puts `text` in the place of the file at once: readers see the old bytes or the new ones. Its permissions stay; a
// symbolic link stays one, and the file behind it is written.
Result<void> write_file(const std::string& path, const std::string& text);

// At most 256 MiB; more is an error.
Result<std::string> read_standard_input();

}  // namespace banyan
