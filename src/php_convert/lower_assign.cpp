// Assignments: to variables, elements, properties and lists; with an operator; by reference; and ++ and --.
//
// An element is written through the place of what holds it, which is made where it is not there. Objects with
// ArrayAccess and strings have no places, so the last step of an assignment is an operation of the runtime.
#include <algorithm>

#include "php_convert/lowering.h"

namespace banyan::php {

using hir::ExprKind;
using hir::ExprPtr;
using hir::Rep;
using hir::StmtKind;

namespace {

bool assigns_variable(const hir::Expr& e) {
  return e.kind == ExprKind::kAssign || std::ranges::any_of(e.children, [](const ExprPtr& child) {
           return child != nullptr && assigns_variable(*child);
         });
}

}  // namespace

ExprPtr FunctionLowering::lower_assign(NodeId node, bool wanted) {
  const NodeId target = plain(child(node, 0));
  const NodeId given = child(node, 1);
  if (kind(target) == Kind::kArray && wanted) {
    // Where and when the expression is worked out, its value is taken apart.
    return body_expression(node, [&](const std::function<void(ExprPtr)>& give) { give(unpack_assigned(node, true)); });
  }
  if (kind(target) == Kind::kArray) return unpack_assigned(node, false);
  ExprPtr made = copied(expression(given));
  return told_as(target, assign_to(target, kept(variable_name(target), std::move(made)), wanted));
}

// An element or property is written on the line of its key or name, whatever comes behind that.
ExprPtr FunctionLowering::told_as(NodeId target, ExprPtr made) const {
  if (made != nullptr && told_at(target) != 0) tell(*made, told_at(target));
  return made;
}

ExprPtr FunctionLowering::unpack_assigned(NodeId node, bool wanted) {
  const NodeId target = plain(child(node, 0));
  const NodeId given = child(node, 1);
  if (!wanted && is_parallel(target, plain(given))) {
    assign_in_parallel(target, plain(given));
    return nullptr;
  }
  if (!has_reference_item(target) || !is_place(given)) {
    ExprPtr made = copied(expression(given));
    return assign_list(target, std::move(made), wanted);
  }
  unpack_place(target, [&] { return place_of(given); });
  if (!wanted) return nullptr;
  std::set<std::string> bound;
  std::set<std::string> read;
  free_variables(target, bound);
  free_variables(given, read);
  const bool changes = std::ranges::any_of(read, [&](const std::string& one) { return bound.contains(one); });
  return changes ? refused(node, "list-reference") : copied(expression(given));
}

// Whether it is [$a, $b] = [x, y]: as many values as variables, which need no array in between.
bool FunctionLowering::is_parallel(NodeId target, NodeId given) const {
  if (kind(given) != Kind::kArray) return false;
  const auto is_plain = [&](NodeId item) {
    return item && kind(item) == Kind::kArrayItem && !child(item, 0) && flags(item) == 0;
  };
  const auto targets = children(target);
  const auto values = children(given);
  std::set<std::string> names;
  for (const NodeId one : targets) {
    if (!is_plain(one)) return false;
    const std::string name = variable_name(plain(child(one, 1)));
    if (name.empty() || name == "this" || is_superglobal(name) || !names.insert(name).second) return false;
  }
  return targets.size() == values.size() && std::ranges::all_of(values, is_plain);
}

void FunctionLowering::assign_in_parallel(NodeId target, NodeId given) {
  std::vector<std::int32_t> held;
  for (const NodeId one : children(given)) held.push_back(hold(copied(expression(child(one, 1))), one));
  for (std::size_t i = 0; i < held.size(); ++i) {
    const NodeId variable_node = plain(child(children(target)[i], 1));
    emit_expression(assign_to(variable_node, load(held[i], variable_node), false), variable_node);
  }
}

// Whether the runtime is told what the variable of the file's code holds, where something may show objects' numbers.
bool FunctionLowering::keeps(const std::string& name) const {
  if (!function_.is_main || !shared_.is_exact || !shared_.shows_numbers) return false;
  const auto slot = slots_.find(name);
  return slot != slots_.end() && keepable_.contains(name) && !written_otherwise_.contains(name) &&
         function_.variables[static_cast<std::size_t>(slot->second)].storage == hir::Storage::kLocal;
}

ExprPtr FunctionLowering::kept(const std::string& name, ExprPtr made) const {
  if (!keeps(name)) return made;
  const Rep held = join(function_.variables[static_cast<std::size_t>(slots_.at(name))].rep, made->rep);
  if (held == Rep::kArray) return runtime("KeepArray", Rep::kArray, std::move(made), literal(name));
  if (held != Rep::kValue) return made;
  return runtime("Keep", Rep::kValue, convert(std::move(made), Rep::kValue), literal(name));
}

ExprPtr FunctionLowering::assign_variable(std::int32_t slot, ExprPtr made, NodeId at) {
  hir::Variable& v = function_.variables[static_cast<std::size_t>(slot)];
  if (v.storage == hir::Storage::kBox) {
    grow(slot, Rep::kValue);
  } else {
    grow(slot, made->rep);
  }
  mark_assigned(slot);
  ExprPtr out = make(ExprKind::kAssign, function_.variables[static_cast<std::size_t>(slot)].rep, at);
  ExprPtr target = make(ExprKind::kVariable, out->rep, at);
  target->variable = slot;
  made = convert(std::move(made), out->rep);
  out->children.push_back(std::move(target));
  out->children.push_back(std::move(made));
  return out;
}

ExprPtr FunctionLowering::assign_to(NodeId given, ExprPtr made, bool wanted) {
  const NodeId target = plain(given);
  if (const std::string name = variable_name(target); !name.empty()) {
    if (name == "this") return refused(target, "assign-this");
    if (is_superglobal(name)) {
      return runtime("SetSuperglobal", Rep::kValue, literal(name), convert(std::move(made), Rep::kValue));
    }
    return assign_variable(variable(name), std::move(made), target);
  }
  switch (kind(target)) {
    case Kind::kArray:
      return assign_list(target, std::move(made), wanted);
    case Kind::kVariableVariable:
      return method("Assign", Rep::kValue, verbatim("scope"), computed_name(target),
                    convert(std::move(made), Rep::kValue));
    case Kind::kIndex:
      return assign_element(target, std::move(made), wanted);
    case Kind::kProperty:
      if (ExprPtr field = own_field(target); field != nullptr) {
        return runtime("Set", Rep::kValue, std::move(field), convert(std::move(made), Rep::kValue));
      }
      return runtime("SetProp", Rep::kValue, object_value(child(target, 0)), member_name(child(target, 1)), scope(),
                     convert(std::move(made), Rep::kValue));
    case Kind::kStaticProperty:
      return runtime("SetStaticProp", Rep::kValue, class_reference(child(target, 0)), static_property_name(target),
                     scope(), convert(std::move(made), Rep::kValue));
    default:
      return refused(target, "assign-target");
  }
}

// Whether the key of a place can be read when the place is looked for: PHP reads a variable then, and nothing else.
bool FunctionLowering::is_read_where_used(const hir::Expr& key) {
  const hir::Expr* found = &key;
  while (found->kind == ExprKind::kConvert) found = found->children[0].get();
  return found->kind == ExprKind::kVariable || is_inert(*found);
}

// What stands within a place: the place or object that it is part of comes first.
static bool is_part(const hir::Expr& where) {
  static constexpr std::string_view kParts[] = {"AppendPlace", "HolderAt",  "HolderIn",     "IndexPlace",
                                                "PropPlace",   "Temporary", "UpdatedIndex", "UpdatedPlace"};
  return where.kind == ExprKind::kRuntime && std::ranges::find(kParts, where.text) != std::end(kParts);
}

static bool is_indexed(const hir::Expr& where) {
  return where.text == "HolderAt" || where.text == "IndexPlace" || where.text == "UpdatedIndex";
}

// Whether something within the place is worked out before the place is looked for.
bool FunctionLowering::has_inner_key(const hir::Expr& where) {
  if (!is_part(where)) return runs_code(where);
  return (is_indexed(where) && !is_read_where_used(*where.children[1])) || has_inner_key(*where.children[0]);
}

// Whether looking for the place runs code of the program.
bool FunctionLowering::runs_inside(const hir::Expr& where) {
  if (!is_part(where)) return runs_code(where);
  return (where.children.size() > 1 && runs_code(*where.children[1])) || runs_inside(*where.children[0]);
}

void FunctionLowering::hold_key(ExprPtr& key, NodeId at) {
  if (is_read_where_used(*key)) return;
  while (key->kind == ExprKind::kConvert && key->rep == Rep::kValue) {
    ExprPtr inner = std::move(key->children[0]);
    key = std::move(inner);
  }
  key = convert(load(hold(std::move(key), at), at), Rep::kValue);
}

// Works out what stands within a place, from the outside in.
void FunctionLowering::hold_inner_keys(ExprPtr& where, NodeId at) {
  if (is_part(*where)) {
    hold_inner_keys(where->children[0], at);
    if (is_indexed(*where)) hold_key(where->children[1], at);
  } else if (where->kind != ExprKind::kPlace && !is_place_expression(*where) && runs_code(*where)) {
    hold_key(where, at);
  }
}

// What needs statements before it, as a statement's expression or as one whose value is wanted.
ExprPtr FunctionLowering::in_turn(bool wanted, NodeId at, const std::function<ExprPtr()>& make) {
  if (!wanted) return make();
  return body_expression(at, [&](const std::function<void(ExprPtr)>& give) { give(make()); });
}

static const hir::Expr& plain_value(const hir::Expr& e) {
  const hir::Expr* out = &e;
  while (out->kind == ExprKind::kConvert || out->kind == ExprKind::kCopy) out = out->children[0].get();
  return *out;
}

// Whether working a value out may read what a place is part of, which looking for the place changes.
bool FunctionLowering::may_read(const hir::Expr& made, const hir::Expr& where) {
  const hir::Expr* root = &where;
  while (is_part(*root) && root->text != "PropPlace" && !root->children.empty()) root = root->children[0].get();
  const bool is_variable = root->kind == ExprKind::kPlace || root->kind == ExprKind::kVariable;
  const bool reads = is_variable ? made.variable == root->variable && made.variable >= 0
                                 : made.text.find("Prop") != std::string::npos || made.text.starts_with("Static");
  return reads || std::ranges::any_of(made.children,
                                      [&](const ExprPtr& one) { return one != nullptr && may_read(*one, where); });
}

// Whether PHP has the value before it looks for the place, in a way that can be told. A variable it reads behind that.
bool FunctionLowering::comes_first(const hir::Expr& made, const hir::Expr* key, const hir::Expr& where) {
  if (is_inert(made)) return false;
  if (key == nullptr || is_inert(*key)) return true;
  return is_read_where_used(*key) && plain_value(made).kind != ExprKind::kVariable && may_read(made, where);
}

ExprPtr FunctionLowering::assign_element(NodeId target, ExprPtr made, bool wanted) {
  if (is_global_element(target)) {
    return runtime("SetGlobal", Rep::kValue, global_name(target), convert(std::move(made), Rep::kValue));
  }
  const NodeId base = plain(base_of(target));
  ExprPtr key = index_key(target);
  made = convert(std::move(made), Rep::kValue);
  const hir::Expr* read = key.get();
  while (read != nullptr && (read->kind == ExprKind::kConvert || read->text == "Read")) read = read->children[0].get();
  // The value may change the variable that is the key, which PHP reads behind that.
  const bool moves = read != nullptr && read->kind == ExprKind::kVariable && changes(*made, read->variable);
  if (const std::int32_t slot = array_variable(base); slot >= 0) {
    ExprPtr array = load(slot, base);
    if (array->rep == Rep::kArray) {
      if (key == nullptr) return method("Push", Rep::kValue, std::move(array), std::move(made));
      const auto put = [&] {
        return method("Put", Rep::kValue, std::move(array), convert(std::move(key), Rep::kValue), std::move(made));
      };
      if (!moves) return put();
      return in_turn(wanted, target, [&] {
        hold_key(made, target);
        return put();
      });
    }
  }
  ExprPtr where = container_place(base);
  if (key != nullptr) key = convert(std::move(key), Rep::kValue);
  // The value may change what the place is part of, so it is worked out first.
  const bool is_within = where->kind != ExprKind::kPlace;
  const bool waits = is_within && comes_first(*made, key.get(), *where);
  const bool late = is_within && key != nullptr && (runs_code(*key) || runs_code(*made));
  // So are all keys, before that.
  const bool assigns = moves || (waits && assigns_variable(*made));  // one that the place may be made of
  if (assigns || ((waits || late) && has_inner_key(*where))) {
    return in_turn(wanted, target, [&] {
      if (has_inner_key(*where)) hold_inner_keys(where, target);
      if (assigns) hold_key(made, target);
      return stored(target, std::move(where), std::move(key), std::move(made));
    });
  }
  return stored(target, std::move(where), std::move(key), std::move(made));
}

ExprPtr FunctionLowering::stored(NodeId target, ExprPtr where, ExprPtr key, ExprPtr made) {
  const bool is_within = where->kind != ExprKind::kPlace;
  const bool waits = is_within && comes_first(*made, key.get(), *where);
  if (waits && key == nullptr) return runtime("StoreTo", Rep::kValue, std::move(made), std::move(where));
  if (waits) return runtime("StoreAt", Rep::kValue, std::move(made), std::move(where), std::move(key));
  if (key == nullptr) return runtime("AppendTo", Rep::kValue, std::move(where), std::move(made));
  const bool late = is_within && (runs_code(*key) || runs_code(*made));
  if (late && runs_inside(*where)) refuse(target, "nested-key-order");
  if (late) return runtime("StoreKeyed", Rep::kValue, std::move(key), std::move(made), std::move(where));
  return runtime("PutAt", Rep::kValue, std::move(where), std::move(key), std::move(made));
}

// Whether working it out may run code of the program, which may change any place. What magic methods of objects do that
// are read or become strings is not looked at.
bool FunctionLowering::runs_code(const hir::Expr& e) {
  const auto begins = [&e](std::string_view name) { return e.text.starts_with(name); };
  switch (e.kind) {
    case ExprKind::kCall:
    case ExprKind::kBody:
    case ExprKind::kAssign:
      return true;
    case ExprKind::kBuiltin: {
      const RuntimeFunction* known = go_runtime_table().find_target(e.text);
      const auto reaches = [](const RuntimeParameter& one) {
        return one.by_reference || one.type.find("callable") != one.type.npos;
      };
      if (known == nullptr || std::ranges::any_of(known->parameters, reaches)) return true;
      break;
    }
    case ExprKind::kRuntime:
      if (begins("Call") || begins("New") || begins("Set") || begins("Update") || begins("Bind") || begins("Put") ||
          begins("Store") || begins("Append") || begins("Coalesce") || begins("Iterate") || begins("Replace")) {
        return true;
      }
      break;
    default:
      break;
  }
  return std::ranges::any_of(e.children, [](const ExprPtr& one) { return one != nullptr && runs_code(*one); });
}

// Whether working it out can neither change nor be changed by anything.
bool FunctionLowering::is_inert(const hir::Expr& e) {
  switch (e.kind) {
    case ExprKind::kInt:
    case ExprKind::kFloat:
    case ExprKind::kString:
    case ExprKind::kBool:
    case ExprKind::kNull:
      return true;
    case ExprKind::kVariable:
      return e.rep != Rep::kValue && e.rep != Rep::kArray;
    case ExprKind::kConvert:
      return is_inert(*e.children[0]);
    default:
      return false;
  }
}

// The variable that is a typed array, if the node is one.
std::int32_t FunctionLowering::array_variable(NodeId node) {
  const std::string name = variable_name(node);
  if (name.empty() || name == "this" || is_superglobal(name)) return -1;
  const std::int32_t slot = variable(name);
  const hir::Variable& v = function_.variables[static_cast<std::size_t>(slot)];
  const bool typed =
      v.storage == hir::Storage::kLocal && is_assigned(slot) && (v.rep == Rep::kArray || v.rep == Rep::kNothing);
  return typed ? slot : -1;
}

ExprPtr FunctionLowering::assign_list(NodeId list, ExprPtr made, bool) {
  return body_expression_or_statements(list, std::move(made));
}

// As a statement: the value is held, then taken apart.
ExprPtr FunctionLowering::body_expression_or_statements(NodeId list, ExprPtr made) {
  const std::int32_t held = hold(std::move(made), list);
  unpack(list, held);
  return load(held, list);
}

void FunctionLowering::unpack(NodeId list, std::int32_t source) {
  std::int64_t next = 0;
  for (const NodeId item : children(list)) {
    if (!child(item, 1)) {
      ++next;
      continue;
    }
    ExprPtr key = child(item, 0) ? value(child(item, 0)) : convert(integer(next++), Rep::kValue);
    const NodeId target = plain(child(item, 1));
    if ((flags(item) & kFlagReference) != 0) {
      refuse(item, "list-reference");
      continue;
    }
    ExprPtr from = make(ExprKind::kVariable, function_.variables[static_cast<std::size_t>(source)].rep, list);
    from->variable = source;
    ExprPtr element = runtime("ListItem", Rep::kValue, convert(std::move(from), Rep::kValue), std::move(key));
    if (kind(target) == Kind::kArray) {
      unpack(target, hold(std::move(element), target));
      continue;
    }
    assign_item(target, std::move(element));
  }
}

// One element of a list: it is taken before what stands in the keys of its target is worked out.
void FunctionLowering::assign_item(NodeId target, ExprPtr element) {
  const bool appends = kind(target) == Kind::kIndex && !child(target, 1);
  if (!is_simple_place(appends ? child(target, 0) : target)) element = load(hold(std::move(element), target), target);
  ExprPtr assigned = assign_to(target, std::move(element), false);
  if (assigned != nullptr) emit_expression(std::move(assigned), target);
}

bool FunctionLowering::has_reference_item(NodeId list) const {
  for (const NodeId item : children(list)) {
    if ((flags(item) & kFlagReference) != 0) return true;
    const NodeId target = child(item, 1) ? plain(child(item, 1)) : NodeId{};
    if (target && kind(target) == Kind::kArray && has_reference_item(target)) return true;
  }
  return false;
}

// [&$a, [$b, &$c]] = $v: taken from the place of $v, whose elements become references.
void FunctionLowering::unpack_place(NodeId list, const std::function<ExprPtr()>& place) {
  std::int64_t next = 0;
  for (const NodeId item : children(list)) {
    if (!child(item, 1)) {
      ++next;
      continue;
    }
    const auto written = [&] { return child(item, 0) ? value(child(item, 0)) : convert(integer(next), Rep::kValue); };
    // It may change the place, which is looked for behind it.
    ExprPtr first = written();
    const std::int32_t held = runs_code(*first) ? hold(std::move(first), item) : -1;
    const auto key = [&] { return held < 0 ? written() : convert(load(held, item), Rep::kValue); };
    const NodeId target = plain(child(item, 1));
    if ((flags(item) & kFlagReference) != 0) {
      bind_reference(target, runtime("ListRef", Rep::kValue, place(), key()));
    } else if (kind(target) == Kind::kArray && has_reference_item(target)) {
      unpack_place(target, [&] { return runtime("IndexPlace", Rep::kValue, place(), key()); });
    } else {
      assign_item(target, runtime("ListItem", Rep::kValue, runtime("ValueAt", Rep::kValue, place()), key()));
    }
    ++next;
  }
}

// ---- With an operator ----

static TokenKind plain_operator(TokenKind op) {
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
    case TokenKind::kAndAssign:
      return TokenKind::kAmpersand;
    case TokenKind::kOrAssign:
      return TokenKind::kPipe;
    case TokenKind::kXorAssign:
      return TokenKind::kCaret;
    case TokenKind::kShiftLeftAssign:
      return TokenKind::kShiftLeft;
    case TokenKind::kShiftRightAssign:
      return TokenKind::kShiftRight;
    default:
      return TokenKind::kCoalesce;
  }
}

static std::string operation_name(TokenKind op) {
  switch (op) {
    case TokenKind::kPlus:
      return "Add";
    case TokenKind::kMinus:
      return "Sub";
    case TokenKind::kStar:
      return "Mul";
    case TokenKind::kSlash:
      return "Div";
    case TokenKind::kDot:
      return "ConcatValue";
    case TokenKind::kPercent:
      return "ModValue";
    case TokenKind::kPower:
      return "Pow";
    case TokenKind::kAmpersand:
      return "BitAnd";
    case TokenKind::kPipe:
      return "BitOr";
    case TokenKind::kCaret:
      return "BitXor";
    case TokenKind::kShiftLeft:
      return "ShiftLeftValue";
    default:
      return "ShiftRightValue";
  }
}

ExprPtr FunctionLowering::lower_compound(NodeId node, bool wanted) {
  const TokenKind op = plain_operator(ast_.header(node).op);
  const NodeId target = plain(child(node, 0));
  if (op == TokenKind::kCoalesce) return lower_coalesce_assign(node, wanted);
  const std::string name = variable_name(target);
  if (!name.empty() && name != "this" && !is_superglobal(name)) {
    const std::int32_t slot = variable(name);
    ExprPtr right = expression(child(node, 1));
    ExprPtr left = load(slot, target);
    const bool counter = (op == TokenKind::kPlus || op == TokenKind::kMinus) && left->rep == Rep::kInt &&
                         right->kind == ExprKind::kInt && integer_value(child(node, 1)) &&
                         function_.variables[static_cast<std::size_t>(slot)].storage == hir::Storage::kLocal &&
                         !assigned_otherwise_.contains(name) &&
                         !function_.variables[static_cast<std::size_t>(slot)].captured;
    if (counter) {
      return assign_variable(
          slot, native(op == TokenKind::kPlus ? "+" : "-", Rep::kInt, std::move(left), std::move(right)), node);
    }
    // Both are made strings when what is appended is worked out, which may complain before that.
    const bool waits =
        op == TokenKind::kDot && (left->rep == Rep::kValue || left->rep == Rep::kArray) && is_active(child(node, 1));
    ExprPtr made = waits                   ? runtime("Concat", Rep::kString, convert(std::move(left), Rep::kValue),
                                                     convert(std::move(right), Rep::kValue))
                   : op == TokenKind::kDot ? native("+", Rep::kString, convert(std::move(left), Rep::kString),
                                                    convert(std::move(right), Rep::kString))
                                           : arithmetic(op, std::move(left), std::move(right), node, child(node, 1));
    return assign_variable(slot, std::move(made), node);
  }
  return told_as(target, update_place(target, operation_name(op), value(child(node, 1)), false, wanted));
}

// $a[k] op= v and $o->p op= v: read, computed and written by the runtime, which knows what `a` is.
ExprPtr FunctionLowering::update_place(NodeId target, const std::string& operation, ExprPtr operand, bool old,
                                       bool wanted) {
  ExprPtr function = verbatim("php." + operation);
  const std::string suffix = old ? "Old" : "";
  switch (kind(target)) {
    case Kind::kVariable:
    case Kind::kVariableVariable:
      return runtime("UpdatePlace" + suffix, Rep::kValue, place_of(target), std::move(function), std::move(operand));
    case Kind::kIndex: {
      if (is_global_element(target)) {
        return runtime("UpdateGlobal" + suffix, Rep::kValue, global_name(target), std::move(function),
                       std::move(operand));
      }
      ExprPtr where = updated_place(plain(base_of(target)));
      ExprPtr key = index_key(target);
      if (key != nullptr) key = convert(std::move(key), Rep::kValue);
      const auto update = [&] {
        if (key == nullptr) {
          return runtime("UpdateAppend" + suffix, Rep::kValue, std::move(where), std::move(function),
                         std::move(operand));
        }
        return runtime("UpdateIndex" + suffix, Rep::kValue, std::move(where), std::move(key), std::move(function),
                       std::move(operand));
      };
      // PHP looks for a place within another once it has all keys and the operand.
      const bool reads = plain_value(*operand).kind != ExprKind::kVariable && may_read(*operand, *where);
      const bool late = runs_code(*operand) || reads || (key != nullptr && runs_code(*key));
      if (!late || (where->text != "UpdatedIndex" && where->text != "AppendPlace")) return update();
      return in_turn(wanted, target, [&] {
        hold_inner_keys(where, target);
        if (runs_inside(*where)) refuse(target, "nested-key-order");
        if (key != nullptr) hold_key(key, target);
        if (runs_code(*operand) || reads) hold_key(operand, target);
        return update();
      });
    }
    case Kind::kProperty:
      return runtime("UpdateProp" + suffix, Rep::kValue, changed_object(child(target, 0), false),
                     member_name(child(target, 1)), scope(), std::move(function), std::move(operand));
    case Kind::kStaticProperty:
      return runtime("UpdateStaticProp" + suffix, Rep::kValue, class_reference(child(target, 0)),
                     static_property_name(target), scope(), std::move(function), std::move(operand));
    default:
      return refused(target, "assign-target");
  }
}

// Whether reading it a second time is all the same.
bool FunctionLowering::is_repeatable(NodeId given) const {
  const NodeId node = plain(given);
  return is_simple(node) || !variable_name(node).empty() || kind(node) == Kind::kConstant ||
         kind(node) == Kind::kClassConstant || kind(node) == Kind::kIdentifier || kind(node) == Kind::kName;
}

// Works out in their order the parts of a target that is read and then written, for both; of a call that the target
// begins with, which is given, PHP makes a second one to write.
NodeId FunctionLowering::hold_parts(NodeId given, std::vector<std::uint32_t>& parts) {
  const NodeId node = plain(given);
  const auto once = [&](NodeId one) {
    const NodeId part = plain(one);
    if (is_repeatable(part)) return;
    const std::int32_t held = hold(expression(part), part);
    once_.emplace(part.value, held);
    parts.push_back(part.value);
  };
  switch (kind(node)) {
    case Kind::kIndex: {
      const NodeId call = hold_parts(base_of(node), parts);
      if (child(node, 1) && (flags(node) & kFlagInString) == 0) once(child(node, 1));
      return call;
    }
    case Kind::kProperty: {
      const NodeId call = hold_parts(child(node, 0), parts);
      once(child(node, 1));
      return call;
    }
    case Kind::kStaticProperty:
      once(child(node, 0));
      return {};
    case Kind::kVariableVariable:
      if (variable_name(node).empty()) once(child(node, 0));
      return {};
    case Kind::kCall:
    case Kind::kMethodCall:
    case Kind::kNullsafeMethodCall:
    case Kind::kStaticCall:
      once(node);
      return node;
    default:
      once(node);
      return {};
  }
}

// The value that is written, worked out before the target's call is made again, where there is one.
ExprPtr FunctionLowering::value_before(NodeId call, NodeId written) {
  ExprPtr made = copied(expression(written));
  if (!call) return made;
  const std::int32_t held = hold(std::move(made), written);
  once_.erase(call.value);
  return load(held, written);
}

ExprPtr FunctionLowering::lower_coalesce_assign(NodeId node, bool wanted) {
  const NodeId target = child(node, 0);
  if (!wanted) {
    std::vector<std::uint32_t> parts;
    const NodeId call = hold_parts(target, parts);
    ExprPtr test = runtime("IsNull", Rep::kBool, convert(quiet(target), Rep::kValue));
    hir::Stmt& stmt = emit(StmtKind::kIf, node);
    stmt.expr = std::move(test);
    const std::string name = variable_name(plain(target));
    fill_branches(
        stmt,
        [&] {
          ExprPtr made = assign_to(target, value_before(call, child(node, 1)), false);
          if (made != nullptr) emit_expression(std::move(made), node);
        },
        [&] {
          if (!name.empty() && name != "this" && !is_superglobal(name)) mark_assigned(variable(name));
        });
    for (const std::uint32_t one : parts) once_.erase(one);
    return nullptr;
  }
  return body_expression(node, [&](const std::function<void(ExprPtr)>& give) {
    std::vector<std::uint32_t> parts;
    const NodeId call = hold_parts(target, parts);
    const std::int32_t held = hold(convert(quiet(target), Rep::kValue), node);
    hir::Stmt& stmt = emit(StmtKind::kIf, node);
    stmt.expr = native_not(runtime("IsNull", Rep::kBool, load(held, node)));
    fill_branches(stmt, [&] { give(copied(load(held, node))); }, [] {});
    give(copied(convert(assign_to(target, value_before(call, child(node, 1)), true), Rep::kValue)));
    for (const std::uint32_t one : parts) once_.erase(one);
  });
}

// ---- ++ and -- ----

void FunctionLowering::lower_update_statement(NodeId node) {
  const NodeId target = plain(child(node, 0));
  const std::string name = variable_name(target);
  if (name.empty() || name == "this") return emit_expression(lower_update(node, false), node);
  const std::int32_t slot = variable(name);
  emit_expression(assign_variable(slot, stepped(slot, node), node), node);
}

// What the variable holds after ++ or --.
ExprPtr FunctionLowering::stepped(std::int32_t slot, NodeId node) {
  const bool up = ast_.header(node).op == TokenKind::kIncrement;
  ExprPtr before = load(slot, child(node, 0));
  if (before->rep == Rep::kInt) {
    const Type type = type_of(plain(child(node, 0)));
    const hir::Variable& v = function_.variables[static_cast<std::size_t>(slot)];
    const bool counter = v.storage == hir::Storage::kLocal && !assigned_otherwise_.contains(v.name) && !v.captured;
    const bool bounded = v.storage == hir::Storage::kLocal && type.only(kTypeInt) && !type.is_unverified() &&
                         type.detail().has_range &&
                         (up ? type.detail().high < INT64_MAX : type.detail().low > INT64_MIN);
    const bool counted = type_of(node).only(kTypeInt) && kind(node) == Kind::kPrefixUpdate;
    if (bounded || counted || counter) return native(up ? "+" : "-", Rep::kInt, std::move(before), integer(1));
    return runtime(up ? "AddInt" : "SubInt", number_rep(), std::move(before), integer(1));
  }
  if (before->rep == Rep::kFloat) {
    ExprPtr one = make(ExprKind::kFloat, Rep::kFloat, {});
    one->number = 1;
    return native(up ? "+" : "-", Rep::kFloat, std::move(before), std::move(one));
  }
  if (before->rep == Rep::kNumber) {
    return runtime(up ? "Num.Add" : "Num.Sub", Rep::kNumber, std::move(before), convert(integer(1), Rep::kNumber));
  }
  if (before->rep == Rep::kNothing) return before;
  return runtime(up ? "Inc" : "Dec", Rep::kValue, convert(std::move(before), Rep::kValue));
}

ExprPtr FunctionLowering::lower_update(NodeId node, bool wanted) {
  const NodeId target = plain(child(node, 0));
  const bool old = kind(node) == Kind::kPostfixUpdate;
  const bool up = ast_.header(node).op == TokenKind::kIncrement;
  const std::string name = variable_name(target);
  if (name.empty() || name == "this") return update_place(target, up ? "IncValue" : "DecValue", null(), old, wanted);
  const std::int32_t slot = variable(name);
  ExprPtr after = stepped(slot, node);
  ExprPtr made = assign_variable(slot, std::move(after), node);
  if (!old) return made;
  ExprPtr out = runtime("Replace", made->rep, std::move(made->children[0]), std::move(made->children[1]));
  return out;
}

// ---- By reference ----

void FunctionLowering::bind_assigned(NodeId node) {
  bind_reference(plain(child(node, 0)), reference_of(child(node, 1)));
}

// An assignment by reference whose value is wanted, which comes about only where and when it is worked out.
ExprPtr FunctionLowering::lower_assign_reference(NodeId node) {
  const NodeId target = plain(child(node, 0));
  const NodeId source = plain(child(node, 1));
  const auto named = [&](NodeId one) { return !variable_name(one).empty() && variable_name(one) != "this"; };
  const NodeId read = named(target) ? target : source;
  if (!named(read) && !is_simple_place(target)) return refused(node, "reference-target");
  return body_expression(node, [&](const std::function<void(ExprPtr)>& give) {
    bind_assigned(node);
    give(copied(named(read) ? load(variable(variable_name(read)), read) : expression(target)));
  });
}

void FunctionLowering::bind_reference(NodeId given, ExprPtr reference) {
  const NodeId target = plain(given);
  if (const std::string name = variable_name(target); !name.empty()) {
    const std::int32_t slot = variable(name);
    box(slot);
    mark_assigned(slot);
    hir::Stmt& stmt = emit(StmtKind::kBind, target);
    stmt.variable = slot;
    const bool global =
        function_.is_main && (shared_.program.uses_globals || shared_.program.global_names.contains(name));
    const char* const bind = shared_.program.is_mounted ? "BindFileVariable" : "BindGlobal";
    stmt.expr = global ? runtime(bind, Rep::kValue, literal(name), std::move(reference)) : std::move(reference);
    return;
  }
  switch (kind(target)) {
    case Kind::kIndex: {
      if (is_global_element(target)) return refuse(target, "globals-reference");
      ExprPtr where = container_place(plain(base_of(target)));
      ExprPtr key = index_key(target);
      if (key != nullptr) key = convert(std::move(key), Rep::kValue);
      // PHP makes the reference before it looks for the place, which that may move.
      const bool late = where->kind != ExprKind::kPlace && reference->kind != ExprKind::kBox;
      ExprPtr made =
          key == nullptr && late ? runtime("BindAppendLate", Rep::kNull, std::move(reference), std::move(where))
          : key == nullptr       ? runtime("BindAppend", Rep::kNull, std::move(where), std::move(reference))
          : late ? runtime("BindIndexLate", Rep::kNull, std::move(key), std::move(reference), std::move(where))
                 : runtime("BindIndex", Rep::kNull, std::move(where), std::move(key), std::move(reference));
      emit_expression(std::move(made), target);
      return;
    }
    case Kind::kProperty:
      shared_.program.refers_to_properties = true;
      emit_expression(runtime("BindProp", Rep::kNull, object_value(child(target, 0)), member_name(child(target, 1)),
                              scope(), std::move(reference)),
                      target);
      return;
    case Kind::kStaticProperty:
      shared_.program.refers_to_properties = true;
      emit_expression(runtime("BindStaticProp", Rep::kNull, class_reference(child(target, 0)),
                              static_property_name(target), scope(), std::move(reference)),
                      target);
      return;
    case Kind::kVariableVariable:
      return refuse(target, "variable-variable");
    default:
      refuse(target, "reference-target");
  }
}

}  // namespace banyan::php
