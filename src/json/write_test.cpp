#include "json/write.h"

#include <bit>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "json/parse.h"

namespace banyan::json {
namespace {

std::string number(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

std::string string_text(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

TEST(Write, PutsCommasWhereTheyBelong) {
  std::string out;
  Writer writer(out);
  writer.begin_object().key("a").integer(-1).key("b").begin_array().boolean(true).null().begin_array().end_array();
  writer.begin_object()
      .end_object()
      .number(0.5)
      .end_array()
      .key("c")
      .string("x")
      .key("d")
      .unsigned_integer(7)
      .end_object();
  EXPECT_EQ(out, R"({"a":-1,"b":[true,null,[],{},0.5],"c":"x","d":7})");
}

// The examples of ECMA-262 and RFC 8785, appendix B.
TEST(Write, NumbersReadAsEcmaScriptWritesThem) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-0.0), "0");
  EXPECT_EQ(number(100000), "100000");
  EXPECT_EQ(number(5e-324), "5e-324");
  EXPECT_EQ(number(-1.7976931348623157e308), "-1.7976931348623157e+308");
  EXPECT_EQ(number(9007199254740994), "9007199254740994");
  EXPECT_EQ(number(295147905179352830000.0), "295147905179352830000");
  EXPECT_EQ(number(9.999999999999997e22), "9.999999999999997e+22");
  EXPECT_EQ(number(999999999999999700000.0), "999999999999999700000");
  EXPECT_EQ(number(333333333.3333332), "333333333.3333332");
  EXPECT_EQ(number(-0.0000033333333333333333), "-0.0000033333333333333333");
  EXPECT_EQ(number(1e-7), "1e-7");
  EXPECT_EQ(number(1.5e-9), "1.5e-9");
  EXPECT_EQ(number(1e21), "1e+21");
  EXPECT_EQ(number(std::nan("")), "null");
  EXPECT_EQ(number(-INFINITY), "null");
}

TEST(Write, NumbersReadBackAsTheSameDouble) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    auto document = parse(number(value));
    ASSERT_TRUE(document.ok());
    ASSERT_EQ(*document->root().to_double(), value) << number(value);
  }
}

TEST(Write, EscapesWhatMustBeAndNothingElse) {
  EXPECT_EQ(string_text("a\"b\\c/\b\f\n\r\t\x01\x7f"), "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\x7f\"");
  EXPECT_EQ(string_text("\xE4\xBD\xA0 0123456789abcdef \xF0\x9F\x98\x80"),
            "\"\xE4\xBD\xA0 0123456789abcdef \xF0\x9F\x98\x80\"");
}

TEST(Write, FindsWhatMustBeEscapedAtEveryPlaceOfEveryLength) {
  for (std::size_t length = 0; length <= 50; ++length) {
    const std::string plain(length, 'x');
    EXPECT_EQ(string_text(plain), '"' + plain + '"');
    for (std::size_t at = 0; at < length; ++at) {
      std::string text = plain;
      text[at] = '\n';
      EXPECT_EQ(string_text(text), '"' + plain.substr(0, at) + "\\n" + plain.substr(at + 1) + '"');
      text[length - 1] = '"';  // a second one, so that the first must be the one that is found
      EXPECT_EQ(string_text(text).size(), length + 2 + (at == length - 1 ? 1 : 2)) << text;
    }
  }
}

TEST(Write, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(string_text("a\xFF"
                        "b"),
            "\"a\xEF\xBF\xBD"
            "b\"");
  EXPECT_EQ(string_text("\xC3"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(string_text("\xE4\xBD"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  std::mt19937 random(2);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    ASSERT_TRUE(parse(string_text(bytes)).ok());
  }
}

TEST(Write, KeepsOrderAndNumbersOfADocument) {
  std::string text = R"({"b":1.50,"a":[1e2,"\u00e9",{}],"b":null})";
  EXPECT_EQ(write(parse(text)->root()), "{\"b\":1.50,\"a\":[1e2,\"\xC3\xA9\",{}],\"b\":null}");
}

}  // namespace
}  // namespace banyan::json
