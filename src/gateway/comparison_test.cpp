// What a copy carries into a sandbox.
#include "gateway/comparison.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

std::string flagged(const std::string& target) {
  MirrorJob copy;
  copy.set_target(target);
  enter_sandbox(copy, {.position = {}, .header = {}, .query = {"dry_run", "1"}, .cluster = {}});
  EXPECT_EQ(std::string(copy.head.path) + "?" + std::string(copy.head.query), copy.target);
  EXPECT_EQ(copy.head.target, copy.target);
  return copy.target;
}

TEST(Sandbox, TheParameterStandsAtTheEndAndNowhereElse) {
  EXPECT_EQ(flagged("/save"), "/save?dry_run=1");
  EXPECT_EQ(flagged("/save?"), "/save?dry_run=1");
  EXPECT_EQ(flagged("/save?a=1"), "/save?a=1&dry_run=1");
  EXPECT_EQ(flagged("/save?dry_run=0"), "/save?dry_run=1");
  EXPECT_EQ(flagged("/save?dry_run&a=1&dry%5Frun=0"), "/save?a=1&dry_run=1");
  EXPECT_EQ(flagged("/save?a=1;dry_run=0;b=2"), "/save?a=1;b=2&dry_run=1");
  EXPECT_EQ(flagged("/save?dry_run_2=0&b=dry_run"), "/save?dry_run_2=0&b=dry_run&dry_run=1");
}

TEST(Sandbox, TheClientsHeaderOfTheSameNameIsTakenAway) {
  MirrorJob copy;
  copy.set_target("/save?a=1");
  for (Fields* fields : {&copy.fields, &copy.head.fields}) (void)fields->add_copy("X-Dry-Run", "no");
  enter_sandbox(copy, {.position = {}, .header = {"x-dry-run", "yes"}, .query = {}, .cluster = {}});
  EXPECT_EQ(copy.target, "/save?a=1");
  for (const Fields* fields : {&copy.fields, &copy.head.fields}) {
    ASSERT_EQ(fields->size(), 1U);
    EXPECT_EQ(fields->value("x-dry-run"), "yes");
  }
}

}  // namespace
}  // namespace banyan
