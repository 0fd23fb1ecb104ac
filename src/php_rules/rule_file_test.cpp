#include "php_rules/rule_file.h"

#include <gtest/gtest.h>

#include "php_rules/builtin_rules.h"
#include "php_rules/rule_checks.h"
#include "php_rules/rule_examples.h"

namespace banyan::php {
namespace {

constexpr const char* kGood =
    "version: 1\n"
    "rules:\n"
    "  - id: team.no-f\n"
    "    message: f is called with $X\n"
    "    match: f($X)\n"
    "    where: {$X: {kind: string}}\n"
    "    fix: {safe: true, with: g($X)}\n"
    "    examples: {bad: ['f(\"a\");'], good: ['f($a);'], fixed: ['g(\"a\");']}\n";

std::string mistakes_in(const std::string& yaml) {
  Diagnostics diagnostics("r.yaml");
  parse_rules(yaml, diagnostics);
  return diagnostics_text(diagnostics.sorted());
}

std::string mistakes_with(const std::string& old, const std::string& replacement) {
  std::string yaml = kGood;
  const std::size_t at = yaml.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return mistakes_in(yaml.replace(at, old.size(), replacement));
}

TEST(RuleFile, AGoodRuleHasNoMistakesAndItsExamplesHold) {
  Diagnostics diagnostics("r.yaml");
  const std::vector<Rule> rules = parse_rules(kGood, diagnostics);
  ASSERT_EQ(rules.size(), 1u);
  run_examples(rules, diagnostics);
  EXPECT_EQ(diagnostics_text(diagnostics.sorted()), "");
  EXPECT_EQ(rules[0].group(), "team");
}

TEST(RuleFile, MistakesHavePlacesAndWaysOut) {
  EXPECT_EQ(mistakes_with("message:", "mesage:"), "r.yaml:4:5: unknown key 'mesage', did you mean 'message'?\n");
  EXPECT_EQ(mistakes_with("kind: string", "kind: strin"),
            "r.yaml:6:24: kind: 'strin' is no kind of node, did you mean 'string'?\n");
  EXPECT_EQ(mistakes_with("where: {$X", "where: {$Y"),
            "r.yaml:6:13: where: $Y is in no pattern, or not in each of them, there are: $MATCH $X\n");
  EXPECT_NE(mistakes_with("match: f($X)", "match: f($X,, 1)").find("r.yaml:5:17: this is no PHP: "), std::string::npos);
  EXPECT_NE(mistakes_with("match: f($X)", "match: $X").find("r.yaml:5:12: the pattern matches everything"),
            std::string::npos);
  EXPECT_NE(mistakes_with("team.no-f", "NoF").find("id: 'NoF' is none"), std::string::npos);
  EXPECT_NE(mistakes_with(", fixed: ['g(\"a\");']", "").find("1 bad examples and 0 fixed ones"), std::string::npos);
  EXPECT_NE(mistakes_with("g($X)", "g($Z)").find("fix: $Z is in no pattern"), std::string::npos);
  EXPECT_NE(mistakes_with("    match: f($X)\n", "").find("neither 'match' and 'kind'"), std::string::npos);
  EXPECT_NE(mistakes_with("    match", "    php: '>=9'\n    match").find("is no range of versions"), std::string::npos);
  EXPECT_NE(mistakes_with("    match", "    severity: fatal\n    match").find("write one of: error warning note"),
            std::string::npos);
  EXPECT_NE(mistakes_in("rules: []").find("the key 'version' is missing"), std::string::npos);
}

TEST(RuleFile, ExamplesThatDoNotHoldAreMistakes) {
  std::string yaml = kGood;
  yaml.replace(yaml.find("kind: string"), 12, "kind: integer");
  Diagnostics diagnostics("r.yaml");
  run_examples(parse_rules(yaml, diagnostics), diagnostics);
  const std::string text = diagnostics_text(diagnostics.sorted());
  EXPECT_NE(text.find("r.yaml:8:22: team.no-f: nothing is found in this bad example"), std::string::npos) << text;
  EXPECT_NE(text.find("the fix gives"), std::string::npos) << text;
}

TEST(RuleFile, RangesOfVersions) {
  PhpVersion min;
  PhpVersion max;
  EXPECT_TRUE(read_php_range(">=7.2 <8.0", min, max));
  EXPECT_EQ(min.text() + max.text(), "7.27.4");
  EXPECT_TRUE(read_php_range("8.1", min, max));
  EXPECT_EQ(min.text() + max.text(), "8.18.1");
  for (const char* bad : {"", ">8.5", "<5.6", "7", ">=8.0 <7.0", "~8.0", "8.0 or 8.1"}) {
    EXPECT_FALSE(read_php_range(bad, min, max)) << bad;
  }
}

TEST(BuiltinRules, AreManyAndTheirExamplesHold) {
  const std::vector<Rule>& rules = builtin_rules();
  EXPECT_GE(rules.size(), 60u);
  Diagnostics diagnostics("built-in");
  check_rules(rules, diagnostics);
  run_examples(rules, diagnostics);
  EXPECT_EQ(diagnostics_text(diagnostics.sorted()), "");
  for (const Rule& rule : rules) {
    EXPECT_FALSE(rule.explanation.empty()) << rule.id;
    EXPECT_FALSE(rule.hint.empty() && rule.annotations.empty()) << rule.id;
  }
}

}  // namespace
}  // namespace banyan::php
