// The types of one file's expressions as that file alone proves them, for rules that ask for types where no more files
// are at hand.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "php_check/facts.h"
#include "php_rules/rule_set.h"

namespace banyan::php {

// What a rule may ask about a node of the tree the types are for; `types` must outlive it. A type that only a comment
// claims proves nothing.
TypeOracle type_oracle(LazyTypes& types);

// Works types out only where a rule asks for one, and then for that function. What it was given must outlive it.
class FileTypes {
 public:
  FileTypes(const RuleSet& rules, const SyntaxTree& tree, std::string_view source, const ParseOptions& options);
  FileTypes(const FileTypes&) = delete;
  FileTypes& operator=(const FileTypes&) = delete;

  const TypeOracle& oracle() const { return oracle_; }

 private:
  LazyTypes& types();

  const SyntaxTree& tree_;
  std::string_view source_;
  ParseOptions options_;
  std::optional<Project> project_;  // none before the first question
  std::optional<LazyTypes> types_;
  TypeOracle oracle_;
};

}  // namespace banyan::php
