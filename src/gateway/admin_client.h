// Asks a running gateway's admin API, for the commands `banyan status` and `banyan tasks`.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace banyan {

// The body of GET `target` from the admin listener that the configuration file names, with its token. Errors:
// kInvalidArgument (the file or its admin section), kUnavailable (no gateway answers), kPermissionDenied (the token).
// Blocks, for at most `timeout`.
Result<std::string> ask_admin(const std::string& config_path, const std::string& target,
                              Duration timeout = std::chrono::seconds(5));

}  // namespace banyan
