// Placeholders as PDO of PHP 8.2 finds them.
#include "php_pdo/pdo_placeholders.h"

#include <gtest/gtest.h>

namespace banyan::php_runtime {
namespace {

// The text with each placeholder in brackets, its number before it.
std::string marked(std::string_view text, bool escapes = true) {
  return replace_pdo_placeholders(text, find_pdo_placeholders(text, escapes), [&](const PdoPlaceholder& one) {
    return "[" + std::to_string(one.number) + std::string(text.substr(one.begin, one.size)) + "]";
  });
}

TEST(PdoPlaceholders, AreFoundOutsideOfTextsAndComments) {
  EXPECT_EQ(marked("a = ? AND b = ?"), "a = [0?] AND b = [1?]");
  EXPECT_EQ(marked("a = :a_1, :b"), "a = [0:a_1], [1:b]");
  EXPECT_EQ(marked("'?' \"?\" 'it''s ?' '\\'?' ?"), "'?' \"?\" 'it''s ?' '\\'?' [0?]");
  EXPECT_EQ(marked("-- ?\n? /* ? */ ?"), "-- ?\n[0?] /* ? */ [1?]");
  EXPECT_EQ(marked("a::int = :b::text"), "a::int = [0:b]::text");
  EXPECT_EQ(marked("12:34, x:y"), "12:34, x:y");
  EXPECT_EQ(marked("a ?? 'b' = ?"), "a ? 'b' = [0?]");
  EXPECT_EQ(marked("a ?? 'b' = ?", false), "a ?? 'b' = [0?]");
  EXPECT_EQ(marked("???"), "?[0?]");
  EXPECT_EQ(marked("'open ? and :more"), "'open [0?] and [1:more]");
  EXPECT_EQ(marked("/* open ?"), "/* open ?");
  EXPECT_EQ(marked("a - ? / ? : ?"), "a - [0?] / [1?] : [2?]");
  EXPECT_EQ(marked(""), "");
}

TEST(PdoPlaceholders, BothKindsAreTold) {
  const PdoPlaceholders both = find_pdo_placeholders("? :a ?? ?", true);
  EXPECT_TRUE(both.named && both.positional);
  EXPECT_EQ(both.count, 3U);
  EXPECT_EQ(both.list.size(), 4U);
}

}  // namespace
}  // namespace banyan::php_runtime
