#include "expression/expression.h"

#include <map>

#include <gtest/gtest.h>

namespace banyan {
namespace {

// A request of a few values.
class Values final : public RequestValues {
 public:
  explicit Values(std::map<std::string, std::string> values) : values_(std::move(values)) {}
  std::optional<std::string_view> find(const ValueName& name, std::string&) const override {
    const auto found = values_.find(name.text());
    if (found == values_.end()) return std::nullopt;
    return found->second;
  }

 private:
  std::map<std::string, std::string> values_;
};

const Values kRequest({{"header:x-version", "2.1"},
                       {"cookie:uid", "42"},
                       {"query:q", "it's"},
                       {"jwt:tenant", "acme"},
                       {"ip", "10.1.2.3"},
                       {"method", "GET"},
                       {"host", "shop.example.com"},
                       {"path", "/cart/items"}});

TEST(Expression, AnswersForARequest) {
  const std::pair<const char*, bool> cases[] = {
      {"ip", true},
      {"header(\"x-version\")", true},
      {"header(\"x-other\")", false},
      {"not header(\"x-other\")", true},
      {"method == \"GET\"", true},
      {"method == 'get'", false},
      {"method != \"GET\"", false},
      {"host ends_with \".example.com\"", true},
      {"path starts_with \"/cart\" and path contains \"items\"", true},
      {"path starts_with \"/cart/items/\"", false},
      {"jwt(\"tenant\") in [\"acme\", \"other\"]", true},
      {"jwt(\"tenant\") in \"acm\"", false},
      {"ip cidr \"10.0.0.0/8\"", true},
      {"ip cidr [\"192.0.2.0/24\", \"10.1.2.3\"]", true},
      {"ip cidr \"fd00::/8\"", false},
      {"host cidr \"0.0.0.0/0\"", false},
      {"cookie(\"uid\") == 42 and cookie(\"uid\") == 42.0", true},
      {"cookie(\"uid\") == \"42.0\"", false},
      {"cookie(\"uid\") < 42 or cookie(\"uid\") > 42", false},
      {"cookie(\"uid\") <= 42 and cookie(\"uid\") >= 42", true},
      {"header(\"x-version\") >= 2.05", true},
      {"cookie(\"uid\") > -1", true},
      {"method > 0 or method <= 0 or method == 0", false},
      {"method != 0", true},
      {"query(\"q\") == \"it's\" and query('q') == 'it\\'s'", true},
      // What is not there passes no test but "!=".
      {"cookie(\"no\") != \"x\" and cookie(\"no\") != 1", true},
      {"cookie(\"no\") == \"\" or cookie(\"no\") starts_with \"\" or cookie(\"no\") < 1", false},
      // "and" binds closer than "or", "not" closer than both.
      {"ip or ip and header(\"x-other\")", true},
      {"(ip or ip) and header(\"x-other\")", false},
      {"not header(\"x-other\") and ip", true},
      {"not (header(\"x-other\") or ip)", false},
      {"not not ip", true},
  };
  for (const auto& [text, holds] : cases) {
    const Result<Expression> expression = Expression::parse(text);
    ASSERT_TRUE(expression.ok()) << text << ": " << expression.error().text();
    EXPECT_EQ(expression->holds(kRequest), holds) << text;
  }
}

TEST(Expression, SaysWhereItIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "line 1, column 1: expected a value"},
      {"ip and", "line 1, column 7: expected a value"},
      {"ip &&ip", "line 1, column 4: '&&' means nothing here, write 'and'"},
      {"ip ||\n ip", "line 1, column 4: '||' means nothing here, write 'or'"},
      {"!ip", "line 1, column 1: '!' means nothing here, write 'not'"},
      {"method = \"GET\"", "line 1, column 8: '=' means nothing here, write '=='"},
      {"header == \"x\"", "line 1, column 8: expected a name, as in header(\"NAME\"), found '=='"},
      {"header(x)", "line 1, column 8: expected a name in quotes, found 'x'"},
      {"header(\"\")", "line 1, column 8: 'header:' has no usable name"},
      {"ip\n  and agent", "line 2, column 7: expected a value"},
      {"(ip", "line 1, column 4: expected ')', found the end"},
      {"ip ip", "line 1, column 4: expected 'and', 'or' or the end, found 'ip'"},
      {"method == GET", "line 1, column 11: expected a text in quotes or a number, found 'GET'"},
      {"method < \"a\"", "line 1, column 10: expected a number, found a text"},
      {"method starts_with [\"a\"]", "line 1, column 20: expected a text in quotes, found '['"},
      {"method in [\"a\" \"b\"]", "line 1, column 16: expected ',' or ']', found a text"},
      {"method in []", "line 1, column 12: expected a text in quotes"},
      {"ip cidr \"10.0.0.1/8\"", "line 1, column 9: '10.0.0.1/8' has bits set beyond its prefix, write 10.0.0.0/8"},
      {"method == \"GET", "line 1, column 11: the text has no end"},
      {"path == \"a\\n\"", "line 1, column 11: write \\\\ for a backslash"},
      {"path == 1.2.3", "line 1, column 9: '1.2.3' is no number"},
      {"path ~ \"a\"", "line 1, column 6: '~' means nothing here"},
  };
  for (const auto& [text, error] : cases) {
    const Result<Expression> expression = Expression::parse(text);
    ASSERT_FALSE(expression.ok()) << text;
    EXPECT_TRUE(expression.error().message().starts_with(error)) << text << ": " << expression.error().message();
  }
}

std::string repeated(std::string_view piece, std::size_t count, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text.append(last);
}

TEST(Expression, IsBounded) {
  EXPECT_TRUE(Expression::parse(repeated("not ", Expression::kDepthMax, "ip")).ok());
  EXPECT_FALSE(Expression::parse(repeated("not ", Expression::kDepthMax + 1, "ip")).ok());
  EXPECT_FALSE(Expression::parse(repeated("(", Expression::kDepthMax + 1, "ip")).ok());
  EXPECT_TRUE(Expression::parse(repeated("ip and ", Expression::kNodesMax - 2, "ip")).ok());
  EXPECT_FALSE(Expression::parse(repeated("ip and ", Expression::kNodesMax, "ip")).ok());
  EXPECT_FALSE(Expression::parse("ip" + std::string(Expression::kBytesMax, ' ')).ok());
}

TEST(ValueName, GoesThereAndBack) {
  for (const char* text : {"header:x-user-id", "cookie:uid", "query:a:b", "jwt:sub", "ip", "method", "host", "path"}) {
    const Result<ValueName> name = parse_value_name(text);
    ASSERT_TRUE(name.ok()) << text;
    EXPECT_EQ(name->text(), text);
  }
  for (const char* text : {"", "header", "header:", "header:a b", "ip:1", "agent", "Header:x"}) {
    EXPECT_FALSE(parse_value_name(text).ok()) << text;
  }
}

}  // namespace
}  // namespace banyan
