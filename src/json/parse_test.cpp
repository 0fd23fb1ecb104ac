#include "json/parse.h"

#include <cstdio>
#include <fstream>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "json/write.h"

namespace banyan::json {
namespace {

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

struct Case {
  char verdict;
  std::string name, text, expectation;
};

std::vector<Case> cases() {
  std::ifstream file(BANYAN_TESTDATA "/parse_cases.txt");
  std::vector<Case> list;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::size_t name = line.find('|') + 1, text = line.find('|', name) + 1, expectation = line.find('|', text) + 1;
    list.push_back({line[0], line.substr(name, text - 1 - name),
                    percent_decoded(line.substr(text, expectation - 1 - text)),
                    percent_decoded(line.substr(expectation))});
  }
  return list;
}

TEST(Parse, AnswersEveryCaseAsItsFileSays) {
  std::vector<Case> list = cases();
  ASSERT_GE(list.size(), 150u);
  for (const Case& c : list) {
    auto document = parse(c.text);
    bool accept = c.verdict == 'y' || (c.verdict == 'i' && c.expectation == "accept");
    if (!accept) {
      ASSERT_FALSE(document.ok()) << c.name;
      EXPECT_NE(document.error().message().find(c.expectation), std::string::npos)
          << c.name << ": " << document.error().message();
      continue;
    }
    ASSERT_TRUE(document.ok()) << c.name << ": " << document.error().message();
    if (c.verdict == 'y') EXPECT_EQ(canonical(document->root()), c.expectation) << c.name;
    auto again = parse(write(document->root()));
    ASSERT_TRUE(again.ok()) << c.name;
    EXPECT_EQ(canonical(again->root()), canonical(document->root())) << c.name;
  }
}

TEST(Parse, EveryPrefixOfADocumentIsRefused) {
  std::string text = R"({"a":[1,-2.5e+3,"x\u00e9\n"],"b":{"c":null,"d":true}})";
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(parse(text.substr(0, length)).ok()) << length;
  EXPECT_TRUE(parse(text).ok());
}

TEST(Parse, StringsOfEveryLengthSurviveWithTheEscapeAtEveryPlace) {
  for (std::size_t length = 0; length < 70; ++length) {
    for (std::size_t place = 0; place <= length; ++place) {
      std::string content = std::string(place, 'x') + "\\u4e2d\\n" + std::string(length - place, 'y');
      auto document = parse("[\"" + content + "\"]");
      ASSERT_TRUE(document.ok());
      EXPECT_EQ(*document->root().at(0).to_string(),
                std::string(place, 'x') + "\xE4\xB8\xAD\n" + std::string(length - place, 'y'));
    }
  }
}

TEST(Parse, KeepsWithinTheLimits) {
  EXPECT_EQ(parse("[1,2,3]", {.nodes_max = 3}).error().code(), ErrorCode::kResourceExhausted);
  EXPECT_TRUE(parse("[1,2,3]", {.nodes_max = 4}).ok());
  EXPECT_EQ(parse("[1,2,3]", {.bytes_max = 6}).error().code(), ErrorCode::kResourceExhausted);
  EXPECT_TRUE(parse("[[1]]", {.depth_max = 2}).ok());
  EXPECT_EQ(parse("[[1]]", {.depth_max = 1}).error().code(), ErrorCode::kResourceExhausted);
  EXPECT_TRUE(parse("1", {.depth_max = 0}).ok());
  std::string deep(2000, '[');
  EXPECT_EQ(parse(deep, {.depth_max = std::numeric_limits<std::size_t>::max()}).error().code(),
            ErrorCode::kResourceExhausted);
}

TEST(Parse, RefusesDuplicateKeysOnRequest) {
  EXPECT_TRUE(parse(R"({"a":1,"b":{"a":1}})", {.refuse_duplicate_keys = true}).ok());
  auto refused = parse("{\"a\":1,\n \"a\":2}", {.refuse_duplicate_keys = true});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message().find("line 2, column 3"), std::string::npos) << refused.error().message();
  EXPECT_FALSE(parse(R"({"a":1,"\u0061":2})", {.refuse_duplicate_keys = true}).ok());
}

TEST(Value, FindsDuplicateKeys) {
  auto document = parse(R"([{"a":1,"b":2,"a":3,"a":4},{"c":{"x":1,"x":2}}])");
  auto found = find_duplicate_keys(document->root(), 10);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].key, "a");
  EXPECT_EQ(found[2].key, "x");
  EXPECT_EQ(find_duplicate_keys(document->root(), 1).size(), 1u);
}

TEST(Value, AnswersForEveryKind) {
  auto document = parse(R"({"i":-5,"d":2.5,"s":"x","t":true,"n":null,"a":[1,[2],3],"o":{"k":1}})");
  Value root = document->root();
  EXPECT_EQ(root["i"].to_int64(), -5);
  EXPECT_EQ(root["i"].to_double(), -5.0);
  EXPECT_EQ(root["d"].to_int64(), std::nullopt);
  EXPECT_EQ(root["d"].number_text(), "2.5");
  EXPECT_EQ(root["s"].to_string(), "x");
  EXPECT_EQ(root["t"].to_bool(), true);
  EXPECT_TRUE(root["n"].is_null());
  EXPECT_EQ(root["a"].size(), 3u);
  EXPECT_EQ(root["a"].at(2).to_int64(), 3);
  EXPECT_TRUE(root["a"].at(3).absent());
  EXPECT_TRUE(root["x"]["y"].at(0).absent());
  EXPECT_EQ(root["s"].to_int64(), std::nullopt);
  EXPECT_EQ(root["o"]["k"].to_int64(), 1);
  int sum = 0;
  for (Value element : root["s"].elements()) sum += element.absent() ? 1 : 2;
  EXPECT_EQ(sum, 0);
}

TEST(Value, StaysValidWhenTheDocumentMoves) {
  auto document = parse(R"(["short","\u0061"])");
  Value second = document->root().at(1);
  Document moved = *std::move(document);
  EXPECT_EQ(second.to_string(), "a");
}

TEST(Value, LargeNumbersGiveInfinities) {
  EXPECT_EQ(parse("1e400")->root().to_double(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse("-1e400")->root().to_double(), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse("1e-400")->root().to_double(), 0.0);
  EXPECT_EQ(parse("9223372036854775808")->root().to_int64(), std::nullopt);
}

}  // namespace
}  // namespace banyan::json
