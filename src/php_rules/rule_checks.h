// What a rule must hold beyond the types of its keys: patterns that parse, metavariables that are bound.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "config/schema.h"
#include "php_rules/rule.h"

namespace banyan::php {

// ">=7.2 <8.0", "7.4", "<8.0". False where it is no range, or an empty one.
bool read_php_range(std::string_view text, PhpVersion& min, PhpVersion& max);

// The text of a fix, which may be empty.
std::optional<std::string> read_replacement(const KeySpec& key, const YamlNode& node, Reading& reading);

void check_rules(const std::vector<Rule>& rules, Diagnostics& diagnostics);

// The metavariables in a message or fix: "X" of $X and $...X. `end` of each is behind its last byte.
struct Placeholder {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string name;
};
std::vector<Placeholder> find_placeholders(std::string_view text);

}  // namespace banyan::php
