// Up to the first NUL byte a pattern, behind it any file: matching ends, findings lie in the file, and mending either
// refuses or gives a text that the rules have nothing more to do with.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "php_rules/builtin_rules.h"
#include "php_rules/mend.h"
#include "php_rules/rule_set.h"

namespace {

using namespace banyan;

void check_with(const php::RuleSet& rules, const php::SyntaxTree& tree, std::string_view source) {
  const std::string path = "x.php";
  const php::TypeOracle no_types;
  std::vector<php::Finding> findings;
  rules.check({tree, source, path, no_types}, findings);
  for (const php::Finding& finding : findings) {
    BANYAN_CHECK(std::size_t{finding.region.offset} + finding.region.length <= source.size());
    for (const php::Fix& fix : finding.fixes) {
      for (const php::Edit& edit : fix.edits) {
        BANYAN_CHECK(std::size_t{edit.region.offset} + edit.region.length <= source.size());
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 20'000) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find('\0'), text.size());
  const std::string_view source = text.substr(std::min(end + 1, text.size()));
  const php::ParseOptions options{.features = php::Features(php::kPhpVersions[size % php::kPhpVersions.size()]),
                                  .depth_max = 200};
  const php::SyntaxTree tree = php::parse(source, options);

  php::Rule rule;
  rule.id = "fuzz.rule";
  rule.message = "$MATCH";
  rule.match = {{.text = std::string(text.substr(0, end))}};
  check_with(php::RuleSet({&rule, 1}, options.features), tree, source);

  static const php::RuleSet kBuiltin(php::builtin_rules(), php::Features());
  check_with(kBuiltin, tree, source);
  const Result<php::Mended> mended = php::mend(kBuiltin, source, {.parse = options, .with_unsafe = true});
  if (!mended || !mended->settled) return 0;
  const Result<php::Mended> again = php::mend(kBuiltin, mended->text, {.parse = options, .with_unsafe = true});
  BANYAN_CHECK(!again.ok() || again->text == mended->text);
  return 0;
}
