#include "php_cli/rule_options.h"

#include <algorithm>
#include <cstdio>

#include "php_check/verdict.h"
#include "php_cli/flow_findings.h"
#include "php_cli/lint_codes.h"
#include "php_cli/php_source.h"
#include "php_rules/builtin_rules.h"
#include "php_rules/rule_file.h"

namespace banyan {

namespace {

php::CodeInfo info_of(const php::VerdictCode& verdict) {
  return {.code = std::string(verdict.code),
          .summary = std::string(verdict.title),
          .explanation = std::string(verdict.refuses ? "Refuses the conversion of a function. "
                                                     : "Asks for a look before a function is converted. ") +
                         std::string(verdict.explanation),
          .category = "conversion",
          .severity = verdict.refuses ? php::FindingSeverity::kWarning : php::FindingSeverity::kNote,
          .level = php::kLevelMax};
}

}  // namespace

std::vector<Option> rule_options() {
  return {{.name = "rules", .value = "FILE", .about = "rules of your own, beside the built-in ones", .repeated = true},
          {.name = "level", .value = "N", .about = "0 (what PHP refuses) to 5 (every idiom); default 4"}};
}

Result<std::vector<php::Rule>> load_rule_file(const std::string& path) {
  BANYAN_TRY(const std::string text, read_source(path));
  Diagnostics diagnostics(path);
  std::vector<php::Rule> rules = php::parse_rules(text, diagnostics);
  if (!diagnostics.has_errors()) return rules;
  std::fputs(diagnostics_text(diagnostics.sorted()).c_str(), stderr);
  const std::size_t count = diagnostics.error_count();
  return Error(ErrorCode::kInvalidArgument,
               path + " has " + std::to_string(count) + (count == 1 ? " mistake" : " mistakes"));
}

Result<std::vector<php::Rule>> load_rules(const Arguments& arguments) {
  std::vector<php::Rule> rules = php::builtin_rules();
  for (const std::string& path : arguments.values("rules")) {
    BANYAN_TRY(std::vector<php::Rule> own, load_rule_file(path));
    for (php::Rule& rule : own) {
      const auto taken = std::find_if(rules.begin(), rules.end(), [&](const php::Rule& r) { return r.id == rule.id; });
      if (taken != rules.end()) {
        return Error(ErrorCode::kAlreadyExists, path + ":" + std::to_string(rule.position.line) + ": the rule " +
                                                    rule.id + " exists already: give yours another id");
      }
      rules.push_back(std::move(rule));
    }
  }
  std::sort(rules.begin(), rules.end(), [](const php::Rule& a, const php::Rule& b) { return a.id < b.id; });
  return rules;
}

Result<int> level_of(const Arguments& arguments) {
  BANYAN_TRY(const std::int64_t level, arguments.integer("level", 0, php::kLevelMax, php::kLevelDefault));
  return static_cast<int>(level);
}

std::vector<php::CodeInfo> known_codes(const std::vector<php::Rule>& rules) {
  std::vector<php::CodeInfo> codes = lint_codes();
  for (const php::Rule& rule : rules) codes.push_back(php::code_info(rule));
  for (php::CodeInfo& info : flow_codes()) codes.push_back(std::move(info));
  for (const php::VerdictCode& verdict : php::verdict_codes()) codes.push_back(info_of(verdict));
  std::sort(codes.begin(), codes.end(), [](const php::CodeInfo& a, const php::CodeInfo& b) { return a.code < b.code; });
  return codes;
}

}  // namespace banyan
