#include "php_cli/unified_diff.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace banyan {
namespace {

TEST(UnifiedDiff, ShowsThreeLinesAround) {
  EXPECT_EQ(unified_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nV\n6\n7\n8\n9\n", "a.php"),
            "--- a.php\n+++ a.php\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+V\n 6\n 7\n 8\n");
  EXPECT_EQ(unified_diff("same", "same", "a"), "");
}

TEST(UnifiedDiff, MarksALastLineWithoutEnd) {
  EXPECT_EQ(unified_diff("a", "b\n", "x"), "--- x\n+++ x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n");
}

TEST(UnifiedDiff, TextsFromAndToNothing) {
  EXPECT_EQ(unified_diff("", "a\n", "x"), "--- x\n+++ x\n@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(unified_diff("a\n", "", "x"), "--- x\n+++ x\n@@ -1 +0,0 @@\n-a\n");
}

// The text after, from the text before and the diff, as patch would make it.
std::string patched(const std::string& before, const std::string& diff) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < before.size();) {
    const std::size_t end = std::min(before.find('\n', at), before.size() - 1);
    lines.push_back(before.substr(at, end + 1 - at));
    at = end + 1;
  }
  std::string out;
  std::size_t next = 0;
  bool in_hunk = false;
  for (std::size_t at = 0; at < diff.size();) {
    const std::size_t end = diff.find('\n', at);
    const std::string line = diff.substr(at, end + 1 - at);
    at = end + 1;
    if (line.starts_with("@@")) {
      in_hunk = true;
      std::size_t begin = std::stoul(line.substr(4));
      if (line.find(",0 +") == std::string::npos) --begin;
      while (next < begin) out += lines[next++];
    } else if (in_hunk && line[0] == '+') {
      out += line.substr(1);
    } else if (in_hunk && line[0] == '-') {
      EXPECT_EQ(lines[next++], line.substr(1));
    } else if (in_hunk) {
      EXPECT_EQ(lines[next], line.substr(1));
      out += lines[next++];
    }
  }
  while (next < lines.size()) out += lines[next++];
  return out;
}

TEST(UnifiedDiff, AppliedGivesTheOtherText) {
  std::mt19937 random(20261123);
  for (int i = 0; i < 3000; ++i) {
    const auto text = [&random] {
      std::string made;
      for (std::size_t lines = random() % 25; lines > 0; --lines) {
        made += static_cast<char>('a' + random() % 4);
        made += '\n';
      }
      return made;
    };
    const std::string before = text();
    const std::string after = text();
    ASSERT_EQ(patched(before, unified_diff(before, after, "x")), after) << before << "---\n" << after;
  }
}

}  // namespace
}  // namespace banyan
