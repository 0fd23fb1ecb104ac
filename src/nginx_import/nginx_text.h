// The text of one nginx configuration file, read into a tree of directives that know where they stand.
//
// The syntax is small: words, then ';' or a block in braces. A word may be in quotes; '#' begins a comment and quotes
// count only at the beginning of a word; a backslash takes the next character as it is; `${name}` opens no block.
// Blocks whose name ends in _by_lua_block hold Lua and are skipped as a whole. What nginx itself would refuse is an
// error here too: a proposal made from half a file would be worse than none.
//
// Limits: kTextBytesMax of text, kDepthMax levels, kDirectivesMax directives, kWordBytesMax in a word (nginx's own
// bound). Source: ngx_conf_read_token() of nginx's src/core/ngx_conf_file.c, as documented under "Beginner's Guide".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace banyan::nginx {

inline constexpr std::size_t kTextBytesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kDepthMax = 32;
inline constexpr std::size_t kDirectivesMax = 100'000;
inline constexpr std::size_t kWordBytesMax = 4096;

struct Place {
  std::uint32_t file = 0;  // index into the files read
  SourcePosition position;
};

// A tree of these is never changed once it is read, so that the address of a directive names it.
struct Directive {
  std::string name;
  std::vector<std::string> arguments;  // quotes and escapes undone; variables as written, "$uri"
  Place place;
  bool has_block = false;
  std::vector<Directive> block;

  // "" where there are fewer.
  std::string_view argument(std::size_t index) const;
  // As one would write it, without a block: "listen 80 default_server". At most 120 bytes.
  std::string text() const;
};

// Nothing where the text is refused; then `diagnostics` says where and why, the first mistake alone, because what
// follows one cannot be told apart from its consequences. Pure.
std::optional<std::vector<Directive>> parse_text(std::string_view text, std::uint32_t file, Diagnostics& diagnostics);

}  // namespace banyan::nginx
