#include "php_rules/rule_checks.h"

#include <algorithm>
#include <set>

#include "php_rules/rule_file.h"

namespace banyan::php {

namespace {

bool is_id_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

// Two or more words of small letters with dots between them.
bool is_id(std::string_view id) {
  bool dotted = false;
  char before = '.';
  for (const char c : id) {
    if (c == '.' ? before == '.' : !is_id_character(c)) return false;
    dotted |= c == '.';
    before = c;
  }
  return dotted && before != '.';
}

void refuse(Diagnostics& diagnostics, const PatternText& pattern, const PatternMistake& mistake) {
  diagnostics.error(place_in(pattern, mistake.offset), mistake.message, mistake.hint);
}

std::string with_dollar(const std::string& name) { return "$" + name; }

// Checks one rule; every method adds what is wrong.
class RuleCheck {
 public:
  RuleCheck(const Rule& rule, Diagnostics& diagnostics) : rule_(rule), diagnostics_(diagnostics) {}

  void run() {
    check_shape();
    check_match();
    check_patterns(rule_.unless, rule_.in_class);
    check_patterns(rule_.inside, false);
    check_patterns(rule_.not_inside, false);
    for (const Condition& condition : rule_.where) check_condition(condition);
    check_text("message", rule_.message, rule_.position);
    if (rule_.fix) check_fix(*rule_.fix);
    check_examples();
  }

 private:
  void check_shape() {
    if (!is_id(rule_.id)) {
      diagnostics_.error(rule_.position, "id: '" + rule_.id + "' is none",
                         "write group.name in small letters, digits and dashes, like team.no-eval");
    }
    if (rule_.match.empty() == rule_.kinds.empty()) {
      diagnostics_.error(rule_.position,
                         rule_.id + " has " + (rule_.match.empty() ? "neither" : "both") + " 'match' and 'kind'",
                         "give one of them");
    }
    if (rule_.message.empty() && rule_.annotations.empty()) {
      diagnostics_.error(rule_.position, rule_.id + " says nothing", "add 'message' or 'annotations'");
    }
  }

  // What every one of the patterns binds may be used in conditions, messages and fixes.
  void check_match() {
    bound_ = {"MATCH"};
    bool first = true;
    for (const PatternText& text : rule_.match) {
      PatternMistake mistake;
      const auto pattern =
          Pattern::parse(text.text, {.features = Features(rule_.php_max), .in_class = rule_.in_class}, mistake);
      if (!pattern) {
        refuse(diagnostics_, text, mistake);
        continue;
      }
      std::set<std::string> names(pattern->names().begin(), pattern->names().end());
      if (names.contains("MATCH")) {
        diagnostics_.error(text.position, "$MATCH is what was found", "give the metavariable another name");
      }
      names.insert("MATCH");
      if (first) bound_ = names;
      std::erase_if(bound_, [&names](const std::string& name) { return !names.contains(name); });
      first = false;
    }
  }

  void check_patterns(const std::vector<PatternText>& patterns, bool in_class) {
    for (const PatternText& text : patterns) {
      PatternMistake mistake;
      if (!Pattern::parse(text.text, {.features = Features(rule_.php_max), .in_class = in_class}, mistake)) {
        refuse(diagnostics_, text, mistake);
      }
    }
  }

  void check_condition(const Condition& condition) {
    want_bound(condition.variable, "where", condition.position);
    check_patterns(condition.has, false);
    check_patterns(condition.has_not, false);
    if (condition.min && condition.max && *condition.min > *condition.max) {
      diagnostics_.error(condition.position, "min is above max", "swap them");
    }
  }

  void check_text(const std::string& key, const std::string& text, SourcePosition position) {
    for (const Placeholder& placeholder : find_placeholders(text)) want_bound(placeholder.name, key, position);
  }

  void want_bound(const std::string& name, const std::string& key, SourcePosition position) {
    if (bound_.contains(name)) return;
    std::string known;
    for (const std::string& one : bound_) known += " " + with_dollar(one);
    diagnostics_.error(position, key + ": " + with_dollar(name) + " is in no pattern, or not in each of them",
                       "there are:" + known);
  }

  void check_fix(const FixTemplate& fix) {
    check_text("fix", fix.with, rule_.position);
    if (!fix.replace) return;
    if (!fix.replace->starts_with('$')) {
      diagnostics_.error(rule_.position, "fix: replace '" + *fix.replace + "' is no metavariable", "write $NAME");
      return;
    }
    want_bound(fix.replace->substr(1), "fix", rule_.position);
  }

  void check_examples() {
    const RuleExamples& examples = rule_.examples;
    const bool counts = rule_.fix ? examples.fixed.size() == examples.bad.size() : examples.fixed.empty();
    if (counts) return;
    diagnostics_.error(rule_.position,
                       rule_.id + " has " + std::to_string(examples.bad.size()) + " bad examples and " +
                           std::to_string(examples.fixed.size()) + " fixed ones",
                       rule_.fix ? "say under 'fixed' what becomes of each bad one" : "add a 'fix', or delete 'fixed'");
  }

  const Rule& rule_;
  Diagnostics& diagnostics_;
  std::set<std::string> bound_;
};

// One bound of a range: ">=7.2", "<8.0", "7.4".
bool read_bound(std::string_view word, PhpVersion& min, PhpVersion& max) {
  const std::size_t digits = word.find_first_of("0123456789");
  if (digits == std::string_view::npos) return false;
  const std::string_view op = word.substr(0, digits);
  const auto version = parse_php_version(word.substr(digits));
  if (!version) return false;
  const auto at = std::find(kPhpVersions.begin(), kPhpVersions.end(), *version);
  if (op.empty() || op == ">=") min = std::max(min, *version);
  if (op.empty() || op == "<=") max = std::min(max, *version);
  if (op == ">") {
    if (at + 1 == kPhpVersions.end()) return false;
    min = std::max(min, *(at + 1));
  }
  if (op == "<") {
    if (at == kPhpVersions.begin()) return false;
    max = std::min(max, *(at - 1));
  }
  return op.empty() || op == ">=" || op == "<=" || op == ">" || op == "<";
}

}  // namespace

bool read_php_range(std::string_view text, PhpVersion& min, PhpVersion& max) {
  PhpVersion low = kPhpVersions.front();
  PhpVersion high = kPhpVersions.back();
  bool any = false;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    text = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
    if (word.empty()) continue;
    if (!read_bound(word, low, high)) return false;
    any = true;
  }
  if (!any || low > high) return false;
  min = low;
  max = high;
  return true;
}

std::optional<std::string> read_replacement(const KeySpec& key, const YamlNode& node, Reading& reading) {
  if (node.kind == YamlNode::Kind::kScalar) return node.text;
  reading.wrong_type(key.name, node, "code; '' deletes");
  return std::nullopt;
}

std::vector<Placeholder> find_placeholders(std::string_view text) {
  std::vector<Placeholder> found;
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    const bool dots = text.substr(at + 1).starts_with("...");
    const std::size_t begin = at + 1 + (dots ? 3 : 0);
    std::size_t end = begin;
    const auto is_part = [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    while (end < text.size() && is_part(text[end])) ++end;
    const std::string_view name = text.substr(begin, end - begin);
    if (is_metavariable_name(name)) found.push_back({at, end, std::string(name)});
  }
  return found;
}

SourcePosition place_in(const PatternText& pattern, std::uint32_t offset) {
  if (!pattern.on_one_line) return pattern.position;
  const int quote = pattern.quoted ? 1 : 0;
  return {pattern.position.line, pattern.position.column + quote + static_cast<int>(offset)};
}

CodeInfo code_info(const Rule& rule) {
  CodeInfo info{.code = rule.id,
                .summary = rule.message,
                .explanation = rule.explanation,
                .category = std::string(rule.group()),
                .severity = rule.severity,
                .level = static_cast<int>(rule.level)};
  if (!rule.hint.empty()) info.explanation += (info.explanation.empty() ? "" : "\n") + rule.hint + ".";
  if (!rule.conversion.empty()) info.explanation += "\nIn a conversion: " + rule.conversion;
  return info;
}

void check_rules(const std::vector<Rule>& rules, Diagnostics& diagnostics) {
  std::set<std::string_view> ids;
  for (const Rule& rule : rules) {
    RuleCheck(rule, diagnostics).run();
    if (ids.insert(rule.id).second) continue;
    diagnostics.error(rule.position, "the id " + rule.id + " is given twice", "name one of the rules differently");
  }
}

}  // namespace banyan::php
