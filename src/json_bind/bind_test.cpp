#include "json_bind/bind.h"

#include <gtest/gtest.h>

#include <cmath>

#include "json/parse.h"
#include "json/write.h"
#include "json_bind/sample.h"
#include "json_bind/schema.h"
#include "json_bind/time_text.h"

namespace banyan::json {
namespace {

using sample::Person;
using sample::Role;

enum class Signal : std::uint8_t { kQuiet = 1, kLoud = 200 };
Names<Signal> json_names(Signal) { return {{"quiet", Signal::kQuiet}, {"loud", Signal::kLoud}}; }

// "/pointer message" for each mistake, one a line.
std::string mistakes_of(std::string_view text, const DecodeOptions& options = {}) {
  Person person;
  std::string lines;
  for (const Mistake& mistake : decode_into(text, person, options)) {
    lines += mistake.pointer + " " + mistake.message + "\n";
  }
  return lines;
}

TEST(Bind, ReadsEveryKind) {
  Person person;
  const Mistakes mistakes = decode_into(
      R"( {"id":10086,"name":"\u5f20\ud83d\ude00\n","level":9,"big":18446744073709551615,"score":-1.5e2,"active":true,)"
      R"("role":"editor","since":"2026-11-22T23:46:38.5+01:00","phone":"+49 1","boss":null,"tags":["vip","beta"],)"
      R"("addresses":[{"city":"Ulm","geo":[48.4,10]},{"city":"x"}],"limits/day":{"a":1,"b":-2},)"
      R"("friends":[{"id":2,"name":"b"}],"extra": {"k":[1, "\u0041"]} } )",
      person);
  ASSERT_TRUE(mistakes.empty()) << error_of(mistakes).text();
  EXPECT_EQ(person.id, 10086);
  EXPECT_EQ(person.name, "张😀\n");
  EXPECT_EQ(person.level, 9);
  EXPECT_EQ(person.big, 18446744073709551615U);
  EXPECT_EQ(person.score, -150);
  EXPECT_TRUE(person.active);
  EXPECT_EQ(person.role, Role::kEditor);
  EXPECT_EQ(rfc3339(person.since), "2026-11-22T22:46:38.500Z");
  EXPECT_EQ(person.phone, "+49 1");
  EXPECT_EQ(person.boss, std::nullopt);
  EXPECT_EQ(person.tags, (std::vector<std::string>{"vip", "beta"}));
  ASSERT_EQ(person.addresses.size(), 2U);
  EXPECT_EQ(person.addresses[0].geo, (std::vector<double>{48.4, 10}));
  EXPECT_EQ(person.limits, (std::map<std::string, std::int64_t>{{"a", 1}, {"b", -2}}));
  ASSERT_EQ(person.friends.size(), 1U);
  EXPECT_EQ(person.friends[0].level, 3) << "an absent member keeps what the struct says";
  EXPECT_EQ(person.extra.text, R"({"k":[1, "\u0041"]})");
}

TEST(Bind, ListsEveryMistakeWithItsPlace) {
  EXPECT_EQ(mistakes_of(R"({"id":3,"name":"much too long a name","level":10,"colour":1,"score":"x","active":0,)"
                        R"("role":"king","since":"yesterday","phone":"abc","tags":["vip","x"],)"
                        R"("addresses":[{"city":"a","geo":[1,2,3]},{"geo":[181]},7],"limits/day":{"a":1.5,"a":2},)"
                        R"("friends":null,"level":1})"),
            "/id must be even\n"
            "/name must have 1 to 10 characters\n"
            "/level must be at most 9\n"
            "/colour is not known\n"
            "/score must be a number\n"
            "/active must be true or false\n"
            "/role must be one of 'admin', 'editor', 'guest'\n"
            "/since must be a time such as 2026-11-22T23:46:38Z\n"
            "/phone must match ^[+0-9 ]+$\n"
            "/tags/1 must be one of 'vip', 'beta', 'early'\n"
            "/addresses/0/geo must have at most 2 items\n"
            "/addresses/1/geo/0 must be at most 180\n"
            "/addresses/1/city is missing\n"
            "/addresses/2 must be an object\n"
            "/limits~1day/a must be a whole number\n"
            "/limits~1day/a stands twice\n"
            "/friends must be a list, is null\n"
            "/level stands twice\n");
  EXPECT_EQ(mistakes_of("{}"), "/id is missing\n/name is missing\n");
  EXPECT_EQ(mistakes_of("[]"), " must be an object\n");
  EXPECT_EQ(mistakes_of(R"({"id":2,"name":"a","x":[{"y":"\n"}],"z":1})", {.allow_unknown = true}), "");
}

TEST(Bind, NumbersAtTheirEdges) {
  const auto with = [](std::string_view member) { return R"({"id":2,"name":"a",)" + std::string(member) + "}"; };
  EXPECT_EQ(mistakes_of(with(R"("level":256)")), "/level must be at most 9\n");
  EXPECT_EQ(mistakes_of(with(R"("level":-1)")), "/level must be at least 0\n");
  EXPECT_EQ(mistakes_of(with(R"("big":18446744073709551616)")), "/big is too large a number\n");
  EXPECT_EQ(mistakes_of(with(R"("boss":-9223372036854775808)")), "");
  EXPECT_EQ(mistakes_of(with(R"("boss":9223372036854775808)")), "/boss is too large a number\n");
  EXPECT_EQ(mistakes_of(with(R"("score":1e999)")), "/score is too large a number\n");
  EXPECT_EQ(mistakes_of(with(R"("score":1e-999)")), "");
  EXPECT_EQ(mistakes_of(with(R"("score":1.1e300)")), "/score must be at most 1e+300\n");
}

TEST(Bind, WhatIsNotJsonIsOneMistake) {
  EXPECT_EQ(mistakes_of(R"({"id":"x",)"),
            " line 1, column 11 (byte 10): expected a member's name in double quotes, found the end of the text\n");
  EXPECT_EQ(mistakes_of(R"({"colour":[1,{"a":tru}]})"), " line 1, column 19 (byte 18): expected a value, found 't'\n");
  EXPECT_EQ(mistakes_of("{} x"),
            " line 1, column 4 (byte 3): expected the end of the text after the value, found 'x'\n");
}

TEST(Bind, LimitsHold) {
  EXPECT_NE(mistakes_of("{}", {.bytes_max = 1}).find("more than the limit of 1"), std::string::npos);
  EXPECT_NE(mistakes_of(R"({"x":[[[1]]]})", {.depth_max = 3}).find("nested deeper than the limit of 3"),
            std::string::npos);
  EXPECT_NE(mistakes_of(R"({"friends":[{},{},{}]})", {.elements_max = 2}).find("more elements than the limit of 2"),
            std::string::npos);
  EXPECT_EQ(mistakes_of(R"({"a":1,"b":2,"c":3})", {.mistakes_max = 2}), "/a is not known\n/b is not known\n");
}

TEST(Bind, WritesWhatItReads) {
  Person person;
  person.id = 2;
  person.name = "a\"\x01";
  person.score = 0.1;
  person.since = *parse_time("2026-11-22T00:00:00.000000001Z");
  person.limits["k"] = -1;
  person.extra.text = "[1]";
  EXPECT_EQ(encode(person), R"({"id":2,"name":"a\"\u0001","level":3,"big":0,"score":0.1,"active":false,"role":"guest",)"
                            R"("since":"2026-11-22T00:00:00.000000001Z","boss":null,"tags":[],"addresses":[],)"
                            R"("limits/day":{"k":-1},"friends":[],"extra":[1]})");
  const Result<Person> again = decode<Person>(encode(person));
  ASSERT_TRUE(again.ok()) << again.error().text();
  EXPECT_EQ(encode(*again), encode(person));
  person.score = NAN;
  EXPECT_NE(encode(person).find(R"("score":null)"), std::string::npos);
  EXPECT_EQ(encode(std::vector<std::optional<int>>{1, std::nullopt}), "[1,null]");
}

TEST(Bind, TimesAreStrict) {
  for (const char* text :
       {"2026-11-22T23:46:38Z", "2024-02-29T00:00:00+23:59", "1678-01-01T00:00:00.123456789-00:00"}) {
    EXPECT_TRUE(parse_time(text)) << text;
  }
  for (const char* text :
       {"", "2026-11-22", "2026-11-22 23:46:38Z", "2026-11-22T23:46:38", "2026-11-22T24:00:00Z", "2025-02-29T00:00:00Z",
        "2026-11-22T23:46:60Z", "2026-11-22T23:46:38.Z", "1677-01-01T00:00:00Z", "2026-11-22T23:46:38+24:00",
        "2026-11-22T23:46:38Zx", "2026-11-22t23:46:38Z"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Schema, WhatIsWrittenAsNullMayBeNull) {
  const auto schema_of = [](const Field& field) {
    std::string text;
    Writer out(text);
    SchemaWriter("#/").write_field(out, field);
    return text;
  };
  const Fields fields = Person::fields();
  EXPECT_EQ(schema_of(fields[9]), R"({"anyOf":[{"type":"integer","format":"int64"},{"type":"null"}]})");
  EXPECT_EQ(schema_of(fields[8]), R"({"type":"string","pattern":"^[+0-9 ]+$"})");
}

TEST(Bind, EnumsOfAnyWidthHaveTheirNames) {
  EXPECT_EQ(encode(Signal::kLoud), "\"loud\"");
  const Result<Signal> loud = decode<Signal>("\"loud\"");
  ASSERT_TRUE(loud.ok());
  EXPECT_EQ(*loud, Signal::kLoud);
}

TEST(Bind, PlainTextIsReadByTheSameRules) {
  Person person;
  std::string message;
  const Fields fields = Person::fields();
  EXPECT_TRUE(decode_text("8", fields[0], &person, &message));
  EXPECT_FALSE(decode_text("8x", fields[0], &person, &message));
  EXPECT_EQ(message, "must be a whole number");
  EXPECT_TRUE(decode_text("guest", fields[6], &person, &message));
  EXPECT_TRUE(decode_text("vip", fields[10], &person, &message));
  EXPECT_TRUE(decode_text("beta", fields[10], &person, &message));
  EXPECT_EQ(person.tags, (std::vector<std::string>{"vip", "beta"}));
  EXPECT_FALSE(decode_text("\xff", fields[1], &person, &message));
  EXPECT_EQ(message, "must be UTF-8");
}

// Small documents, every one of them: the reader takes for JSON exactly what the tree's parser takes.
TEST(Bind, AgreesWithTheTreeOnAllSmallTexts) {
  constexpr std::string_view kPieces[] = {"{", "}", "[", "]", ":", ",", "\"a\"", "1", "-", "null", " ", "\"\\u12\""};
  std::vector<std::string> texts = {""};
  for (int length = 1; length <= 4; ++length) {
    std::vector<std::string> longer;
    for (const std::string& text : texts) {
      for (const std::string_view piece : kPieces) longer.push_back(text + std::string(piece));
    }
    for (const std::string& text : longer) {
      Raw raw;
      Person person;
      const Mistakes as_raw = decode_into(text, raw);
      const Mistakes as_person = decode_into(text, person);
      const bool is_json = parse(text).ok();
      ASSERT_EQ(as_raw.empty(), is_json) << text;
      ASSERT_EQ(as_person.empty() || as_person[0].kind != MistakeKind::kSyntax, is_json) << text;
    }
    texts = std::move(longer);
  }
}

}  // namespace
}  // namespace banyan::json
