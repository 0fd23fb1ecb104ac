#include "sql/sql_statement_cache.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

struct Named {
  std::string text;
  int number = 0;
};

TEST(StatementCache, ForgetsTheOneNotUsedForLongest) {
  SqlStatementCache<Named> cache(2);
  cache.add({"a", 1});
  cache.add({"b", 2});
  EXPECT_NE(cache.find("a"), nullptr);
  cache.add({"c", 3});
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_EQ(cache.find("a")->number, 1);
  EXPECT_EQ(cache.take_dropped().at(0).number, 2);
  cache.add({"a", 4});
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_EQ(cache.find("a")->number, 4);
  EXPECT_EQ(cache.take_dropped().at(0).number, 1);
  EXPECT_TRUE(cache.take_dropped().empty());
}

TEST(StatementCache, TakesToBeClosedWhatItDoesNotKeep) {
  SqlStatementCache<Named> cache(2);
  cache.drop({"a", 1});
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_EQ(cache.take_dropped().at(0).number, 1);
}

TEST(StatementCache, DropsAll) {
  SqlStatementCache<Named> cache(2);
  cache.add({"a", 1});
  cache.add({"b", 2});
  cache.clear();
  EXPECT_EQ(cache.size(), 0U);
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_EQ(cache.take_dropped().size(), 2U);
}

}  // namespace
}  // namespace banyan
