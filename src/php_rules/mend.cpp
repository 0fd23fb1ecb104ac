#include "php_rules/mend.h"

#include "php_findings/apply_fixes.h"
#include "php_findings/ignores.h"
#include "php_rules/file_types.h"

namespace banyan::php {

namespace {

std::vector<Finding> findings_in(const RuleSet& rules, const SyntaxTree& tree, std::string_view source,
                                 const ParseOptions& options) {
  static const std::string kNoPath;
  const FileTypes types(rules, tree, source, options);
  std::vector<Finding> findings;
  rules.check({tree, source, kNoPath, types.oracle()}, findings);
  const std::vector<Ignore> ignores = find_ignores(tree.stream, source);
  if (!ignores.empty() && !findings.empty()) {
    apply_ignores(ignores, kNoPath, Locator(source), findings, [](std::string_view) { return false; });
  }
  sort_findings(findings);
  return findings;
}

}  // namespace

Result<Mended> mend(const RuleSet& rules, std::string_view source, const MendOptions& options) {
  Mended mended{.text = std::string(source)};
  SyntaxTree tree = lint(mended.text, options.parse);
  const std::size_t mistakes = tree.diagnostics.size();
  for (int pass = 0; pass < kMendPassesMax; ++pass) {
    FixedSource fixed =
        apply_fixes(mended.text, findings_in(rules, tree, mended.text, options.parse), options.with_unsafe);
    mended.settled = fixed.applied == 0 || fixed.text == mended.text;
    if (mended.settled) break;
    tree = lint(fixed.text, options.parse);
    if (tree.diagnostics.size() > mistakes) {
      const Diagnostic& first = tree.diagnostics.front();
      const LineColumn at = LineTable(fixed.text).at(first.offset);
      return Error(ErrorCode::kInternal, "a fix would break line " + std::to_string(at.line) + " (" + first.message +
                                             "), so nothing was changed");
    }
    mended.text = std::move(fixed.text);
    mended.applied += fixed.applied;
  }
  return mended;
}

}  // namespace banyan::php
