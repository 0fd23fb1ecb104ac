#include "telemetry/baggage.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace banyan {
namespace {

void fill(Fields& fields, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) fields.add_copy(FieldId::kBaggage, line);
}

TEST(Baggage, FindsAMember) {
  const std::pair<std::vector<std::string>, std::optional<std::string>> cases[] = {
      {{}, std::nullopt},
      {{"x=1"}, "1"},
      {{"a=0,x=1,x=2"}, "1"},
      {{"a=0", "b=1 , x = 2 ; p=q"}, "2"},
      {{"x=%41%2D"}, "A-"},
      {{"x=%4"}, std::nullopt},
      {{"X=1,xx=2,x"}, std::nullopt},
      {{"x;p=1"}, std::nullopt},
      {{",, ,x=3"}, "3"},
      {{"x="}, ""},
  };
  for (const auto& [lines, value] : cases) {
    Fields fields;
    fill(fields, lines);
    EXPECT_EQ(baggage_member(fields, "x"), value) << (lines.empty() ? "" : lines.front());
  }
}

std::string put(const std::vector<std::string>& lines, std::string_view value) {
  Fields fields;
  fill(fields, lines);
  put_baggage_member("x", value, fields);
  std::string all;
  for (const Fields::Entry& entry : fields) all.append(all.empty() ? "" : "|").append(entry.value);
  return all;
}

TEST(Baggage, SetsAMemberAndKeepsTheOthers) {
  EXPECT_EQ(put({}, "green"), "x=green");
  EXPECT_EQ(put({"a=0;p=1, b = 2"}, "green"), "x=green,a=0;p=1,b = 2");
  EXPECT_EQ(put({"a=0,x=1", "x=2;q,b=3"}, "green"), "x=green,a=0,b=3");
}

TEST(Baggage, RemovesAMemberAlone) {
  EXPECT_EQ(put({}, ""), "");
  EXPECT_EQ(put({"a=0", "b=1"}, ""), "a=0|b=1") << "untouched";
  EXPECT_EQ(put({"a=0,x=1", "b=2"}, ""), "a=0,b=2");
  EXPECT_EQ(put({"x=1"}, ""), "");
}

TEST(Baggage, StaysWithinItsLimits) {
  std::string many = "a=1";
  for (std::size_t i = 1; i < kBaggageMembersMax; ++i) many += ",a=1";
  const std::string kept = put({many}, "green");
  EXPECT_EQ(static_cast<std::size_t>(std::count(kept.begin(), kept.end(), ',')), kBaggageMembersMax - 1);
  const std::string fits = "a=" + std::string(kBaggageBytesMax - 10, 'v');
  EXPECT_EQ(put({fits, "b=2"}, "green").size(), kBaggageBytesMax);
  const std::string too_long = fits + "v";
  EXPECT_EQ(put({too_long}, "green").size(), 7U) << "x=green";
  EXPECT_EQ(put({"b=2," + too_long}, "green").size(), 11U) << "x=green,b=2";
}

}  // namespace
}  // namespace banyan
