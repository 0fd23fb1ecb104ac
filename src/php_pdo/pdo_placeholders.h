// Where a statement's text has placeholders, and such texts with others or with values in their place: what
// ext/pdo/pdo_sql_parser.re of PHP 8.2 does. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace banyan::php_runtime {

struct PdoPlaceholder {
  std::size_t begin = 0;
  std::size_t size = 0;
  int number = 0;  // from 0; -1: "??", which stands for "?"
};

struct PdoPlaceholders {
  std::vector<PdoPlaceholder> list;
  bool named = false;       // :name
  bool positional = false;  // ?
  std::size_t count = 0;    // without "??"
};

// `escapes`: whether "??" stands for "?".
PdoPlaceholders find_pdo_placeholders(std::string_view text, bool escapes);
// The text with `replacement(placeholder)` in the place of each.
std::string replace_pdo_placeholders(std::string_view text, const PdoPlaceholders& found,
                                     const std::function<std::string(const PdoPlaceholder&)>& replacement);

}  // namespace banyan::php_runtime
