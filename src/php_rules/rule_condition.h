// Whether what a metavariable stands for is as a rule's `where` asks.
#pragma once

#include <vector>

#include "php_rules/matcher.h"
#include "php_rules/rule.h"
#include "php_rules/rule_set.h"

namespace banyan::php {

// A condition with its patterns parsed and its names in lower case.
struct ReadyCondition {
  const Condition* asked = nullptr;
  std::vector<Pattern> has;
  std::vector<Pattern> has_not;
};

bool holds(const ReadyCondition& condition, const CodeView& code, const Bindings& bindings, const TypeOracle& type_of);

}  // namespace banyan::php
