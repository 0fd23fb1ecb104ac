// A rule: what to look for in PHP, and what to say and do about it. Read from YAML (rule_file.h), the built-in ones
// too; docs/php/rules.md is the manual.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "php_findings/finding.h"
#include "php_parse/ast.h"
#include "php_rules/pattern.h"

namespace banyan::php {

// A pattern as written, and where. Parsed for a version when rules are made ready (rule_set.h).
struct PatternText {
  std::string text;
  SourcePosition position;
  bool on_one_line = false;  // so that a place in the pattern is a column of its line
  bool quoted = false;
};

// What must hold for a metavariable. All that is given must; of a list, one.
struct Condition {
  SourcePosition position;
  std::string variable;  // "X"; "MATCH" is the node that was found
  std::vector<NodeKind> kinds;
  std::vector<NodeKind> not_kinds;
  std::vector<std::string> names;  // in any case: of functions and classes as resolved, of members and variables
  std::vector<std::string> not_names;
  std::vector<std::string> texts;   // the code as written
  std::vector<std::string> values;  // of a quoted string
  std::vector<std::string> starts;  // of a quoted string, in any case
  std::vector<std::string> ends;
  std::vector<std::string> contains;
  std::vector<NodeKind> has_kinds;  // a node inside of it is one of these
  std::vector<PatternText> has;     // it or something inside of it matches
  std::vector<PatternText> has_not;
  std::optional<bool> literal;      // no part of it is computed at run time
  std::optional<std::int64_t> min;  // of an integer literal
  std::optional<std::int64_t> max;
  std::uint32_t type_bits = 0;  // TypeBit: its type is proved to be among these
};

struct FixTemplate {
  bool safe = false;
  std::string title;                   // empty: made from the texts
  std::optional<std::string> replace;  // a metavariable; else the whole match
  std::string with;
  SourcePosition position;
};

struct RuleExamples {
  std::vector<PatternText> bad;
  std::vector<PatternText> good;
  std::vector<PatternText> fixed;  // as many as bad: what the fix makes of each
};

struct Rule {
  SourcePosition position;
  std::string id;  // "group.name"
  FindingSeverity severity = FindingSeverity::kWarning;
  std::int64_t level = 3;
  PhpVersion php_min = kPhpVersions.front();  // the versions it says something about
  PhpVersion php_max = kPhpVersions.back();
  std::string message;  // with metavariables
  std::string hint;
  std::string explanation;
  std::string conversion;                // what a conversion makes of it
  std::vector<std::string> annotations;  // "io.db", "taint.source"
  bool in_class = false;                 // patterns are members of classes
  std::vector<PatternText> match;        // one of these, or of the kinds
  std::vector<NodeKind> kinds;
  std::vector<PatternText> unless;  // and none of these
  std::vector<PatternText> inside;  // somewhere within one of these
  std::vector<PatternText> not_inside;
  std::vector<NodeKind> inside_kinds;
  std::vector<NodeKind> not_inside_kinds;
  std::optional<std::int64_t> arguments_min;  // of a call
  std::optional<std::int64_t> arguments_max;
  std::vector<Condition> where;
  std::optional<FixTemplate> fix;
  RuleExamples examples;

  // "upgrade" of "upgrade.each".
  std::string_view group() const { return std::string_view(id).substr(0, id.find('.')); }
  bool applies_to(PhpVersion version) const { return version >= php_min && version <= php_max; }
};

// What reports say about the rule.
CodeInfo code_info(const Rule& rule);

}  // namespace banyan::php
