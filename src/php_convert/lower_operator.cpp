// Operators: native where both operands are of one native representation and PHP's result surely is too.
#include "php_convert/lowering.h"

namespace banyan::php {

using hir::ExprKind;
using hir::ExprPtr;
using hir::Rep;

namespace {

bool is_numeric_text(std::string_view text) {
  for (const char c : text) {
    if (c >= '0' && c <= '9') return true;
  }
  return text.empty() ? false : text == "." || text == "-";
}

bool is_literal(const hir::Expr& e) {
  return e.kind == ExprKind::kInt || e.kind == ExprKind::kString || e.kind == ExprKind::kFloat ||
         e.kind == ExprKind::kBool || e.kind == ExprKind::kNull;
}

}  // namespace

bool FunctionLowering::proved_int(NodeId node) const {
  const Type type = type_of(node);
  return type.only(kTypeInt) && !type.is_unverified();
}

// Whether the operands, which are ints, are small enough for the result to be one.
bool FunctionLowering::fits(NodeId node, TokenKind op) const {
  const auto left = magnitude(child(node, 0), true);
  const auto right = magnitude(child(node, 1), true);
  std::int64_t out = 0;
  if (!left || !right) return false;
  return op == TokenKind::kStar ? !__builtin_mul_overflow(*left, *right, &out)
                                : !__builtin_add_overflow(*left, *right, &out);
}

ExprPtr FunctionLowering::native(std::string op, Rep rep, ExprPtr left, ExprPtr right) const {
  ExprPtr out = make(ExprKind::kBinary, rep, {});
  out->text = std::move(op);
  out->offset = left->offset;
  out->children.push_back(std::move(left));
  out->children.push_back(std::move(right));
  return out;
}

ExprPtr FunctionLowering::native_not(ExprPtr operand) const {
  if (operand->kind == ExprKind::kBool) return boolean(operand->integer == 0);
  if (operand->kind == ExprKind::kUnary && operand->text == "!") return std::move(operand->children[0]);
  ExprPtr out = make(ExprKind::kUnary, Rep::kBool, {});
  out->text = "!";
  out->offset = operand->offset;
  out->children.push_back(std::move(operand));
  return out;
}

ExprPtr FunctionLowering::lower_binary(NodeId node) {
  const TokenKind op = ast_.header(node).op;
  switch (op) {
    case TokenKind::kAndAnd:
    case TokenKind::kOrOr:
    case TokenKind::kLogicalAnd:
    case TokenKind::kLogicalOr:
      return lower_logical(node);
    case TokenKind::kCoalesce:
      return lower_coalesce(node);
    case TokenKind::kDot: {
      // Chains of concatenation lean left and may be long.
      std::vector<NodeId> spine;
      NodeId left = node;
      while (kind(left) == Kind::kBinary && ast_.header(left).op == TokenKind::kDot) {
        spine.push_back(plain(child(left, 1)));
        left = plain(child(left, 0));
      }
      std::vector<ExprPtr> parts;
      ExprPtr first = expression(left);
      // The first two are made strings when both are there.
      ExprPtr second = expression(spine.back());
      const bool is_dynamic = first->rep == Rep::kValue || first->rep == Rep::kArray;
      const bool waits = is_dynamic ? is_active(spine.back())
                                    : first->kind == ExprKind::kVariable && changes(*second, first->variable);
      spine.pop_back();
      if (waits) {
        parts.push_back(told(runtime("Concat", Rep::kString, convert(std::move(first), Rep::kValue),
                                     convert(std::move(second), Rep::kValue))));
      } else {
        parts.push_back(told(convert(std::move(first), Rep::kString)));
        parts.push_back(told(convert(std::move(second), Rep::kString)));
      }
      for (std::size_t i = spine.size(); i-- > 0;) parts.push_back(told(convert(expression(spine[i]), Rep::kString)));
      return joined(std::move(parts), node);
    }
    default:
      break;
  }
  ExprPtr left = expression(child(node, 0));
  ExprPtr right = expression(child(node, 1));
  if (op == TokenKind::kLogicalXor) {
    return native("!=", Rep::kBool, convert(std::move(left), Rep::kBool), convert(std::move(right), Rep::kBool));
  }
  ExprPtr compared = comparison_or_null(op, left, right);
  if (compared != nullptr) return compared;
  return arithmetic(op, std::move(left), std::move(right), node, child(node, 1));
}

ExprPtr FunctionLowering::lower_logical(NodeId node) {
  const TokenKind op = ast_.header(node).op;
  const bool is_and = op == TokenKind::kAndAnd || op == TokenKind::kLogicalAnd;
  ExprPtr left = condition(child(node, 0));
  const Assigned after_left = assigned_;
  ExprPtr right = condition(child(node, 1));
  assigned_ = after_left;
  assigned_.resize(function_.variables.size());
  return native(is_and ? "&&" : "||", Rep::kBool, std::move(left), std::move(right));
}

ExprPtr FunctionLowering::comparison_or_null(TokenKind op, ExprPtr& left, ExprPtr& right) {
  switch (op) {
    case TokenKind::kEqual:
    case TokenKind::kNotEqual:
    case TokenKind::kIdentical:
    case TokenKind::kNotIdentical:
    case TokenKind::kLess:
    case TokenKind::kLessEqual:
    case TokenKind::kGreater:
    case TokenKind::kGreaterEqual:
    case TokenKind::kSpaceship:
      return comparison(op, std::move(left), std::move(right));
    default:
      return nullptr;
  }
}

static const char* comparison_sign(TokenKind op) {
  switch (op) {
    case TokenKind::kEqual:
    case TokenKind::kIdentical:
      return "==";
    case TokenKind::kNotEqual:
    case TokenKind::kNotIdentical:
      return "!=";
    case TokenKind::kLess:
      return "<";
    case TokenKind::kLessEqual:
      return "<=";
    case TokenKind::kGreater:
      return ">";
    default:
      return ">=";
  }
}

static bool is_number(Rep rep) { return rep == Rep::kInt || rep == Rep::kFloat || rep == Rep::kNumber; }

// A comparison of numbers of which one may be of either kind; null where they are none.
ExprPtr FunctionLowering::number_comparison(TokenKind op, ExprPtr& left, ExprPtr& right) const {
  const bool one_may_be_either = left->rep == Rep::kNumber || right->rep == Rep::kNumber;
  if (!one_may_be_either || !is_number(left->rep) || !is_number(right->rep)) return nullptr;
  const bool identity = op == TokenKind::kIdentical || op == TokenKind::kNotIdentical;
  if (!identity && (left->rep == Rep::kFloat || right->rep == Rep::kFloat)) {
    if (op == TokenKind::kNotEqual) op = TokenKind::kEqual;  // which the caller turns round
    return native(comparison_sign(op), Rep::kBool, convert(std::move(left), Rep::kFloat),
                  convert(std::move(right), Rep::kFloat));
  }
  left = convert(std::move(left), Rep::kNumber);
  right = convert(std::move(right), Rep::kNumber);
  switch (op) {
    case TokenKind::kLess:
      return runtime("Num.Less", Rep::kBool, std::move(left), std::move(right));
    case TokenKind::kLessEqual:
      return runtime("Num.LessEqual", Rep::kBool, std::move(left), std::move(right));
    case TokenKind::kGreater:
      return runtime("Num.Greater", Rep::kBool, std::move(left), std::move(right));
    case TokenKind::kGreaterEqual:
      return runtime("Num.GreaterEqual", Rep::kBool, std::move(left), std::move(right));
    case TokenKind::kIdentical:
    case TokenKind::kNotIdentical:
      return runtime("Num.Same", Rep::kBool, std::move(left), std::move(right));
    default:
      return runtime("Num.Equal", Rep::kBool, std::move(left), std::move(right));
  }
}

ExprPtr FunctionLowering::comparison(TokenKind op, ExprPtr left, ExprPtr right) {
  const bool identity = op == TokenKind::kIdentical || op == TokenKind::kNotIdentical;
  const bool equality = identity || op == TokenKind::kEqual || op == TokenKind::kNotEqual;
  const bool negated = op == TokenKind::kNotEqual || op == TokenKind::kNotIdentical;
  const auto finish = [&](ExprPtr made) { return negated ? native_not(std::move(made)) : std::move(made); };
  if (op == TokenKind::kSpaceship) {
    return runtime("Compare", Rep::kInt, convert(std::move(left), Rep::kValue), convert(std::move(right), Rep::kValue));
  }
  if (identity && (left->rep == Rep::kNull || right->rep == Rep::kNull)) {
    ExprPtr& other = left->rep == Rep::kNull ? right : left;
    if (other->rep == Rep::kValue) return finish(runtime("IsNull", Rep::kBool, std::move(other)));
  }
  const bool numeric =
      (left->rep == Rep::kInt || left->rep == Rep::kFloat) && (right->rep == Rep::kInt || right->rep == Rep::kFloat);
  if (ExprPtr made = number_comparison(op, left, right); made != nullptr) {
    return finish(std::move(made));
  }
  if (numeric && (left->rep == right->rep || !identity)) {
    const Rep common = left->rep == right->rep ? left->rep : Rep::kFloat;
    const bool both_literal = is_literal(*left) && is_literal(*right);
    if (!both_literal) {
      return native(comparison_sign(op), Rep::kBool, convert(std::move(left), common),
                    convert(std::move(right), common));
    }
  }
  if (equality && left->rep == Rep::kBool && right->rep == Rep::kBool) {
    return native(comparison_sign(op), Rep::kBool, std::move(left), std::move(right));
  }
  // PHP's compiler makes a conversion of it, which tells another truth of an enum's case than comparing it does.
  if (equality && !identity && (left->kind == ExprKind::kBool || right->kind == ExprKind::kBool)) {
    const bool with_true = (left->kind == ExprKind::kBool ? left : right)->integer != 0;
    ExprPtr truth = convert(std::move(left->kind == ExprKind::kBool ? right : left), Rep::kBool);
    return finish(with_true ? std::move(truth) : native_not(std::move(truth)));
  }
  if (left->rep == Rep::kString && right->rep == Rep::kString && equality) {
    const bool text_only = (left->kind == ExprKind::kString && !is_numeric_text(left->text)) ||
                           (right->kind == ExprKind::kString && !is_numeric_text(right->text));
    if (identity || text_only) return native(comparison_sign(op), Rep::kBool, std::move(left), std::move(right));
  }
  const char* name = identity ? "StrictEqual" : equality ? "LooseEqual" : nullptr;
  if (name == nullptr) {
    name = op == TokenKind::kLess        ? "Less"
           : op == TokenKind::kLessEqual ? "LessEqual"
           : op == TokenKind::kGreater   ? "Greater"
                                         : "GreaterEqual";
  }
  return finish(
      runtime(name, Rep::kBool, convert(std::move(left), Rep::kValue), convert(std::move(right), Rep::kValue)));
}

// What PHP's compiler takes an operand for, in its order: it puts the later kind first where an operator allows it.
FunctionLowering::OperandKind FunctionLowering::operand_kind(NodeId given, const hir::Expr& made) const {
  const NodeId node = plain(given);
  if (is_literal(made) || is_constant_array(made)) return OperandKind::kConstant;
  const std::string name = variable_name(node);
  if (!name.empty() && name != "this" && !is_superglobal(name)) return OperandKind::kVariable;
  switch (kind(node)) {
    case Kind::kCall:
      return is_instruction(node) ? OperandKind::kTemporary : OperandKind::kResult;
    case Kind::kMethodCall:
    case Kind::kNullsafeMethodCall:
    case Kind::kStaticCall:
    case Kind::kNew:
      return OperandKind::kResult;
    default:
      return OperandKind::kTemporary;
  }
}

// Whether it is a variable that holds the same before and behind what else is worked out, and surely is there.
bool FunctionLowering::is_read_late(const hir::Expr& read, const hir::Expr& other) const {
  const hir::Expr* found = &read;
  while (found->kind == ExprKind::kConvert) found = found->children[0].get();
  if (found->kind != ExprKind::kVariable || changes(other, found->variable)) return false;
  const hir::Variable& v = function_.variables[static_cast<std::size_t>(found->variable)];
  return v.storage != hir::Storage::kBox || !runs_code(other);
}

// An operator whose operands PHP's compiler may turn round, which the messages tell.
ExprPtr FunctionLowering::turned(const char* name, ExprPtr left, ExprPtr right, NodeId node) {
  const Rep rep = std::string_view(name).starts_with("Num") ? Rep::kNumber : Rep::kValue;
  const bool is_turned = operand_kind(child(node, 0), *left) < operand_kind(child(node, 1), *right);
  const bool swaps = is_turned && (is_literal(*left) || is_read_late(*right, *left));
  if (swaps) std::swap(left, right);
  left = convert(std::move(left), Rep::kValue);
  right = convert(std::move(right), Rep::kValue);
  if (swaps || !is_turned) return runtime(name, rep, std::move(left), std::move(right));
  return runtime("Turned", rep, verbatim(std::string("php.") + name), std::move(left), std::move(right));
}

// Arithmetic of which a number comes, of either kind; null where the operator or its operands say nothing of that.
ExprPtr FunctionLowering::number_arithmetic(TokenKind op, ExprPtr& left, ExprPtr& right, NodeId node) {
  const bool both = is_number(left->rep) && is_number(right->rep);
  const bool no_array = left->rep != Rep::kValue && left->rep != Rep::kArray;
  const bool no_array_right = right->rep != Rep::kValue && right->rep != Rep::kArray;
  const bool is_float = left->rep == Rep::kFloat || right->rep == Rep::kFloat;
  const char* name = op == TokenKind::kPlus    ? "Add"
                     : op == TokenKind::kMinus ? "Sub"
                     : op == TokenKind::kStar  ? "Mul"
                     : op == TokenKind::kSlash ? "Div"
                                               : nullptr;
  if (op == TokenKind::kPercent && both && (left->rep == Rep::kNumber || right->rep == Rep::kNumber)) {
    return runtime("Num.Mod", Rep::kInt, convert(std::move(left), number_rep()),
                   convert(std::move(right), number_rep()));
  }
  if (name == nullptr || (is_literal(*left) && is_literal(*right))) return nullptr;
  const auto of_values = [&](const std::string& operation, Rep rep) {
    if (op == TokenKind::kStar && kind(node) == Kind::kBinary) {
      return turned(operation.c_str(), std::move(left), std::move(right), node);
    }
    return runtime(operation, rep, convert(std::move(left), Rep::kValue), convert(std::move(right), Rep::kValue));
  };
  if (!shared_.is_exact) {
    if (both || !is_float) return nullptr;
    return convert(of_values(name, Rep::kValue), Rep::kFloat);
  }
  if (both) {
    if (is_float && op != TokenKind::kSlash) {
      const char* sign = op == TokenKind::kPlus ? "+" : op == TokenKind::kMinus ? "-" : "*";
      return native(sign, Rep::kFloat, convert(std::move(left), Rep::kFloat), convert(std::move(right), Rep::kFloat));
    }
    if (is_float) {
      return runtime("DivFloat", Rep::kFloat, convert(std::move(left), Rep::kFloat),
                     convert(std::move(right), Rep::kFloat));
    }
    return runtime(std::string("Num.") + name, Rep::kNumber, convert(std::move(left), Rep::kNumber),
                   convert(std::move(right), Rep::kNumber));
  }
  if (op == TokenKind::kPlus && !no_array && !no_array_right) return nullptr;
  ExprPtr made = of_values(std::string("Num") + name, Rep::kNumber);
  return is_float ? convert(std::move(made), Rep::kFloat) : std::move(made);
}

ExprPtr FunctionLowering::arithmetic(TokenKind op, ExprPtr left, ExprPtr right, NodeId node, NodeId) {
  const bool ints = left->rep == Rep::kInt && right->rep == Rep::kInt;
  const bool numbers =
      (left->rep == Rep::kInt || left->rep == Rep::kFloat) && (right->rep == Rep::kInt || right->rep == Rep::kFloat);
  const auto floats = [&](const char* sign) {
    return native(sign, Rep::kFloat, convert(std::move(left), Rep::kFloat), convert(std::move(right), Rep::kFloat));
  };
  const auto dynamic = [&](const char* name, Rep rep) {
    const bool turns =
        op == TokenKind::kStar || op == TokenKind::kAmpersand || op == TokenKind::kPipe || op == TokenKind::kCaret;
    if (turns && kind(node) == Kind::kBinary) return turned(name, std::move(left), std::move(right), node);
    return runtime(name, rep, convert(std::move(left), Rep::kValue), convert(std::move(right), Rep::kValue));
  };
  const auto simple = [&](const char* sign, const char* checked, const char* name) {
    if (ints && node && (proved_int(node) || fits(node, op)) && !(is_literal(*left) && is_literal(*right))) {
      return native(sign, Rep::kInt, std::move(left), std::move(right));
    }
    if (ints) return runtime(checked, number_rep(), std::move(left), std::move(right));
    if (numbers && !(is_literal(*left) && is_literal(*right))) return floats(sign);
    return dynamic(name, Rep::kValue);
  };
  const bool is_native = numbers && !(ints && op == TokenKind::kSlash);
  if (ExprPtr made = is_native ? nullptr : number_arithmetic(op, left, right, node); made != nullptr) return made;
  const bool right_literal = right->kind == ExprKind::kInt;
  switch (op) {
    case TokenKind::kPlus:
      if (left->rep == Rep::kArray && right->rep == Rep::kArray) {
        return runtime("Union", Rep::kArray, std::move(left), std::move(right));
      }
      return simple("+", "AddInt", "Add");
    case TokenKind::kMinus:
      return simple("-", "SubInt", "Sub");
    case TokenKind::kStar:
      return simple("*", "MulInt", "Mul");
    case TokenKind::kSlash:
      if (numbers && (left->rep == Rep::kFloat || right->rep == Rep::kFloat)) {
        return runtime("DivFloat", Rep::kFloat, convert(std::move(left), Rep::kFloat),
                       convert(std::move(right), Rep::kFloat));
      }
      return dynamic("Div", Rep::kValue);
    case TokenKind::kPercent:
      if (ints && right_literal && right->integer > 0 && !is_literal(*left)) {
        return native("%", Rep::kInt, std::move(left), std::move(right));
      }
      if (ints) return runtime("ModInt", Rep::kInt, std::move(left), std::move(right));
      return dynamic("Mod", Rep::kInt);
    case TokenKind::kPower:
      return dynamic("Pow", Rep::kValue);
    case TokenKind::kAmpersand:
      return ints ? native("&", Rep::kInt, std::move(left), std::move(right)) : dynamic("BitAnd", Rep::kValue);
    case TokenKind::kPipe:
      return ints ? native("|", Rep::kInt, std::move(left), std::move(right)) : dynamic("BitOr", Rep::kValue);
    case TokenKind::kCaret:
      return ints ? native("^", Rep::kInt, std::move(left), std::move(right)) : dynamic("BitXor", Rep::kValue);
    case TokenKind::kShiftLeft:
      if (ints && right_literal && right->integer >= 0 && right->integer < 64 && !is_literal(*left)) {
        return native("<<", Rep::kInt, std::move(left), std::move(right));
      }
      return dynamic("ShiftLeft", Rep::kInt);
    case TokenKind::kShiftRight:
      if (ints && right_literal && right->integer >= 0 && right->integer < 64 && !is_literal(*left)) {
        return native(">>", Rep::kInt, std::move(left), std::move(right));
      }
      return dynamic("ShiftRight", Rep::kInt);
    case TokenKind::kDot:
      return native("+", Rep::kString, convert(std::move(left), Rep::kString), convert(std::move(right), Rep::kString));
    default:
      return refused(node, "operator");
  }
}

ExprPtr FunctionLowering::lower_unary(NodeId node) {
  const TokenKind op = ast_.header(node).op;
  const NodeId inner = plain(child(node, 0));
  switch (op) {
    case TokenKind::kBang:
      return native_not(condition(inner));
    case TokenKind::kMinus: {
      ExprPtr operand = expression(inner);
      if (operand->kind == ExprKind::kInt && operand->integer != INT64_MIN) {
        operand->integer = -operand->integer;
        if (operand->integer != 0) return operand;
      }
      if (operand->kind == ExprKind::kFloat) {
        if (operand->number == 9223372036854775808.0 && kind(inner) == Kind::kInteger)
          return operand->number = -operand->number, std::move(operand);
        operand->number = -operand->number;
        return operand;
      }
      if (operand->rep == Rep::kInt && proved_int(node) && operand->kind != ExprKind::kInt)
        return native_minus(std::move(operand));
      if (operand->rep == Rep::kFloat) return runtime("MulFloat", Rep::kFloat, std::move(operand), minus_one());
      if (operand->rep == Rep::kNumber) {
        return runtime("Num.Mul", Rep::kNumber, std::move(operand), convert(integer(-1), Rep::kNumber));
      }
      return runtime("Neg", Rep::kValue, convert(std::move(operand), Rep::kValue));
    }
    case TokenKind::kPlus: {
      ExprPtr operand = expression(inner);
      if (is_number(operand->rep)) return operand;
      return runtime("Plus", Rep::kValue, convert(std::move(operand), Rep::kValue));
    }
    case TokenKind::kTilde: {
      ExprPtr operand = expression(inner);
      return runtime("BitNot", Rep::kValue, convert(std::move(operand), Rep::kValue));
    }
    case TokenKind::kAt: {
      ExprPtr out = make(ExprKind::kBody, Rep::kValue, node);
      hir::Block* const outer = std::exchange(out_, &out->body);
      const bool was_reachable = reachable_;
      ExprPtr made = copied_value(inner);
      hir::Stmt& stmt = emit(hir::StmtKind::kReturn, node);
      stmt.text = "value";
      stmt.expr = std::move(made);
      out_ = outer;
      reachable_ = was_reachable;
      return runtime("Silence", Rep::kValue, std::move(out));
    }
    default:
      return refused(node, "operator");
  }
}

ExprPtr FunctionLowering::minus_one() const {
  ExprPtr out = make(ExprKind::kFloat, Rep::kFloat, {});
  out->number = -1;
  return out;
}

ExprPtr FunctionLowering::native_minus(ExprPtr operand) const {
  ExprPtr out = make(ExprKind::kUnary, operand->rep, {});
  out->text = "-";
  out->children.push_back(std::move(operand));
  return out;
}

ExprPtr FunctionLowering::lower_cast(NodeId node) {
  const NodeId inner = child(node, 0);
  switch (ast_.header(node).op) {
    case TokenKind::kIntCast:
      return convert(expression(inner), Rep::kInt);
    case TokenKind::kFloatCast:
      return convert(expression(inner), Rep::kFloat);
    case TokenKind::kStringCast:
      return convert(expression(inner), Rep::kString);
    case TokenKind::kBoolCast:
      return convert(expression(inner), Rep::kBool);
    case TokenKind::kArrayCast: {
      ExprPtr made = copied(expression(inner));
      return convert(std::move(made), Rep::kArray);
    }
    case TokenKind::kObjectCast:
      return runtime("ToObject", Rep::kValue, copied_value(inner));
    default:
      return refused(node, "cast");
  }
}

}  // namespace banyan::php
