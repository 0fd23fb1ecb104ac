#include "php_rules/rule_examples.h"

#include <algorithm>

#include "php_rules/file_types.h"
#include "php_rules/mend.h"
#include "php_rules/rule_set.h"

namespace banyan::php {

namespace {

std::string as_source(const std::string& example) {
  return example.find("<?") == std::string::npos ? "<?php " + example : example;
}

// Runs the examples of one rule; the rule stands alone in its set.
class ExampleRun {
 public:
  ExampleRun(const Rule& rule, Diagnostics& diagnostics)
      : rule_(rule),
        diagnostics_(diagnostics),
        options_{.features = Features(example_version(rule))},
        rules_(std::span(&rule, 1), options_.features) {}

  void run() {
    for (std::size_t i = 0; i < rule_.examples.bad.size(); ++i) {
      const PatternText& bad = rule_.examples.bad[i];
      if (!parses(bad)) continue;
      if (matches(bad) == 0) complain(bad, "nothing is found in this bad example", "correct the rule or the example");
      if (rule_.fix && i < rule_.examples.fixed.size()) run_fix(bad, rule_.examples.fixed[i]);
    }
    for (const PatternText& good : rule_.examples.good) {
      if (parses(good) && matches(good) > 0) {
        complain(good, "something is found in this good example", "correct the rule or the example");
      }
    }
  }

 private:
  void complain(const PatternText& example, const std::string& what, const std::string& hint) {
    diagnostics_.error(example.position, rule_.id + ": " + what, hint);
  }

  bool parses(const PatternText& example) {
    const SyntaxTree tree = php::parse(as_source(example.text), options_);
    if (tree.diagnostics.empty()) return true;
    complain(example,
             "this example is no PHP " + options_.features.version().text() + ": " + tree.diagnostics.front().message,
             "correct it, or give the versions the rule concerns under 'php'");
    return false;
  }

  // Rules that only annotate are counted by their annotations.
  std::size_t matches(const PatternText& example) const {
    const std::string source = as_source(example.text);
    const SyntaxTree tree = php::parse(source, options_);
    const std::string path;
    const FileTypes types(rules_, tree, source, options_);
    const CheckedFile file{tree, source, path, types.oracle()};
    std::vector<Finding> findings;
    rules_.check(file, findings);
    std::vector<Annotation> annotations;
    rules_.annotate(file, annotations);
    return findings.size() + annotations.size();
  }

  void run_fix(const PatternText& bad, const PatternText& fixed) {
    const Result<Mended> mended = mend(rules_, as_source(bad.text), {.parse = options_, .with_unsafe = true});
    if (!mended) return complain(bad, mended.error().text(), "correct 'fix'");
    const std::string wanted = as_source(fixed.text);
    if (mended->text == wanted) return;
    complain(fixed, "the fix gives `" + mended->text + "`", "correct 'fix' or the example");
  }

  const Rule& rule_;
  Diagnostics& diagnostics_;
  ParseOptions options_;
  RuleSet rules_;
};

}  // namespace

PhpVersion example_version(const Rule& rule) { return std::clamp(PhpVersion{}, rule.php_min, rule.php_max); }

void run_examples(std::span<const Rule> rules, Diagnostics& diagnostics) {
  for (const Rule& rule : rules) ExampleRun(rule, diagnostics).run();
}

}  // namespace banyan::php
