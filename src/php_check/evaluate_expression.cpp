#include <algorithm>
#include <charconv>
#include <limits>

#include "php_check/builtins.h"
#include "php_check/evaluator.h"

namespace banyan::php {

namespace {

constexpr std::uint32_t kNumber = kTypeInt | kTypeFloat;

bool is_link(NodeKind kind) {
  return kind == NodeKind::kBinary || kind == NodeKind::kIndex || kind == NodeKind::kProperty ||
         kind == NodeKind::kNullsafeProperty || kind == NodeKind::kMethodCall || kind == NodeKind::kNullsafeMethodCall;
}

bool is_comparison(TokenKind op) {
  return op == TokenKind::kEqual || op == TokenKind::kNotEqual || op == TokenKind::kIdentical ||
         op == TokenKind::kNotIdentical || op == TokenKind::kLess || op == TokenKind::kLessEqual ||
         op == TokenKind::kGreater || op == TokenKind::kGreaterEqual;
}

std::optional<std::int64_t> exact(TokenKind op, std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  bool overflows = true;
  if (op == TokenKind::kPlus) overflows = __builtin_add_overflow(a, b, &out);
  if (op == TokenKind::kMinus) overflows = __builtin_sub_overflow(a, b, &out);
  if (op == TokenKind::kStar) overflows = __builtin_mul_overflow(a, b, &out);
  return overflows ? std::nullopt : std::optional(out);
}

// The range of a sum, difference or product of ranges; nothing where it may leave the integers.
std::optional<Type> range_of(TokenKind op, const TypeDetail& a, const TypeDetail& b) {
  if (!a.has_range || !b.has_range) return std::nullopt;
  std::int64_t low = std::numeric_limits<std::int64_t>::max();
  std::int64_t high = std::numeric_limits<std::int64_t>::min();
  for (const std::int64_t x : {a.low, a.high}) {
    for (const std::int64_t y : {b.low, b.high}) {
      const auto value = exact(op, x, y);
      if (!value) return std::nullopt;
      low = std::min(low, *value);
      high = std::max(high, *value);
    }
  }
  return Type::integer(low, high);
}

// The operator behind "+=".
TokenKind assigned_operator(TokenKind op) {
  switch (op) {
    case TokenKind::kPlusAssign:
      return TokenKind::kPlus;
    case TokenKind::kMinusAssign:
      return TokenKind::kMinus;
    case TokenKind::kStarAssign:
      return TokenKind::kStar;
    case TokenKind::kSlashAssign:
      return TokenKind::kSlash;
    case TokenKind::kDotAssign:
      return TokenKind::kDot;
    case TokenKind::kPercentAssign:
      return TokenKind::kPercent;
    case TokenKind::kPowerAssign:
      return TokenKind::kPower;
    case TokenKind::kCoalesceAssign:
      return TokenKind::kCoalesce;
    default:
      return TokenKind::kAmpersand;
  }
}

const ShapeKey* find_key(const TypeDetail& detail, std::string_view key) {
  const auto found =
      std::find_if(detail.shape.begin(), detail.shape.end(), [key](const ShapeKey& one) { return one.key == key; });
  return found == detail.shape.end() ? nullptr : &*found;
}

std::optional<std::string> literal_key(const Type& type) {
  if (const std::string* const text = type.literal_string()) return *text;
  if (const std::int64_t* const number = type.literal_integer()) return std::to_string(*number);
  return std::nullopt;
}

}  // namespace

// Chains lean left and may be as long as the file, so they are unrolled.
Value Evaluator::eval(NodeId node) {
  if (!node || exhausted()) return {Type::mixed(), nullptr};
  if (!is_link(kind(node))) {
    const Value value = eval_leaf(node);
    if (record_ != nullptr) record_->add(node, value.type);
    return value;
  }
  std::vector<NodeId> links;
  while (node && is_link(kind(node))) {
    links.push_back(node);
    node = child(node, 0);
  }
  Value value = eval(node);
  for (std::size_t i = links.size(); i > 0; --i) {
    value = eval_link(links[i - 1], std::move(value));
    if (record_ != nullptr) record_->add(links[i - 1], value.type);
  }
  return value;
}

Value Evaluator::eval_link(NodeId node, Value base) {
  switch (kind(node)) {
    case Kind::kBinary:
      return eval_binary(node, base);
    case Kind::kIndex:
      return eval_index(node, base);
    case Kind::kProperty:
    case Kind::kNullsafeProperty:
      return eval_property(node, base);
    default:
      return eval_method_call(node, base);
  }
}

Value Evaluator::eval_leaf(NodeId node) {
  if (++depth_ > kDepthMax) {
    --depth_;
    return {Type::mixed(), nullptr};
  }
  struct Leave {
    int& depth;
    ~Leave() { --depth; }
  } leave{depth_};
  switch (kind(node)) {
    case Kind::kVariable:
      return eval_variable(node);
    case Kind::kInteger:
      return eval_integer(node);
    case Kind::kFloat:
      return {Type(kTypeFloat), nullptr};
    case Kind::kString:
      return eval_string(node);
    case Kind::kInterpolated:
    case Kind::kHeredoc:
    case Kind::kShellCommand:
      return eval_parts(node);
    case Kind::kMagicConstant:
      return {text(node) == "__LINE__" ? Type(kTypeInt) : Type(kTypeString), nullptr};
    case Kind::kConstant:
      return eval_constant(node);
    case Kind::kClassConstant:
      return eval_class_constant(node);
    case Kind::kStaticProperty:
      return eval_static_property(node);
    case Kind::kArray:
      return eval_array(node);
    case Kind::kCall:
      return eval_call(node);
    case Kind::kStaticCall:
      return eval_static_call(node);
    case Kind::kNew:
      return eval_new(node);
    case Kind::kUnary:
      return eval_unary(node);
    case Kind::kCast:
      return eval_cast(node);
    case Kind::kPrefixUpdate:
    case Kind::kPostfixUpdate:
      return eval_update(node);
    case Kind::kAssign:
    case Kind::kAssignReference:
      return eval_assign(node);
    case Kind::kTernary:
      return eval_ternary(node);
    case Kind::kMatch:
      return eval_match(node);
    case Kind::kInclude:
    case Kind::kEval:
      return eval_include(node);
    case Kind::kParenthesized:
    case Kind::kClone:
      return eval(child(node, 0));
    default:
      return eval_other(node);
  }
}

Value Evaluator::eval_other(NodeId node) {
  switch (kind(node)) {
    case Kind::kInstanceof:
      eval(child(node, 0));
      return {Type(kTypeBool), nullptr};
    case Kind::kIsset:
    case Kind::kEmpty:
      return {Type(kTypeBool), nullptr};
    case Kind::kPrint:
      check_sink(TaintSink::kHtml, eval(child(node, 0)), node, "print");
      return {Type::integer(1, 1), nullptr};
    case Kind::kExit:
      if (child(node, 0)) check_sink(TaintSink::kHtml, eval(child(node, 0)), node, "exit");
      state_.reachable = false;
      return {};
    case Kind::kThrow:
      eval(child(node, 0));
      state_.reachable = false;
      return {};
    case Kind::kClosure:
    case Kind::kArrowFunction:
      return {Type::object("closure"), nullptr};
    default:
      for (const NodeId one : ast_.children(node)) eval(one);
      return {Type::mixed(), nullptr};
  }
}

Value Evaluator::eval_variable(NodeId node) {
  std::string_view name = text(node);
  if (name.starts_with('$')) name.remove_prefix(1);
  if (name == "this") {
    if (!info_.owner) return {Type(kTypeObject), nullptr};
    return {Type::object(facts_.at(info_.owner).declared->key), nullptr};
  }
  if (is_superglobal(name)) {
    const Type type = Type::array(Type(kTypeInt | kTypeString), Type::mixed());
    const bool from_client =
        name == "_GET" || name == "_POST" || name == "_REQUEST" || name == "_COOKIE" || name == "_FILES";
    if (!from_client) return {type, nullptr};
    if (const auto index = client_slot(node); index && !variable(*index).type.is_nothing()) {
      return {type, read_here(variable(*index).taint, node)};
    }
    TaintOrigin origin{-1, kAllSinks, with_step(TaintPath(), step_at(node, "$" + std::string(name)))};
    return {type, make_taint(std::move(origin))};
  }
  Value& value = variable(slot(name));
  const bool outside = declared_.kind == FunctionKind::kFile || declared_.kind == FunctionKind::kClosure ||
                       declared_.kind == FunctionKind::kArrowFunction;
  if (value.type.is_nothing() && !outside) return {Type(kTypeNull), value.taint};
  if (value.type.is_nothing()) value.type = Type::mixed();  // from where this was included or made
  return value;
}

Value Evaluator::eval_integer(NodeId node) const {
  std::string digits;
  for (const char c : text(node)) {
    if (c != '_') digits += c;
  }
  int base = 10;
  std::size_t skip = 0;
  if (digits.size() > 1 && digits[0] == '0') {
    const char mark = digits[1];
    base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
    skip = base == 8 && mark >= '0' && mark <= '9' ? 1 : 2;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data() + skip, digits.data() + digits.size(), number, base);
  if (error == std::errc::result_out_of_range) return {Type(kTypeFloat), nullptr};
  if (error != std::errc()) return {Type(kTypeInt), nullptr};
  return {Type::integer(number, number), nullptr};
}

Value Evaluator::eval_string(NodeId node) const {
  const std::string_view quoted = text(node);
  const bool escapes = quoted.find('\\') != std::string_view::npos;
  if (quoted.size() < 2 || (escapes && quoted[0] != '\'')) return {Type(kTypeString), nullptr};
  const std::string_view inside = quoted.substr(1, quoted.size() - 2);
  if (!escapes) return {Type::string_literal(inside), nullptr};
  std::string text_of;  // between single quotes \\ and \' alone are more than themselves
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const bool escaped = inside[i] == '\\' && i + 1 < inside.size() && (inside[i + 1] == '\\' || inside[i + 1] == '\'');
    text_of += inside[escaped ? ++i : i];
  }
  return {Type::string_literal(text_of), nullptr};
}

Value Evaluator::eval_parts(NodeId node) {
  Value whole{Type(kTypeString), nullptr};
  Type before = Type::string_literal("");
  for (const NodeId one : ast_.children(node)) {
    if (kind(one) == Kind::kStringText) {
      const std::string* const literal = before.literal_string();
      if (literal != nullptr) before = Type::string_literal(*literal + std::string(text(one)));
      continue;
    }
    whole.taint = join_taints(whole.taint, appended(before, eval(one).taint));
    before = Type(kTypeString);
  }
  if (kind(node) != Kind::kShellCommand) return whole;
  check_sink(TaintSink::kShell, whole, node, "`...`");
  return {Type(kTypeString | kTypeNull | kTypeFalse), nullptr};
}

Value Evaluator::eval_constant(NodeId node) const {
  const std::string written = names_.text(child(node, 0));
  const std::string low = lowered(written);
  if (low == "true" || low == "\\true") return {Type(kTypeTrue), nullptr};
  if (low == "false" || low == "\\false") return {Type(kTypeFalse), nullptr};
  if (low == "null" || low == "\\null") return {Type(kTypeNull), nullptr};
  const ResolvedName name = names_.constant_key(written);
  for (const std::string* key : {&name.key, &name.fallback}) {
    if (key->empty()) continue;
    if (const ConstantDeclaration* const known = facts_.find_constant(*key)) return {known->type.widened(), nullptr};
    const std::string_view type = builtin_constant_type(*key);
    if (!type.empty()) return {builtin_type(type), nullptr};
  }
  return {Type::mixed(), nullptr};
}

std::string Evaluator::class_of(NodeId name) const {
  if (kind(name) != Kind::kName) return {};
  std::string key = names_.class_key(names_.text(name));
  if (key != "self" && key != "static" && key != "parent") return key;
  if (!info_.owner) return {};
  const ClassDeclaration& owner = *facts_.at(info_.owner).declared;
  return key == "parent" ? owner.parent : owner.key;
}

Value Evaluator::eval_class_constant(NodeId node) {
  const NodeId name = child(node, 1);
  if (kind(child(node, 0)) != Kind::kName) eval(child(node, 0));
  if (kind(name) != Kind::kIdentifier) return {Type::mixed(), nullptr};
  if (lowered(text(name)) == "class") return {Type(kTypeString), nullptr};
  const std::string key = class_of(child(node, 0));
  const ClassId id = key.empty() ? ClassId{} : facts_.find_class(key);
  if (const ConstantDeclaration* const known = facts_.find_class_constant(id, text(name)))
    return {known->type, nullptr};
  if (const BuiltinClass* const builtin = id || key.empty() ? nullptr : find_builtin_class(key)) {
    for (const auto& [constant, type] : builtin->constants) {
      if (constant == text(name)) return {builtin_type(type), nullptr};
    }
  }
  return {Type::mixed(), nullptr};
}

Value Evaluator::eval_static_property(NodeId node) {
  const std::string key = class_of(child(node, 0));
  std::string_view name = text(child(node, 1));
  if (name.starts_with('$')) name.remove_prefix(1);
  const PropertyDeclaration* const known = facts_.find_property(key.empty() ? ClassId{} : facts_.find_class(key), name);
  if (known == nullptr) return {Type::mixed(), nullptr};
  const Type type = known->has_native ? known->native : known->doc;
  return {type.is_nothing() ? Type::mixed() : type, nullptr};
}

Value Evaluator::eval_array(NodeId node) {
  TypeDetail detail;
  detail.has_array = detail.is_list = detail.is_sealed = true;
  Taint taint;
  std::int64_t next = 0;
  bool known = true;
  for (const NodeId item : ast_.children(node)) {
    if (!child(item, 1)) continue;
    const Value value = eval(child(item, 1));
    taint = join_taints(taint, value.taint);
    const bool spread = (ast_.flags(item) & kFlagSpread) != 0;
    std::optional<std::string> key;
    bool is_integer = true;
    if (child(item, 0)) {
      const Type type = eval(child(item, 0)).type;
      key = literal_key(type);
      is_integer = type.only(kTypeInt);
      if (!is_integer || key != std::to_string(next)) detail.is_list = false;
      detail.key = join(detail.key, is_integer ? Type(kTypeInt) : Type(kTypeString));
    } else if (!spread) {
      key = std::to_string(next);
      detail.key = join(detail.key, Type(kTypeInt));
    }
    ++next;
    known = known && key.has_value() && !spread && detail.shape.size() < Type::kShapeMax;
    Type held = value.type;
    if (spread) held = value.type.detail().has_array ? value.type.detail().value : Type::mixed();
    detail.value = join(detail.value, held.is_nothing() ? Type::mixed() : held);
    detail.non_empty = detail.non_empty || !spread;
    if (spread) detail.is_list = detail.is_list && value.type.only(kTypeArray) && value.type.detail().is_list;
    if (known) std::erase_if(detail.shape, [&](const ShapeKey& one) { return one.key == *key; });
    if (known) detail.shape.push_back({*key, is_integer, false, value.type});
  }
  if (known) return {Type::shape(std::move(detail)), taint};
  detail.shape.clear();
  detail.is_sealed = false;
  if (detail.is_list) return {Type::list(detail.value, detail.non_empty), taint};
  return {
      Type::array(detail.key.is_nothing() ? Type(kTypeInt | kTypeString) : detail.key, detail.value, detail.non_empty),
      taint};
}

Value Evaluator::eval_index(NodeId node, const Value& base) {
  const NodeId index = child(node, 1);
  Type key;
  if (index && kind(index) == Kind::kIdentifier) {
    key = Type::string_literal(text(index));
  } else if (index) {
    key = eval(index).type;
  }
  if (const auto client = client_slot(node); client && !variable(*client).type.is_nothing()) {
    return {Type::mixed(), read_here(variable(*client).taint, node)};
  }
  const TypeDetail& detail = base.type.detail();
  const std::string* const written = key.literal_string();
  // The name PHP itself gives to an upload.
  Taint taint = written != nullptr && *written == "tmp_name" ? nullptr : base.taint;
  if (taint != nullptr && kind(child(node, 0)) == Kind::kVariable && is_superglobal(text(child(node, 0)).substr(1))) {
    TaintOrigin origin = taint->front();
    origin.path = with_step(TaintPath(), step_at(node, std::string(text(node).substr(0, 60))));
    taint = make_taint(std::move(origin));
  }
  if (base.type.only(kTypeString)) return {Type(kTypeString), taint};
  if (!base.type.only(kTypeArray | kTypeNull) || !detail.has_array) return {Type::mixed(), taint};
  Type found;
  if (const auto literal = literal_key(key)) {
    const ShapeKey* const known = find_key(detail, *literal);
    if (known != nullptr) found = known->optional ? join(known->value, Type(kTypeNull)) : known->value;
    if (known == nullptr && detail.is_sealed && !detail.shape.empty()) found = Type(kTypeNull);
  }
  if (found.is_nothing()) found = detail.value.is_nothing() ? Type::mixed() : detail.value;
  if (base.type.may_be(kTypeNull)) found = join(found, Type(kTypeNull));
  return {found.unverified(found.is_unverified() || base.type.is_unverified()), taint};
}

Value Evaluator::eval_property(NodeId node, const Value& base) {
  const NodeId name = child(node, 1);
  if (kind(name) != Kind::kIdentifier) {
    eval(name);
    return {Type::mixed(), base.taint};
  }
  const bool on_this = text(child(node, 0)) == "$this";
  if (on_this) {
    const Value& known = variable(slot("->" + std::string(text(name))));
    if (!known.type.is_nothing()) return known;
  }
  Type type;
  for (const std::string& key : base.type.class_names()) {
    const PropertyDeclaration* const known =
        key[0] == '#' ? nullptr : facts_.find_property(facts_.find_class(key), text(name));
    if (known == nullptr || (!known->has_native && known->doc.is_nothing())) {
      type = Type::mixed();
      break;
    }
    const bool doc_says_more =
        known->has_native && !known->doc.is_nothing() && (known->doc.bits() & ~known->native.bits()) == 0;
    type = join(type, known->has_native && !doc_says_more ? known->native : known->doc);
  }
  if (type.is_nothing()) type = Type::mixed();
  if (base.type.is_unverified()) type = type.unverified();
  if (kind(node) == Kind::kNullsafeProperty && base.type.may_be(kTypeNull)) type = join(type, Type(kTypeNull));
  return {type, base.taint};
}

Type Evaluator::arithmetic(TokenKind op, const Type& left, const Type& right) {
  if (op == TokenKind::kPlus && left.only(kTypeArray) && right.only(kTypeArray)) return Type(kTypeArray);
  if (op == TokenKind::kPercent || op == TokenKind::kShiftLeft || op == TokenKind::kShiftRight) return Type(kTypeInt);
  if (op == TokenKind::kAmpersand || op == TokenKind::kPipe || op == TokenKind::kCaret) {
    return left.only(kTypeString) && right.only(kTypeString) ? Type(kTypeString) : Type(kTypeInt);
  }
  if (op == TokenKind::kSpaceship) return Type::integer(-1, 1);
  if (left.only(kTypeFloat) || right.only(kTypeFloat)) return Type(kTypeFloat);
  if (left.only(kTypeInt) && right.only(kTypeInt)) {
    const auto range = range_of(op, left.detail(), right.detail());
    if (range) return *range;
  }
  const bool maybe_arrays = left.may_be(kTypeArray) && right.may_be(kTypeArray) && op == TokenKind::kPlus;
  return Type(maybe_arrays ? kNumber | kTypeArray : kNumber);
}

Value Evaluator::eval_logical(NodeId node, const Value& left) {
  const TokenKind op = ast_.header(node).op;
  if (op == TokenKind::kCoalesce) {
    const State before = state_;
    const Value right = eval(child(node, 1));
    State after = before;
    join_into(after, state_);
    state_ = std::move(after);
    const Type kept = left.type.without(kTypeNull);
    return {kept.is_nothing() ? right.type : join(kept, right.type), join_taints(left.taint, right.taint)};
  }
  const State before = state_;
  narrow(child(node, 0), op == TokenKind::kAndAnd || op == TokenKind::kLogicalAnd);
  eval(child(node, 1));
  State after = before;
  join_into(after, state_);
  state_ = std::move(after);
  return {Type(kTypeBool), nullptr};
}

Value Evaluator::eval_binary(NodeId node, const Value& left) {
  const TokenKind op = ast_.header(node).op;
  switch (op) {
    case TokenKind::kCoalesce:
    case TokenKind::kAndAnd:
    case TokenKind::kOrOr:
    case TokenKind::kLogicalAnd:
    case TokenKind::kLogicalOr:
      return eval_logical(node, left);
    default:
      break;
  }
  const Value right = eval(child(node, 1));
  if (op == TokenKind::kDot) {
    const std::string* const a = left.type.literal_string();
    const std::string* const b = right.type.literal_string();
    const Type type = a != nullptr && b != nullptr ? Type::string_literal(*a + *b) : Type(kTypeString);
    return {type, join_taints(left.taint, appended(left.type, right.taint))};
  }
  if (is_comparison(op) || op == TokenKind::kLogicalXor) return {Type(kTypeBool), nullptr};
  const Type type = arithmetic(op, left.type, right.type);
  return {type, type.may_be(kTypeArray) ? join_taints(left.taint, right.taint) : nullptr};
}

Value Evaluator::eval_unary(NodeId node) {
  const Value value = eval(child(node, 0));
  switch (ast_.header(node).op) {
    case TokenKind::kBang:
      return {Type(kTypeBool), nullptr};
    case TokenKind::kMinus:
      return {arithmetic(TokenKind::kMinus, Type::integer(0, 0), value.type), nullptr};
    case TokenKind::kPlus:
      return {value.type.only(kTypeInt) ? value.type : Type(kNumber), nullptr};
    case TokenKind::kTilde:
      return {value.type.only(kTypeString) ? Type(kTypeString) : Type(kTypeInt), nullptr};
    default:
      return value;
  }
}

Value Evaluator::eval_cast(NodeId node) {
  const Value value = eval(child(node, 0));
  switch (ast_.header(node).op) {
    case TokenKind::kIntCast:
      return {value.type.only(kTypeInt) ? value.type : Type(kTypeInt), nullptr};
    case TokenKind::kFloatCast:
      return {Type(kTypeFloat), nullptr};
    case TokenKind::kBoolCast:
      return {Type(kTypeBool), nullptr};
    case TokenKind::kStringCast:
      return {value.type.only(kTypeString) ? value.type : Type(kTypeString), value.taint};
    case TokenKind::kArrayCast:
      return {value.type.only(kTypeArray) ? value.type : Type(kTypeArray), value.taint};
    case TokenKind::kObjectCast:
      return {value.type.only(kTypeObject) ? value.type : Type::object("stdclass"), value.taint};
    default:
      return {Type(kTypeNull), nullptr};
  }
}

Value Evaluator::eval_update(NodeId node) {
  const Value before = eval(child(node, 0));
  Type after(kNumber | kTypeString | kTypeNull);
  if (before.type.only(kTypeInt)) {
    const TokenKind op = ast_.header(node).op == TokenKind::kIncrement ? TokenKind::kPlus : TokenKind::kMinus;
    after = arithmetic(op, before.type, Type::integer(1, 1));
  } else if (before.type.only(kTypeFloat)) {
    after = Type(kTypeFloat);
  }
  assign(child(node, 0), {after, nullptr});
  return kind(node) == Kind::kPrefixUpdate ? Value{after, nullptr} : Value{before.type, nullptr};
}

Value Evaluator::eval_assign(NodeId node) {
  const TokenKind op = ast_.header(node).op;
  const NodeId target = child(node, 0);
  if (op == TokenKind::kAssign) {
    const Value value = eval(child(node, 1));
    const bool tie = kind(node) == Kind::kAssignReference && kind(child(node, 1)) != Kind::kNew;
    assign(target, tie ? Value{Type::mixed(), value.taint} : value);
    return value;
  }
  const Value old = eval(target);
  const Value right = eval(child(node, 1));
  const TokenKind plain = assigned_operator(op);
  Value made;
  if (plain == TokenKind::kDot) {
    made = {Type(kTypeString), join_taints(old.taint, appended(old.type, right.taint))};
  } else if (plain == TokenKind::kCoalesce) {
    made = {join(old.type.without(kTypeNull), right.type), join_taints(old.taint, right.taint)};
  } else {
    made.type = arithmetic(plain, old.type, right.type);
    if (made.type.may_be(kTypeArray)) made.taint = join_taints(old.taint, right.taint);
  }
  assign(target, made);
  return made;
}

void Evaluator::assign(NodeId target, const Value& value) {
  while (kind(target) == Kind::kParenthesized) target = child(target, 0);
  if (record_ != nullptr) record_->add(target, value.type);
  switch (kind(target)) {
    case Kind::kArray:
      return assign_list(target, value);
    case Kind::kIndex:
      if (const auto client = client_slot(target)) {
        variable(*client) = {Type::mixed(), value.taint};
        return;
      }
      return assign_index(target, value);
    case Kind::kVariableVariable:
      return forget_everything();
    default:
      break;
  }
  Value kept = value;
  if (kept.type.is_nothing()) kept.type = Type::mixed();
  if (value.taint != nullptr && kind(target) == Kind::kVariable) {
    kept.taint = with_step(value.taint, step_at(target, std::string(text(target))));
  }
  if (const auto index = place_slot(target)) variable(*index) = std::move(kept);
}

void Evaluator::assign_list(NodeId list, const Value& value) {
  std::int64_t next = 0;
  for (const NodeId item : ast_.children(list)) {
    const NodeId target = child(item, 1);
    Type key = Type::integer(next, next);
    ++next;
    if (child(item, 0)) key = eval(child(item, 0)).type;
    if (!target) continue;
    const TypeDetail& detail = value.type.detail();
    Type held = Type::mixed();
    if (value.type.only(kTypeArray) && detail.has_array) {
      const auto literal = literal_key(key);
      const ShapeKey* const known = literal ? find_key(detail, *literal) : nullptr;
      held = known != nullptr ? known->value : detail.value;
    }
    assign(target, {held, value.taint});
  }
}

// $a['k'] = value: the array gains a key, or its values become more; deeper places only keep that they are arrays.
void Evaluator::assign_index(NodeId target, const Value& value) {
  const NodeId base = child(target, 0);
  const NodeId index = child(target, 1);
  const Type key = index ? eval(index).type : Type(kTypeInt);
  const bool superglobal = kind(base) == Kind::kVariable && client_slot(base).has_value();
  const auto place = superglobal ? std::nullopt : place_slot(base);
  if (!place) {
    if (kind(base) == Kind::kIndex) {
      const Value old = eval(base);
      assign_index(base, {old.type.only(kTypeArray | kTypeNull) ? Type(kTypeArray) : Type::mixed(),
                          join_taints(old.taint, value.taint)});
    }
    return;
  }
  Value& held = variable(*place);
  const Type old = held.type.without(kTypeNull);
  held.taint = join_taints(held.taint, value.taint);
  if (!old.is_nothing() && !old.only(kTypeArray)) return;
  TypeDetail detail = old.detail();
  if (!old.is_nothing() && !detail.has_array) return;
  const bool was_empty = old.is_nothing() || (detail.is_sealed && detail.shape.empty());
  const auto literal = index ? literal_key(key) : std::nullopt;
  const Type added = key.intersected(kTypeInt | kTypeString).is_nothing() ? Type(kTypeInt | kTypeString)
                                                                          : key.intersected(kTypeInt | kTypeString);
  detail.is_list = !index && (was_empty || detail.is_list);
  detail.has_array = detail.non_empty = true;
  detail.key = join(detail.key, added.widened());
  detail.value = join(detail.value, value.type);
  if (literal && (was_empty || detail.is_sealed)) {
    std::erase_if(detail.shape, [&](const ShapeKey& one) { return one.key == *literal; });
    detail.shape.push_back({*literal, key.only(kTypeInt), false, value.type});
    detail.is_sealed = true;
    held.type = Type::shape(std::move(detail));
    return;
  }
  detail.shape.clear();
  detail.is_sealed = false;
  held.type = Type::with_detail(kTypeArray, std::move(detail));
}

Value Evaluator::eval_ternary(NodeId node) {
  const Value condition = eval(child(node, 0));
  const State before = state_;
  Value yes{condition.type.without(kTypeNull | kTypeFalse), condition.taint};
  if (child(node, 1)) {
    narrow(child(node, 0), true);
    yes = eval(child(node, 1));
  }
  State after = std::move(state_);
  state_ = before;
  narrow(child(node, 0), false);
  const Value no = eval(child(node, 2));
  join_into(after, state_);
  state_ = std::move(after);
  return join(yes, no);
}

Value Evaluator::eval_match(NodeId node) {
  eval(child(node, 0));
  const State before = state_;
  State after{{}, false};
  Value result;
  for (const NodeId arm : ast_.children(child(node, 1))) {
    state_ = before;
    for (const NodeId one : ast_.children(child(arm, 0))) eval(one);
    const Value value = eval(child(arm, 1));
    if (!state_.reachable) continue;
    result = join(result, value);
    join_into(after, state_);
  }
  state_ = std::move(after);
  return result;
}

Value Evaluator::eval_include(NodeId node) {
  const Value path = eval(child(node, 0));
  check_sink(TaintSink::kCode, path, node, kind(node) == Kind::kEval ? "eval" : "include");
  forget_everything();
  return {Type::mixed(), nullptr};
}

}  // namespace banyan::php
