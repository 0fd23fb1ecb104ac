// Everything that is checked about one file on its own: what PHP refuses, what the rules find, and the comments that
// let findings pass.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "php_findings/finding.h"
#include "php_parse/parse.h"
#include "php_rules/rule_set.h"

namespace banyan::php {

struct SourceCheck {
  std::vector<Finding> findings;  // sorted
  std::size_t ignored = 0;        // taken out by comments
};

// At most so many of what PHP refuses in one file.
inline constexpr std::size_t kMistakesPerFileMax = 100;

// A diagnostic of the front end as a finding: an error of level 0.
Finding finding_of(const Diagnostic& diagnostic, const std::string& path, const Locator& locator);

// `more` are findings of the file from elsewhere, to which its comments apply as well.
SourceCheck check_source(const RuleSet& rules, const CheckedFile& file, std::vector<Finding> more = {});

}  // namespace banyan::php
