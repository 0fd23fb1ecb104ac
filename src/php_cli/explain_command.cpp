// banyan php explain: what a code of a finding means, why it matters and what to do.
#include <algorithm>
#include <cstdio>

#include "base/edit_distance.h"
#include "php_cli/php_command.h"
#include "php_cli/rule_options.h"

namespace banyan {

namespace {

constexpr std::size_t kShownExamplesMax = 3;

void append_examples(std::string& out, const std::string& title, const std::vector<php::PatternText>& examples) {
  if (examples.empty()) return;
  out += "\n" + title + ":\n";
  for (std::size_t i = 0; i < std::min(examples.size(), kShownExamplesMax); ++i) {
    std::string_view rest = examples[i].text;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      out.append("    ").append(rest.substr(0, end)).append("\n");
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

std::string versions_of(const php::Rule& rule) {
  const bool from_first = rule.php_min == php::kPhpVersions.front();
  const bool to_last = rule.php_max == php::kPhpVersions.back();
  if (from_first && to_last) return "";
  if (to_last) return ", PHP " + rule.php_min.text() + " and later";
  if (from_first) return ", PHP " + rule.php_max.text() + " and earlier";
  return ", PHP " + rule.php_min.text() + " to " + rule.php_max.text();
}

std::string page_of(const php::CodeInfo& info, const php::Rule* rule) {
  std::string out = info.code + ": " + info.summary + "\n" + std::string(php::severity_name(info.severity)) +
                    ", level " + std::to_string(info.level);
  if (rule != nullptr) {
    out += versions_of(*rule);
    if (rule->fix) out += rule->fix->safe ? ", safe fix" : ", unsafe fix";
  }
  out += "\n";
  if (!info.explanation.empty()) out += "\n" + info.explanation + "\n";
  if (rule == nullptr) return out;
  append_examples(out, "Found", rule->examples.bad);
  append_examples(out, "Fixed", rule->examples.fixed);
  append_examples(out, "Not found", rule->examples.good);
  return out;
}

int refuse(const std::string& code, const std::vector<php::CodeInfo>& codes) {
  std::vector<std::string_view> names;
  for (const php::CodeInfo& info : codes) names.push_back(info.code);
  const std::string_view nearest = nearest_name(code, names);
  const std::string hint =
      nearest.empty() ? "`banyan php rules list` shows the rules" : "did you mean " + std::string(nearest) + "?";
  std::fprintf(stderr, "there is no code %s: %s\n", code.c_str(), hint.c_str());
  return kExitBadUse;
}

// "builtin-missing:dl" is about one function; what stands before the colon is explained.
const php::CodeInfo* find_code(const std::vector<php::CodeInfo>& codes, const std::string& code) {
  const auto find = [&codes](const std::string& text) {
    return std::find_if(codes.begin(), codes.end(), [&text](const php::CodeInfo& one) { return one.code == text; });
  };
  auto found = find(code);
  if (found == codes.end()) found = find(code.substr(0, code.find(':')));
  return found == codes.end() ? nullptr : &*found;
}

int run_explain(const Arguments& arguments) {
  const Result<std::vector<php::Rule>> rules = load_rules(arguments);
  if (!rules) {
    std::fprintf(stderr, "%s\n", rules.error().text().c_str());
    return kExitBadUse;
  }
  const std::vector<php::CodeInfo> codes = known_codes(*rules);
  std::string pages;
  for (const std::string& code : arguments.values("CODE")) {
    const php::CodeInfo* const info = find_code(codes, code);
    if (info == nullptr) return refuse(code, codes);
    const auto has_id = [info](const php::Rule& rule) { return rule.id == info->code; };
    const auto rule = std::find_if(rules->begin(), rules->end(), has_id);
    pages += (pages.empty() ? "" : "\n") + page_of(*info, rule == rules->end() ? nullptr : &*rule);
  }
  std::fputs(pages.c_str(), stdout);
  return kExitDone;
}

}  // namespace

Command php_explain_command() {
  return {.name = "explain",
          .summary = "say what the code of a finding means",
          .description = "Prints what is found, why it matters, what to do, and examples.",
          .options = {{.name = "rules", .value = "FILE", .about = "rules of your own too", .repeated = true}},
          .positionals = {{.name = "CODE", .about = "as reports show it", .repeated = true}},
          .examples = {{"banyan php explain security.sql-input", "about a rule"},
                       {"banyan php explain goto.undefined", "about something PHP refuses"},
                       {"banyan php explain dyn-call", "about a reason against a conversion"}},
          .run = run_explain};
}

}  // namespace banyan
