#include "config/yaml.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

struct Parsed {
  std::optional<YamlNode> root;
  std::string diagnostics;
};

Parsed parse(std::string_view text) {
  Diagnostics diagnostics("t");
  Parsed parsed;
  parsed.root = parse_yaml(text, diagnostics);
  parsed.diagnostics = diagnostics_text(diagnostics.sorted());
  return parsed;
}

TEST(Yaml, KnowsWhereEveryKeyAndValueStands) {
  const Parsed parsed = parse(
      "a: 1\n"
      "list:\n"
      "  - x: 'quoted'\n"
      "    y: [p, \"q\"]\n"
      "empty:\n"
      "flow: {k: v, none: }\n");
  EXPECT_EQ(parsed.diagnostics, "");
  ASSERT_TRUE(parsed.root);
  const YamlNode& list = *parsed.root->find("list");
  EXPECT_EQ(parsed.root->entries[1].key_position, (SourcePosition{2, 1}));
  ASSERT_EQ(list.kind, YamlNode::Kind::kList);
  const YamlNode& item = list.items.at(0);
  EXPECT_EQ(item.position, (SourcePosition{3, 5}));
  EXPECT_EQ(item.find("x")->position, (SourcePosition{3, 8}));
  EXPECT_EQ(item.find("x")->text, "quoted");
  EXPECT_FALSE(item.find("x")->plain);
  EXPECT_TRUE(item.find("y")->items.at(0).plain);
  EXPECT_EQ(item.find("y")->items.at(1).position, (SourcePosition{4, 12}));
  EXPECT_EQ(parsed.root->find("empty")->kind, YamlNode::Kind::kNull);
  EXPECT_EQ(parsed.root->find("empty")->position, (SourcePosition{5, 1}));
  EXPECT_EQ(parsed.root->find("flow")->find("none")->position, (SourcePosition{6, 14}));
  EXPECT_EQ(parsed.root->find("nothing"), nullptr);
}

TEST(Yaml, ReadsTextInEveryStyle) {
  const Parsed parsed = parse(
      "plain: a b # comment\n"
      "single: 'it''s'\n"
      "double: \"tab\\t\\u00e9\"\n"
      "block: |\n  one\n  two\n"
      "folded: >-\n  one\n  two\n");
  ASSERT_TRUE(parsed.root) << parsed.diagnostics;
  EXPECT_EQ(parsed.root->find("plain")->text, "a b");
  EXPECT_EQ(parsed.root->find("single")->text, "it's");
  EXPECT_EQ(parsed.root->find("double")->text, "tab\t\xc3\xa9");
  EXPECT_EQ(parsed.root->find("block")->text, "one\ntwo\n");
  EXPECT_EQ(parsed.root->find("folded")->text, "one two");
}

TEST(Yaml, TakesWindowsLineEndsAndAByteOrderMark) {
  const Parsed parsed = parse(
      "\xef\xbb\xbf"
      "a: 1\r\nb:\r\n  - 2\r\n");
  ASSERT_TRUE(parsed.root) << parsed.diagnostics;
  EXPECT_EQ(parsed.root->find("a")->text, "1");
  EXPECT_EQ(parsed.root->find("b")->items.at(0).position, (SourcePosition{3, 5}));
}

TEST(Yaml, RefusesDirectives) {
  EXPECT_EQ(parse("%YAML 1.2\n---\na: 1\n").diagnostics,
            "t:1:1: a directive, they are not supported: delete this line\n");
}

TEST(Yaml, HoldsItsLimits) {
  EXPECT_EQ(parse("a: " + std::string(kYamlBytesMax, 'x')).diagnostics,
            "t: the file is longer than 1048576 bytes, split it or shorten it\n");
  std::string many = "a:\n";
  for (std::size_t i = 0; i < kYamlNodesMax; ++i) many += "- x\n";
  EXPECT_EQ(parse(many).diagnostics, "t:99999:3: more than 100000 values, shorten the file\n");
  const auto nested = [](std::size_t levels) {
    return "a: " + std::string(levels, '[') + std::string(levels, ']') + "\n";
  };
  EXPECT_TRUE(parse(nested(kYamlDepthMax - 1)).root);
  EXPECT_FALSE(parse(nested(kYamlDepthMax)).root);
  EXPECT_FALSE(parse(nested(100000)).root);
}

TEST(Yaml, RefusesOnePerLineAndGoesOn) {
  EXPECT_EQ(parse("a:\n\t- \x01\xff\n\tb: 2\n").diagnostics,
            "t:2:1: a tab in the indentation, YAML indents with spaces: replace it\n"
            "t:2:4: the control character 0x01, delete it, or write it as an escape in quotes\n"
            "t:3:1: a tab in the indentation, YAML indents with spaces: replace it\n");
}

}  // namespace
}  // namespace banyan
