#include "http/fields.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace banyan {
namespace {

std::string in_capitals(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return out;
}

std::string all(const Fields& fields) {
  std::string out;
  for (const Fields::Entry& entry : fields) out.append(entry.name).append("=").append(entry.value).append(";");
  return out;
}

TEST(FieldId, EveryNameIsFoundInAnyCase) {
  std::set<std::string> names;
  for (int i = 1; i < kFieldIdCount; ++i) {
    const auto id = static_cast<FieldId>(i);
    const std::string name(field_name(id));
    ASSERT_FALSE(name.empty());
    EXPECT_TRUE(is_token(name));
    EXPECT_TRUE(names.insert(in_capitals(name)).second) << name;
    EXPECT_EQ(field_id(name), id);
    EXPECT_EQ(field_id(in_capitals(name)), id) << name;
  }
  EXPECT_EQ(field_name(FieldId::kOther), "");
}

// Every name with one byte changed to every other value is another name, unless only the case of a letter changed.
TEST(FieldId, NothingElseIsFound) {
  for (int i = 1; i < kFieldIdCount; ++i) {
    const std::string name(field_name(static_cast<FieldId>(i)));
    EXPECT_EQ(field_id(name + "x"), FieldId::kOther);
    for (std::size_t at = 0; at < name.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string other = name;
        other[at] = static_cast<char>(byte);
        EXPECT_EQ(field_id(other) == static_cast<FieldId>(i), equals_ignoring_case(name, other))
            << name << " " << other;
      }
    }
  }
  EXPECT_EQ(field_id(""), FieldId::kOther);
  EXPECT_EQ(field_id("x"), FieldId::kOther);
}

TEST(Fields, KeepOrderAndCase) {
  Fields fields;
  ASSERT_TRUE(fields.add_copy("x-B", "1"));
  fields.add_copy(FieldId::kHost, "h");
  ASSERT_TRUE(fields.add_copy("X-b", "2"));
  EXPECT_EQ(all(fields), "x-B=1;Host=h;X-b=2;");
  EXPECT_EQ(fields.value("X-B"), "1");
  EXPECT_EQ(fields.value("HOST"), "h");
  EXPECT_EQ(fields.find("x-c"), nullptr);
  EXPECT_TRUE(fields.has(FieldId::kHost));
  EXPECT_FALSE(fields.has(FieldId::kCookie));
  EXPECT_FALSE(fields.repeated(FieldId::kHost));
  fields.add_copy(FieldId::kHost, "i");
  EXPECT_TRUE(fields.repeated(FieldId::kHost));
}

TEST(Fields, SetReplacesTheFirstAndRemovesTheRest) {
  Fields fields;
  for (const char* value : {"1", "2", "3"}) {
    fields.add_copy(FieldId::kCookie, value);
    ASSERT_TRUE(fields.add_copy("X-Y", value));
  }
  fields.set_copy(FieldId::kCookie, "new");
  EXPECT_EQ(all(fields), "Cookie=new;X-Y=1;X-Y=2;X-Y=3;");
  EXPECT_FALSE(fields.repeated(FieldId::kCookie));
  ASSERT_TRUE(fields.set_copy("x-y", "newer"));
  ASSERT_TRUE(fields.set_copy("x-z", "z"));
  fields.set_copy(FieldId::kVia, "v");
  EXPECT_EQ(all(fields), "Cookie=new;X-Y=newer;x-z=z;Via=v;");
}

TEST(Fields, Remove) {
  Fields fields;
  for (const char* name : {"A", "Host", "a", "Via", "B", "host"}) ASSERT_TRUE(fields.add_copy(name, "v"));
  EXPECT_EQ(fields.remove("a"), 2U);
  EXPECT_EQ(fields.remove(FieldId::kHost), 2U);
  EXPECT_EQ(fields.remove(FieldId::kHost), 0U);
  EXPECT_EQ(fields.remove("none"), 0U);
  EXPECT_FALSE(fields.has(FieldId::kHost));
  EXPECT_EQ(all(fields), "Via=v;B=v;");
}

TEST(Fields, NothingAddedCanEndALine) {
  Fields fields;
  EXPECT_FALSE(fields.add_copy("X\r\nY", "v"));
  EXPECT_FALSE(fields.add_copy("X:", "v"));
  EXPECT_FALSE(fields.add_copy("", "v"));
  EXPECT_FALSE(fields.set_copy("X Y", "v"));
  ASSERT_TRUE(fields.add_copy("X", std::string_view(" a\r\nSet-Cookie: b\0c \t", 21)));
  fields.add_copy(FieldId::kVia, "\n");
  fields.set_copy(FieldId::kVia, "x\ny");
  EXPECT_EQ(all(fields), "X=a  Set-Cookie: b c;Via=x y;");
}

TEST(Fields, GrowPastTheInlineEntriesAndBack) {
  Fields fields;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(fields.add_copy("X-" + std::to_string(i), std::string(100, 'v')));
    ASSERT_EQ(fields.size(), 200U);
    EXPECT_EQ(fields[199].name, "X-199");
    EXPECT_EQ(fields.value("x-7"), std::string(100, 'v'));
    fields.reset();
    EXPECT_TRUE(fields.empty());
    EXPECT_EQ(fields.find("X-1"), nullptr);
  }
}

TEST(Fields, MoveAndCopy) {
  for (const int count : {3, 100}) {
    Fields fields;
    for (int i = 0; i < count; ++i) ASSERT_TRUE(fields.add_copy("X-" + std::to_string(i), "v" + std::to_string(i)));
    fields.add_copy(FieldId::kHost, "h");
    const std::string before = all(fields);
    Fields moved(std::move(fields));
    EXPECT_EQ(all(moved), before);
    EXPECT_TRUE(fields.empty());  // NOLINT: a moved-from object is empty, and usable
    fields.add_copy(FieldId::kVia, "again");
    EXPECT_EQ(all(fields), "Via=again;");
    Fields copy;
    copy.copy_from(moved);
    moved = std::move(fields);
    EXPECT_EQ(all(copy), before);
    EXPECT_TRUE(copy.has(FieldId::kHost));
    EXPECT_EQ(all(moved), "Via=again;");
  }
}

TEST(Tokens, AreWhatTheRfcSays) {
  const std::string marks = "!#$%&'*+-.^_`|~";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool token = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c != '\0' && marks.find(c) != std::string::npos);
    const bool value = byte == 9 || (byte >= 32 && byte != 127);
    // At every place of texts of every length the fast paths tell apart.
    for (std::size_t size = 1; size <= 40; ++size) {
      for (std::size_t at = 0; at < size; ++at) {
        std::vector<char> text(size, 'a');  // of exactly that size, so that a sanitizer sees what is read beyond it
        text[at] = c;
        ASSERT_EQ(is_token({text.data(), size}), token) << byte << " at " << at << " of " << size;
        ASSERT_EQ(is_field_value({text.data(), size}), value) << byte << " at " << at << " of " << size;
      }
    }
  }
  EXPECT_FALSE(is_token(""));
  EXPECT_TRUE(is_field_value(""));
}

}  // namespace
}  // namespace banyan
