// Rules made ready for one version of PHP, and one walk over a file's tree that holds all of them against every node.
//
// The idea that makes it quick: a rule is asked only about nodes of the kind its pattern begins with, and a pattern
// that begins with a call of a function by name only about calls of that name. A rule set does not change once made:
// threads share it.
//
// Limits: kFindingsPerFileMax findings of a file, of which the last says that there are more; a rule that looks around
// a node looks at its kAncestorsMax nearest ancestors.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "php_findings/finding.h"
#include "php_rules/matcher.h"
#include "php_rules/rule.h"

namespace banyan::php {

inline constexpr std::size_t kFindingsPerFileMax = 1000;
inline constexpr std::size_t kAncestorsMax = 1000;
inline constexpr std::string_view kTooManyFindings = "file.too-many-findings";

// The TypeBits an expression's value is proved to have; 0 where nothing is proved.
using TypeOracle = std::function<std::uint32_t(NodeId)>;

// A file to be checked. Views of what the caller keeps.
struct CheckedFile {
  const SyntaxTree& tree;
  std::string_view source;
  const std::string& path;    // as findings name it
  const TypeOracle& type_of;  // may be empty: then conditions on types do not hold
};

// What a rule without a message says about a place.
struct Annotation {
  const Rule* rule = nullptr;
  NodeId node;
};

class RuleSet {
 public:
  // Those of the rules that apply to the version and to the level. `rules` were checked (rule_file.h) and outlive it.
  RuleSet(std::span<const Rule> rules, Features features, int level = kLevelMax);
  RuleSet(RuleSet&&) noexcept;
  RuleSet& operator=(RuleSet&&) noexcept;
  ~RuleSet();

  // Appends what the rules find, in no particular order.
  void check(const CheckedFile& file, std::vector<Finding>& findings) const;
  // Appends what rules with annotations match.
  void annotate(const CheckedFile& file, std::vector<Annotation>& annotations) const;
  // Whether a rule of this id is among them.
  bool contains(std::string_view id) const;
  // Whether a rule asks for types: else nobody needs to work them out.
  bool uses_types() const;
  std::size_t size() const;

 private:
  struct State;
  std::unique_ptr<const State> state_;
};

}  // namespace banyan::php
