#include "expression/expression.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace banyan {
namespace {

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

bool Expression::holds(std::size_t index, const RequestValues& values) const {
  const Node& node = nodes_[index];
  const auto part_holds = [&](std::uint16_t part) { return holds(part, values); };
  switch (node.test) {
    case Test::kAll:
      return std::all_of(node.parts.begin(), node.parts.end(), part_holds);
    case Test::kAny:
      return std::any_of(node.parts.begin(), node.parts.end(), part_holds);
    case Test::kNot:
      return !part_holds(node.parts.front());
    default:
      return passes(node, values);
  }
}

bool Expression::passes(const Node& node, const RequestValues& values) {
  std::string scratch;
  const std::optional<std::string_view> value = values.find(node.value, scratch);
  if (!value) return node.test == Test::kNotEqual || node.test == Test::kNumberNotEqual;
  if (node.test >= Test::kNumberEqual) return passes_number(node, *value);
  return passes_text(node, *value);
}

bool Expression::passes_text(const Node& node, std::string_view value) {
  switch (node.test) {
    case Test::kEqual:
      return value == node.texts.front();
    case Test::kNotEqual:
      return value != node.texts.front();
    case Test::kStartsWith:
      return value.starts_with(node.texts.front());
    case Test::kEndsWith:
      return value.ends_with(node.texts.front());
    case Test::kContains:
      return value.find(node.texts.front()) != value.npos;
    case Test::kIn:
      return std::find(node.texts.begin(), node.texts.end(), value) != node.texts.end();
    case Test::kCidr: {
      const std::optional<IpAddress> address = parse_ip(value);
      const auto contains = [&](const IpNetwork& network) { return network.contains(*address); };
      return address && std::any_of(node.networks.begin(), node.networks.end(), contains);
    }
    default:
      return true;  // kPresent
  }
}

bool Expression::passes_number(const Node& node, std::string_view value) {
  const std::optional<double> number = number_of(value);
  if (!number) return node.test == Test::kNumberNotEqual;
  switch (node.test) {
    case Test::kNumberEqual:
      return *number == node.number;
    case Test::kNumberNotEqual:
      return *number != node.number;
    case Test::kLess:
      return *number < node.number;
    case Test::kLessEqual:
      return *number <= node.number;
    case Test::kGreater:
      return *number > node.number;
    default:
      return *number >= node.number;
  }
}

// Recursive descent over the text; one token of look-ahead.
class ExpressionParser {
 public:
  explicit ExpressionParser(std::string_view text) : text_(text) {}

  Result<Expression> parse() {
    if (text_.size() > Expression::kBytesMax)
      return refuse(0, "the expression is longer than 8 KiB, split it in rules");
    BANYAN_TRY_VOID(advance());
    BANYAN_TRY(expression_.root_, parse_any());
    if (token_.kind != Kind::kEnd) return unexpected("'and', 'or' or the end");
    return std::move(expression_);
  }

 private:
  using Test = Expression::Test;
  using Node = Expression::Node;
  enum class Kind : std::uint8_t { kEnd, kWord, kText, kNumber, kSign };
  struct Token {
    Kind kind = Kind::kEnd;
    std::size_t at = 0;
    std::string text;  // decoded, of kText
    double number = 0;
  };

  Error refuse(std::size_t at, const std::string& what) const {
    const std::string_view before = text_.substr(0, at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t newline = before.rfind('\n');
    const std::size_t column = newline == before.npos ? at + 1 : at - newline;
    return Error(ErrorCode::kInvalidArgument,
                 "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + what);
  }
  Error unexpected(const std::string& wanted) const {
    const std::string found = token_.kind == Kind::kEnd    ? "the end"
                              : token_.kind == Kind::kText ? "a text"
                                                           : "'" + token_.text + "'";
    return refuse(token_.at, "expected " + wanted + ", found " + found);
  }
  bool is(std::string_view word) const {
    return (token_.kind == Kind::kWord || token_.kind == Kind::kSign) && token_.text == word;
  }

  Result<void> advance();
  Result<void> read_text();
  Result<void> read_number();
  Result<void> read_sign();
  Result<std::size_t> add(Node node);
  Result<std::size_t> parse_any() { return parse_list("or", Test::kAny, &ExpressionParser::parse_all); }
  Result<std::size_t> parse_all() { return parse_list("and", Test::kAll, &ExpressionParser::parse_one); }
  Result<std::size_t> parse_list(std::string_view word, Test test, Result<std::size_t> (ExpressionParser::*part)());
  Result<std::size_t> parse_one();
  Result<std::size_t> parse_inner();
  Result<ValueName> parse_value();
  Result<std::size_t> parse_test();
  Result<void> parse_equality(Node& node, bool equal);
  Result<void> parse_order(Node& node, Test test);
  Result<void> parse_texts(Node& node, bool list);
  Result<void> parse_item(Node& node);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  Token token_;
  Expression expression_;
};

Result<void> ExpressionParser::advance() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
  token_ = {.at = at_};
  if (at_ == text_.size()) return {};
  const char c = text_[at_];
  if (c == '"' || c == '\'') return read_text();
  if ((c >= '0' && c <= '9') || c == '-') return read_number();
  if (kLetters.find(c) == kLetters.npos) return read_sign();
  const std::size_t end = std::min(text_.find_first_not_of(kLetters, at_), text_.size());
  token_.kind = Kind::kWord;
  token_.text = text_.substr(at_, end - at_);
  at_ = end;
  return {};
}

Result<void> ExpressionParser::read_text() {
  token_.kind = Kind::kText;
  const char quote = text_[at_++];
  for (; at_ < text_.size(); ++at_) {
    char c = text_[at_];
    if (c == quote) {
      ++at_;
      return {};
    }
    if (c == '\\') {
      if (++at_ == text_.size()) break;
      c = text_[at_];
      if (c != '\\' && c != '"' && c != '\'') return refuse(at_ - 1, "write \\\\ for a backslash, \\\" for a quote");
    }
    token_.text += c;
  }
  return refuse(token_.at, "the text has no end, add a quote");
}

Result<void> ExpressionParser::read_number() {
  token_.kind = Kind::kNumber;
  const std::size_t end = std::min(text_.find_first_not_of("0123456789.", at_ + 1), text_.size());
  token_.text = text_.substr(at_, end - at_);
  const std::optional<double> number = number_of(token_.text);
  if (!number) return refuse(at_, "'" + token_.text + "' is no number, write 42 or 1.5");
  token_.number = *number;
  at_ = end;
  return {};
}

Result<void> ExpressionParser::read_sign() {
  token_.kind = Kind::kSign;
  for (const std::string_view sign : {"==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ","}) {
    if (!text_.substr(at_).starts_with(sign)) continue;
    token_.text = sign;
    at_ += sign.size();
    return {};
  }
  const std::string_view rest = text_.substr(at_);
  for (const auto& [foreign, own] : {std::pair("&&", "and"), {"||", "or"}, {"!", "not"}, {"=", "=="}}) {
    if (rest.starts_with(foreign)) {
      return refuse(at_, "'" + std::string(foreign) + "' means nothing here, write '" + own + "'");
    }
  }
  const unsigned char c = static_cast<unsigned char>(rest.front());
  const std::string shown = c > ' ' && c <= '~' ? "'" + std::string(1, rest.front()) + "'" : "this character";
  return refuse(at_, shown + " means nothing here; texts stand in quotes");
}

Result<std::size_t> ExpressionParser::add(Node node) {
  if (expression_.nodes_.size() == Expression::kNodesMax) {
    return refuse(token_.at, "more than 256 conditions, split them in rules");
  }
  expression_.nodes_.push_back(std::move(node));
  return expression_.nodes_.size() - 1;
}

Result<std::size_t> ExpressionParser::parse_list(std::string_view word, Test test,
                                                 Result<std::size_t> (ExpressionParser::*part)()) {
  BANYAN_TRY(const std::size_t first, (this->*part)());
  if (!is(word)) return first;
  Node node{.test = test, .parts = {static_cast<std::uint16_t>(first)}};
  while (is(word)) {
    BANYAN_TRY_VOID(advance());
    BANYAN_TRY(const std::size_t next, (this->*part)());
    node.parts.push_back(static_cast<std::uint16_t>(next));
  }
  return add(std::move(node));
}

Result<std::size_t> ExpressionParser::parse_one() {
  if (!is("not") && !is("(")) return parse_test();
  if (depth_ == Expression::kDepthMax) return refuse(token_.at, "more than 32 parentheses inside each other");
  ++depth_;
  Result<std::size_t> inner = parse_inner();
  --depth_;
  return inner;
}

Result<std::size_t> ExpressionParser::parse_inner() {
  const bool negated = is("not");
  BANYAN_TRY_VOID(advance());
  if (negated) {
    BANYAN_TRY(const std::size_t part, parse_one());
    return add({.test = Test::kNot, .parts = {static_cast<std::uint16_t>(part)}});
  }
  BANYAN_TRY(const std::size_t inside, parse_any());
  if (!is(")")) return unexpected("')'");
  BANYAN_TRY_VOID(advance());
  return inside;
}

Result<ValueName> ExpressionParser::parse_value() {
  const std::optional<ValueKind> kind = token_.kind == Kind::kWord ? kind_of_word(token_.text) : std::nullopt;
  if (!kind) {
    return unexpected(
        "a value: header(\"NAME\"), cookie(\"NAME\"), query(\"NAME\"), jwt(\"CLAIM\"), ip, method, host or path");
  }
  ValueName value{*kind, {}};
  const std::string word = token_.text;
  BANYAN_TRY_VOID(advance());
  if (!takes_name(*kind)) return value;
  if (!is("(")) return unexpected("a name, as in " + word + "(\"NAME\")");
  BANYAN_TRY_VOID(advance());
  if (token_.kind != Kind::kText) return unexpected("a name in quotes");
  const Result<ValueName> checked = parse_value_name(word + ":" + token_.text);
  if (!checked.ok()) return refuse(token_.at, checked.error().message());
  value.name = token_.text;
  BANYAN_TRY_VOID(advance());
  if (!is(")")) return unexpected("')'");
  BANYAN_TRY_VOID(advance());
  return value;
}

Result<std::size_t> ExpressionParser::parse_test() {
  Node node;
  BANYAN_TRY(node.value, parse_value());
  constexpr std::pair<std::string_view, Test> kOrders[] = {
      {"<", Test::kLess}, {"<=", Test::kLessEqual}, {">", Test::kGreater}, {">=", Test::kGreaterEqual}};
  constexpr std::pair<std::string_view, Test> kTexts[] = {{"starts_with", Test::kStartsWith},
                                                          {"ends_with", Test::kEndsWith},
                                                          {"contains", Test::kContains},
                                                          {"in", Test::kIn},
                                                          {"cidr", Test::kCidr}};
  if (is("==") || is("!=")) BANYAN_TRY_VOID(parse_equality(node, is("==")));
  for (const auto& [word, test] : kOrders) {
    if (node.test == Test::kPresent && is(word)) BANYAN_TRY_VOID(parse_order(node, test));
  }
  for (const auto& [word, test] : kTexts) {
    if (node.test != Test::kPresent || !is(word)) continue;
    node.test = test;
    BANYAN_TRY_VOID(advance());
    BANYAN_TRY_VOID(parse_texts(node, test >= Test::kIn));
  }
  return add(std::move(node));
}

Result<void> ExpressionParser::parse_equality(Node& node, bool equal) {
  BANYAN_TRY_VOID(advance());
  if (token_.kind == Kind::kNumber) {
    node.test = equal ? Test::kNumberEqual : Test::kNumberNotEqual;
    node.number = token_.number;
    return advance();
  }
  if (token_.kind != Kind::kText) return unexpected("a text in quotes or a number");
  node.test = equal ? Test::kEqual : Test::kNotEqual;
  node.texts = {std::move(token_.text)};
  return advance();
}

Result<void> ExpressionParser::parse_order(Node& node, Test test) {
  BANYAN_TRY_VOID(advance());
  if (token_.kind != Kind::kNumber) return unexpected("a number");
  node.test = test;
  node.number = token_.number;
  return advance();
}

Result<void> ExpressionParser::parse_texts(Node& node, bool list) {
  if (!list || !is("[")) return parse_item(node);
  do {
    BANYAN_TRY_VOID(advance());
    BANYAN_TRY_VOID(parse_item(node));
  } while (is(","));
  if (!is("]")) return unexpected("',' or ']'");
  return advance();
}

Result<void> ExpressionParser::parse_item(Node& node) {
  if (token_.kind != Kind::kText) return unexpected("a text in quotes");
  if (node.test == Test::kCidr) {
    const Result<IpNetwork> network = parse_network(token_.text);
    if (!network.ok()) return refuse(token_.at, network.error().message());
    node.networks.push_back(*network);
  } else {
    node.texts.push_back(std::move(token_.text));
  }
  return advance();
}

Result<Expression> Expression::parse(std::string_view text) { return ExpressionParser(text).parse(); }

}  // namespace banyan
