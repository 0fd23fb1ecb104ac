// The types of one file's expressions as that file alone proves them, for rules that ask for types where no more files
// are at hand.
#pragma once

#include <string_view>

#include "php_check/facts.h"
#include "php_rules/rule_set.h"

namespace banyan::php {

// What a rule may ask about a node of the tree the types were made for; `types` must outlive it. A type that only a
// comment claims proves nothing.
TypeOracle type_oracle(const ExpressionTypes& types);

// Works types out only where a rule asks for them.
class FileTypes {
 public:
  FileTypes(const RuleSet& rules, const SyntaxTree& tree, std::string_view source, const ParseOptions& options);
  FileTypes(const FileTypes&) = delete;
  FileTypes& operator=(const FileTypes&) = delete;

  const TypeOracle& oracle() const { return oracle_; }

 private:
  ExpressionTypes types_;
  TypeOracle oracle_;
};

}  // namespace banyan::php
