#include "gray/colour_fields.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

TEST(ColourFields, ReadsTheFieldBeforeTheBaggage) {
  const ColourFields colours("x-gray-tag");
  Fields fields;
  EXPECT_FALSE(colours.present(fields));
  EXPECT_EQ(colours.read(fields), "");
  fields.add_copy(FieldId::kBaggage, "user=7,x-gray-tag=blue");
  EXPECT_TRUE(colours.present(fields));
  EXPECT_EQ(colours.read(fields), "blue");
  fields.add_copy(FieldId::kXGrayTag, "green");
  EXPECT_EQ(colours.read(fields), "green");
}

TEST(ColourFields, TakesOnlyNames) {
  const ColourFields colours("x-gray-tag");
  for (const char* text : {"a b", "a,b", "a;b", "\"a\"", "a=b", ""}) {
    Fields fields;
    fields.add_copy(FieldId::kXGrayTag, text);
    EXPECT_EQ(colours.read(fields), "") << text;
  }
  EXPECT_TRUE(is_colour(std::string(64, 'a')));
  EXPECT_FALSE(is_colour(std::string(65, 'a')));
}

TEST(ColourFields, WritesBothAndRemovesBoth) {
  for (const char* name : {"x-gray-tag", "x-lane"}) {
    const ColourFields colours(name);
    Fields fields;
    fields.add_copy(FieldId::kBaggage, "user=7");
    ASSERT_TRUE(fields.add_copy(name, "blue"));
    ASSERT_TRUE(fields.add_copy(name, "red"));
    EXPECT_EQ(colours.read(fields), "blue");
    colours.put_in_request("green", fields);
    EXPECT_EQ(fields.value(name), "green");
    EXPECT_EQ(fields.value(FieldId::kBaggage), std::string(name) + "=green,user=7");
    EXPECT_EQ(fields.size(), 2U);
    colours.put_in_request("", fields);
    EXPECT_EQ(fields.size(), 1U);
    EXPECT_EQ(fields.value(FieldId::kBaggage), "user=7");
  }
}

}  // namespace
}  // namespace banyan
