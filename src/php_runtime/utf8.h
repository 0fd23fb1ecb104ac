// UTF-8 as PHP takes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace banyan::php_runtime {

inline constexpr std::uint32_t kNoRune = 0xffffffff;

// The character at the beginning of s, which is not empty, and how many bytes it has; kNoRune for bytes that are no
// character, of which `size` belong together.
std::uint32_t decode_rune(std::string_view s, std::size_t& size);
void append_rune(std::string& out, std::uint32_t rune);
bool valid_utf8(std::string_view s);
// s with what is no UTF-8 replaced.
std::string repaired(std::string_view s, std::string_view instead);
// How many bytes mbstring takes a character to have, by its first byte alone; and those of them that are there.
std::size_t lead_size(char first);
std::size_t character_size(std::string_view s);

}  // namespace banyan::php_runtime
