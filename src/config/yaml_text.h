// What can be said about a YAML text before it is parsed: whether it is text at all.
#pragma once

#include <string_view>

#include "base/diagnostic.h"

namespace banyan {

// False, with diagnostics, where the text is too long, is not UTF-8, holds control characters, tabs in its indentation
// or directives.
bool check_yaml_text(std::string_view text, Diagnostics& diagnostics);

}  // namespace banyan
