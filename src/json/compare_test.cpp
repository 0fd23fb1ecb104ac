#include "json/compare.h"

#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "json/parse.h"

namespace banyan::json {
namespace {

// One line per difference: "$.a value 1 2".
std::string listed(const Comparison& comparison) {
  std::string out;
  for (const Difference& d : comparison.differences) {
    out += d.path + " " + std::string(difference_kind_name(d.kind)) + " " + d.left + " " + d.right + "\n";
  }
  if (!comparison.complete) out += "incomplete\n";
  return out;
}

std::string compared(std::string_view left, std::string_view right, const CompareOptions& options = {}) {
  auto a = parse(left);
  auto b = parse(right);
  EXPECT_TRUE(a.ok() && b.ok());
  auto comparer = Comparer::open(options);
  EXPECT_TRUE(comparer.ok());
  return listed(comparer->compare(a->root(), b->root()));
}

TEST(Compare, FindsNothingInEqualDocuments) {
  EXPECT_EQ(compared(R"({"a":1,"b":[1,2.0,"x"]})", R"({"b":[1.0,2,"x"],"a":1e0})"), "");
  EXPECT_EQ(compared(R"("\u0061")", R"("a")"), "");
  EXPECT_EQ(compared("-0", "0.0"), "");
}

TEST(Compare, NamesEveryDifference) {
  EXPECT_EQ(compared(R"({"a":[1,{"b":2}],"c":"x"})", R"({"a":[1,{"b":3}],"d":null})"),
            "$.a[1].b value 2 3\n$.c missing \"x\" \n$.d extra  null\n");
  EXPECT_EQ(compared("[1,2,3]", "[1]"), "$[1] missing 2 \n$[2] missing 3 \n");
  EXPECT_EQ(compared("[]", "[{}]"), "$[0] extra  {}\n");
  EXPECT_EQ(compared("1", "\"1\""), "$ type 1 \"1\"\n");
  EXPECT_EQ(compared("{}", "[]"), "$ type {} []\n");
  EXPECT_EQ(compared("true", "false"), "$ value true false\n");
  EXPECT_EQ(compared(R"({"a key":1,"it's":2})", R"({"a key":2,"it's":3})"),
            "$['a key'] value 1 2\n$['it\\'s'] value 2 3\n");
}

TEST(Compare, ComparesLargeNumbersExactly) {
  EXPECT_EQ(compared("9007199254740993", "9007199254740992"), "$ value 9007199254740993 9007199254740992\n");
  EXPECT_EQ(compared("123456789012345678901", "123456789012345678902"),
            "$ value 123456789012345678901 123456789012345678902\n");
  EXPECT_EQ(compared("1e400", "1e401"), "$ value 1e400 1e401\n");
  // What a side that keeps ids in doubles makes of them.
  EXPECT_EQ(compared("9007199254740993", "9.007199254740992E15"), "$ value 9007199254740993 9.007199254740992E15\n");
  EXPECT_EQ(compared("9223372036854775807", "9223372036854775808.0"),
            "$ value 9223372036854775807 9223372036854775808.0\n");
  EXPECT_EQ(compared("[9007199254740992,-9223372036854775808]", "[9.007199254740992e15,-9.223372036854775808e18]"), "");
  EXPECT_EQ(compared("5", "5.5"), "$ value 5 5.5\n");
  EXPECT_EQ(compared("[18446744073709551615]", "[18446744073709551614]", {.unordered = {"$"}}),
            "$[0] value 18446744073709551615 18446744073709551614\n");
  EXPECT_EQ(compared("[1e30,2]", "[2,1000000000000000000000000000000]", {.unordered = {"$"}}), "");
}

TEST(Compare, IgnoresWhatIsNamed) {
  CompareOptions options{.ignored = {"$.meta", "$.items[*].ts", "$..etag", "$.list[1]"}};
  EXPECT_EQ(
      compared(R"({"meta":{"x":1},"items":[{"ts":1,"v":1},{"ts":2,"v":2}],"list":[1,2,3],"deep":{"er":{"etag":1}}})",
               R"({"items":[{"ts":3,"v":1},{"v":9}],"list":[1,5,3],"deep":{"er":{"etag":"x"}},"etag":2})", options),
      "$.items[1].v value 2 9\n");
  EXPECT_EQ(compared("1", "[]", {.ignored = {"$"}}), "");
}

TEST(Compare, UnorderedArraysAreBags) {
  CompareOptions options{.unordered = {"$.tags"}};
  EXPECT_EQ(compared(R"({"tags":[1,2,2,3]})", R"({"tags":[3,2,1,2]})", options), "");
  EXPECT_EQ(compared(R"({"tags":[1,2,2]})", R"({"tags":[2,1,1,4]})", options),
            "$.tags[2] missing 2 \n$.tags[2] extra  1\n$.tags[3] extra  4\n");
  EXPECT_EQ(compared(R"({"tags":[{"a":1},{"a":2}]})", R"({"tags":[{"a":3},{"a":1}]})", options),
            "$.tags[1].a value 2 3\n");
  EXPECT_EQ(compared(R"({"other":[1,2]})", R"({"other":[2,1]})", options),
            "$.other[0] value 1 2\n$.other[1] value 2 1\n");
}

TEST(Compare, UnorderedElementsMatchUnderTheOtherRules) {
  CompareOptions options{.ignored = {"$[*].ts"}, .unordered = {"$", "$[*].l"}, .tolerances = {{"$[*].p", 0.01, 0}}};
  EXPECT_EQ(compared(R"([{"ts":1,"p":1.0,"l":[1,2]},{"ts":2,"p":2.0}])",
                     R"([{"ts":7,"p":2.001},{"ts":8,"p":1.001,"l":[2,1]}])", options),
            "");
}

TEST(Compare, TolerancesAreAbsoluteOrRelative) {
  CompareOptions options{.tolerances = {{"$.a", 0.1, 0}, {"$.r[*]", 0, 0.01}}};
  EXPECT_EQ(compared(R"({"a":1.05,"r":[100,-100],"x":1.05})", R"({"a":1.0,"r":[100.9,-101.5],"x":1.0})", options),
            "$.r[1] value -100 -101.5\n$.x value 1.05 1.0\n");
}

TEST(Compare, PhpHabitsCountOnlyWhereNamed) {
  CompareOptions options{.empty_array_is_object = {"$.e"}, .numeric_strings = {"$.n[*]"}};
  EXPECT_EQ(compared(R"({"e":[],"f":[],"n":["12"," 1.50","1e2","abc",12,"12"]})",
                     R"({"e":{},"f":{},"n":[12,1.5,100,0,"12","12.0"]})", options),
            "$.f type [] {}\n$.n[3] type \"abc\" 0\n$.n[5] value \"12\" \"12.0\"\n");
  EXPECT_EQ(compared(R"({"e":[1]})", R"({"e":{}})", options), "$.e type [1] {}\n");
  EXPECT_EQ(
      compared(R"({"n":["9007199254740993",""," ","0x1A","1 2"]})", R"({"n":[9007199254740992,0,0,26,1]})", options),
      "$.n[0] type \"9007199254740993\" 9007199254740992\n$.n[1] type \"\" 0\n$.n[2] type \" \" 0\n"
      "$.n[3] type \"0x1A\" 26\n$.n[4] type \"1 2\" 1\n");
}

TEST(Compare, OfDuplicateKeysTheLastCounts) { EXPECT_EQ(compared(R"({"a":1,"b":0,"a":2})", R"({"b":0,"a":2})"), ""); }

TEST(Compare, StopsAtTheBounds) {
  EXPECT_EQ(compared("[1,2,3]", "[4,5,6]", {.differences_max = 2}), "$[0] value 1 4\n$[1] value 2 5\nincomplete\n");
  EXPECT_EQ(compared("[1,2,3]", "[1,2,3]", {.steps_max = 2}), "incomplete\n");
  std::string left = "[", right = "[";
  for (int i = 0; i < 5000; ++i) {
    left += "[" + std::to_string(i) + "],";
    right += "[" + std::to_string(-i - 1) + "],";
  }
  auto a = parse(left + "0]");
  auto b = parse(right + "0]");
  auto comparer = Comparer::open({.unordered = {"$"}, .steps_max = 100000});
  EXPECT_FALSE(comparer->compare(a->root(), b->root()).complete);
}

TEST(Compare, ShortensWhatItShows) {
  std::string big = "[" + std::string(300, '1') + "]";
  EXPECT_EQ(compared(big, "1").size(), std::string("$ type ").size() + 200 + std::string("... 1\n").size());
  std::string many = "[0";
  for (int i = 0; i < 100; ++i) many += ",0";
  EXPECT_EQ(compared(many + "]", "1"), "$ type array of 101 elements 1\n");
}

TEST(Path, RefusesWhatIsNoPath) {
  for (const char* text :
       {"", "a", "$.", "$a", "$[", "$[]", "$[x]", "$['a", "$['a'", "$[1", "$...a", "$.a b", "$[-1]", "$.."}) {
    EXPECT_FALSE(PathPattern::parse(text).ok()) << text;
  }
  std::string long_path = "$";
  for (int i = 0; i < 63; ++i) long_path += ".a";
  EXPECT_FALSE(PathPattern::parse(long_path).ok());
  EXPECT_TRUE(PathPattern::parse(long_path.substr(0, 125)).ok());
  EXPECT_NE(PathPattern::parse("$.a[b]").error().message().find("byte 4"), std::string::npos);
}

TEST(Path, NamesWithAnyByteAndDescendants) {
  EXPECT_EQ(compared(R"({"a.b":{"c":1},"x":{"a.b":{"c":2}}})", R"({"a.b":{"c":2},"x":{"a.b":{"c":1}}})",
                     {.ignored = {"$['a.b'].c"}}),
            "$.x['a.b'].c value 2 1\n");
  EXPECT_EQ(compared(R"({"a":{"a":{"b":1}},"b":1})", R"({"a":{"a":{"b":2}},"b":2})", {.ignored = {"$..a..b"}}),
            "$.b value 1 2\n");
  EXPECT_EQ(compared("[[1,2],[3,4]]", "[[1,9],[3,9]]", {.ignored = {"$..[1]"}}), "");
  EXPECT_EQ(compared(R"({"a":[1]})", R"({"a":[2]})", {.ignored = {"$.*.*"}}), "");
}

}  // namespace
}  // namespace banyan::json
