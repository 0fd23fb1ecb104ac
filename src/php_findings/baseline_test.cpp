#include "php_findings/baseline.h"

#include <gtest/gtest.h>

namespace banyan::php {
namespace {

Finding finding(const std::string& file, std::uint32_t line, const std::string& message) {
  Finding one;
  one.file = file;
  one.code = "a.b";
  one.message = message;
  one.region.line = line;
  one.region.offset = line;
  return one;
}

TEST(Baseline, LetsPassWhatMovedAndKeepsWhatIsNew) {
  const std::vector<Finding> before = {finding("a", 1, "m"), finding("a", 2, "m"), finding("b", 1, "m")};
  std::vector<Finding> after = {finding("a", 11, "m"), finding("a", 12, "m"), finding("a", 13, "m"),
                                finding("a", 14, "n"), finding("b", 7, "m")};
  EXPECT_EQ(Baseline::of(before).apply(after), 3u);
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0].region.line, 13u);
  EXPECT_EQ(after[1].message, "n");
}

TEST(Baseline, ReadsBackWhatItWrote) {
  const std::vector<Finding> findings = {finding("z", 1, "quote \" and \n"), finding("a", 1, "m"),
                                         finding("a", 2, "m")};
  const Baseline baseline = Baseline::of(findings);
  const Result<Baseline> read = Baseline::parse(baseline.text());
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ(read->text(), baseline.text());
  EXPECT_EQ(read->size(), 3u);
  EXPECT_EQ(Baseline::of({}).text(), Baseline::parse(Baseline::of({}).text())->text());
}

TEST(Baseline, PrunesWhatIsGoneButAddsNothing) {
  const Baseline baseline = Baseline::of(std::vector{finding("a", 1, "m"), finding("a", 2, "m"), finding("b", 1, "m")});
  const Baseline pruned = baseline.pruned(std::vector{finding("a", 5, "m"), finding("c", 1, "new")});
  EXPECT_EQ(pruned.size(), 1u);
  EXPECT_EQ(pruned.text().find("new"), std::string::npos);
}

TEST(Baseline, RefusesWhatIsNone) {
  for (const char* text : {"", "[]", "{\"version\":2,\"findings\":[]}", "{\"version\":1,\"findings\":[{}]}",
                           "{\"version\":1,\"findings\":[{\"file\":\"a\",\"code\":\"c\",\"message\":\"m\","
                           "\"count\":0}]}"}) {
    EXPECT_FALSE(Baseline::parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace banyan::php
