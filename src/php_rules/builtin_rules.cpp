#include "php_rules/builtin_rules.h"

#include <algorithm>

#include "base/check.h"
#include "embed/archive.h"
#include "php_rules/rule_file.h"

namespace banyan {
extern const EmbeddedArchive kBuiltinRules;
}

namespace banyan::php {

const std::vector<Rule>& builtin_rules() {
  static const std::vector<Rule> rules = [] {
    std::vector<Rule> all;
    for (const EmbeddedFile& file : unpack_archive(kBuiltinRules)) {
      Diagnostics diagnostics(file.path);
      std::vector<Rule> some = read_rules(file.content, diagnostics);  // a test holds them against the checks
      BANYAN_CHECK(!diagnostics.has_errors());
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    std::sort(all.begin(), all.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
    return all;
  }();
  return rules;
}

}  // namespace banyan::php
