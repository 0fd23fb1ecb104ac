#include "php_findings/apply_fixes.h"

#include <gtest/gtest.h>

namespace banyan::php {
namespace {

Finding with_fix(std::uint32_t offset, std::uint32_t length, const std::string& text, bool safe = true) {
  Finding finding;
  finding.region.offset = offset;
  finding.fixes = {{safe, "", {{{.offset = offset, .length = length}, text}}}};
  return finding;
}

TEST(ApplyFixes, PutsAllIntoOneText) {
  const std::vector<Finding> findings = {with_fix(0, 1, "A"), with_fix(2, 2, ""), with_fix(6, 0, "!")};
  const FixedSource fixed = apply_fixes("abcdef", findings, false);
  EXPECT_EQ(fixed.text, "Abef!");
  EXPECT_EQ(fixed.applied, 3u);
}

TEST(ApplyFixes, LeavesOutWhatOverlapsOrTouches) {
  const std::vector<Finding> findings = {with_fix(1, 3, "X"), with_fix(2, 1, "Y"), with_fix(4, 1, "Z"),
                                         with_fix(5, 1, "W")};
  const FixedSource fixed = apply_fixes("abcdef", findings, false);
  EXPECT_EQ(fixed.text, "aXeW");
  EXPECT_EQ(fixed.applied, 2u);
}

TEST(ApplyFixes, TakesAllEditsOfAFixOrNone) {
  Finding two = with_fix(3, 1, "Y");
  two.fixes[0].edits.push_back({{.offset = 0, .length = 1}, "Q"});
  const std::vector<Finding> findings = {with_fix(0, 1, "X"), two};
  EXPECT_EQ(apply_fixes("abcd", findings, false).text, "Xbcd");
}

TEST(ApplyFixes, TakesUnsafeOnesOnlyWhenAsked) {
  const std::vector<Finding> findings = {with_fix(0, 1, "X", false)};
  EXPECT_EQ(apply_fixes("ab", findings, false).text, "ab");
  EXPECT_EQ(apply_fixes("ab", findings, true).text, "Xb");
}

}  // namespace
}  // namespace banyan::php
