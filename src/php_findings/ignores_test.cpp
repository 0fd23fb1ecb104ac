#include "php_findings/ignores.h"

#include <gtest/gtest.h>

namespace banyan::php {
namespace {

std::vector<Ignore> ignores_of(const std::string& source) { return find_ignores(lex(source, {}), source); }

TEST(Ignores, CountForTheirOwnLineBehindCodeAndElseForTheNextCode) {
  const std::vector<Ignore> ignores = ignores_of(
      "<?php\n"
      "f(); // @banyan-ignore a.b because it must\n"
      "// @banyan-ignore c.d, e.f both are known\n"
      "\n"
      "/* between */ g();\n"
      "$s = 'x\n"
      "y'; # @banyan-ignore a.b the string ends here\n"
      "/** @banyan-ignore a.b in a block */\n"
      "h();\n");
  ASSERT_EQ(ignores.size(), 4u);
  EXPECT_EQ(ignores[0].line, 2u);
  EXPECT_EQ(ignores[1].line, 5u);
  EXPECT_EQ(ignores[1].codes, (std::vector<std::string>{"c.d", "e.f"}));
  EXPECT_EQ(ignores[2].line, 7u);
  EXPECT_EQ(ignores[3].line, 9u);
  for (const Ignore& ignore : ignores) EXPECT_TRUE(ignore.has_reason);
}

TEST(Ignores, NeedACodeAndAReason) {
  const std::vector<Ignore> ignores =
      ignores_of("<?php // @banyan-ignore\n// @banyan-ignore a.b\n/* @banyan-ignore a.b */\n// @banyan-ignored x y\n");
  ASSERT_EQ(ignores.size(), 4u);
  EXPECT_TRUE(ignores[0].codes.empty());
  EXPECT_FALSE(ignores[1].has_reason);
  EXPECT_FALSE(ignores[2].has_reason);
  EXPECT_TRUE(ignores[3].codes.empty());
}

TEST(Ignores, TakeOutFindingsAndReportWhatIsNotNeeded) {
  const std::string source =
      "<?php\n"
      "f(); // @banyan-ignore a.b because\n"
      "g(); // @banyan-ignore a.b not needed\n"
      "h(); // @banyan-ignore a.b\n"
      "i(); // @banyan-ignore z.z was not looked for\n";
  const Locator locator(source);
  std::vector<Finding> findings(3);
  for (Finding& finding : findings) {
    finding.file = "x.php";
    finding.code = "a.b";
  }
  findings[0].region = locator.region(6, 1);
  findings[1].region = locator.region(9, 1);
  findings[2].region = locator.region(static_cast<std::uint32_t>(source.find("h()")), 1);
  const auto was_checked = [](std::string_view code) { return code != "z.z"; };
  EXPECT_EQ(apply_ignores(ignores_of(source), "x.php", locator, findings, was_checked), 2u);
  sort_findings(findings);
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_EQ(findings[0].code, kIgnoreUnused);
  EXPECT_EQ(findings[1].code, "a.b");
  EXPECT_EQ(findings[1].region.line, 4u);
  EXPECT_EQ(findings[2].code, kIgnoreMalformed);
}

}  // namespace
}  // namespace banyan::php
