// Any text as a file of rules: refused with diagnostics, or rules that can be made ready and run.
#include <cstdint>
#include <string_view>

#include "php_rules/rule_examples.h"
#include "php_rules/rule_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  if (size > 20'000) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Diagnostics diagnostics("rules.yaml");
  const std::vector<php::Rule> rules = php::parse_rules(text, diagnostics);
  if (!diagnostics.has_errors()) php::run_examples(rules, diagnostics);
  return 0;
}
