// banyan php rules: list and test.
#include <cstdio>

#include "cli/table.h"
#include "php_cli/php_command.h"
#include "php_cli/rule_options.h"
#include "php_rules/builtin_rules.h"
#include "php_rules/rule_examples.h"

namespace banyan {

namespace {

int fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  return kExitBadUse;
}

int run_list(const Arguments& arguments) {
  const Result<std::vector<php::Rule>> rules = load_rules(arguments);
  if (!rules) return fail(rules.error());
  Table table;
  for (const php::Rule& rule : *rules) {
    const std::string fix = !rule.fix ? "" : rule.fix->safe ? "safe fix" : "unsafe fix";
    const std::string said = rule.message.empty() ? "annotates " + rule.annotations.front() : rule.message;
    table.add(
        {rule.id, std::string(php::severity_name(rule.severity)), "level " + std::to_string(rule.level), fix, said});
  }
  std::fputs(table.text().c_str(), stdout);
  return kExitDone;
}

// The examples of one list of rules; false where one does not hold.
bool test_rules(const std::string& name, const std::vector<php::Rule>& rules) {
  Diagnostics diagnostics(name, 1000);
  php::run_examples(rules, diagnostics);
  std::fputs(diagnostics_text(diagnostics.sorted()).c_str(), stderr);
  std::size_t examples = 0;
  for (const php::Rule& rule : rules) examples += rule.examples.bad.size() + rule.examples.good.size();
  std::printf("%s: %zu rules, %zu examples, %zu failed\n", name.c_str(), rules.size(), examples,
              diagnostics.error_count());
  return !diagnostics.has_errors();
}

int run_test(const Arguments& arguments) {
  bool passed = true;
  for (const std::string& path : arguments.values("FILE")) {
    const Result<std::vector<php::Rule>> rules = load_rule_file(path);
    if (!rules) return fail(rules.error());
    passed = test_rules(path, *rules) && passed;
  }
  if (arguments.values("FILE").empty()) passed = test_rules("built-in rules", php::builtin_rules());
  return passed ? kExitDone : kExitNegative;
}

Command list_command() {
  return {.name = "list",
          .summary = "print every rule with its level",
          .description = "One line a rule. `banyan php explain CODE` says more of one.",
          .options = {{.name = "rules", .value = "FILE", .about = "rules of your own too", .repeated = true}},
          .examples = {{"banyan php rules list | grep security", "what is looked for"}},
          .run = run_list};
}

Command test_command() {
  return {
      .name = "test",
      .summary = "run the examples beside rules",
      .description =
          "Holds every rule against its own examples: a bad one must be found, a good one not, and a fix must give\n"
          "what stands under `fixed`. Without FILE, those of the built-in rules. Exit code 0 if all hold, 1 if one\n"
          "does not, 2 if a file is no file of rules, with line, column and what to do.",
      .positionals = {{.name = "FILE", .about = "files of rules", .required = false, .repeated = true}},
      .examples = {{"banyan php rules test team.yaml", "before you commit a rule"}},
      .run = run_test};
}

}  // namespace

Command php_rules_command() {
  return {.name = "rules", .summary = "list rules, and test your own", .commands = {list_command(), test_command()}};
}

}  // namespace banyan
