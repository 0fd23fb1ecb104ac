#include "php_rules/check_source.h"

#include "php_findings/ignores.h"

namespace banyan::php {

Finding finding_of(const Diagnostic& diagnostic, const std::string& path, const Locator& locator) {
  Finding finding;
  finding.code = diagnostic.code;
  finding.severity = FindingSeverity::kError;
  finding.message = diagnostic.message;
  finding.file = path;
  finding.region = locator.region(diagnostic.offset, diagnostic.length);
  finding.excerpt = locator.excerpt(finding.region);
  return finding;
}

SourceCheck check_source(const RuleSet& rules, const CheckedFile& file, std::vector<Finding> more) {
  SourceCheck check{.findings = std::move(more)};
  rules.check(file, check.findings);
  const std::vector<Ignore> ignores = find_ignores(file.tree.stream, file.source);
  if (!ignores.empty()) {
    check.ignored = apply_ignores(ignores, file.path, Locator(file.source), check.findings,
                                  [&rules](std::string_view code) { return rules.contains(code); });
  }
  if (!file.tree.diagnostics.empty()) {
    const Locator locator(file.source);
    for (const Diagnostic& diagnostic : file.tree.diagnostics) {
      check.findings.push_back(finding_of(diagnostic, file.path, locator));
      if (&diagnostic - file.tree.diagnostics.data() + 1 == kMistakesPerFileMax) break;
    }
  }
  sort_findings(check.findings);
  return check;
}

}  // namespace banyan::php
