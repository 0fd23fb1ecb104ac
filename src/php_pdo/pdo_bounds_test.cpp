#include "php_pdo/pdo_bounds.h"

#include <string>

#include <gtest/gtest.h>

namespace banyan::php_runtime {
namespace {

PdoBound bound(std::string name, Int number, Int type) {
  PdoBound out;
  out.name = std::move(name);
  out.number = number;
  out.type = type;
  return out;
}

// "name number type;" of each.
std::string shown(const PdoBounds& bounds) {
  std::string out;
  for (const PdoBound& one : bounds) {
    out += one.name + " " + std::to_string(one.number) + " " + std::to_string(one.type) + ";";
  }
  return out;
}

TEST(PdoBounds, APlaceIsTakenByTheLastAlone) {
  PdoBounds bounds;
  bounds.put(bound("", 0, 1));
  bounds.put(bound(":b", -1, 2));
  bounds.put(bound("", 1, 3));
  bounds.put(bound("", 0, 4));
  EXPECT_EQ(shown(bounds), " 0 4;:b -1 2; 1 3;");
  bounds.put(bound(":b", 1, 5));
  EXPECT_EQ(shown(bounds), " 0 4;:b 1 5;");
  EXPECT_EQ(bounds.find("", 0)->type, 4);
  EXPECT_EQ(bounds.find(":b", 7)->type, 5);
  EXPECT_EQ(bounds.find("", 1), nullptr);
  bounds.erase(bound("", 0, 0));
  EXPECT_EQ(shown(bounds), ":b 1 5;");
  EXPECT_EQ(bounds.find(":b", 0)->type, 5);
  bounds.clear();
  EXPECT_TRUE(bounds.empty());
  EXPECT_EQ(bounds.find(":b", 0), nullptr);
}

}  // namespace
}  // namespace banyan::php_runtime
