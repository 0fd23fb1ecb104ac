// What a literal says, whichever way it is written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace banyan::php {

// The value of a quoted string without interpolation, as written with its quotes ('a\'b', "a\n"). Nothing for what is
// no such text. Escapes PHP does not know stay as they are.
std::optional<std::string> string_literal_value(std::string_view written);

// The value of an integer as written (10, 0x1f, 0b11, 017, 0o17, 1_000). Nothing where it does not fit 64 bits.
std::optional<std::int64_t> integer_literal_value(std::string_view written);

}  // namespace banyan::php
