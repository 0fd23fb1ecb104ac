// Which encodings mbstring knows, and which of them this runtime has.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

enum class MbEncoding : std::uint8_t { kUnknown, kUtf8, kAscii, kLatin1, kWindows1252, kBytes };

// The encoding of a name in any case. A program that asks for one that PHP knows and this runtime lacks stops.
MbEncoding encoding_named(std::string_view function, std::string_view name);
// As PHP writes it.
std::string_view encoding_name(MbEncoding encoding);
bool is_valid_in(std::string_view s, MbEncoding encoding);
// s in another encoding; what is none in its own, or has no place in the other, becomes a question mark.
std::string converted(std::string_view s, MbEncoding to, MbEncoding from);

}  // namespace banyan::php_runtime
