// Variables of a function: which there are, which something else may share, and what they hold so far.
#include <algorithm>

#include "php_convert/lowering.h"

namespace banyan::php {

using hir::Rep;
using hir::Storage;

// The most that one step of what is counted adds.
static constexpr std::int64_t kStepMax = 1024;

std::int32_t FunctionLowering::variable(const std::string& name) {
  if (is_superglobal(name)) refuse({}, "superglobal");  // used in a way that is not seen to elsewhere
  const auto [it, is_new] = slots_.try_emplace(name, static_cast<std::int32_t>(function_.variables.size()));
  if (is_new) {
    hir::Variable made;
    made.name = name;
    function_.variables.push_back(std::move(made));
    shared_.changed = true;
  }
  if (assigned_.size() < function_.variables.size()) assigned_.resize(function_.variables.size());
  return it->second;
}

// Temporaries are made in the same order in each pass, so that those that hold the same are found again.
std::string FunctionLowering::temporary_key(Rep rep, Temporaries& made) {
  const auto kind = static_cast<std::size_t>(rep);
  return "#" + std::to_string(kind) + "." + std::to_string(made[kind]++);
}

std::int32_t FunctionLowering::temporary(Rep rep) {
  const std::int32_t out = variable(temporary_key(rep, temporaries_));
  hir::Variable& v = function_.variables[static_cast<std::size_t>(out)];
  v.name.clear();
  v.asked = rep;
  v.captured = false;  // as what it was for in the pass before
  grow(out, rep);
  mark_assigned(out);
  return out;
}

void FunctionLowering::grow(std::int32_t variable, Rep rep) {
  hir::Variable& v = function_.variables[static_cast<std::size_t>(variable)];
  Rep wanted = hir::join(v.rep, rep);
  if (wanted == Rep::kNull || (wanted == Rep::kNumber && v.captured)) wanted = Rep::kValue;
  if ((v.storage == Storage::kBox || v.may_be_undefined || shared_.widen) && rep != Rep::kNothing) wanted = Rep::kValue;
  if (wanted == v.rep) return;
  v.rep = wanted;
  shared_.changed = true;
}

void FunctionLowering::grow_result(Rep rep) {
  Rep wanted = hir::join(function_.result, rep);
  if (wanted == Rep::kNull || wanted == Rep::kNumber || shared_.widen) wanted = Rep::kValue;
  if (wanted == function_.result) return;
  function_.result = wanted;
  shared_.changed = true;
}

void FunctionLowering::mark_assigned(std::int32_t variable) {
  if (assigned_.size() < function_.variables.size()) assigned_.resize(function_.variables.size());
  assigned_[static_cast<std::size_t>(variable)] = true;
}

bool FunctionLowering::is_assigned(std::int32_t variable) const {
  const auto at = static_cast<std::size_t>(variable);
  const hir::Variable& v = function_.variables[at];
  const bool may_go = shared_.program.unsets_globals && !v.name.empty() && v.storage == Storage::kBox &&
                      (function_.is_main || function_.has_scope);
  if (may_go && reachable_) return false;
  return !reachable_ || (at < assigned_.size() && assigned_[at]);
}

FunctionLowering::Assigned FunctionLowering::assigned_both(const Assigned& a, const Assigned& b) const {
  Assigned out(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) out[i] = a[i] && b[i];
  return out;
}

// Takes the variables away that unset() names somewhere in the node: what runs more than once, or is left on the way,
// may find them gone.
void FunctionLowering::forget_unset(NodeId node, Assigned& assigned) {
  if (!node) return;
  switch (kind(node)) {
    case Kind::kClosure:
    case Kind::kArrowFunction:
    case Kind::kFunction:
    case Kind::kClass:
    case Kind::kAnonymousClass:
      return;
    case Kind::kUnset:
      for (const NodeId one : children(node)) {
        const std::string name = variable_name(plain(one));
        if (name.empty() || name == "this" || is_superglobal(name)) continue;
        const auto slot = static_cast<std::size_t>(variable(name));
        if (slot < assigned.size()) assigned[slot] = false;
      }
      return;
    default:
      break;
  }
  for (const NodeId one : children(node)) {
    if (one) forget_unset(one, assigned);
  }
}

// ---- Which variables are shared ----

void FunctionLowering::box_target(NodeId node) {
  const NodeId target = plain(node);
  const std::string name = variable_name(target);
  if (!name.empty() && !is_superglobal(name)) {
    const std::int32_t index = variable(name);
    if (name == "this") return;
    hir::Variable& v = function_.variables[static_cast<std::size_t>(index)];
    v.storage = Storage::kBox;
    v.rep = Rep::kValue;
  }
}

void FunctionLowering::box_target_named(hir::Variable& v) {
  v.storage = Storage::kBox;
  v.rep = Rep::kValue;
}

// Whether the call makes or shows variables by name.
bool FunctionLowering::reaches_variables(NodeId node) const {
  if (kind(child(node, 0)) != Kind::kName) return false;
  const std::string name = lowered(names(node).text(child(node, 0)));
  const std::string plain_name = name.starts_with('\\') ? name.substr(1) : name;
  if (plain_name == "extract" || plain_name == "get_defined_vars") return true;
  if (plain_name != "compact") return false;
  for (const NodeId argument : children(child(node, 1))) {
    if (kind(plain(child(argument, 1))) != Kind::kString) return true;
  }
  return false;
}

// Whether the argument is a variable that nothing before it names: if there is one, what is called makes it.
bool FunctionLowering::is_met_first(NodeId argument) const {
  const std::string name = variable_name(plain(argument));
  return !name.empty() && name != "this" && !slots_.contains(name) && kind(node_) != Kind::kArrowFunction;
}

void FunctionLowering::scan_call(NodeId node) {
  if (kind(node) == Kind::kCall && reaches_variables(node)) make_dynamic();
  const NodeId arguments = child(node, kind(node) == Kind::kCall || kind(node) == Kind::kNew ? 1 : 2);
  if (kind(node) != Kind::kCall) {
    // Which method is called is known only at run time: whatever could be meant by reference is.
    for (const NodeId argument : children(arguments)) {
      if (kind(argument) == Kind::kArgument && method_may_take_reference(node)) box_target(child(argument, 1));
    }
    return;
  }
  const NodeId callee = child(node, 0);
  const std::int32_t user = user_function(callee);
  const RuntimeFunction* builtin = user < 0 ? builtin_function(callee) : nullptr;
  std::size_t position = 0;
  for (const NodeId argument : children(arguments)) {
    if (kind(argument) != Kind::kArgument) continue;
    bool by_reference = false;
    if (user >= 0) {
      by_reference = parameter_is_reference(user, position, child(argument, 0));
    } else if (builtin == nullptr && kind(callee) == Kind::kName) {
      by_reference = elsewhere_takes_reference(callee);
    } else if (builtin == nullptr) {
      by_reference = dynamic_may_take_reference() || is_met_first(child(argument, 1));
    } else if (builtin != nullptr) {
      if (builtin->boxes(position)) {
        assigned_otherwise_.insert(variable_name(plain(child(argument, 1))));
        written_otherwise_.insert(variable_name(plain(child(argument, 1))));
      }
    }
    if (by_reference) box_target(child(argument, 1));
    ++position;
  }
}

// A variable that starts small and is only counted up or down by a little never leaves the range of ints: that would
// take 2^62 steps, which no program lives to see.
bool FunctionLowering::is_small(NodeId node) const {
  constexpr std::int64_t kSmall = std::int64_t{1} << 62;
  if (const auto number = integer_value(node)) return *number < kSmall;
  const NodeId inner = plain(node);
  if (const auto bound = magnitude(inner, false)) return *bound < kSmall;
  if (kind(inner) == Kind::kUnary) return is_small(child(inner, 0)) && kind(plain(child(inner, 0))) == Kind::kInteger;
  const Type type = type_of(inner);
  const TypeDetail& detail = type.detail();
  return type.only(kTypeInt) && !type.is_unverified() && detail.has_range && detail.low > -kSmall &&
         detail.high < kSmall;
}

// The variable that the value is, or is a small step from.
std::optional<std::string> FunctionLowering::counted_from(NodeId given) const {
  NodeId node = plain(given);
  const TokenKind op = ast_.header(node).op;
  if (kind(node) == Kind::kBinary && (op == TokenKind::kPlus || op == TokenKind::kMinus)) {
    const auto step = integer_value(child(node, 1));
    if (!step || *step > kStepMax) return std::nullopt;
    node = plain(child(node, 0));
  }
  const std::string name = variable_name(node);
  if (name.empty() || name == "this" || is_superglobal(name)) return std::nullopt;
  return name;
}

// Variables that go on from one which is not only counted with are not, either.
void FunctionLowering::settle_counters() {
  const auto strays = [&](const std::string& name) {
    const auto slot = slots_.find(name);
    if (slot == slots_.end() || assigned_otherwise_.contains(name)) return true;
    const hir::Variable& v = function_.variables[static_cast<std::size_t>(slot->second)];
    return v.storage == Storage::kBox || v.captured;
  };
  for (bool again = true; again;) {
    again = false;
    for (const auto& [name, from] : counts_from_) {
      if (!std::ranges::any_of(from, strays)) continue;
      again = assigned_otherwise_.insert(name).second || again;
    }
  }
}

// Whether the variable, if it holds an int, is only counted with.
bool FunctionLowering::is_counter(const std::string& name) const {
  const auto slot = slots_.find(name);
  if (slot == slots_.end() || assigned_otherwise_.contains(name)) return false;
  const hir::Variable& v = function_.variables[static_cast<std::size_t>(slot->second)];
  return v.rep == Rep::kInt && v.storage == Storage::kLocal && !v.captured;
}

// A bound of the size of an int that the node gives, if it gives one.
std::optional<std::int64_t> FunctionLowering::magnitude(NodeId given, bool with_counters) const {
  constexpr std::int64_t kCounted = std::int64_t{1} << 61;  // see is_small()
  constexpr std::int64_t kLength = std::int64_t{1} << 48;   // more than memory holds
  static constexpr std::string_view kLengths[] = {"count", "mb_strlen", "sizeof", "strlen"};
  const NodeId node = plain(given);
  if (const auto number = integer_value(node)) return number;
  const Type type = type_of(node);
  const TypeDetail& detail = type.detail();
  if (type.only(kTypeInt) && !type.is_unverified() && detail.has_range && detail.low > -INT64_MAX) {
    return std::max(std::abs(detail.low), std::abs(detail.high));
  }
  if (with_counters && is_counter(variable_name(node))) return kCounted;
  if (kind(node) == Kind::kCall) {
    const RuntimeFunction* const builtin =
        user_function(child(node, 0)) < 0 ? builtin_function(child(node, 0)) : nullptr;
    if (builtin != nullptr && std::ranges::find(kLengths, builtin->name) != std::end(kLengths)) return kLength;
  }
  if (kind(node) != Kind::kBinary) return std::nullopt;
  const auto left = magnitude(child(node, 0), with_counters);
  const auto right = magnitude(child(node, 1), with_counters);
  std::int64_t out = 0;
  switch (ast_.header(node).op) {
    case TokenKind::kPlus:
    case TokenKind::kMinus:
      return left && right && !__builtin_add_overflow(*left, *right, &out) ? std::optional(out) : std::nullopt;
    case TokenKind::kStar:
      return left && right && !__builtin_mul_overflow(*left, *right, &out) ? std::optional(out) : std::nullopt;
    case TokenKind::kPercent:
      return right;
    default:
      return std::nullopt;
  }
}

// Whether the value may be an object that is made there, or an array that surely holds one.
bool FunctionLowering::makes_objects(NodeId node, bool in_array) const {
  switch (kind(node)) {
    case Kind::kNew:
    case Kind::kClone:
    case Kind::kClosure:
    case Kind::kArrowFunction:
      return true;
    case Kind::kCall:
    case Kind::kMethodCall:
    case Kind::kStaticCall:
      return !in_array;
    case Kind::kArray:
      in_array = true;
      break;
    case Kind::kArrayItem:
    case Kind::kTernary:
    case Kind::kMatch:
    case Kind::kAssign:
    case Kind::kParenthesized:
      break;
    default:
      return false;
  }
  const auto list = children(node);
  return std::any_of(list.begin(), list.end(), [&](NodeId one) { return one && makes_objects(one, in_array); });
}

void FunctionLowering::note_assignment(NodeId node) {
  const std::string name = variable_name(plain(child(node, 0)));
  if (name.empty()) {
    std::set<std::string> used;
    if (kind(plain(child(node, 0))) == Kind::kArray) free_variables(child(node, 0), used);
    written_otherwise_.insert(used.begin(), used.end());
    assigned_otherwise_.insert(used.begin(), used.end());
    return;
  }
  const TokenKind op = ast_.header(node).op;
  if (op != TokenKind::kAssign) {
    written_otherwise_.insert(name);
  } else if (makes_objects(child(node, 1), false)) {
    keepable_.insert(name);
  }
  if (op == TokenKind::kAssign && is_small(child(node, 1))) return;
  if (const auto from = counted_from(child(node, 1)); op == TokenKind::kAssign && from) {
    counts_from_[name].insert(*from);
    return;
  }
  const auto step = integer_value(child(node, 1));
  const bool counts = op == TokenKind::kPlusAssign || op == TokenKind::kMinusAssign;
  if (counts && step && *step <= kStepMax) return;
  assigned_otherwise_.insert(name);
}

void FunctionLowering::scan_node(NodeId node) {
  switch (kind(node)) {
    case Kind::kVariable: {
      const std::string name = variable_name(node);
      if (!name.empty() && name != "this" && !is_superglobal(name)) variable(name);
      return;
    }
    case Kind::kVariableVariable:
      if (const std::string name = variable_name(node); !name.empty()) {
        variable(name);
      } else {
        make_dynamic();
        scan_node(child(node, 0));
      }
      return;
    case Kind::kArrowFunction:
      scan_arrow(node);
      return;
    case Kind::kClosure:
      for (const NodeId use : children(child(node, function_slot::kUses))) {
        if ((flags(use) & kFlagReference) != 0) {
          box_target(child(use, 0));
        } else {
          variable(variable_name(child(use, 0)));
        }
      }
      return;
    case Kind::kFunction:
    case Kind::kClass:
    case Kind::kInterface:
    case Kind::kTrait:
    case Kind::kEnum:
      return;
    case Kind::kAnonymousClass:
      for (const NodeId argument : children(child(node, class_slot::kArguments))) scan_node(argument);
      return;
    default:
      break;
  }
  scan_sharing(node);
  for (const NodeId one : children(node)) {
    if (one) scan_node(one);
  }
}

// What a node makes of the variables it names: references of them, or values that are not counted.
void FunctionLowering::scan_sharing(NodeId node) {
  switch (kind(node)) {
    case Kind::kCall:
    case Kind::kMethodCall:
    case Kind::kNullsafeMethodCall:
    case Kind::kStaticCall:
    case Kind::kNew:
      return scan_call(node);
    case Kind::kAssignReference:
      box_target(child(node, 0));
      return box_target(child(node, 1));
    case Kind::kGlobal:
      for (const NodeId one : children(node)) box_target(one);
      return;
    case Kind::kInclude:
      if (shared_.program.is_mounted && !function_.is_main) make_dynamic();
      return;
    case Kind::kStaticVariable:
      return box_target(child(node, 0));
    case Kind::kAssign:
      return note_assignment(node);
    case Kind::kForeach:
      return scan_foreach(node);
    case Kind::kArrayItem:
      if ((flags(node) & kFlagReference) != 0) box_target(child(node, 1));
      return;
    case Kind::kReturn:
    case Kind::kYield:
      if (!function_.by_reference) return;
      for (const NodeId one : children(node)) box_target(one);
      return;
    case Kind::kCatch:
      assigned_otherwise_.insert(variable_name(child(node, 1)));
      written_otherwise_.insert(variable_name(child(node, 1)));
      return;
    default:
      return;
  }
}

void FunctionLowering::scan_foreach(NodeId node) {
  std::set<std::string> used;
  free_variables(child(node, 2), used);
  if (child(node, 1)) free_variables(child(node, 1), used);
  assigned_otherwise_.insert(used.begin(), used.end());
  written_otherwise_.insert(used.begin(), used.end());
  const NodeId target = child(node, 2);
  if ((flags(target) & kFlagReference) != 0 && kind(target) == Kind::kArrayItem) {
    box_target(child(target, 1));
    box_target(child(node, 0));
  }
}

// An arrow function takes what it needs of its surroundings by value.
void FunctionLowering::scan_arrow(NodeId node) {
  std::set<std::string> used;
  free_variables(node, used);
  for (const std::string& name : used) {
    if (!is_superglobal(name) && (slots_.contains(name) || index_ != 0)) variable(name);
  }
}

void FunctionLowering::free_variables(NodeId node, std::set<std::string>& out) {
  if (kind(node) == Kind::kVariable) {
    const std::string name = variable_name(node);
    if (!name.empty() && name != "this") out.insert(name);
    return;
  }
  if (kind(node) == Kind::kClosure) {
    for (const NodeId use : children(child(node, function_slot::kUses))) out.insert(variable_name(child(use, 0)));
    return;
  }
  if (kind(node) == Kind::kClass || kind(node) == Kind::kFunction) return;
  std::set<std::string> inner;
  for (const NodeId one : children(node)) {
    if (one) free_variables(one, inner);
  }
  if (kind(node) == Kind::kArrowFunction) {
    for (const NodeId parameter : children(child(node, function_slot::kParameters))) {
      inner.erase(variable_name(child(parameter, parameter_slot::kVariable)));
    }
  }
  out.insert(inner.begin(), inner.end());
}

// The function's variables are found by name when it runs.
void FunctionLowering::make_dynamic() {
  hir::Function& f = function_;
  if (f.is_main) {
    if (!shared_.program.uses_globals) shared_.changed = true;
    shared_.program.uses_globals = true;
  }
  if (!f.has_scope) shared_.changed = true;
  f.has_scope = true;
}

void FunctionLowering::scan() {
  if (function_.is_main) {
    for (const NodeId one : children(node_)) scan_node(one);
    settle_counters();
    for (hir::Variable& v : function_.variables) {
      if (v.name.empty()) continue;
      if (shared_.program.uses_globals || shared_.program.global_names.contains(v.name)) {
        v.storage = Storage::kBox;
        v.rep = Rep::kValue;
      }
    }
    return;
  }
  for (const NodeId parameter : children(child(node_, function_slot::kParameters))) {
    variable(variable_name(child(parameter, parameter_slot::kVariable)));
    assigned_otherwise_.insert(variable_name(child(parameter, parameter_slot::kVariable)));
    if ((flags(parameter) & kFlagReference) != 0) box_target(child(parameter, parameter_slot::kVariable));
  }
  if (function_.has_scope) {
    for (hir::Variable& v : function_.variables) {
      if (!v.name.empty() && v.name != "this") box_target_named(v);
    }
  }
  for (const NodeId use : children(child(node_, function_slot::kUses))) {
    assigned_otherwise_.insert(variable_name(child(use, 0)));
    variable(variable_name(child(use, 0)));
    if ((flags(use) & kFlagReference) != 0) box_target(child(use, 0));
  }
  if (child(node_, function_slot::kBody)) scan_node(child(node_, function_slot::kBody));
  settle_counters();
}

}  // namespace banyan::php
