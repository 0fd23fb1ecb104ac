// Trees and diagnostics of every construct, as files: "php VERSION", the source, "=====", the tree, "=====", what is
// wrong. BANYAN_UPDATE=1 writes what comes out, for review as a diff.
#include <dirent.h>

#include <gtest/gtest.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "php_parse/parse.h"
#include "php_parse/syntax_dump.h"

namespace banyan::php {
namespace {

constexpr std::string_view kDivider = "\n=====\n";

std::string read_file(const std::string& path) {
  std::string bytes;
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return bytes;
  char buffer[65536];
  std::size_t n;
  while ((n = std::fread(buffer, 1, sizeof buffer, file)) > 0) bytes.append(buffer, n);
  std::fclose(file);
  return bytes;
}

void write_file(const std::string& path, const std::string& bytes) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr) << path;
  std::fwrite(bytes.data(), 1, bytes.size(), file);
  std::fclose(file);
}

struct GoldenCase {
  std::string path;
  ParseOptions options;
  std::string source;
  std::string expected;
};

std::vector<GoldenCase> golden_cases() {
  std::vector<GoldenCase> cases;
  const std::string folder = std::string(BANYAN_TESTDATA) + "/golden";
  DIR* const entries = opendir(folder.c_str());
  while (dirent* const entry = entries != nullptr ? readdir(entries) : nullptr) {
    if (entry->d_name[0] == '.') continue;
    GoldenCase one;
    one.path = folder + "/" + entry->d_name;
    const std::string text = read_file(one.path);
    const std::size_t line = text.find('\n');
    const auto version = parse_php_version(std::string_view(text).substr(4, line - 4));
    EXPECT_TRUE(version.has_value()) << one.path;
    one.options.features = Features(version.value_or(PhpVersion{}));
    const std::size_t divider =
        text.rfind(kDivider, text.find("\nfile\n") == std::string::npos ? text.size() : text.find("\nfile\n"));
    one.source = text.substr(line + 1, divider - line - 1);
    one.expected = text.substr(divider + kDivider.size());
    cases.push_back(one);
  }
  if (entries != nullptr) closedir(entries);
  std::sort(cases.begin(), cases.end(), [](const GoldenCase& a, const GoldenCase& b) { return a.path < b.path; });
  return cases;
}

std::string diagnostics_text(const SyntaxTree& tree, std::string_view source) {
  const LineTable lines(source);
  std::string out;
  for (const Diagnostic& diagnostic : tree.diagnostics) {
    const LineColumn at = lines.at(diagnostic.offset);
    out += std::to_string(at.line) + ":" + std::to_string(at.column) + " " + diagnostic.code + ": " +
           diagnostic.message + "\n";
  }
  return out;
}

// What must hold for any bytes: a whole tree that gives them back.
void expect_whole(const std::string& source, const ParseOptions& options) {
  const SyntaxTree tree = lint(source, options);
  const NodeHeader root = tree.ast.header(tree.ast.root());
  ASSERT_EQ(root.first, 0u);
  ASSERT_EQ(root.end, tree.stream.tokens.size());
  const auto printed = print_tree(tree, source);
  ASSERT_TRUE(printed.has_value()) << source;
  ASSERT_EQ(*printed, source);
}

TEST(Golden, EveryConstructGivesItsTreeAndDiagnostics) {
  const std::vector<GoldenCase> cases = golden_cases();
  ASSERT_GT(cases.size(), 30u);
  for (const GoldenCase& one : cases) {
    const SyntaxTree tree = lint(one.source, one.options);
    const std::string actual = dump_text(tree, one.source) + "=====\n" + diagnostics_text(tree, one.source);
    if (std::getenv("BANYAN_UPDATE") != nullptr) {
      write_file(one.path,
                 "php " + one.options.features.version().text() + "\n" + one.source + std::string(kDivider) + actual);
      continue;
    }
    EXPECT_EQ(one.expected, actual) << one.path;
    expect_whole(one.source, one.options);
  }
}

TEST(Golden, FilesCutAtEveryTokenGiveWholeTrees) {
  for (const GoldenCase& one : golden_cases()) {
    const TokenStream stream = lex(one.source, {.features = one.options.features});
    for (const Token& token : stream.tokens) expect_whole(one.source.substr(0, token.offset), one.options);
  }
}

TEST(Golden, TenThousandMutatedFilesGiveWholeTrees) {
  const std::vector<GoldenCase> cases = golden_cases();
  std::mt19937 random(20261122);
  const auto below = [&random](std::size_t bound) { return bound == 0 ? 0 : random() % bound; };
  for (int i = 0; i < 10000; ++i) {
    const GoldenCase& one = cases[below(cases.size())];
    std::string source = one.source;
    for (std::size_t changes = 1 + below(4); changes > 0 && !source.empty(); --changes) {
      const std::size_t at = below(source.size());
      switch (below(4)) {
        case 0:
          source.erase(at, 1 + below(5));
          break;
        case 1:
          source.insert(at, 1, "(){}[];$\"'<?>&=:,\\\n#"[below(20)]);
          break;
        case 2:
          source[at] = static_cast<char>(below(256));
          break;
        default: {
          const GoldenCase& other = cases[below(cases.size())];
          const std::size_t from = below(other.source.size());
          source.insert(at, other.source, from, 1 + below(20));
          break;
        }
      }
    }
    expect_whole(source, one.options);
  }
}

}  // namespace
}  // namespace banyan::php
