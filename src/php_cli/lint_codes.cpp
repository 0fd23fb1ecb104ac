// Errors of the grammar and the compiler are many and each message says what is wrong; here stands what their group is
// about. The list is held against the sources of the front end by tests/e2e/test_php_check.py.
#include "php_cli/lint_codes.h"

#include <algorithm>

namespace banyan {

namespace {

struct Group {
  std::string_view name;
  std::string_view about;
  std::string_view codes;  // behind the dot, with blanks between them
};

constexpr Group kGroups[] = {
    {"argument", "what a call hands over: order of positional, named and spread arguments", "duplicate order"},
    {"array", "an array literal", "empty-item key spread"},
    {"attribute", "an attribute: where it may stand, how often, with which arguments",
     "closure constants no-discard override repeated target unpack"},
    {"call", "how a method is called by name", "method-name"},
    {"callable", "a first-class callable, f(...)", "new nullsafe"},
    {"cast", "a cast", "unset"},
    {"catch", "the classes a catch names", "class"},
    {"class", "the name of a class, and where it may stand", "illegal in-use invalid nested on-object reserved"},
    {"closure", "what a closure takes in with use (...)", "duplicate parameter superglobal this"},
    {"constant", "a constant: its name, value, type and modifiers",
     "class duplicate expression in-use modifier new private-final reserved static type unpack "
     "value"},
    {"declare", "a declare statement: strict_types, ticks, encoding", "literal not-first strict-block strict-value"},
    {"enum", "an enumeration, its cases and their values", "backing case duplicate property value"},
    {"file", "the file as a whole", "halt-compiler"},
    {"foreach", "what foreach assigns to", "key"},
    {"function", "the declaration of a function", "assert autoload duplicate in-use"},
    {"generator", "the return type of a generator", "type"},
    {"globals", "the array $GLOBALS, which may be read and written by element only", "append reference write"},
    {"goto", "a goto and its label", "duplicate finally into undefined"},
    {"hook", "a property hook",
     "abstract body default duplicate modifier name none parameters readonly reference set-visibility static"},
    {"index", "an element of an array, or [] without one", "read unset"},
    {"inherit", "what a class takes over from its parent: signatures, types, visibility, final members",
     "abstract final kind property-type readonly signature static visibility"},
    {"interface", "what an interface may declare", "abstract constant final property trait visibility"},
    {"isset", "what isset() may ask about", "expression"},
    {"jump", "break and continue: what they may leave", "finally levels operand outside"},
    {"lex", "the characters of the file: numbers, strings, comments",
     "comment heredoc-indentation octal real-cast unicode-escape"},
    {"list", "what stands at the left of a destructuring assignment",
     "alone array empty empty-item mixed spread style target"},
    {"magic", "the signature PHP wants of a magic method", "argument-type arguments reference return-type static"},
    {"match", "a match expression", "default"},
    {"method", "the declaration of a method", "abstract body duplicate modifier private readonly"},
    {"namespace", "a namespace declaration and where it stands", "code-outside mixed name nested not-first"},
    {"parameter", "a parameter of a function", "default duplicate superglobal this type variadic"},
    {"parse", "the grammar: what PHP could not read",
     "halt-compiler hooked-list modifiers too-deep unexpected-token version"},
    {"pipe", "the pipe operator |>", "arrow"},
    {"promotion", "a constructor parameter that declares a property", "abstract place variadic"},
    {"property", "the declaration of a property", "abstract default duplicate modifier readonly set-visibility type"},
    {"reference", "what a reference may be taken of", "nullsafe value"},
    {"return", "what a function with this return type may give back", "missing never void"},
    {"scope", "self, parent and static, which need a class around them", "class parent static"},
    {"static", "a static variable", "duplicate"},
    {"switch", "a switch statement", "default"},
    {"ternary", "nested conditional expressions without parentheses", "nested"},
    {"this", "$this, which cannot be assigned, unset or declared", "assign global static unset"},
    {"trait", "what a trait may hold", "constant modifier"},
    {"try", "a try without catch and finally", "alone"},
    {"type", "a declared type", "alone intersection nullable qualified redundant"},
    {"use", "an import", "in-use reserved"},
    {"write", "what may be assigned to or changed", "builtin call nullsafe temporary"},
    {"yield", "yield and where it may stand", "outside reference"},
};

struct Own {
  std::string_view code;
  php::FindingSeverity severity;
  int level;
  std::string_view summary;
  std::string_view explanation;
};

constexpr Own kOwn[] = {
    {"file.too-many-findings", php::FindingSeverity::kWarning, 0, "The file has more findings than are shown",
     "Of one file the first 1,000 findings of rules are shown. Mend some, or lower --level."},
    {"file.unreadable", php::FindingSeverity::kError, 0, "The file could not be read",
     "It is missing, may not be read, or has 4 GiB or more. The check ends with exit code 2."},
    {"ignore.malformed", php::FindingSeverity::kWarning, 1, "@banyan-ignore without a code or a reason",
     "Write // @banyan-ignore CODE and then why the finding is accepted: what nobody can explain should be mended."},
    {"ignore.unused", php::FindingSeverity::kWarning, 1, "@banyan-ignore that matches no finding",
     "The comment names a code that is not found on its line any more. Delete it, so that it cannot hide a new one."},
};

php::CodeInfo info_of(const Group& group, std::string_view name) {
  return {.code = std::string(group.name) + "." + std::string(name),
          .summary = "Refused by PHP: about " + std::string(group.about),
          .explanation =
              "php -l of the version that is checked for refuses the file, and it would not run. The message "
              "of the finding says what is wrong where. Versions differ: try --php with another one.",
          .category = "syntax",
          .severity = php::FindingSeverity::kError,
          .level = 0};
}

}  // namespace

std::vector<php::CodeInfo> lint_codes() {
  std::vector<php::CodeInfo> codes;
  for (const Group& group : kGroups) {
    for (std::string_view rest = group.codes; !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      codes.push_back(info_of(group, rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  for (const Own& own : kOwn) {
    codes.push_back({std::string(own.code), std::string(own.summary), std::string(own.explanation), "check",
                     own.severity, own.level});
  }
  std::sort(codes.begin(), codes.end(), [](const php::CodeInfo& a, const php::CodeInfo& b) { return a.code < b.code; });
  return codes;
}

}  // namespace banyan
