#include "php_rules/builtin_rules.h"

#include <algorithm>

#include "base/check.h"
#include "php_rules/rule_file.h"

namespace banyan::php {

const std::vector<Rule>& builtin_rules() {
  static const std::vector<Rule> rules = [] {
    std::vector<Rule> all;
    for (const std::string_view text : kBuiltinRules) {
      Diagnostics diagnostics("built-in rules");
      std::vector<Rule> some = parse_rules(text, diagnostics);
      BANYAN_CHECK(!diagnostics.has_errors());
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    std::sort(all.begin(), all.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
    return all;
  }();
  return rules;
}

}  // namespace banyan::php
