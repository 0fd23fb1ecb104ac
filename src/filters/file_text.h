// A whole small file, for filters that read keys.
#pragma once

#include <string>

#include "base/result.h"

namespace banyan {

// At most `bytes_max` bytes. Blocks on the disk. Errors: the system's; kResourceExhausted where it is longer.
Result<std::string> read_file_text(const std::string& path, std::size_t bytes_max);

}  // namespace banyan
