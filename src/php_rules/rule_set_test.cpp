#include "php_rules/rule_set.h"

#include <gtest/gtest.h>

#include "php_rules/mend.h"
#include "php_rules/rule_examples.h"
#include "php_rules/rule_file.h"

namespace banyan::php {
namespace {

std::vector<Rule> rules_of(const std::string& yaml) {
  Diagnostics diagnostics("rules.yaml");
  std::vector<Rule> rules = parse_rules(yaml, diagnostics);
  EXPECT_EQ(diagnostics_text(diagnostics.sorted()), "");
  return rules;
}

// A file with one rule that has `keys` beside its id, message and examples.
std::vector<Rule> rule_with(const std::string& keys) {
  return rules_of(
      "version: 1\nrules:\n  - id: a.b\n    message: found $MATCH\n    examples: {bad: ['1;'], good: ['2;']}\n" + keys);
}

// What a rule with this pattern finds in the code, one after the other.
std::vector<std::string> found_by(const std::vector<Rule>& rules, const std::string& code,
                                  Features features = Features(), const TypeOracle& types = {}) {
  const std::string source = "<?php " + code;
  const SyntaxTree tree = php::parse(source, {.features = features});
  EXPECT_TRUE(tree.diagnostics.empty()) << code;
  const std::string path = "x.php";
  std::vector<Finding> findings;
  RuleSet(rules, features).check({tree, source, path, types}, findings);
  sort_findings(findings);
  std::vector<std::string> texts;
  for (const Finding& finding : findings) texts.push_back(source.substr(finding.region.offset, finding.region.length));
  return texts;
}

std::vector<std::string> found(const std::string& pattern, const std::string& code, Features features = Features()) {
  std::string quoted;
  for (const char c : pattern) quoted += c == '\'' ? "''" : std::string(1, c);
  return found_by(rule_with("    match: '" + quoted + "'\n"), code, features);
}

using Texts = std::vector<std::string>;

TEST(Pattern, MatchesCallsByNameAsPhpResolvesThem) {
  EXPECT_EQ(found("each($A)", "each($x); EACH( $y ); \\each($z); other($x);"),
            (Texts{"each($x)", "EACH( $y )", "\\each($z)"}));
  EXPECT_EQ(found("each($A)", "namespace B; each($x); C\\each($x);"), Texts{"each($x)"});
  EXPECT_EQ(found("each($A)", "namespace B; use function C\\each; each($x);"), Texts{});
  EXPECT_EQ(found("each($A)", "namespace B; function each($a) {} each($x);"), Texts{});
  EXPECT_EQ(found("each($A)", "namespace B { function each($a) {} } namespace { each($x); }"), Texts{"each($x)"});
}

TEST(Pattern, CountsArgumentsUnlessThereAreDots) {
  const std::string code = "f(); f(1); f(1, 2); f(1, 2, 3); f(...$a); f(a: 1);";
  EXPECT_EQ(found("f()", code), Texts{"f()"});
  EXPECT_EQ(found("f($A)", code), Texts{"f(1)"});
  EXPECT_EQ(found("f($A, ...)", code), (Texts{"f(1)", "f(1, 2)", "f(1, 2, 3)"}));
  EXPECT_EQ(found("f(..., $A)", code), (Texts{"f(1)", "f(1, 2)", "f(1, 2, 3)"}));
  EXPECT_EQ(found("f(...)", code).size(), 6u);
  EXPECT_EQ(found("f(...$A)", code), Texts{"f(...$a)"});
}

TEST(Pattern, SameMetavariableIsTheSameCode) {
  EXPECT_EQ(found("$A == $A", "$x == $x; $x == $y; f( 1 ) == f(1); ($x) == $x;"),
            (Texts{"$x == $x", "f( 1 ) == f(1)"}));
  EXPECT_EQ(found("isset($A) ? $A : $B", "isset($x[1]) ? $x[1] : 2; isset($x[1]) ? $x[2] : 2;"),
            Texts{"isset($x[1]) ? $x[1] : 2"});
}

TEST(Pattern, StringsMatchByWhatTheySay) {
  EXPECT_EQ(found("f(\"a'b\")", "f('a\\'b'); f(\"a'b\"); f('ab');"), (Texts{"f('a\\'b')", "f(\"a'b\")"}));
  EXPECT_EQ(found("f('...')", "f('x'); f(\"y\"); f(\"$z\"); f($a);"), (Texts{"f('x')", "f(\"y\")"}));
  EXPECT_EQ(found("f(16)", "f(0x10); f(16); f(1_6); f(17);"), (Texts{"f(0x10)", "f(16)", "f(1_6)"}));
}

TEST(Pattern, ArraySyntaxCountsOnlyWhereThePatternHasIt) {
  EXPECT_EQ(found("array(...)", "$a = array(1); $b = [2];"), Texts{"array(1)"});
  EXPECT_EQ(found("[1, ...]", "$a = array(1); $b = [1, 2]; $c = [2];"), (Texts{"array(1)", "[1, 2]"}));
}

TEST(Pattern, StatementsTakeAnyBodies) {
  EXPECT_EQ(found("if ($A = $B) ...;", "if ($x = f()) { g(); } if ($x == f()) g();"), Texts{"if ($x = f()) { g(); }"});
  EXPECT_EQ(found("function __autoload($N) { ...; }", "function __autoload($c) { require $c; } function f($c) {}"),
            Texts{"function __autoload($c) { require $c; }"});
  EXPECT_EQ(found("switch ($X) { case $A: ...; }", "switch ($x) { case 1: f(); break; }"),
            Texts{"switch ($x) { case 1: f(); break; }"});
}

TEST(Pattern, NamesOfDeclarationsMayBeMetavariables) {
  EXPECT_EQ(found("class $C extends Exception {}", "class A extends Exception {} class B {}"),
            Texts{"class A extends Exception {}"});
  EXPECT_EQ(found_by(rule_with("    in_class: true\n    match: 'var $X;'\n"), "class A { var $a; public $b; }"),
            Texts{"var $a;"});
  EXPECT_EQ(found("$O->$M(...)", "$a->b(1); $a->{$c}(); $a::b();"), (Texts{"$a->b(1)", "$a->{$c}()"}));
  EXPECT_EQ(found("new PDO(...)", "namespace A; new \\PDO; use PDO as P; new P(1); new PDO(1);"),
            (Texts{"new \\PDO", "new P(1)"}));
}

TEST(Pattern, ReadsWhatOnlyOldVersionsRead) {
  EXPECT_EQ(found("(real) $X", "$a = (real) $b;", Features({7, 4})), Texts{"(real) $b"});
  EXPECT_EQ(found("$A{$B}", "$a{0}; $a[0];", Features({7, 4})), Texts{"$a{0}"});
}

TEST(Conditions, LookAtWhatIsBound) {
  const auto with = [](const std::string& where) {
    return rule_with("    match: f($A)\n    where: {$A: {" + where + "}}\n");
  };
  const std::string code = "f(1); f(-5); f('abc'); f(\"SELECT $x\"); f($_GET['q']); f(A::B);";
  EXPECT_EQ(found_by(with("kind: [integer, unary]"), code), (Texts{"f(1)", "f(-5)"}));
  EXPECT_EQ(found_by(with("max: 0"), code), Texts{"f(-5)"});
  EXPECT_EQ(found_by(with("value: [abc]"), code), Texts{"f('abc')"});
  EXPECT_EQ(found_by(with("starts: 'select '"), code), Texts{"f(\"SELECT $x\")"});
  EXPECT_EQ(found_by(with("has: $_GET"), code), Texts{"f($_GET['q'])"});
  EXPECT_EQ(found_by(with("literal: false"), code), (Texts{"f(\"SELECT $x\")", "f($_GET['q'])"}));
  EXPECT_EQ(found_by(with("not_kind: string, literal: true"), code), (Texts{"f(1)", "f(-5)", "f(A::B)"}));
}

TEST(Conditions, NamesMayBeAList) {
  const std::vector<Rule> rules = rule_with("    match: $F(...)\n    where: {$F: {name: [a, B]}}\n");
  EXPECT_EQ(found_by(rules, "a(); b(1); c(); $a(); x\\a();"), (Texts{"a()", "b(1)"}));
}

TEST(Conditions, TypesHoldOnlyWhereTheyAreProved) {
  const std::vector<Rule> rules = rule_with("    match: f($A)\n    where: {$A: {type: [int, float]}}\n");
  EXPECT_EQ(found_by(rules, "f($x);"), Texts{});
  EXPECT_EQ(found_by(rules, "f($x);", Features(), [](NodeId) { return 8u; }), Texts{"f($x)"});
  EXPECT_EQ(found_by(rules, "f($x);", Features(), [](NodeId) { return 8u | 1u; }), Texts{});
}

TEST(Rules, LookAroundTheMatch) {
  const std::string code = "for (;;) { f(); } f(); while (1) g(function () { f(); });";
  EXPECT_EQ(found_by(rule_with("    match: f()\n    inside_kind: [for, while]\n"), code).size(), 2u);
  EXPECT_EQ(found_by(rule_with("    match: f()\n    not_inside_kind: [for, closure]\n"), code).size(), 1u);
  EXPECT_EQ(found_by(rule_with("    match: f()\n    inside: 'g(...)'\n"), code).size(), 1u);
  EXPECT_EQ(found_by(rule_with("    match: f()\n    not_inside: 'g(...)'\n"), code).size(), 2u);
  EXPECT_EQ(found_by(rule_with("    match: f(...)\n    unless: f(1)\n"), "f(1); f(2);"), Texts{"f(2)"});
  EXPECT_EQ(found_by(rule_with("    match: f(...)\n    arguments_min: 2\n"), "f(1); f(2, 3); f(...$a);"),
            Texts{"f(2, 3)"});
}

TEST(Rules, ApplyToTheirVersionsAndLevels) {
  const std::vector<Rule> rules = rule_with("    match: f()\n    php: '>=7.2 <8.0'\n    level: 2\n");
  EXPECT_EQ(RuleSet(rules, Features({7, 4})).size(), 1u);
  EXPECT_EQ(RuleSet(rules, Features({7, 4}), 1).size(), 0u);
  EXPECT_EQ(RuleSet(rules, Features({8, 0})).size(), 0u);
}

TEST(Rules, FindingsOfAFileAreBounded) {
  std::string code;
  for (int i = 0; i < 3000; ++i) code += "f();";
  EXPECT_EQ(found("f()", code).size(), kFindingsPerFileMax + 1);
}

std::string mended(const std::string& keys, const std::string& code) {
  const std::vector<Rule> rules = rules_of(
      "version: 1\nrules:\n  - id: a.b\n    message: m\n    examples: {bad: ['1;'], good: ['2;'], fixed: ['3;']}\n" +
      keys);
  const Result<Mended> result = mend(RuleSet(rules, Features()), "<?php " + code, {});
  return result.ok() ? result->text.substr(6) : result.error().text();
}

TEST(Fixes, KeepTheTextOfMetavariables) {
  const std::string array = "    match: 'array($...I)'\n    fix: {safe: true, with: '[$...I]'}\n";
  EXPECT_EQ(mended(array, "f(array( 1, /* two */ 2 ));"), "f([ 1, /* two */ 2 ]);");
  EXPECT_EQ(mended(array, "$a = array(array(1), array());"), "$a = [[1], []];");
}

TEST(Fixes, PutParenthesesWhereTheyAreNeededAndNowhereElse) {
  const std::string is_null = "    match: is_null($X)\n    fix: {safe: true, with: '$X === null'}\n";
  EXPECT_EQ(mended(is_null, "f(is_null($a));"), "f($a === null);");
  EXPECT_EQ(mended(is_null, "!is_null($a);"), "!($a === null);");
  EXPECT_EQ(mended(is_null, "is_null($a) && is_null($b ?? 1);"), "$a === null && ($b ?? 1) === null;");
  EXPECT_EQ(mended(is_null, "is_null($a) + 1;"), "($a === null) + 1;");
  const std::string power = "    match: 'pow($X, $Y)'\n    fix: {safe: true, with: '$X ** $Y'}\n";
  EXPECT_EQ(mended(power, "pow(-$a, $b + 1) * 2;"), "((-$a) ** ($b + 1)) * 2;");
}

TEST(Fixes, LeaveCommentsAndStringsAlone) {
  const std::string rename = "    match: old($X)\n    fix: {safe: true, with: new_one($X)}\n";
  EXPECT_EQ(mended(rename, "old(/* why */ $a);"), "old(/* why */ $a);");
  EXPECT_EQ(mended(rename, "old($a); // @banyan-ignore a.b kept on purpose"),
            "old($a); // @banyan-ignore a.b kept on purpose");
  const std::string index = "    match: '$X[$Y]'\n    fix: {safe: true, with: 'at($X, $Y)'}\n";
  EXPECT_EQ(mended(index, "\"$a[b] {$a['b']}\"; $a[1];"), "\"$a[b] {$a['b']}\"; at($a, 1);");
}

TEST(Fixes, MayReplaceOnePartOnly) {
  const std::string rename =
      "    match: $F($X)\n    where: {$F: {name: old}}\n    fix: {safe: true, replace: $F, with: neu}\n";
  EXPECT_EQ(mended(rename, "old(/* kept */ $a);"), "neu(/* kept */ $a);");
}

TEST(Fixes, ThatBreakTheSyntaxAreRefused) {
  EXPECT_NE(mended("    match: f()\n    fix: {safe: true, with: 'g('}\n", "f();").find("would break line 1"),
            std::string::npos);
}

TEST(Fixes, AreIdempotent) {
  const std::string grow = "    match: f($X)\n    fix: {safe: true, with: 'g(f2($X))'}\n";
  EXPECT_EQ(mended(grow, "f(f(1));"), "g(f2(g(f2(1))));");
}

}  // namespace
}  // namespace banyan::php
