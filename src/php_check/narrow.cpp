// What a condition says about the types of variables once it holds, or does not.
#include <algorithm>

#include "php_check/evaluator.h"
#include "php_check/safe_text.h"

namespace banyan::php {

namespace {

constexpr int kNarrowDepthMax = 16;
constexpr int kAlternativeDepthMax = 8;  // each doubles the work
constexpr std::uint32_t kFalsy = kTypeNull | kTypeFalse;

struct TypeTest {
  std::string_view function;
  std::uint32_t bits;
};

constexpr TypeTest kTests[] = {
    {"is_int", kTypeInt},
    {"is_integer", kTypeInt},
    {"is_long", kTypeInt},
    {"is_float", kTypeFloat},
    {"is_double", kTypeFloat},
    {"is_string", kTypeString},
    {"is_bool", kTypeBool},
    {"is_array", kTypeArray},
    {"is_null", kTypeNull},
    {"is_object", kTypeObject},
    {"is_resource", kTypeResource},
    {"is_numeric", kTypeInt | kTypeFloat | kTypeString},
    {"is_scalar", kTypeInt | kTypeFloat | kTypeString | kTypeBool},
};

}  // namespace

// What a client sent as a whole ($_POST) or by a key that is written out, whether or not anything is known of it.
std::optional<std::uint32_t> Evaluator::client_slot(NodeId node) {
  const NodeId array = kind(node) == Kind::kIndex ? child(node, 0) : node;
  if (!array || kind(array) != Kind::kVariable) return std::nullopt;
  const std::string_view name = text(array);
  if (name != "$_GET" && name != "$_POST" && name != "$_REQUEST" && name != "$_COOKIE") return std::nullopt;
  std::string key = "[" + std::string(name) + "]";
  if (array == node) return slot(key);
  const NodeId index = child(node, 1);
  if (!index) return std::nullopt;
  std::string_view written = text(index);
  if (kind(index) == Kind::kString && written.size() >= 2) {
    written = written.substr(1, written.size() - 2);
  } else if (kind(index) != Kind::kIdentifier && kind(index) != Kind::kInteger) {
    return std::nullopt;
  }
  return slot(key.append(written));
}

// Variables, properties of $this and what a client sent, which is where narrowing is remembered.
std::optional<std::uint32_t> Evaluator::place_slot(NodeId node) {
  while (kind(node) == Kind::kParenthesized) node = child(node, 0);
  if (kind(node) == Kind::kAssign) return place_slot(child(node, 0));
  if (const auto client = client_slot(node)) {
    if (variable(*client).type.is_nothing()) {
      Value value{Type::mixed(), eval(node).taint};
      variable(*client) = std::move(value);
    }
    return client;
  }
  if (kind(node) == Kind::kVariable) {
    std::string_view name = text(node);
    if (name.starts_with('$')) name.remove_prefix(1);
    if (name == "this" || is_superglobal(name)) return std::nullopt;
    return slot(name);
  }
  const bool property = kind(node) == Kind::kProperty && kind(child(node, 1)) == Kind::kIdentifier;
  if (property && text(child(node, 0)) == "$this") return slot("->" + std::string(text(child(node, 1))));
  return std::nullopt;
}

void Evaluator::narrow(NodeId condition, bool holds, int depth) {
  if (!condition || depth > kNarrowDepthMax || !state_.reachable) return;
  switch (kind(condition)) {
    case Kind::kParenthesized:
      return narrow(child(condition, 0), holds, depth + 1);
    case Kind::kUnary:
      if (ast_.header(condition).op == TokenKind::kBang) narrow(child(condition, 0), !holds, depth + 1);
      return;
    case Kind::kBinary: {
      const TokenKind op = ast_.header(condition).op;
      const bool both = op == TokenKind::kAndAnd || op == TokenKind::kLogicalAnd;
      const bool either = op == TokenKind::kOrOr || op == TokenKind::kLogicalOr;
      if (!both && !either) return narrow_comparison(condition, holds);
      // Of "not both" or "either": the left one, or the right one where the left one is not so.
      if (both != holds) {
        if (depth > kAlternativeDepthMax) return;
        const State before = state_;
        narrow(child(condition, 0), holds, depth + 1);
        const State left = std::move(state_);
        state_ = before;
        narrow(child(condition, 0), !holds, depth + 1);
        narrow(child(condition, 1), holds, depth + 1);
        return join_into(state_, left);
      }
      narrow(child(condition, 0), holds, depth + 1);
      return narrow(child(condition, 1), holds, depth + 1);
    }
    case Kind::kInstanceof:
      return narrow_instance(condition, holds);
    case Kind::kIsset:
      if (!holds) return;
      for (const NodeId one : ast_.children(condition)) {
        if (const auto index = place_slot(one)) variable(*index).type = variable(*index).type.without(kTypeNull);
        // A key of an array no client has written is one of those the program knows.
        const NodeId key = kind(one) == Kind::kIndex ? child(one, 1) : NodeId{};
        if (key && !is_literal(kind(key)) && eval(child(one, 0)).taint == nullptr) forget_taint(key, kAllSinks);
      }
      return;
    case Kind::kEmpty:
      return narrow_truth(child(condition, 0), !holds);
    case Kind::kCall:
      return narrow_call(condition, holds);
    case Kind::kVariable:
    case Kind::kProperty:
    case Kind::kAssign:
      return narrow_truth(condition, holds);
    default:
      return;
  }
}

void Evaluator::narrow_truth(NodeId place, bool holds) {
  const auto index = place_slot(place);
  if (!index) return;
  Type& type = variable(*index).type;
  if (holds) {
    type = type.without(kFalsy);
  } else if (!type.is_mixed()) {
    type = type.without(kTypeTrue | kTypeObject | kTypeResource);
  }
}

// Integers, quoted strings without escapes, and constants of classes: what the program itself has written.
bool Evaluator::is_literal(NodeKind kind) {
  return kind == Kind::kString || kind == Kind::kInteger || kind == Kind::kClassConstant;
}

// What a test of $a ?? '', of (string) $a, of trim($a) or of the like tells about: $a.
NodeId Evaluator::tested_value(NodeId node) const {
  while (node) {
    if (kind(node) == Kind::kCall) {
      static constexpr std::string_view kSame[] = {"strtolower", "strtoupper", "trim", "strval"};
      const CallSite* const site = site_of(node);
      if (site == nullptr || site->arguments != 1) return node;
      const std::string& name = site->fallback.empty() ? site->name : site->fallback;
      if (std::find(std::begin(kSame), std::end(kSame), name) == std::end(kSame)) return node;
      node = child(child(child(node, 1), 0), 1);
      continue;
    }
    const bool same = kind(node) == Kind::kParenthesized ||
                      (kind(node) == Kind::kCast && ast_.header(node).op == TokenKind::kStringCast) ||
                      (kind(node) == Kind::kBinary && ast_.header(node).op == TokenKind::kCoalesce);
    if (!same) return node;
    node = child(node, 0);
  }
  return node;
}

void Evaluator::forget_taint(NodeId place, SinkMask harmless) {
  const auto index = place_slot(tested_value(place));
  if (index) variable(*index).taint = cleaned(variable(*index).taint, harmless);
}

// Only what is certain: === and !== with null, true, false; == null says nothing of a mixed value.
void Evaluator::narrow_comparison(NodeId node, bool holds) {
  const TokenKind op = ast_.header(node).op;
  const bool strict = op == TokenKind::kIdentical || op == TokenKind::kNotIdentical;
  if (!strict && op != TokenKind::kEqual && op != TokenKind::kNotEqual) return;
  const bool equal = (op == TokenKind::kIdentical || op == TokenKind::kEqual) == holds;
  NodeId place = child(node, 0);
  NodeId value = child(node, 1);
  if (equal && is_literal(kind(value))) forget_taint(place, kAllSinks);
  if (equal && is_literal(kind(place))) forget_taint(value, kAllSinks);
  if (!strict) return;
  if (kind(place) == Kind::kConstant) std::swap(place, value);
  const auto index = place_slot(place);
  if (!index || kind(value) != Kind::kConstant) return;
  const std::uint32_t bits = eval_constant(value).type.bits();
  if (bits != kTypeNull && bits != kTypeFalse && bits != kTypeTrue) return;
  Type& type = variable(*index).type;
  type = equal ? Type(bits) : type.without(bits);
}

void Evaluator::narrow_call(NodeId node, bool holds) {
  const CallSite* const site = site_of(node);
  if (site == nullptr) return;
  if (holds) narrow_taint(*site, node);
  if (site->arguments != 1) return;
  const std::string& name = site->fallback.empty() ? site->name : site->fallback;
  const auto* const test =
      std::find_if(std::begin(kTests), std::end(kTests), [&name](const TypeTest& one) { return one.function == name; });
  if (test == std::end(kTests)) return;
  const auto index = place_slot(child(child(child(node, 1), 0), 1));
  if (!index) return;
  Type& type = variable(*index).type;
  const Type narrowed = type.intersected(test->bits);
  if (holds) {
    type = narrowed.is_nothing() ? Type(test->bits) : narrowed.unverified(false);
  } else if (name != "is_numeric") {
    type = type.without(test->bits);
  }
}

// A client sends texts and lists of them: what is a number, an object, made of harmless characters, or one of the
// values the program knows, does no harm any more.
void Evaluator::narrow_taint(const CallSite& site, NodeId node) {
  const std::string& name = site.fallback.empty() ? site.name : site.fallback;
  const std::span<const NodeId> arguments = ast_.children(child(node, 1));
  if (arguments.empty()) return;
  const auto argument = [&](std::size_t i) { return child(arguments[i], 1); };
  if (proves_harmless(name)) {
    forget_taint(argument(0), kAllSinks);
  } else if ((name == "in_array" || name == "array_key_exists") && arguments.size() > 1) {
    if (eval(argument(1)).taint == nullptr) forget_taint(argument(0), kAllSinks);
  } else if (name == "preg_match" && arguments.size() > 1) {
    const Type pattern = eval(argument(0)).type;
    if (const std::string* const text = pattern.literal_string()) {
      forget_taint(argument(1), harmless_after_matching(*text));
    }
  }
}

void Evaluator::narrow_instance(NodeId node, bool holds) {
  const auto index = place_slot(child(node, 0));
  if (!index || !holds || kind(child(node, 1)) != Kind::kName) return;
  variable(*index) = {Type::object(class_of(child(node, 1))), nullptr};
}

}  // namespace banyan::php
