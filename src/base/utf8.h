// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace banyan {

// Length in bytes (1 to 4) of the well-formed sequence at text[at], or 0 where there is none. `at` < text.size().
std::size_t utf8_sequence_bytes(std::string_view text, std::size_t at);

// Where the first byte stands that belongs to no well-formed sequence; text.size() if there is none.
std::size_t utf8_valid_prefix(std::string_view text);

// The well-formed beginning of `text`, of at most `characters_max` characters (code points).
std::string_view utf8_prefix(std::string_view text, std::size_t characters_max);

}  // namespace banyan
