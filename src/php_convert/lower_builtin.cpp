// Calls of PHP's own functions: typed as the table of the runtime says, and those that only the converter can answer.
#include <algorithm>

#include "php_check/builtins.h"
#include "php_convert/lowering.h"
#include "php_rules/literal_value.h"

namespace banyan::php {

using hir::ExprKind;
using hir::ExprPtr;
using hir::Rep;

namespace {

// How the Go runtime takes a parameter of this type.
Rep parameter_rep(std::string_view type) {
  if (type == "int") return Rep::kInt;
  if (type == "float") return Rep::kFloat;
  if (type == "string") return Rep::kString;
  if (type == "bool") return Rep::kBool;
  if (type == "array" || type == "?array") return Rep::kArray;
  return Rep::kValue;
}

bool is_callable_type(std::string_view type) { return type == "callable" || type == "?callable"; }

// An int that a builtin has not written.
constexpr std::int64_t kUnwritten = -1;

struct ResultShape {
  Rep rep = Rep::kValue;
  const char* pair = nullptr;  // what makes one value of two
};

ResultShape result_shape(std::string_view type) {
  const auto simple = [](std::string_view one) {
    return one == "int" || one == "float" || one == "string" || one == "bool" || one == "array";
  };
  if (type == "void" || type == "never" || type == "null") return {Rep::kNull, nullptr};
  if (type == "false" || type == "true") return {Rep::kBool, nullptr};
  if (simple(type))
    return {type == "int"      ? Rep::kInt
            : type == "float"  ? Rep::kFloat
            : type == "string" ? Rep::kString
            : type == "bool"   ? Rep::kBool
                               : Rep::kArray,
            nullptr};
  if (type == "?array") return {Rep::kValue, "ArrayOrNull"};
  if (type.starts_with("?") && simple(type.substr(1))) return {Rep::kValue, "OrNull"};
  if (type.ends_with("|false") && simple(type.substr(0, type.size() - 6))) return {Rep::kValue, "OrFalse"};
  if (type.ends_with("|null") && simple(type.substr(0, type.size() - 5))) return {Rep::kValue, "OrNull"};
  return {};
}

// Whether a builtin neither keeps nor gives back a part of its arguments, nor runs code of the program.
bool only_reads(std::string_view name) {
  static constexpr std::string_view kReaders[] = {
      "array_is_list", "array_key_exists", "array_key_first", "array_key_last", "array_keys", "array_product",
      "array_search",  "array_sum",        "count",           "get_debug_type", "gettype",    "implode",
      "in_array",      "is_array",         "is_bool",         "is_countable",   "is_float",   "is_int",
      "is_iterable",   "is_null",          "is_numeric",      "is_object",      "is_scalar",  "is_string",
      "join",          "key_exists",       "sizeof"};
  return std::ranges::binary_search(kReaders, name);
}

// Takes the copy of an argument away.
void lend(ExprPtr& argument) {
  if (argument->kind == ExprKind::kCopy) {
    ExprPtr inner = std::move(argument->children[0]);
    argument = std::move(inner);
    return;
  }
  const bool hands_on =
      argument->kind == ExprKind::kConvert ||
      (argument->kind == ExprKind::kRuntime && (argument->text.starts_with("Param") || argument->text == "Given"));
  if (hands_on) lend(argument->children[0]);
}

std::string json_text(std::string_view json) {
  std::string out;
  for (std::size_t i = 1; i + 1 < json.size(); ++i) {
    if (json[i] != '\\') {
      out += json[i];
      continue;
    }
    const char c = json[++i];
    if (c == 'n')
      out += '\n';
    else if (c == 't')
      out += '\t';
    else if (c == 'r')
      out += '\r';
    else if (c == 'f')
      out += '\f';
    else if (c == 'b')
      out += '\b';
    else if (c == 'u') {
      out += static_cast<char>(std::stoi(std::string(json.substr(i + 1, 4)), nullptr, 16));
      i += 4;
    } else
      out += c;
  }
  return out;
}

}  // namespace

// What is passed for an argument that is left out.
ExprPtr FunctionLowering::default_argument(const RuntimeParameter& parameter) const {
  const std::string_view json = parameter.default_json;
  const Rep rep = parameter_rep(parameter.type);
  if (json == "absent" && !parameter.by_reference) return verbatim("php.Optional{}");
  if (is_callable_type(parameter.type) || parameter.by_reference || (json == "null" || json == "absent")) {
    return nil();
  }
  if (json == "true" || json == "false") return convert(boolean(json == "true"), rep);
  if (json.starts_with('"')) return convert(literal(json_text(json)), rep);
  if (json == "[]") return make(ExprKind::kArrayList, Rep::kArray, {});
  if (json.find_first_of(".eE") == std::string_view::npos) {
    return convert(integer(std::strtoll(std::string(json).c_str(), nullptr, 10)), rep);
  }
  ExprPtr out = make(ExprKind::kFloat, Rep::kFloat, {});
  out->number = std::strtod(std::string(json).c_str(), nullptr);
  return convert(std::move(out), rep);
}

ExprPtr FunctionLowering::lower_builtin(const RuntimeFunction& builtin, NodeId node) {
  const NodeId arguments = child(node, 1);
  std::vector<NodeId> given;
  bool dynamic = false;
  for (const NodeId argument : children(arguments)) {
    if ((flags(argument) & kFlagSpread) != 0) {
      dynamic = true;
      break;
    }
    if (const NodeId name = child(argument, 0)) {
      std::size_t at = 0;
      while (at < builtin.parameters.size() && builtin.parameters[at].name != text(name)) ++at;
      if (at == builtin.parameters.size() || builtin.parameters[at].variadic) {
        dynamic = true;
        break;
      }
      if (given.size() <= at) given.resize(at + 1);
      given[at] = child(argument, 1);
    } else {
      given.push_back(child(argument, 1));
    }
  }
  const bool variadic = !builtin.parameters.empty() && builtin.parameters.back().variadic;
  bool fits = !dynamic && (variadic || given.size() <= builtin.parameters.size());
  for (std::size_t i = 0; i < builtin.parameters.size() && fits; ++i) {
    const bool there = i < given.size() && given[i];
    fits = there || builtin.parameters[i].optional || builtin.parameters[i].variadic;
  }
  if (!fits) return spread_call(builtin, arguments);
  if (builtin.name.starts_with("array_walk")) shared_.program.refers_to_properties = true;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i] || builtin.parameters[i].default_json != "absent") continue;
    return runtime("NotExplicit", Rep::kValue, literal(builtin.name), integer(static_cast<std::int64_t>(i) + 1),
                   literal(builtin.parameters[i].name));
  }
  if (ExprPtr idiom = builtin_idiom(builtin, given); idiom != nullptr) return idiom;
  // A regular expression that is not valid leaves null where an array of what it found would be.
  is_trusted_ = !builtin.name.starts_with("preg_match") || !given[0] ||
                (is_written_out(plain(given[0])) && has_known_flags(builtin, given));
  bool writes = false;
  for (std::size_t i = 0; i < given.size(); ++i)
    writes = writes || (given[i] && needs_write_back(builtin, i, given[i]));
  if (!writes) {
    ExprPtr made = builtin_call(builtin, given, node, nullptr);
    if (builtin.name == "array_key_exists" && is_instruction(node)) {
      made->kind = ExprKind::kRuntime;
      made->text = "ArrayHasKey";
    }
    return coerced_late(builtin, given, std::move(made));
  }
  // What a result is written to is held in a variable of the right type, then assigned.
  return body_expression(node, [&](const std::function<void(ExprPtr)>& give) {
    const bool trusted = is_trusted_;
    const bool throws = writes_and_throws(builtin);
    std::vector<std::pair<NodeId, std::int32_t>> written;
    ExprPtr made = told_as(node, builtin_call(builtin, given, node, &written));
    const auto call = [&] {
      if (made->rep != Rep::kNull) return hold(std::move(made), node);
      emit_expression(std::move(made), node);
      return -1;
    };
    const auto store = [&] {
      for (const auto& [target, slot] : written) write_back(target, slot, trusted, throws);
    };
    const std::int32_t held = throws ? call_and_store(written, call, store, node) : call();
    if (!throws) store();
    give(held < 0 ? null() : load(held, node));
  });
}

// Whether PHP compiles the call to an instruction of its own: where the name can be no other function's, and all
// arguments are given by position.
bool FunctionLowering::is_instruction(NodeId node) const {
  static constexpr std::string_view kNames[] = {
      "array_key_exists", "boolval",   "count",      "doubleval", "floatval", "func_get_args", "func_num_args",
      "get_called_class", "get_class", "gettype",    "intval",    "is_array", "is_bool",       "is_double",
      "is_float",         "is_int",    "is_integer", "is_long",   "is_null",  "is_object",     "is_resource",
      "is_scalar",        "is_string", "sizeof",     "strlen",    "strval",
  };
  const NodeId callee = child(node, 0);
  if (kind(node) != Kind::kCall || kind(callee) != Kind::kName || has_spread(child(node, 1))) return false;
  const ResolvedName name = names(callee).function_key(names(callee).text(callee));
  return name.fallback.empty() && std::ranges::find(kNames, name.key) != std::end(kNames);
}

// Whether the function writes to its arguments and may throw all the same.
bool FunctionLowering::writes_and_throws(const RuntimeFunction& builtin) const {
  static constexpr std::string_view kNames[] = {
      "preg_filter",           "preg_match",   "preg_match_all", "preg_replace",
      "preg_replace_callback", "str_ireplace", "str_replace",
  };
  return std::ranges::find(kNames, builtin.name) != std::end(kNames) &&
         (!builtin.name.starts_with("preg_match") || !is_trusted_);
}

// Calls, and stores what was written whether or not the call throws.
std::int32_t FunctionLowering::call_and_store(const std::vector<std::pair<NodeId, std::int32_t>>& written,
                                              const std::function<std::int32_t()>& call,
                                              const std::function<void()>& store, NodeId node) {
  for (const auto& [target, slot] : written) {
    const Rep rep = function_.variables[static_cast<std::size_t>(slot)].rep;
    if (rep != Rep::kInt && (rep != Rep::kArray || shared_.is_exact)) continue;  // Go's arrays begin as nil
    hir::Stmt& unwritten = emit(hir::StmtKind::kAssign, node);
    unwritten.variable = slot;
    unwritten.expr = rep == Rep::kInt ? integer(kUnwritten) : runtime("UnwrittenArray", Rep::kArray);
  }
  hir::Stmt& attempt = emit(hir::StmtKind::kTry, node);
  attempt.text = "finally";
  hir::Block* const outer = std::exchange(out_, &attempt.body);
  ++tries_;
  const std::int32_t held = call();
  out_ = &attempt.otherwise;
  store();
  --tries_;
  out_ = outer;
  return held;
}

// Stores what a builtin has written in a variable of its own, where it has.
void FunctionLowering::write_back(NodeId target, std::int32_t slot, bool trusted, bool may_be_unwritten) {
  ExprPtr found = load(slot, target);
  if (found->rep == Rep::kArray && !trusted) {
    found = runtime("Coalesce", Rep::kValue, runtime("ArrayOrNull", Rep::kValue, std::move(found)),
                    runtime("Quiet", Rep::kValue, convert(quiet(target), Rep::kValue)));
  }
  hir::Block* const outer = out_;
  if (may_be_unwritten && found->rep == Rep::kInt) {
    hir::Stmt& written = emit(hir::StmtKind::kIf, target);
    written.expr = native("!=", Rep::kBool, load(slot, target), integer(kUnwritten));
    out_ = &written.body;
  }
  ExprPtr assigned = assign_to(target, std::move(found), false);
  if (assigned != nullptr) emit_expression(std::move(assigned), target);
  out_ = outer;
}

// Whether the flags of preg_match() and its kin are written out, and such that the function takes them.
bool FunctionLowering::has_known_flags(const RuntimeFunction& builtin, const std::vector<NodeId>& given) const {
  if (given.size() <= 3 || !given[3]) return true;
  bool has_order = false;
  const std::function<bool(NodeId)> known = [&](NodeId node) {
    node = plain(node);
    if (kind(node) == Kind::kBinary) {
      return ast_.header(node).op == TokenKind::kPipe && known(child(node, 0)) && known(child(node, 1));
    }
    if (kind(node) == Kind::kInteger) return text(node) == "0";
    std::string_view name = kind(node) == Kind::kConstant ? text(child(node, 0)) : "";
    if (name.starts_with('\\')) name.remove_prefix(1);
    const bool orders = name == "PREG_PATTERN_ORDER" || name == "PREG_SET_ORDER";
    return name == "PREG_OFFSET_CAPTURE" || name == "PREG_UNMATCHED_AS_NULL" ||
           (orders && builtin.name == "preg_match_all" && !std::exchange(has_order, true));
  };
  return known(given[3]);
}

// The argument as it was before it was coerced to the type of its parameter.
static ExprPtr uncoerced(ExprPtr made) {
  while (made->kind == ExprKind::kRuntime && (made->text == "Given" || made->text.starts_with("Param"))) {
    ExprPtr inner = std::move(made->children[0]);
    made = std::move(inner);
  }
  return made;
}

// Whether the coercion of an argument may be refused or complained of.
bool FunctionLowering::may_complain(const hir::Expr& argument) {
  if (argument.kind == ExprKind::kRuntime && argument.text == "Given") return may_complain(*argument.children[0]);
  return argument.kind == ExprKind::kRuntime && argument.text.starts_with("Param");
}

// Whether working the argument out calls something, or reads an element, which may complain.
bool FunctionLowering::calls_or_reads(const hir::Expr& e) {
  return e.kind == ExprKind::kBuiltin || (e.kind == ExprKind::kRuntime && e.text.starts_with("Index")) ||
         runs_code(e) ||
         std::ranges::any_of(e.children, [](const ExprPtr& one) { return one != nullptr && calls_or_reads(*one); });
}

// PHP coerces no argument before it has them all. Where a later one calls something, the runtime is left to do so.
ExprPtr FunctionLowering::coerced_late(const RuntimeFunction& builtin, const std::vector<NodeId>& given, ExprPtr made) {
  hir::Expr* call = made.get();
  while (call->kind == ExprKind::kRuntime && call->children.size() == 1) call = call->children[0].get();
  if (call->kind != ExprKind::kBuiltin || shared_.program.strict_types) return made;
  bool early = false;
  bool coerces = false;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const RuntimeParameter& parameter = *builtin.parameter(i);
    if (!given[i] || parameter.by_reference || is_callable_type(parameter.type)) return made;
    early = early || (coerces && calls_or_reads(*call->children[i]));
    coerces = coerces || may_complain(*call->children[i]);
  }
  if (!early) return made;
  ExprPtr list = make(ExprKind::kValueList, Rep::kValue, {});
  for (std::size_t i = 0; i < given.size(); ++i) {
    list->children.push_back(convert(uncoerced(std::move(call->children[i])), Rep::kValue));
  }
  const Rep rep = made->rep;
  ExprPtr called = runtime("CallNamed", Rep::kValue, literal(builtin.name), std::move(list));
  return rep == Rep::kNull || rep == Rep::kNothing ? std::move(called) : convert(std::move(called), rep);
}

// Whether the node is a text that is written out, and not empty.
bool FunctionLowering::is_written_out(NodeId node) const {
  return kind(node) == Kind::kString && !string_literal_value(text(node)).value_or("").empty();
}

// A call whose arguments are only known when it runs: what is taken by reference is known all the same.
ExprPtr FunctionLowering::spread_call(const RuntimeFunction& builtin, NodeId arguments) {
  ExprPtr list = argument_list(arguments);
  const auto given = children(arguments);
  for (std::size_t i = 0; i < given.size() && (flags(given[i]) & kFlagSpread) == 0; ++i) {
    const RuntimeParameter* parameter = builtin.parameter(i);
    const NodeId value = child(given[i], 1);
    if (parameter == nullptr || !parameter->by_reference || child(given[i], 0) || !is_place(value)) continue;
    list->children[i] = reference_of(value);
  }
  return runtime("CallNamed", Rep::kValue, literal(builtin.name), std::move(list));
}

bool FunctionLowering::is_written_only(const RuntimeFunction& builtin, std::size_t position) const {
  const RuntimeParameter* parameter = builtin.parameter(position);
  return parameter != nullptr && parameter->written_only;
}

// Whether the argument is written to, and is no variable of just the right type.
bool FunctionLowering::needs_write_back(const RuntimeFunction& builtin, std::size_t position, NodeId node) {
  if (!is_written_only(builtin, position)) return false;
  const Rep rep = parameter_rep(builtin.parameter(position)->type);
  if (rep == Rep::kValue) return false;
  if (rep == Rep::kArray && !is_trusted_) return true;
  const std::string name = variable_name(plain(node));
  if (name.empty() || name == "this" || is_superglobal(name)) return true;
  const std::int32_t slot = variable(name);
  hir::Variable& v = function_.variables[static_cast<std::size_t>(slot)];
  if (v.storage == hir::Storage::kBox || v.may_be_undefined) return true;
  grow(slot, rep);
  return v.rep != rep;
}

ExprPtr FunctionLowering::builtin_call(const RuntimeFunction& builtin, const std::vector<NodeId>& given, NodeId node,
                                       std::vector<std::pair<NodeId, std::int32_t>>* written) {
  const ResultShape shape = result_shape(builtin.result);
  ExprPtr out = make(ExprKind::kBuiltin, shape.rep, node);
  out->text = std::string(builtin.target);
  const std::size_t count = std::max(given.size(), builtin.parameters.size());
  for (std::size_t i = 0; i < count; ++i) {
    const RuntimeParameter& parameter = *builtin.parameter(i);
    if (i < given.size() && given[i]) {
      if (parameter.written_only && written != nullptr && needs_write_back(builtin, i, given[i])) {
        const std::int32_t slot = temporary(parameter_rep(parameter.type));
        written->emplace_back(given[i], slot);
        out->children.push_back(typed_place(slot));
      } else {
        stays_ = parameter.by_reference && must_stay(builtin, given, i);
        out->children.push_back(builtin_argument(builtin, i, given[i]));
        stays_ = false;
      }
    } else if (!parameter.variadic) {
      out->children.push_back(default_argument(parameter));
    }
  }
  read_in_turn(out->children);
  for (std::size_t i = out->children.size(); only_reads(builtin.name) && i-- > 0;) {
    if (out->children[i] != nullptr) lend(out->children[i]);
    if (out->children[i] != nullptr && runs_code(*out->children[i])) break;  // it may change what stands before it
  }
  if (builtin.result == "never") out->rep = Rep::kNothing;
  if (shape.pair != nullptr) {
    out->rep = Rep::kNothing;
    return runtime(shape.pair, Rep::kValue, std::move(out));
  }
  return out;
}

// Whether code of the program may run while the node is worked out.
bool FunctionLowering::calls_program(NodeId node) const {
  switch (kind(node)) {
    case Kind::kClosure:
    case Kind::kArrowFunction:
      return false;
    case Kind::kMethodCall:
    case Kind::kNullsafeMethodCall:
    case Kind::kStaticCall:
    case Kind::kNew:
    case Kind::kYield:
    case Kind::kYieldFrom:
      return true;
    case Kind::kCall:
      if (builtin_function(child(node, 0)) == nullptr) return true;
      break;
    default:
      break;
  }
  const auto list = children(node);
  return std::ranges::any_of(list, [&](NodeId one) { return one && calls_program(one); });
}

// Whether code of the program runs, in later arguments or called back, before a builtin has changed a part of
// something, which that code may move: where a place is one in memory, as in C++.
bool FunctionLowering::must_stay(const RuntimeFunction& builtin, const std::vector<NodeId>& given,
                                 std::size_t at) const {
  const NodeId node = plain(given[at]);
  if (shared_.is_exact || !is_place(node) || !variable_name(node).empty()) return false;
  const bool calls_back =
      std::ranges::any_of(builtin.parameters, [](const RuntimeParameter& one) { return is_callable_type(one.type); });
  return (calls_back && kind(node) == Kind::kIndex) ||
         std::any_of(given.begin() + static_cast<std::ptrdiff_t>(at) + 1, given.end(),
                     [&](NodeId one) { return one && calls_program(one); });
}

ExprPtr FunctionLowering::typed_place(std::int32_t slot) {
  ExprPtr out = make(ExprKind::kPlace, function_.variables[static_cast<std::size_t>(slot)].rep, {});
  out->variable = slot;
  return out;
}

ExprPtr FunctionLowering::builtin_argument(const RuntimeFunction& builtin, std::size_t position, NodeId node) {
  const RuntimeParameter& parameter = *builtin.parameter(position);
  // Those beyond the named ones have no name in messages.
  const std::string place = std::string(builtin.name) + "(): Argument #" + std::to_string(position + 1) +
                            (parameter.variadic ? "" : " ($" + std::string(parameter.name) + ")");
  const Rep wanted = parameter_rep(parameter.type);
  if (parameter.written_only && wanted != Rep::kValue) {
    const std::int32_t slot = variable(variable_name(plain(node)));
    grow(slot, wanted);
    mark_assigned(slot);
    return typed_place(slot);
  }
  if (parameter.by_reference) {
    const auto where = [&] {
      if (std::exchange(stays_, false)) return runtime("Referred", Rep::kValue, reference_of(node));
      return is_referable(node) ? place_of(node) : to_place(unreferable(node, place));
    };
    if (wanted != Rep::kArray) return where();
    if (const std::int32_t slot = array_variable(plain(node)); slot >= 0) {
      ExprPtr loaded = load(slot, node);
      if (loaded->rep == Rep::kArray) return loaded;
    }
    return runtime("ArrayAt", Rep::kArray, where(), literal(place));
  }
  ExprPtr made = expression(node);
  if (parameter.default_json == "absent") {
    return runtime("Given", Rep::kValue, coerced_argument(copied(std::move(made)), parameter.type, Rep::kValue, place));
  }
  if (is_callable_type(parameter.type)) {
    if (parameter.type == "?callable" && made->rep == Rep::kNull) return nil();
    const char* name = parameter.type == "?callable" ? "CallableArgOrNull" : "CallableArg";
    return runtime(name, Rep::kValue, seen_by_this(node, std::move(made)), literal(place), scope());
  }
  if (parameter.type == "object") {
    return runtime("ParamObject", Rep::kValue, convert(std::move(made), Rep::kValue), literal(place));
  }
  const bool keeps = wanted == Rep::kValue || wanted == Rep::kArray;
  if (keeps) made = copied(std::move(made));
  return coerced_argument(std::move(made), parameter.type, wanted, place);
}

ExprPtr FunctionLowering::coerced_argument(ExprPtr made, std::string_view type, Rep wanted, const std::string& place) {
  if (made->rep == wanted) {
    if (wanted != Rep::kValue || type == "mixed" || type.empty()) return made;
    return runtime(shared_.program.strict_types ? "StrictUnion" : "ParamUnion", Rep::kValue, std::move(made),
                   literal(type), literal(place));
  }
  if (wanted == Rep::kValue) {
    if (fits_type(made->rep, type)) return convert(std::move(made), Rep::kValue);
    made = convert(std::move(made), Rep::kValue);
    if (type == "mixed" || type.empty()) return made;
    return runtime(shared_.program.strict_types ? "StrictUnion" : "ParamUnion", Rep::kValue, std::move(made),
                   literal(type), literal(place));
  }
  if (wanted == Rep::kFloat && (made->rep == Rep::kInt || made->rep == Rep::kNumber)) {
    return convert(std::move(made), Rep::kFloat);
  }
  if (wanted == Rep::kInt && made->rep == Rep::kNumber && type == "int" && !shared_.program.strict_types) {
    return method("IntParam", Rep::kInt, std::move(made), literal(place));
  }
  if (wanted == Rep::kString && made->rep == Rep::kInt && !shared_.program.strict_types) {
    return convert(std::move(made), Rep::kString);
  }
  if (made->kind == ExprKind::kNull && type == "?array") return nil();
  const char* name = wanted == Rep::kInt      ? "ParamInt"
                     : wanted == Rep::kFloat  ? "ParamFloat"
                     : wanted == Rep::kString ? "ParamString"
                     : wanted == Rep::kBool   ? "ParamBool"
                     : type == "?array"       ? "ParamArrayOrNull"
                                              : "ParamArray";
  if (shared_.program.strict_types && wanted != Rep::kArray) {
    made = runtime("Strict", Rep::kValue, convert(std::move(made), Rep::kValue), literal(type), literal(place));
  }
  return runtime(name, wanted, convert(std::move(made), Rep::kValue), literal(place));
}

// What a Go programmer would write in place of a call.
ExprPtr FunctionLowering::builtin_idiom(const RuntimeFunction& builtin, const std::vector<NodeId>& given) {
  if (given.size() != 1 || !given[0]) return nullptr;
  if (builtin.name == "count" || builtin.name == "sizeof") {
    const std::int32_t slot = array_variable(plain(given[0]));
    if (slot < 0) return nullptr;
    ExprPtr made = load(slot, given[0]);
    return made->rep == Rep::kArray ? method("Len", Rep::kInt, std::move(made)) : nullptr;
  }
  if (builtin.name == "strlen") {
    const std::string name = variable_name(plain(given[0]));
    if (name.empty() || name == "this" || is_superglobal(name)) return nullptr;
    ExprPtr made = load(variable(name), given[0]);
    return made->rep == Rep::kString ? runtime("#len", Rep::kInt, std::move(made)) : nullptr;
  }
  return nullptr;
}

// ---- What only the converter can answer ----

// Whether it is ini_set() whose result, which depends on where the program runs, nobody reads.
bool FunctionLowering::only_sets(const std::string& name, NodeId node) const {
  const NodeId arguments = child(node, 1);
  return name == "ini_set" && node.value == unread_call_ && !shared_.program.is_mounted &&
         children(arguments).size() == 2 && !has_spread(arguments) && !has_named(arguments);
}

ExprPtr FunctionLowering::special_call(const std::string& name, NodeId node, bool* handled) {
  const NodeId arguments = child(node, 1);
  const auto list = children(arguments);
  const std::size_t count = list.size();
  const auto argument = [&](std::size_t i) { return child(list[i], 1); };
  *handled = true;
  if (name == "compact") return compact(arguments);
  if (name == "func_get_args") return uses_arguments("FuncGetArgs", Rep::kArray, nullptr);
  if (name == "func_num_args") return uses_arguments("FuncNumArgs", Rep::kInt, nullptr);
  if (name == "func_get_arg" && count == 1) return uses_arguments("FuncGetArg", Rep::kValue, value(argument(0)));
  if (name == "extract" && count >= 1 && count <= 3 && !has_spread(arguments)) {
    const bool from_place = shared_.is_exact && is_place(argument(0));
    ExprPtr out = method(from_place ? "ExtractFrom" : "Extract", Rep::kInt, verbatim("scope"));
    for (std::size_t i = 0; i < count; ++i) {
      out->children.push_back(i == 0 && from_place ? place_of(argument(i)) : copied_value(argument(i)));
    }
    return out;
  }
  if (name == "get_defined_vars" && count == 0) return method("Defined", Rep::kArray, verbatim("scope"));
  if (name == "array_multisort" && count >= 1 && !has_spread(arguments)) return multisort(arguments);
  if ((name == "sscanf" || name == "fscanf") && count >= 2 && !has_spread(arguments)) {
    ExprPtr out =
        runtime(name == "sscanf" ? "Sscanf" : "StreamScan", Rep::kValue, value(argument(0)), value(argument(1)));
    for (std::size_t i = 2; i < count; ++i) {
      out->children.push_back(is_place(argument(i)) ? place_of(argument(i)) : to_place(value(argument(i))));
    }
    return out;
  }
  if (name == "class_alias" && count >= 2 && !has_spread(arguments)) {
    return runtime("ClassAlias", Rep::kBool, value(argument(0)), value(argument(1)));
  }
  if (name == "extract" || name == "get_defined_vars" || name == "debug_backtrace" || name == "debug_print_backtrace" ||
      name == "create_function" || name == "debug_zval_refcount" || name == "gc_collect_cycles" ||
      name == "memory_get_usage") {
    return refused(node, "builtin-missing:" + name);
  }
  if (name == "assert") return assertion(node);
  if (name == "define" && count >= 2) {
    return runtime("DefineValue", Rep::kBool, value(argument(0)), copied_value(argument(1)));
  }
  if (name == "defined" && count == 1) return runtime("DefinedIn", Rep::kBool, value(argument(0)), scope());
  if (name == "constant" && count == 1) return runtime("ConstantNamed", Rep::kValue, value(argument(0)), scope());
  if ((name == "get_class" || name == "get_called_class") && count == 0 && function_.is_rebindable) {
    return refused(node, "closure-bind");
  }
  if ((name == "get_class" || name == "get_called_class") && count == 0 && function_.class_index < 0) {
    return runtime("NotHere", Rep::kValue,
                   literal(name + (name == "get_class" ? "() without arguments must be called from within a class"
                                                       : "() must be called from within a class")));
  }
  if (name == "get_class" && count == 0) return runtime("NameOf", Rep::kString, scope());
  if (name == "get_called_class" && count == 0) return runtime("NameOf", Rep::kString, static_class(node));
  if (name == "get_parent_class" && count == 0) return runtime("ParentName", Rep::kValue, scope());
  if (name == "get_object_vars" && count == 1) {
    return runtime("ObjectVars", Rep::kValue, value(argument(0)), scope());
  }
  if (name == "get_class_vars" && count == 1) return runtime("ClassVars", Rep::kValue, value(argument(0)), scope());
  if (name == "get_class_methods" && count == 1) {
    return runtime("ClassMethods", Rep::kArray, value(argument(0)), scope());
  }
  if (name == "is_callable" && count == 1) return is_callable(argument(0));
  if (ExprPtr made = class_function(name, arguments); made != nullptr) return made;
  if (name == "forward_static_call" || name == "forward_static_call_array") {
    return refused(node, "builtin-missing:" + name);
  }
  *handled = false;
  return nullptr;
}

// Functions about classes and callables, which see what their scope may see.
ExprPtr FunctionLowering::class_function(const std::string& name, NodeId arguments) {
  struct Known {
    std::string_view name;
    const char* operation;
    std::size_t least;
    std::size_t most;
    Rep rep;
  };
  static constexpr Known kKnown[] = {
      {"get_class", "ClassNameOf", 1, 1, Rep::kValue},
      {"get_parent_class", "ParentClassOf", 1, 1, Rep::kValue},
      {"class_exists", "ClassExistsIn", 1, 2, Rep::kBool},
      {"interface_exists", "InterfaceExistsIn", 1, 2, Rep::kBool},
      {"trait_exists", "TraitExistsIn", 1, 2, Rep::kBool},
      {"enum_exists", "EnumExistsIn", 1, 2, Rep::kBool},
      {"method_exists", "MethodExistsIn", 2, 2, Rep::kBool},
      {"property_exists", "PropertyExistsIn", 2, 2, Rep::kBool},
      {"is_a", "IsAClass", 2, 3, Rep::kBool},
      {"is_subclass_of", "IsSubclassOfIn", 2, 3, Rep::kBool},
      {"class_implements", "ClassImplementsIn", 1, 2, Rep::kValue},
      {"class_uses", "ClassUsesIn", 1, 2, Rep::kValue},
      {"class_parents", "ClassParentsIn", 1, 2, Rep::kValue},
      {"function_exists", "FunctionExistsIn", 1, 1, Rep::kBool},
      {"call_user_func", "CallUser", 1, 1000, Rep::kValue},
      {"call_user_func_array", "CallUserArray", 2, 2, Rep::kValue},
      {"spl_autoload_register", "SplAutoloadRegisterIn", 0, 3, Rep::kBool},
      {"iterator_to_array", "IteratorToArrayIn", 1, 2, Rep::kArray},
      {"iterator_count", "IteratorCountIn", 1, 1, Rep::kInt},
      {"iterator_apply", "IteratorApplyIn", 2, 3, Rep::kInt},
  };
  const std::size_t count = children(arguments).size();
  for (const Known& one : kKnown) {
    if (one.name != name || count < one.least || count > one.most) continue;
    for (const NodeId argument : children(arguments)) {
      if (child(argument, 0) && name != "call_user_func") return nullptr;
    }
    ExprPtr list = argument_list(arguments);
    const std::size_t callback = name == "iterator_apply" ? 1 : 0;
    const bool calls = name.starts_with("call_user_func") || name == "spl_autoload_register" || callback == 1;
    if (calls && callback < count && list->text != "named") {
      const NodeId given = children(arguments)[callback];
      if ((flags(given) & kFlagSpread) == 0) {
        list->children[callback] = seen_by_this(argument_value(given), std::move(list->children[callback]));
      }
    }
    return runtime(one.operation, one.rep, scope(), std::move(list));
  }
  return nullptr;
}

ExprPtr FunctionLowering::uses_arguments(const char* operation, Rep rep, ExprPtr index) {
  if (function_.is_main) {
    const std::string_view which = operation;
    return runtime("NotHere", Rep::kValue,
                   literal(which == "FuncGetArgs"   ? "func_get_args() cannot be called from the global scope"
                           : which == "FuncNumArgs" ? "func_num_args() must be called from a function context"
                                                    : "func_get_arg() cannot be called from the global scope"));
  }
  if (!function_.uses_arguments) {
    function_.uses_arguments = true;
    shared_.changed = true;
  }
  ExprPtr out = runtime(operation, rep, verbatim("arguments"));
  if (index != nullptr) out->children.push_back(std::move(index));
  // What a parameter holds by now is what is given.
  for (const hir::Parameter& one : function_.parameters) {
    if (operation == std::string_view("FuncNumArgs") || one.variadic) break;
    out->children.push_back(convert(copied(quiet_parameter(one)), Rep::kValue));
  }
  return out;
}

ExprPtr FunctionLowering::quiet_parameter(const hir::Parameter& one) {
  ExprPtr made = load(one.variable, {});
  if (made->kind == ExprKind::kRuntime && made->text == "Read") {
    made->text = "Quiet";
    made->children.pop_back();
  }
  return made;
}

bool FunctionLowering::has_named(NodeId arguments) const {
  const auto list = children(arguments);
  return std::any_of(list.begin(), list.end(), [&](NodeId one) { return static_cast<bool>(child(one, 0)); });
}

bool FunctionLowering::has_spread(NodeId arguments) const {
  for (const NodeId argument : children(arguments)) {
    if ((flags(argument) & kFlagSpread) != 0 || child(argument, 0)) return true;
  }
  return false;
}

// Arrays are sorted where they are; orders and flags come between them.
ExprPtr FunctionLowering::multisort(NodeId arguments) {
  ExprPtr out = runtime("MultisortPlaces", Rep::kBool);
  for (const NodeId argument : children(arguments)) {
    const NodeId given = child(argument, 1);
    out->children.push_back(is_place(given) ? place_of(given) : value(given));
  }
  return out;
}

ExprPtr FunctionLowering::compact(NodeId arguments) {
  ExprPtr out = make(ExprKind::kArrayList, Rep::kArray, {});
  for (const NodeId argument : children(arguments)) {
    const NodeId given = plain(child(argument, 1));
    if ((flags(argument) & kFlagSpread) != 0) return refused(given, "compact-computed");
    const bool known = kind(given) == Kind::kString && expression(given)->kind == ExprKind::kString;
    if (!known) {
      if (!function_.has_scope) return refused(given, "compact-computed");
      out = method("CompactNamed", Rep::kArray, std::move(out), verbatim("scope"), value(given), self_or_nil());
      continue;
    }
    const std::string name = expression(given)->text;
    if (name == "this") {
      out = method("CompactThis", Rep::kArray, std::move(out), self_or_nil());
      continue;
    }
    out = method("Compact", Rep::kArray, std::move(out), literal(name),
                 convert(quiet_or_undefined(name, given), Rep::kValue));
  }
  return out;
}

ExprPtr FunctionLowering::quiet_or_undefined(const std::string& name, NodeId at) {
  ExprPtr made = load(variable(name), at);
  if (made->kind == ExprKind::kRuntime && made->text == "Read") return std::move(made->children[0]);
  return copied(std::move(made));
}

}  // namespace banyan::php
