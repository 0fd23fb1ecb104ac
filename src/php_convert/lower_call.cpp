// Calls of functions of the program and of computed ones; arguments by position, by name, spread, by reference.
#include <algorithm>

#include "php_check/builtins.h"
#include "php_convert/lowering.h"
#include "php_convert/runtime_files.h"

namespace banyan::php {

using hir::ExprKind;
using hir::ExprPtr;
using hir::Rep;

std::int32_t FunctionLowering::user_function(NodeId callee) const {
  if (kind(callee) != Kind::kName) return -1;
  const ResolvedName name = names(callee).function_key(names(callee).text(callee));
  const auto own = shared_.functions.find(name.key);
  if (own != shared_.functions.end()) return own->second;
  const auto global = shared_.functions.find(name.fallback);
  return name.fallback.empty() || global == shared_.functions.end() ? -1 : global->second;
}

const RuntimeFunction* FunctionLowering::builtin_function(NodeId callee) const {
  if (kind(callee) != Kind::kName) return nullptr;
  const ResolvedName name = names(callee).function_key(names(callee).text(callee));
  return shared_.runtime->find(name.fallback.empty() ? name.key : name.fallback);
}

bool FunctionLowering::parameter_is_reference(std::int32_t callee, std::size_t position, NodeId name) const {
  const NodeId node = shared_.nodes[static_cast<std::size_t>(callee)];
  const auto parameters = children(child(node, function_slot::kParameters));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const bool variadic = (flags(parameters[i]) & kFlagVariadic) != 0;
    const bool meant = name ? variable_name(child(parameters[i], parameter_slot::kVariable)) == text(name)
                            : i == position || (variadic && i < position);
    if (meant) return (flags(parameters[i]) & kFlagReference) != 0;
  }
  return false;
}

// Without knowing what is called: whether any method or closure of the file takes references at all.
bool FunctionLowering::dynamic_may_take_reference() const { return shared_.has_reference_parameters; }

// Whether an argument is a variable that may be shared and is not assigned so far: what is called makes it then.
bool FunctionLowering::gives_unassigned(NodeId arguments) const {
  const auto given = children(arguments);
  return std::ranges::any_of(given, [this](NodeId argument) {
    const auto slot = slots_.find(variable_name(plain(argument_value(argument))));
    return slot != slots_.end() && slot->first != "this" && !is_assigned(slot->second) &&
           function_.variables[static_cast<std::size_t>(slot->second)].storage == hir::Storage::kBox;
  });
}

// Whether a function that the file does not declare may take references.
bool FunctionLowering::elsewhere_takes_reference(NodeId callee) const {
  const std::string name = lowered(text(callee));
  return shared_.reference_methods.contains(name.substr(name.rfind('\\') + 1));
}

bool FunctionLowering::method_may_take_reference(NodeId node) const {
  const NodeId named = kind(node) == Kind::kNew ? NodeId{} : child(node, 1);
  if (kind(node) == Kind::kNew) return shared_.reference_methods.contains("__construct");
  if (kind(named) != Kind::kIdentifier) return shared_.has_reference_parameters;
  return shared_.reference_methods.contains(lowered(text(named)));
}

NodeId FunctionLowering::argument_value(NodeId argument) const {
  return kind(argument) == Kind::kArgument ? child(argument, 1) : argument;
}

ExprPtr FunctionLowering::lower_call(NodeId node) {
  const NodeId callee = child(node, 0);
  const NodeId arguments = child(node, 1);
  if (kind(arguments) == Kind::kCallablePlaceholder) return callable_of(callee);
  if (kind(callee) == Kind::kName) {
    const ResolvedName name = names(callee).function_key(names(callee).text(callee));
    const std::int32_t user = user_function(callee);
    if (user >= 0) return call_user(user, node, arguments, nullptr);
    const std::string& global = name.fallback.empty() ? name.key : name.fallback;
    if (only_sets(global, node)) {
      const auto given = children(arguments);
      return runtime("SetOption", Rep::kValue, convert(expression(argument_value(given[0])), Rep::kString),
                     value(argument_value(given[1])));
    }
    bool handled = false;
    ExprPtr special = special_call(global, node, &handled);
    if (handled) return special;
    const bool is_hosts = shared_.program.is_mounted && mount_has_builtin(global);
    const RuntimeFunction* const builtin = is_hosts ? nullptr : shared_.runtime->find(global);
    if (builtin != nullptr) return lower_builtin(*builtin, node);
    if (!is_hosts && find_builtin_function(global) != nullptr) return refused(node, "builtin-missing:" + global);
    ExprPtr list = argument_list(arguments, elsewhere_takes_reference(callee));
    ExprPtr own = literal(spelled(name.key, callee));
    ExprPtr fallback = literal(name.fallback);
    if (!is_hosts && shows_when_worked_out(arguments)) {
      own = runtime("NeedFunction", Rep::kString, std::move(own), std::move(fallback));
      fallback = literal("");
    }
    return runtime("CallUndefined", Rep::kValue, std::move(own), std::move(fallback), std::move(list));
  }
  ExprPtr called = value(callee);
  hir::Expr* written = called.get();
  while (written->kind == ExprKind::kConvert) written = written->children[0].get();
  // A name that is written out, PHP's compiler makes a full one of, which messages tell.
  if (written->kind == ExprKind::kString && written->text.starts_with('\\')) written->text.erase(0, 1);
  ExprPtr list = argument_list(arguments, dynamic_may_take_reference() || gives_unassigned(arguments));
  if (function_.class_index >= 0 || function_.is_rebindable) {
    return runtime("CallValueIn", Rep::kValue, std::move(called), scope(), std::move(list));
  }
  return runtime("CallValue", Rep::kValue, std::move(called), std::move(list));
}

// A name in full as the source writes it, for messages; `key` is what it is found by, in lower case.
std::string FunctionLowering::spelled(const std::string& key, NodeId node) const {
  std::string written = names(node).text(node);
  if (written.starts_with('\\')) return written.substr(1);
  if (lowered(written).starts_with("namespace\\")) written.erase(0, std::string_view("namespace\\").size());
  std::string full = names(node).qualified(written);
  if (lowered(full) == lowered(key)) return full;
  if (std::string alias = through_alias(written, key); !alias.empty()) return alias;
  const auto imported = shared_.imports.find(lowered(key));
  return imported == shared_.imports.end() ? key : imported->second;
}

// f(...): a closure of f.
ExprPtr FunctionLowering::callable_of(NodeId callee) {
  if (kind(callee) == Kind::kName) {
    const ResolvedName name = names(callee).function_key(names(callee).text(callee));
    const std::int32_t user = user_function(callee);
    const std::string global = name.fallback.empty() ? name.key : name.fallback;
    const bool is_hosts = shared_.program.is_mounted && mount_has_builtin(global);
    if (user < 0 && !is_hosts && shared_.runtime->find(global) == nullptr && find_builtin_function(global) != nullptr) {
      return refused(callee, "builtin-missing:" + global);
    }
    return runtime("CallableNamed", Rep::kValue, literal(user >= 0 ? function_key(user) : global));
  }
  return runtime("CallableOf", Rep::kValue, value(callee), scope());
}

std::string FunctionLowering::function_key(std::int32_t index) const {
  return shared_.program.functions[static_cast<std::size_t>(index)].name;
}

// The arguments in the order of the parameters; false where that is known only at run time.
bool FunctionLowering::order_arguments(const hir::Function& callee, NodeId arguments, std::vector<NodeId>& out) {
  for (const NodeId argument : children(arguments)) {
    if ((flags(argument) & kFlagSpread) != 0) return false;
    if (!child(argument, 0)) {
      out.push_back(child(argument, 1));
      continue;
    }
    const std::string_view name = text(child(argument, 0));
    std::size_t at = 0;
    while (at < callee.parameters.size() && callee.parameters[at].name != name) ++at;
    if (at == callee.parameters.size() || callee.parameters[at].variadic) return false;
    if (out.size() <= at) out.resize(at + 1);
    if (out[at]) return false;
    out[at] = child(argument, 1);
  }
  return true;
}

ExprPtr FunctionLowering::call_user(std::int32_t index, NodeId node, NodeId arguments, ExprPtr self) {
  const hir::Function& callee = shared_.program.functions[static_cast<std::size_t>(index)];
  std::vector<NodeId> given;
  std::size_t required = 0;
  for (const hir::Parameter& parameter : callee.parameters) {
    if (!parameter.optional && !parameter.variadic)
      required = static_cast<std::size_t>(&parameter - callee.parameters.data()) + 1;
  }
  const bool ordered = order_arguments(callee, arguments, given);
  bool holes = false;
  for (std::size_t i = 0; i < required && ordered; ++i) holes = holes || i >= given.size() || !given[i];
  const bool variadic = !callee.parameters.empty() && callee.parameters.back().variadic;
  const bool surplus = given.size() > callee.parameters.size() && !variadic;
  if (!ordered || holes || callee.uses_arguments || surplus || callee.is_generator) {
    const bool refers = std::any_of(callee.parameters.begin(), callee.parameters.end(),
                                    [](const hir::Parameter& one) { return one.by_reference; });
    ExprPtr list = argument_list(arguments, refers);
    if (refers) refuse_values(callee, arguments, *list);
    if (self != nullptr) {
      return runtime("CallMethodIn", Rep::kValue, this_value(node), literal(text(child(node, 1))), scope(),
                     std::move(list));
    }
    return runtime("CallNamed", Rep::kValue, literal(callee.name), std::move(list));
  }
  ExprPtr out = make(ExprKind::kCall, callee.by_reference ? Rep::kValue : callee.result, node);
  if (out->rep == Rep::kNull) out->rep = Rep::kValue;
  out->function = index;
  if (self != nullptr) out->children.push_back(std::move(self));
  for (std::size_t i = 0; i < callee.parameters.size(); ++i) {
    const hir::Parameter& parameter = callee.parameters[i];
    if (parameter.variadic) {
      for (std::size_t rest = i; rest < given.size(); ++rest) {
        out->children.push_back(argument_for(parameter, callee, rest, given[rest]));
      }
    } else if (i < given.size() && given[i]) {
      out->children.push_back(argument_for(parameter, callee, i, given[i]));
    } else {
      out->children.push_back(default_for(index, i));
    }
  }
  read_in_turn(out->children);
  if (callee.by_reference) return runtime("DerefResult", Rep::kValue, std::move(out));
  return out;
}

// Arguments of a list that a known function takes by reference and that are none: PHP throws as it comes to them.
void FunctionLowering::refuse_values(const hir::Function& callee, NodeId arguments, hir::Expr& list) {
  const auto given = children(arguments);
  for (std::size_t i = 0; i < given.size() && (flags(given[i]) & kFlagSpread) == 0; ++i) {
    const NodeId name = child(given[i], 0);
    std::size_t at = i;
    if (name) {
      at = 0;
      while (at < callee.parameters.size() && callee.parameters[at].name != text(name)) ++at;
    }
    const bool variadic = !callee.parameters.empty() && callee.parameters.back().variadic;
    const std::size_t meant = variadic ? std::min(at, callee.parameters.size() - 1) : at;
    if (meant >= callee.parameters.size() || !callee.parameters[meant].by_reference) continue;
    const NodeId value = plain(child(given[i], 1));
    if (is_referable(value) || kind(value) == Kind::kCall || kind(value) == Kind::kMethodCall ||
        kind(value) == Kind::kStaticCall || kind(value) == Kind::kNew) {
      continue;
    }
    list.children[i] = unreferable(value, reference_place(callee, at));
  }
}

std::string FunctionLowering::reference_place(const hir::Function& callee, std::size_t position) {
  const bool named = position < callee.parameters.size() && !callee.parameters[position].variadic;
  return callee.name + "(): Argument #" + std::to_string(position + 1) +
         (named ? " ($" + callee.parameters[position].name + ")" : "");
}

// Whether the node is a part of a value that is kept nowhere: PHP cannot write to it.
bool FunctionLowering::is_part_of_temporary(NodeId given) const {
  NodeId root = plain(given);
  bool is_part = false;
  while (kind(root) == Kind::kIndex || kind(root) == Kind::kProperty) {
    root = plain(child(root, 0));
    is_part = true;
  }
  if (!is_part) return false;
  switch (kind(root)) {
    case Kind::kArray:
    case Kind::kString:
    case Kind::kConstant:
    case Kind::kClassConstant:
    case Kind::kTernary:
    case Kind::kBinary:
      return true;
    case Kind::kCall: {
      if (kind(child(root, 0)) != Kind::kName) return false;
      const std::string name = lowered(names(child(root, 0)).text(child(root, 0)));
      return name == "func_get_args" || name == "func_get_arg";
    }
    default:
      return false;
  }
}

ExprPtr FunctionLowering::argument_for(const hir::Parameter& parameter, const hir::Function& callee,
                                       std::size_t position, NodeId node) {
  if (parameter.by_reference && kind(plain(node)) == Kind::kAssignReference) {
    bind_assigned(plain(node));
    node = child(plain(node), 0);
  }
  if (parameter.by_reference) {
    if (is_part_of_temporary(node)) {
      // Where PHP knows the function by then, it refuses the file.
      const bool is_known = callee.class_index < 0 && !callee.is_conditional && callee.offset < offset_of(node);
      if (is_known) return refused(node, "reference-argument");
      return runtime("NewRef", Rep::kValue,
                     runtime("NotHere", Rep::kValue, literal("Cannot use temporary expression in write context")));
    }
    const std::string place = reference_place(callee, position);
    ExprPtr reference = is_referable(node)         ? reference_of(node)
                        : may_give_reference(node) ? runtime("PassedRef", Rep::kValue, value_or_reference(plain(node)))
                                                   : runtime("NewRef", Rep::kValue, unreferable(node, place));
    if (parameter.type.empty() || parameter.type == "mixed") return reference;
    return runtime("TypedRef", Rep::kValue, std::move(reference), literal(parameter.type), literal(callee.name),
                   integer(static_cast<std::int64_t>(position) + 1), literal(parameter.name));
  }
  return checked_argument(parameter, callee.name, position, copied(expression(node)));
}

// Whether an argument by reference refers to something: a place, or what a function of the program gives as a
// reference.
bool FunctionLowering::is_referable(NodeId given) const {
  const NodeId node = plain(given);
  if (is_place(node) || kind(node) == Kind::kVariableVariable) return true;
  if (kind(node) != Kind::kCall) return false;
  const std::int32_t user = user_function(child(node, 0));
  return user >= 0 && shared_.program.functions[static_cast<std::size_t>(user)].by_reference;
}

// Whether it calls what only the running program knows, which may return a reference.
bool FunctionLowering::may_give_reference(NodeId given) const {
  const NodeId node = plain(given);
  return kind(node) == Kind::kMethodCall || kind(node) == Kind::kStaticCall ||
         (kind(node) == Kind::kCall && kind(child(node, 0)) != Kind::kName);
}

// What is passed by reference and is no variable: of a call PHP takes the value and says so, all else it refuses.
ExprPtr FunctionLowering::unreferable(NodeId given, const std::string& place) {
  const NodeId node = plain(given);
  if (kind(node) == Kind::kAssign && kind(plain(child(node, 0))) == Kind::kArray) {
    return refused(node, "reference-argument");
  }
  switch (kind(node)) {
    case Kind::kCall:
    case Kind::kMethodCall:
    case Kind::kStaticCall:
    case Kind::kNew:
      return runtime("Passed", Rep::kValue, value(given));
    default:
      return runtime("NotPassed", Rep::kValue, value(given), literal(place));
  }
}

// The argument as the parameter's type takes it: as it is where that is proved.
ExprPtr FunctionLowering::checked_argument(const hir::Parameter& parameter, const std::string& function,
                                           std::size_t position, ExprPtr made) {
  if (parameter.type.empty() || parameter.type == "mixed") return convert(std::move(made), parameter.rep);
  if (fits_type(made->rep, parameter.type)) return convert(std::move(made), parameter.rep);
  if ((made->rep == Rep::kInt || made->rep == Rep::kNumber) && parameter.type == "float") {
    return convert(convert(std::move(made), Rep::kFloat), parameter.rep);
  }
  const std::string place = function + "(): Argument #" + std::to_string(position + 1) +
                            (parameter.variadic ? "" : " ($" + parameter.name + ")");
  if (made->rep == Rep::kNumber && parameter.type == "int") {
    const char* const name = shared_.program.strict_types ? "StrictIntArg" : "IntArg";
    return convert(method(name, Rep::kInt, std::move(made), literal(place)), parameter.rep);
  }
  ExprPtr checked = runtime(shared_.program.strict_types ? "StrictArg" : "Arg", Rep::kValue,
                            convert(std::move(made), Rep::kValue), literal(parameter.type), literal(place));
  return convert(std::move(checked), parameter.rep);
}

ExprPtr FunctionLowering::checked_return(ExprPtr made) {
  const std::string& type = function_.return_type;
  if (type == "mixed" || type == "void" || type == "never" || fits_type(made->rep, type)) {
    return convert(std::move(made), rep_of_type(type));
  }
  if ((made->rep == Rep::kInt || made->rep == Rep::kNumber) && type == "float") {
    return convert(std::move(made), Rep::kFloat);
  }
  if (made->rep == Rep::kNumber && type == "int") {
    return method(shared_.program.strict_types ? "StrictIntResult" : "IntResult", Rep::kInt, std::move(made),
                  own_name());
  }
  ExprPtr checked = runtime(shared_.program.strict_types ? "CheckStrictResult" : "CheckResult", Rep::kValue,
                            convert(std::move(made), Rep::kValue), literal(type), own_name());
  return convert(std::move(checked), rep_of_type(type));
}

bool FunctionLowering::asks_whether_null(NodeId node) const {
  if (kind(node) == Kind::kNullsafeProperty) return true;
  const auto list = children(node);
  return std::ranges::any_of(list, [this](NodeId one) { return one && asks_whether_null(one); });
}

ExprPtr FunctionLowering::default_for(std::int32_t callee, std::size_t position) {
  const NodeId node = shared_.nodes[static_cast<std::size_t>(callee)];
  const NodeId parameter = children(child(node, function_slot::kParameters))[position];
  const hir::Function& function = shared_.program.functions[static_cast<std::size_t>(callee)];
  const hir::Parameter& spec = function.parameters[position];
  // A default may name self and constants of the callee's namespace: it is lowered where it stands.
  ExprPtr made;
  if (callee == index_) {
    made = copied(expression(child(parameter, parameter_slot::kDefault)));
  } else if (asks_whether_null(child(parameter, parameter_slot::kDefault))) {
    return refused(child(parameter, parameter_slot::kDefault), "default-nullsafe");  // wants a variable of the callee's
  } else {
    FunctionLowering there(shared_, callee);
    made = there.constant_expression(child(parameter, parameter_slot::kDefault));
  }
  if (spec.by_reference) return runtime("NewRef", Rep::kValue, convert(std::move(made), Rep::kValue));
  const NodeKind written = kind(plain(child(parameter, parameter_slot::kDefault)));
  const bool constant = written == Kind::kConstant || written == Kind::kClassConstant;
  if (constant && made->rep == Rep::kValue) {
    return checked_argument(spec, function.name, position, std::move(made));
  }
  return convert(std::move(made), spec.rep);
}

ExprPtr FunctionLowering::constant_expression(NodeId node) {
  hir::Block ignored;
  hir::Block* const outer = std::exchange(out_, &ignored);
  ExprPtr made = copied(expression(node));
  out_ = outer;
  return made;
}

// Whether the argument can be taken by reference or by value, as what is called wants it.
bool FunctionLowering::is_simple_place(NodeId given) const {
  const NodeId node = plain(given);
  switch (kind(node)) {
    case Kind::kVariable:
      return !variable_name(node).empty();
    case Kind::kIndex: {
      const NodeId key = child(node, 1);
      if (!key || is_global_element(node)) return false;
      const bool known =
          kind(plain(key)) == Kind::kInteger || kind(plain(key)) == Kind::kString || !variable_name(plain(key)).empty();
      return known && is_simple_place(child(node, 0));
    }
    case Kind::kProperty:
      return kind(child(node, 1)) == Kind::kIdentifier && is_simple_place(child(node, 0));
    case Kind::kStaticProperty:
      return kind(child(node, 0)) == Kind::kName && kind(child(node, 1)) == Kind::kVariable;
    default:
      return false;
  }
}

// Arguments for a call of what is known at run time. What can be referred to is handed on as a reference where some
// function of the file might take one; the runtime reads it where it does not.
// The arguments of what PHP's compiler knows nothing of: it has variables read on the line of the list.
ExprPtr FunctionLowering::unknown_list(NodeId arguments, bool may_refer) {
  ExprPtr out = argument_list(arguments, may_refer);
  for (const ExprPtr& one : out->children) {
    hir::Expr* read = one.get();
    while (read->kind == ExprKind::kConvert || read->kind == ExprKind::kCopy) read = read->children[0].get();
    if (read->kind == ExprKind::kRuntime && read->text == "Read") read->told = offset_of(children(arguments)[0]);
  }
  return out;
}

ExprPtr FunctionLowering::argument_list(NodeId arguments, bool may_refer) {
  ExprPtr out = make(ExprKind::kValueList, Rep::kValue, {});
  for (const NodeId argument : children(arguments)) {
    const NodeId given = child(argument, 1);
    if ((flags(argument) & kFlagSpread) != 0) {
      ExprPtr spread = make(ExprKind::kSpread, Rep::kValue, argument);
      spread->children.push_back(value(given));
      out->children.push_back(std::move(spread));
      continue;
    }
    const std::string name = variable_name(plain(given));
    ExprPtr made;
    const bool boxed = !name.empty() && name != "this" && slots_.contains(name) && is_assigned(variable(name)) &&
                       function_.variables[static_cast<std::size_t>(variable(name))].storage == hir::Storage::kBox;
    const bool undefined = may_refer && !boxed && !name.empty() && name != "this" && slots_.contains(name) &&
                           function_.variables[static_cast<std::size_t>(variable(name))].storage == hir::Storage::kBox;
    if (boxed && (may_refer || shared_.has_reference_parameters)) {
      made = box(variable(name));
    } else if (undefined) {
      place(variable(name));
      made = runtime("Perhaps", Rep::kValue, box(variable(name)), literal(name));
    } else if (may_refer && name.empty() && is_simple_place(given)) {
      made = runtime("EitherWay", Rep::kValue, reference_of(given), copied_value(given));
    } else {
      made = copied_value(given);
    }
    if (child(argument, 0)) {
      made = runtime("NamedArgument", Rep::kValue, literal(text(child(argument, 0))), std::move(made));
      out->text = "named";
    }
    out->children.push_back(std::move(made));
  }
  read_in_turn(out->children);
  return out;
}

}  // namespace banyan::php
