// What PHP's compiler makes of an expression of constants before the program runs: the type of its value, and the value
// where the checks need it. Where PHP would warn or throw, its compiler leaves the expression alone, and so does this.
// Not followed: nesting beyond kFoldDepthMax, the values of floats, arrays and strings with escapes.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>

#include "php_lex/keywords.h"
#include "php_parse/checker.h"

namespace banyan::php {

namespace {

Folded of_type(std::uint32_t type) { return {.type = type}; }

Folded of_integer(std::int64_t value) { return {.type = kTypeInt, .integer = value}; }

Folded of_bool(bool value) { return of_type(value ? kTypeTrue : kTypeFalse); }

// Whether the value is taken for true; nothing where that is not known.
std::optional<bool> truth(const Folded& value) {
  switch (value.type) {
    case kTypeNull:
    case kTypeFalse:
      return false;
    case kTypeTrue:
      return true;
    default:
      if (value.integer) return *value.integer != 0;
      if (value.text) return !value.text->empty() && *value.text != "0";
      return std::nullopt;
  }
}

// The number a text is as a whole: nothing where PHP would warn, or the form is a rarer one.
Folded numeric(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stopped == end) return of_integer(value);
  const auto are_digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == part.npos;
  };
  const std::size_t dot = text.find('.');
  if (dot == text.npos || !are_digits(text.substr(0, dot)) || !are_digits(text.substr(dot + 1))) return {};
  return of_type(kTypeFloat);
}

// The value as arithmetic takes it: a float, or an integer that is known.
Folded number(const Folded& value) {
  switch (value.type) {
    case kTypeNull:
    case kTypeFalse:
      return of_integer(0);
    case kTypeTrue:
      return of_integer(1);
    case kTypeFloat:
      return value;
    default:
      if (value.integer) return value;
      return value.text ? numeric(*value.text) : Folded{};
  }
}

Folded power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) return base == 0 ? Folded{} : of_type(kTypeFloat);
  if (base >= -1 && base <= 1) return of_integer(exponent == 0 || (base < 0 && exponent % 2 == 0) ? 1 : base);
  std::int64_t result = 1;
  for (; exponent > 0; --exponent) {
    if (__builtin_mul_overflow(result, base, &result)) return of_type(kTypeFloat);
  }
  return of_integer(result);
}

Folded divide(std::int64_t left, std::int64_t right) {
  if (right == 0) return {};
  if (right == -1 && left == INT64_MIN) return of_type(kTypeFloat);
  return left % right == 0 ? of_integer(left / right) : of_type(kTypeFloat);
}

Folded shift(TokenKind op, std::int64_t left, std::int64_t right) {
  if (right < 0) return {};
  if (op == TokenKind::kShiftRight) return of_integer(left >> std::min<std::int64_t>(right, 63));
  return of_integer(right > 63 ? 0 : static_cast<std::int64_t>(static_cast<std::uint64_t>(left) << right));
}

Folded integer_arithmetic(TokenKind op, std::int64_t left, std::int64_t right) {
  std::int64_t result = 0;
  switch (op) {
    case TokenKind::kPlus:
      return __builtin_add_overflow(left, right, &result) ? of_type(kTypeFloat) : of_integer(result);
    case TokenKind::kMinus:
      return __builtin_sub_overflow(left, right, &result) ? of_type(kTypeFloat) : of_integer(result);
    case TokenKind::kStar:
      return __builtin_mul_overflow(left, right, &result) ? of_type(kTypeFloat) : of_integer(result);
    case TokenKind::kSlash:
      return divide(left, right);
    case TokenKind::kPercent:
      if (right == 0) return {};
      return of_integer(right == -1 ? 0 : left % right);
    case TokenKind::kPower:
      return power(left, right);
    case TokenKind::kShiftLeft:
    case TokenKind::kShiftRight:
      return shift(op, left, right);
    case TokenKind::kAmpersand:
      return of_integer(left & right);
    case TokenKind::kPipe:
      return of_integer(left | right);
    case TokenKind::kCaret:
      return of_integer(left ^ right);
    default:
      return {};
  }
}

Folded arithmetic(TokenKind op, const Folded& left, const Folded& right) {
  const Folded a = number(left);
  const Folded b = number(right);
  if (a.type == 0 || b.type == 0) return {};
  if (a.integer && b.integer) return integer_arithmetic(op, *a.integer, *b.integer);
  const bool is_safe = op == TokenKind::kPlus || op == TokenKind::kMinus || op == TokenKind::kStar ||
                       (op == TokenKind::kSlash && b.integer.value_or(0) != 0) ||
                       (op == TokenKind::kPower && b.integer.value_or(-1) >= 0);
  return is_safe ? of_type(kTypeFloat) : Folded{};
}

// `left` and `right` are known.
Folded combine(TokenKind op, const Folded& left, const Folded& right) {
  const auto both = [&](std::uint32_t type) { return left.type == type && right.type == type; };
  switch (op) {
    case TokenKind::kDot:
      return left.type == kTypeArray || right.type == kTypeArray ? Folded{} : of_type(kTypeString);
    case TokenKind::kLess:
    case TokenKind::kLessEqual:
    case TokenKind::kGreater:
    case TokenKind::kGreaterEqual:
    case TokenKind::kEqual:
    case TokenKind::kNotEqual:
    case TokenKind::kIdentical:
    case TokenKind::kNotIdentical:
    case TokenKind::kLogicalXor:
      return of_type(kTypeBool);
    case TokenKind::kSpaceship:
      return of_type(kTypeInt);
    case TokenKind::kAmpersand:
    case TokenKind::kPipe:
    case TokenKind::kCaret:
      return both(kTypeString) ? of_type(kTypeString) : arithmetic(op, left, right);
    case TokenKind::kPlus:
      return both(kTypeArray) ? of_type(kTypeArray) : arithmetic(op, left, right);
    default:
      return arithmetic(op, left, right);
  }
}

}  // namespace

// The value of an integer literal; nothing where it is too large for one.
std::optional<std::int64_t> Checker::literal_integer(NodeId node) const {
  std::string digits;
  std::ranges::copy_if(text(node), std::back_inserter(digits), [](char c) { return c != '_'; });
  int base = 10;
  std::size_t from = 0;
  if (digits.size() > 1 && digits[0] == '0') {
    const char mark = to_lower(digits[1]);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    from = mark >= '0' && mark <= '9' ? 1 : 2;
  }
  std::int64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data() + from, end, value, base);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

Folded Checker::fold(NodeId node, int depth) const {
  if (depth == 0 || !node) return {};
  switch (kind(node)) {
    case Kind::kParenthesized:
      return fold(child(node, 0), depth - 1);
    case Kind::kInteger: {
      const std::optional<std::int64_t> value = literal_integer(node);
      return value ? of_integer(*value) : of_type(kTypeFloat);
    }
    case Kind::kString:
      return fold_string(node);
    case Kind::kArray:
      return fold_array(node, depth - 1);
    case Kind::kMagicConstant:
      return of_type(magic_constant_type(node));
    case Kind::kClassConstant:
      return is_known_class_name(node) ? of_type(kTypeString) : Folded{};
    default:
      if (!has(Feature::kScalarTypes)) return of_type(literal_type(node));
      return fold_operator(node, depth - 1);
  }
}

Folded Checker::fold_operator(NodeId node, int depth) const {
  switch (kind(node)) {
    case Kind::kUnary:
      return fold_unary(node, depth);
    case Kind::kBinary:
      return fold_binary(node, depth);
    case Kind::kTernary: {
      const Folded condition = fold(child(node, 0), depth);
      const std::optional<bool> holds = truth(condition);
      if (!holds) return {};
      if (*holds) return (flags(node) & kFlagShort) != 0 ? condition : fold(child(node, 1), depth);
      return fold(child(node, 2), depth);
    }
    default:
      return of_type(literal_type(node));
  }
}

Folded Checker::fold_string(NodeId node) const {
  Folded folded{.type = kTypeString};
  std::string_view written = text(node);
  if (written.starts_with('b') || written.starts_with('B')) written.remove_prefix(1);
  if (written.size() >= 2 && written.find('\\') == written.npos) folded.text = written.substr(1, written.size() - 2);
  return folded;
}

Folded Checker::fold_array(NodeId node, int depth) const {
  if ((flags(node) & kFlagListSyntax) != 0) return {};
  const bool known = std::ranges::all_of(children(node), [&](NodeId item) {
    const NodeId key = child(item, 0);
    return (flags(item) & kFlagReference) == 0 && fold(child(item, 1), depth).type != 0 &&
           (!key || fold(key, depth).type != 0);
  });
  return known ? of_type(kTypeArray) : Folded{};
}

Folded Checker::fold_unary(NodeId node, int depth) const {
  const TokenKind op = ast_.header(node).op;
  const Folded operand = fold(child(node, 0), depth);
  if (operand.type == 0) return {};
  if (op == TokenKind::kBang) {
    const std::optional<bool> holds = truth(operand);
    return holds ? of_bool(!*holds) : of_type(kTypeBool);
  }
  if (op == TokenKind::kTilde) {
    return operand.type == kTypeInt || operand.type == kTypeString ? of_type(operand.type) : Folded{};
  }
  if (op != TokenKind::kMinus && op != TokenKind::kPlus) return {};
  return arithmetic(op, of_integer(0), operand);
}

Folded Checker::fold_binary(NodeId node, int depth) const {
  const TokenKind op = ast_.header(node).op;
  const Folded left = fold(child(node, 0), depth);
  if (left.type == 0) return {};
  if (op == TokenKind::kCoalesce) return left.type == kTypeNull ? fold(child(node, 1), depth) : left;
  const bool is_and = op == TokenKind::kAndAnd || op == TokenKind::kLogicalAnd;
  const bool is_or = op == TokenKind::kOrOr || op == TokenKind::kLogicalOr;
  if ((is_and || is_or) && truth(left) == is_or) return of_bool(is_or);
  const Folded right = fold(child(node, 1), depth);
  if (right.type == 0) return {};
  if (!is_and && !is_or) return combine(op, left, right);
  const std::optional<bool> holds = truth(right);
  return truth(left) && holds ? of_bool(*holds) : of_type(kTypeBool);
}

// __LINE__ is an integer, the others are strings; of a trait or of a class that a closure may be bound to, none is
// known.
std::uint32_t Checker::magic_constant_type(NodeId node) const {
  switch (tree_.stream.tokens[ast_.header(node).first].kind) {
    case TokenKind::kLineConstant:
      return kTypeInt;
    case TokenKind::kClassConstant:
      if (function_->is_closure || (class_ != nullptr && class_->kind == Kind::kTrait)) return 0;
      return kTypeString;
    case TokenKind::kDirConstant:
    case TokenKind::kFileConstant:
    case TokenKind::kFunctionConstant:
    case TokenKind::kMethodConstant:
    case TokenKind::kNamespaceConstant:
      return kTypeString;
    default:
      return 0;
  }
}

// Whether the node is A::class, where it is known which class that is.
bool Checker::is_known_class_name(NodeId node) const {
  const NodeId scope = without_parentheses(child(node, 0));
  if (kind(scope) != Kind::kName || !equals_ignoring_case(text(child(node, 1)), "class")) return false;
  const std::string name = name_text(scope);
  if (!is_relative_class(name)) return true;
  if (class_ == nullptr || !scope_is_known() || equals_ignoring_case(name, "static")) return false;
  return equals_ignoring_case(name, "self") || class_->has_parent;
}

}  // namespace banyan::php
