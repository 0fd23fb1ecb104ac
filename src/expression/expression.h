// Conditions on a request, written as text: what a rule of a route may ask that its simple keys cannot say.
//
//   header("x-version") starts_with "2." and not (ip cidr "10.0.0.0/8" or method in ["POST", "PUT"])
//
//   condition    all { "or" all }          all = one { "and" one }
//   one          "not" one | "(" condition ")" | value [test]
//   value        header("NAME") | cookie("NAME") | query("NAME") | jwt("CLAIM") | ip | method | host | path
//   test         ("==" | "!=") (TEXT | NUMBER) | ("<" | "<=" | ">" | ">=") NUMBER
//                | ("starts_with" | "ends_with" | "contains") TEXT | "in" TEXTS | "cidr" TEXTS
//   TEXTS        TEXT | "[" TEXT { "," TEXT } "]"
//
// A value alone is true where the request has it. A test of a value that is not there is false, but for "!=". Beside a
// NUMBER both sides are numbers: `== 2` holds for "2" and "2.0", and a value that is none passes no test but "!=".
// There are no regular expressions: what they would be for here, the four tests of text do in linear time.
//
// Pure. Bounds: kBytesMax of text, kNodesMax conditions, kDepthMax parentheses and "not"s inside each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_network.h"
#include "base/result.h"
#include "expression/request_value.h"

namespace banyan {

class Expression {
 public:
  static constexpr std::size_t kBytesMax = 8192;
  static constexpr std::size_t kNodesMax = 256;
  static constexpr std::size_t kDepthMax = 32;

  // Errors (kInvalidArgument) begin with where: "line 1, column 8: ", columns counting bytes from 1.
  static Result<Expression> parse(std::string_view text);

  bool holds(const RequestValues& values) const { return holds(root_, values); }

 private:
  friend class ExpressionParser;
  enum class Test : std::uint8_t {
    kAll,
    kAny,
    kNot,
    kPresent,
    kEqual,
    kNotEqual,
    kStartsWith,
    kEndsWith,
    kContains,
    kIn,
    kCidr,
    kNumberEqual,
    kNumberNotEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual
  };
  struct Node {
    Test test = Test::kPresent;
    std::vector<std::uint16_t> parts;  // of kAll, kAny and kNot
    ValueName value;                   // of the others
    std::vector<std::string> texts;
    std::vector<IpNetwork> networks;
    double number = 0;
  };

  bool holds(std::size_t index, const RequestValues& values) const;
  static bool passes(const Node& node, const RequestValues& values);
  static bool passes_text(const Node& node, std::string_view value);
  static bool passes_number(const Node& node, std::string_view value);

  std::vector<Node> nodes_;
  std::size_t root_ = 0;
};

}  // namespace banyan
