#include "php_findings/finding.h"

#include <gtest/gtest.h>

namespace banyan::php {
namespace {

Finding finding_at(const std::string& file, std::uint32_t offset, const std::string& code) {
  Finding finding;
  finding.file = file;
  finding.region.offset = offset;
  finding.code = code;
  finding.excerpt = "f();";
  return finding;
}

TEST(Locator, CountsColumnsInBytesAndInUnits) {
  const std::string source = "<?php\n$\xc3\xa4 = '\xf0\x9f\x98\x80' . \xff . 1;\n";  // a-umlaut, an emoji, no UTF-8
  const Locator locator(source);
  const auto offset = static_cast<std::uint32_t>(source.find(" . 1"));
  const Region region = locator.region(offset, 4);
  EXPECT_EQ(region.line, 2u);
  EXPECT_EQ(region.column, 17u);
  EXPECT_EQ(region.unit_column, 14u);
  EXPECT_EQ(region.end_column, 21u);
  EXPECT_EQ(region.end_unit_column, 18u);
}

TEST(Locator, RegionsMayEndOnAnotherLineAndAtTheEnd) {
  const std::string source = "<?php f(\r\n1);";
  const Region region = Locator(source).region(6, 7);
  EXPECT_EQ(region.line, 1u);
  EXPECT_EQ(region.end_line, 2u);
  EXPECT_EQ(region.end_column, 4u);
}

TEST(Locator, ExcerptsAreOneLineAndBounded) {
  const std::string source = "<?php\n   f(\n1); " + std::string(1000, 'x');
  const Locator locator(source);
  EXPECT_EQ(locator.excerpt(locator.region(9, 5)), "f(");
  EXPECT_LE(locator.excerpt(locator.region(500, 1)).size(), kExcerptBytesMax);
}

TEST(Findings, AreSortedWithoutDuplicates) {
  std::vector<Finding> findings = {finding_at("b", 0, "x"), finding_at("a", 9, "x"), finding_at("a", 1, "y"),
                                   finding_at("a", 1, "x"), finding_at("a", 9, "x")};
  sort_findings(findings);
  ASSERT_EQ(findings.size(), 4u);
  EXPECT_EQ(findings[0].code, "x");
  EXPECT_EQ(findings[1].code, "y");
  EXPECT_EQ(findings[3].file, "b");
}

TEST(Fingerprints, StayWhileLinesMoveAndDifferForRepetitions) {
  const std::vector<Finding> before = {finding_at("a", 1, "x"), finding_at("a", 9, "x")};
  const std::vector<Finding> after = {finding_at("a", 101, "x"), finding_at("a", 109, "x")};
  EXPECT_EQ(fingerprints(before), fingerprints(after));
  EXPECT_NE(fingerprints(before)[0], fingerprints(before)[1]);
  EXPECT_EQ(fingerprints(before)[0].size(), 16u);
}

}  // namespace
}  // namespace banyan::php
