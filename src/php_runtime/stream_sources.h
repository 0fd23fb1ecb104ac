// Streams that are no files: memory, and the output of the program.
#pragma once

#include <memory>
#include <string_view>

#include "php_runtime/stream.h"

namespace banyan::php_runtime {

// php://memory, or php://temp, which becomes a file when it is too long.
std::unique_ptr<Stream> open_memory(std::string_view uri, std::string_view mode, bool is_temporary);
// php://output
std::unique_ptr<Stream> open_output(std::string_view uri);

}  // namespace banyan::php_runtime
