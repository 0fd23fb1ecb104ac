// Making nodes of the middle representation: literals, variables, coercions and copies.
#include <algorithm>
#include <array>
#include <string_view>

#include "php_convert/lowering.h"

namespace banyan::php {

using hir::Expr;
using hir::ExprKind;
using hir::ExprPtr;
using hir::Rep;

ExprPtr FunctionLowering::make(ExprKind kind, Rep rep, NodeId at) const {
  ExprPtr out = std::make_unique<Expr>();
  out->kind = kind;
  out->rep = rep;
  if (at) out->offset = offset_of(at);
  return out;
}

ExprPtr FunctionLowering::literal(std::string_view bytes) const {
  ExprPtr out = make(ExprKind::kString, Rep::kString, {});
  out->text = std::string(bytes);
  return out;
}

ExprPtr FunctionLowering::integer(std::int64_t value) const {
  ExprPtr out = make(ExprKind::kInt, Rep::kInt, {});
  out->integer = value;
  return out;
}

ExprPtr FunctionLowering::boolean(bool value) const {
  ExprPtr out = make(ExprKind::kBool, Rep::kBool, {});
  out->integer = value ? 1 : 0;
  return out;
}

ExprPtr FunctionLowering::null() const { return make(ExprKind::kNull, Rep::kNull, {}); }

ExprPtr FunctionLowering::nil() const { return make(ExprKind::kNil, Rep::kNull, {}); }

ExprPtr FunctionLowering::verbatim(std::string text) const {
  ExprPtr out = make(ExprKind::kVerbatim, Rep::kValue, {});
  out->text = std::move(text);
  return out;
}

ExprPtr FunctionLowering::load(std::int32_t variable, NodeId at) {
  hir::Variable& v = function_.variables[static_cast<std::size_t>(variable)];
  ExprPtr out = make(ExprKind::kVariable, v.rep, at);
  out->variable = variable;
  if (is_assigned(variable) || v.name.empty()) return out;
  if (!v.may_be_undefined) {
    v.may_be_undefined = true;
    shared_.changed = true;
  }
  grow(variable, Rep::kValue);
  out->rep = Rep::kValue;
  return runtime("Read", Rep::kValue, std::move(out), literal(v.name));
}

ExprPtr FunctionLowering::place(std::int32_t variable) {
  hir::Variable& v = function_.variables[static_cast<std::size_t>(variable)];
  grow(variable, Rep::kValue);
  if (!is_assigned(variable) && !v.name.empty() && !v.may_be_undefined) {
    v.may_be_undefined = true;
    shared_.changed = true;
  }
  ExprPtr out = make(ExprKind::kPlace, Rep::kValue, {});
  out->variable = variable;
  return out;
}

ExprPtr FunctionLowering::box(std::int32_t variable) {
  hir::Variable& v = function_.variables[static_cast<std::size_t>(variable)];
  if (v.storage != hir::Storage::kBox) {
    v.storage = hir::Storage::kBox;
    shared_.changed = true;
  }
  grow(variable, Rep::kValue);
  ExprPtr out = make(ExprKind::kBox, Rep::kValue, {});
  out->variable = variable;
  return out;
}

// What is known at the time of conversion is converted now.
static bool fold(Expr& value, Rep rep) {
  if (value.kind == ExprKind::kInt && rep == Rep::kFloat) {
    value.kind = ExprKind::kFloat;
    value.number = static_cast<double>(value.integer);
  } else if (value.kind == ExprKind::kInt && rep == Rep::kString) {
    value.kind = ExprKind::kString;
    value.text = std::to_string(value.integer);
  } else if (value.kind == ExprKind::kInt && rep == Rep::kBool) {
    value.kind = ExprKind::kBool;
    value.integer = value.integer != 0 ? 1 : 0;
  } else if (value.kind == ExprKind::kNull && rep == Rep::kString) {
    value.kind = ExprKind::kString;
  } else if (value.kind == ExprKind::kNull && rep == Rep::kBool) {
    value.kind = ExprKind::kBool;
  } else if (value.kind == ExprKind::kString && rep == Rep::kBool) {
    value.kind = ExprKind::kBool;
    value.integer = value.text.empty() || value.text == "0" ? 0 : 1;
  } else {
    return false;
  }
  value.rep = rep;
  return true;
}

ExprPtr FunctionLowering::convert(ExprPtr value, Rep rep) const {
  if (value->rep == rep || value->kind == ExprKind::kVerbatim || fold(*value, rep)) return value;
  if (value->kind == ExprKind::kConvert && value->text == "held" && rep == Rep::kValue) {
    return std::move(value->children[0]);
  }
  ExprPtr out = make(ExprKind::kConvert, rep, {});
  out->offset = value->offset;
  out->children.push_back(std::move(value));
  return out;
}

// Whether what the runtime gives stays where it was found or put, and is not the asker's alone.
static bool is_kept(const Expr& value) {
  static constexpr auto kFunctions = std::to_array<std::string_view>(
      {"AppendTo",   "ClassConst",  "ClassConstAs",    "Coalesce",       "ConstantOf", "Current",    "End",
       "Index",      "IndexLate",   "IndexPath",       "Next",           "Prev",       "Prop",       "PutAt",
       "QuietIndex", "QuietProp",   "QuietStaticProp", "Read",           "Reset",      "Set",        "SetGlobal",
       "SetProp",    "StaticValue", "SetStaticProp",   "SetSuperglobal", "StoreAt",    "StoreKeyed", "StoreTo",
       "Superglobal"});
  static constexpr auto kMethods = std::to_array<std::string_view>({"Assign", "Get", "Push", "Put", "Quiet", "Read"});
  const bool is_function = value.kind == ExprKind::kRuntime || value.kind == ExprKind::kBuiltin;
  // Of the operators that change a place, += alone makes arrays.
  const bool adds = value.text.starts_with("Update") && std::ranges::any_of(value.children, [](const ExprPtr& one) {
                      return one != nullptr && one->kind == ExprKind::kVerbatim && one->text == "php.Add";
                    });
  if (is_function) return adds || std::ranges::find(kFunctions, value.text) != kFunctions.end();
  return value.kind == ExprKind::kMethod && std::ranges::find(kMethods, value.text) != kMethods.end();
}

// Only what stays somewhere else has to be copied: what was just made belongs to nobody.
ExprPtr FunctionLowering::copied(ExprPtr value) const {
  const bool may_be_array = value->rep == Rep::kArray || value->rep == Rep::kValue;
  const bool stays = value->kind == ExprKind::kVariable || value->kind == ExprKind::kAssign ||
                     value->kind == ExprKind::kConditional || value->kind == ExprKind::kBody || is_kept(*value);
  if (!may_be_array || !stays) return value;
  ExprPtr out = make(ExprKind::kCopy, value->rep, {});
  out->offset = value->offset;
  out->children.push_back(std::move(value));
  return out;
}

// Whether working it out gives the native variable another value.
bool FunctionLowering::changes(const Expr& e, std::int32_t variable) {
  const bool assigns = e.kind == ExprKind::kAssign || e.kind == ExprKind::kPlace || e.kind == ExprKind::kBox ||
                       (e.kind == ExprKind::kRuntime && e.text == "Replace");
  const bool is_variable = e.kind == ExprKind::kPlace || e.kind == ExprKind::kBox || e.children.empty();
  const Expr& target = is_variable ? e : *e.children[0];
  if (assigns && target.variable == variable) return true;
  const auto in_statement = [&](const hir::StmtPtr& one) {
    return (one->kind == hir::StmtKind::kAssign && one->variable == variable) ||
           (one->expr != nullptr && changes(*one->expr, variable));
  };
  const auto in_part = [&](const ExprPtr& one) { return one != nullptr && changes(*one, variable); };
  return std::ranges::any_of(e.children, in_part) || std::ranges::any_of(e.body, in_statement);
}

// Operands that PHP reads in turn: a variable that a later one changes is read before that.
void FunctionLowering::read_in_turn(std::vector<ExprPtr>& operands) const {
  for (std::size_t i = 0; i + 1 < operands.size() && shared_.is_exact; ++i) {
    ExprPtr* read = &operands[i];
    while ((*read)->kind == ExprKind::kConvert) read = &(*read)->children[0];
    const Expr& found = **read;
    const bool native = found.kind == ExprKind::kVariable && found.rep != Rep::kValue && found.rep != Rep::kArray;
    const bool changed = native && std::any_of(operands.begin() + static_cast<std::ptrdiff_t>(i) + 1, operands.end(),
                                               [&](const ExprPtr& one) { return changes(*one, found.variable); });
    if (changed) *read = runtime("Now", found.rep, std::move(*read));
  }
}

hir::Stmt& FunctionLowering::emit(hir::StmtKind kind, NodeId at) {
  auto out = std::make_unique<hir::Stmt>();
  out->kind = kind;
  if (at) out->offset = offset_of(at);
  out_->push_back(std::move(out));
  return *out_->back();
}

void FunctionLowering::emit_expression(ExprPtr expr, NodeId at) {
  expr = told(std::move(expr));
  if (expr->kind == ExprKind::kAssign) {
    hir::Stmt& stmt = emit(hir::StmtKind::kAssign, at);
    stmt.variable = expr->children[0]->variable;
    stmt.expr = std::move(expr->children[1]);
    return;
  }
  emit(hir::StmtKind::kExpression, at).expr = std::move(expr);
}

// Says that the statement that was just made has its line from there: an arm of match has one of its own.
void FunctionLowering::stand_at(std::uint32_t offset) {
  if (offset != 0) out_->back()->offset = offset;
}

// Where the line stands that PHP names for what the node itself does; 0 where that is the line of what was worked out
// last, which is what PHP's compiler goes by.
std::uint32_t FunctionLowering::told_at(NodeId node) const {
  switch (kind(node)) {
    case Kind::kCall:
      return is_instruction(node) ? 0 : offset_of(node);
    case Kind::kNew:
      return offset_of(child(node, 0));
    case Kind::kMethodCall:
    case Kind::kNullsafeMethodCall:
    case Kind::kStaticCall:
    case Kind::kProperty:
    case Kind::kNullsafeProperty:
      return offset_of(child(node, 1));
    case Kind::kIndex:  // as a target
      return child(node, 1) ? offset_of(child(node, 1)) : offset_of(node);
    default:
      return 0;
  }
}

static bool takes_each(const Expr& e) {
  return e.kind == ExprKind::kCall || e.kind == ExprKind::kBuiltin || e.kind == ExprKind::kValueList ||
         e.kind == ExprKind::kArrayList || e.kind == ExprKind::kArrayMap;
}

// Gives what has no line of its own yet that of the offset. A variable is read by whatever takes it, on its line.
void FunctionLowering::tell(Expr& e, std::uint32_t offset, bool each) const {
  if (e.told != 0) return;
  e.told = offset;
  const bool hands_on = e.kind == ExprKind::kCopy || (e.kind == ExprKind::kConvert && e.rep == Rep::kValue);
  each = takes_each(e) || (each && hands_on);
  for (const ExprPtr& one : e.children) {
    if (one == nullptr) continue;
    if (one->kind == ExprKind::kRuntime && one->text == "Read" && !each) one->told = offset;
    tell(*one, offset, each);
  }
}

ExprPtr FunctionLowering::told(ExprPtr e) const {
  tell(*e, at_);
  return e;
}

void FunctionLowering::refuse(NodeId node, std::string code) {
  const std::uint32_t line = node ? shared_.line_of(offset_of(node)) : function_.line;
  for (const hir::Reason& reason : function_.reasons) {
    if (reason.code == code) return;
  }
  function_.reasons.push_back({std::move(code), line});
}

ExprPtr FunctionLowering::refused(NodeId node, std::string code) {
  ExprPtr out = runtime("Refused", Rep::kValue, literal(code));
  refuse(node, std::move(code));
  return out;
}

}  // namespace banyan::php
