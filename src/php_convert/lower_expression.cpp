// Expressions: the switch over their kinds, literals, constants, arrays, conditions.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "php_check/builtins.h"
#include "php_convert/lowering.h"
#include "php_rules/literal_value.h"

namespace banyan::php {

using hir::ExprKind;
using hir::ExprPtr;
using hir::Rep;

namespace {

std::string without_underscores(std::string_view written) {
  std::string out;
  for (const char c : written) {
    if (c != '_') out += c;
  }
  return out;
}

// An integer literal that does not fit is a float.
double wide_number(std::string_view written) {
  const std::string digits = without_underscores(written);
  int base = 10;
  std::size_t at = 0;
  if (digits.size() > 1 && digits[0] == '0') {
    const char c = digits[1];
    base = c == 'x' || c == 'X' ? 16 : c == 'b' || c == 'B' ? 2 : 8;
    at = base != 8 || c == 'o' || c == 'O' ? 2 : 1;
  }
  if (base == 10) return std::strtod(digits.c_str(), nullptr);
  double out = 0;
  for (; at < digits.size(); ++at) {
    const char c = digits[at];
    out = out * base + (c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
  }
  return out;
}

}  // namespace

// Whether it is an array that PHP's compiler makes.
bool FunctionLowering::is_constant_array(const hir::Expr& e) {
  return (e.kind == ExprKind::kArrayList || e.kind == ExprKind::kArrayMap) &&
         std::ranges::all_of(e.children,
                             [](const ExprPtr& one) { return is_inert(*one) && one->kind != ExprKind::kVariable; });
}

ExprPtr FunctionLowering::expression(NodeId node) {
  if (depth_ >= kDepthMax) return refused(node, "too-deep");
  const NodeId inner = plain(node);
  if (const auto held = once_.find(inner.value); held != once_.end()) return load(held->second, inner);
  ++depth_;
  at_ = offset_of(inner);
  ExprPtr out = other_expression(inner);
  --depth_;
  if (out->offset == 0) out->offset = offset_of(node);
  if (kind(inner) == Kind::kProperty || kind(inner) == Kind::kNullsafeProperty) at_ = told_at(inner);
  if (is_constant_array(*out) && !out->children.empty() && kind(inner) == Kind::kArray)
    at_ = offset_of(children(inner)[0]);  // PHP makes it at once
  const std::uint32_t own = kind(inner) == Kind::kIndex ? 0 : told_at(inner);
  tell(*out, own != 0 ? own : at_);
  return out;
}

ExprPtr FunctionLowering::lower_number(NodeId node) const {
  const std::string_view written = text(node);
  if (kind(node) == Kind::kInteger) {
    if (const auto value = integer_literal_value(written)) return integer(*value);
  }
  ExprPtr out = make(ExprKind::kFloat, Rep::kFloat, node);
  out->number =
      kind(node) == Kind::kInteger ? wide_number(written) : std::strtod(without_underscores(written).c_str(), nullptr);
  return out;
}

ExprPtr FunctionLowering::other_expression(NodeId node) {
  if (const NodeId link = unsafe_link(node)) return nullsafe(node, link);
  switch (kind(node)) {
    case Kind::kVariable:
    case Kind::kVariableVariable: {
      const std::string name = variable_name(node);
      if (name == "this") return this_value(node);
      if (name == "GLOBALS") return runtime("Globals", Rep::kArray);
      if (is_superglobal(name)) return runtime("Superglobal", Rep::kValue, literal(name));
      if (!name.empty()) return load(variable(name), node);
      return method("Read", Rep::kValue, verbatim("scope"), computed_name(node));
    }
    case Kind::kInteger:
    case Kind::kFloat:
      return lower_number(node);
    case Kind::kString:
      return literal(string_literal_value(text(node)).value_or(""));
    case Kind::kInterpolated:
    case Kind::kHeredoc:
      return lower_interpolated(node);
    case Kind::kMagicConstant:
      return lower_magic_constant(node);
    case Kind::kConstant:
      return lower_constant(node);
    case Kind::kClassConstant:
      return lower_class_constant(node);
    case Kind::kArray:
      return lower_array(node);
    case Kind::kIndex:
      return lower_index(node);
    case Kind::kProperty:
    case Kind::kNullsafeProperty:
      return lower_property(node);
    case Kind::kStaticProperty:
      return lower_static_property(node);
    case Kind::kCall:
      return lower_call(node);
    case Kind::kMethodCall:
    case Kind::kNullsafeMethodCall:
      return lower_method_call(node);
    case Kind::kStaticCall:
      return lower_static_call(node);
    case Kind::kNew:
      return lower_new(node);
    case Kind::kBinary:
      return lower_binary(node);
    case Kind::kUnary:
      return lower_unary(node);
    case Kind::kCast:
      return lower_cast(node);
    case Kind::kPrefixUpdate:
    case Kind::kPostfixUpdate:
      return lower_update(node);
    case Kind::kAssign:
      return ast_.header(node).op == TokenKind::kAssign ? lower_assign(node, true) : lower_compound(node, true);
    case Kind::kAssignReference:
      return lower_assign_reference(node);
    default:
      return rarer_expression(node);
  }
}

ExprPtr FunctionLowering::rarer_expression(NodeId node) {
  switch (kind(node)) {
    case Kind::kTernary:
      return lower_ternary(node);
    case Kind::kInstanceof:
      return lower_instanceof(node);
    case Kind::kIsset:
      return lower_isset(node);
    case Kind::kEmpty:
      return native_not(convert(empty_subject(child(node, 0)), Rep::kBool));
    case Kind::kClosure:
    case Kind::kArrowFunction:
      return lower_closure(node);
    case Kind::kPrint:
      return runtime("Print", Rep::kInt, convert(expression(child(node, 0)), Rep::kString));
    case Kind::kExit:
      return lower_exit(node);
    case Kind::kThrow:
      return runtime("Raise", Rep::kValue, value(child(node, 0)));
    case Kind::kClone:
      return runtime("CloneIn", Rep::kValue, value(child(node, 0)), scope());
    case Kind::kMatch:
      return lower_match(node);
    case Kind::kYield:
    case Kind::kYieldFrom:
      return lower_yield(node);
    case Kind::kInclude:
      return lower_include(node);
    case Kind::kEval:
      return refused(node, "eval");
    case Kind::kShellCommand:
      return refused(node, "shell");
    default:
      return refused(node, "expression-" + std::string(node_kind_name(kind(node))));
  }
}

// The runtime knows the files of the program; those that are included see the variables of the code around.
ExprPtr FunctionLowering::lower_include(NodeId node) {
  if (!shared_.program.is_mounted) return refused(node, "include");
  const std::string_view word = token_kind_text(tree_.stream.tokens[ast_.header(node).first].kind);
  ExprPtr path = value(child(node, 0));
  ExprPtr names = make(ExprKind::kValueList, Rep::kValue, {});
  for (const hir::Variable& v : function_.variables) {
    if (!v.name.empty() && v.name != "this") names->children.push_back(literal(v.name));
  }
  if (function_.is_main) {
    return runtime("IncludeHere", Rep::kValue, std::move(path), literal(word), std::move(names));
  }
  return runtime("IncludeIn", Rep::kValue, verbatim("scope"), std::move(path), literal(word), std::move(names));
}

ExprPtr FunctionLowering::condition(NodeId node) { return convert(expression(node), Rep::kBool); }

ExprPtr FunctionLowering::lower_exit(NodeId node) {
  NodeId given = child(node, 0);
  if (given && kind(given) == Kind::kArguments) {
    given = children(given).empty() ? NodeId{} : argument_value(children(given)[0]);
  }
  return runtime("Leave", Rep::kValue, given ? value(given) : null());
}

// ---- Constants ----

ExprPtr FunctionLowering::lower_constant(NodeId node) {
  const std::string written = names(node).text(child(node, 0));
  const std::string low = lowered(written);
  if (low == "true" || low == "\\true") return boolean(true);
  if (low == "false" || low == "\\false") return boolean(false);
  if (low == "null" || low == "\\null") return null();
  const ResolvedName name = names(node).constant_key(written);
  const std::string& global = name.fallback.empty() ? name.key : name.fallback;
  if (global == "PHP_EOL") return literal("\n");
  if (global == "PHP_INT_MAX") return integer(INT64_MAX);
  if (global == "PHP_INT_MIN") return integer(INT64_MIN);
  if (global == "PHP_INT_SIZE") return integer(8);
  if (global == "INF" || global == "NAN") {
    ExprPtr out = make(ExprKind::kFloat, Rep::kFloat, node);
    out->number = global == "INF" ? HUGE_VAL : std::nan("");
    return out;
  }
  if (global == "__COMPILER_HALT_OFFSET__") return refused(node, "halt-compiler");
  std::string_view type = builtin_constant_type(global);
  Rep rep = Rep::kValue;
  if (name.fallback.empty() && name.key.find('\\') == std::string::npos) {
    if (type == "int") rep = Rep::kInt;
    if (type == "float") rep = Rep::kFloat;
    if (type == "string") rep = Rep::kString;
  }
  std::string full = spelled(name.key, child(node, 0));
  // The last part is as it is looked for: a function that is imported may have the same name in another case.
  full.replace(full.rfind('\\') + 1, std::string::npos, name.key, name.key.rfind('\\') + 1, std::string::npos);
  ExprPtr found = runtime("ConstantOf", Rep::kValue, literal(full));
  if (!name.fallback.empty()) found->children.push_back(literal(name.fallback));
  return rep == Rep::kValue ? std::move(found) : convert(std::move(found), rep);
}

ExprPtr FunctionLowering::lower_magic_constant(NodeId node) {
  const TokenKind which = tree_.stream.tokens[ast_.header(node).first].kind;
  const bool is_outside = function_.is_main || function_.name == "{class}";  // of all functions
  switch (which) {
    case TokenKind::kLineConstant:
      return integer(shared_.line_of(offset_of(node)));
    case TokenKind::kFileConstant:
      return literal(shared_.program.path);
    case TokenKind::kDirConstant:
      return literal(
          shared_.program.path.substr(0, std::max<std::size_t>(shared_.program.path.rfind(std::string("/")[0]), 1)));
    case TokenKind::kNamespaceConstant:
      return literal(names(node).current());
    case TokenKind::kFunctionConstant:
      return literal(is_outside ? "" : function_.is_closure ? function_.name : function_name_constant());
    case TokenKind::kMethodConstant:
      return literal(is_outside ? "" : function_.is_closure ? function_.name : method_name_constant(node));
    case TokenKind::kClassConstant: {
      if (function_.class_index < 0) return literal("");
      const hir::Class& owner = shared_.program.classes[static_cast<std::size_t>(function_.class_index)];
      return owner.kind == "trait" ? runtime("NameOf", Rep::kString, scope()) : literal(owner.name);
    }
    case TokenKind::kTraitConstant:
      return literal(trait_around(node));
    default:
      return refused(node, "magic-constant");
  }
}

// The trait that the code stands in, which is another class than the one it runs for.
std::string FunctionLowering::trait_around(NodeId node) const {
  const std::uint32_t at = ast_.header(node).first;
  for (std::size_t i = 0; i < shared_.class_nodes.size(); ++i) {
    const NodeHeader header = ast_.header(shared_.class_nodes[i]);
    if (shared_.program.classes[i].kind == "trait" && header.first <= at && at < header.end) {
      return shared_.program.classes[i].name;
    }
  }
  return {};
}

// A method of a trait goes by the trait's name, and by its own where it was given another.
std::string FunctionLowering::method_name_constant(NodeId node) const {
  const std::string trait = trait_around(node);
  return trait.empty() ? function_.name : trait + "::" + function_.short_name;
}

std::string FunctionLowering::function_name_constant() const {
  return function_.class_index >= 0 ? function_.short_name : function_.name;
}

// ---- Arrays ----

ExprPtr FunctionLowering::lower_array(NodeId node) {
  bool plain_list = true;
  bool builds = false;
  for (const NodeId item : children(node)) {
    if (child(item, 0)) plain_list = false;
    if ((flags(item) & (kFlagReference | kFlagSpread)) != 0) builds = true;
    if (!child(item, 1)) return refused(node, "list-outside-assignment");
  }
  if (builds) return build_array(node);
  ExprPtr out = make(plain_list ? ExprKind::kArrayList : ExprKind::kArrayMap, Rep::kArray, node);
  bool keyed_only = true;
  for (const NodeId item : children(node)) keyed_only = keyed_only && child(item, 0);
  if (!plain_list && !keyed_only) return build_array(node);
  for (const NodeId item : children(node)) {
    if (!plain_list) out->children.push_back(value(child(item, 0)));
    out->children.push_back(copied_value(child(item, 1)));
  }
  read_in_turn(out->children);
  return out;
}

// Arrays with references, spread parts or some keys are built step by step.
ExprPtr FunctionLowering::build_array(NodeId node) {
  ExprPtr out = make(ExprKind::kArrayList, Rep::kArray, node);
  for (const NodeId item : children(node)) {
    if ((flags(item) & kFlagSpread) != 0) {
      out = method("Spread", Rep::kArray, std::move(out), value(child(item, 1)));
    } else if ((flags(item) & kFlagReference) != 0) {
      ExprPtr reference = reference_of(child(item, 1));
      out = child(item, 0) ? method("WithRef", Rep::kArray, std::move(out), value(child(item, 0)), std::move(reference))
                           : method("AddRef", Rep::kArray, std::move(out), std::move(reference));
    } else if (child(item, 0)) {
      ExprPtr key = value(child(item, 0));
      out = method("With", Rep::kArray, std::move(out), std::move(key), copied_value(child(item, 1)));
    } else {
      out = method("Add", Rep::kArray, std::move(out), copied_value(child(item, 1)));
    }
  }
  return out;
}

ExprPtr FunctionLowering::index_key(NodeId node) {
  const NodeId key = child(node, 1);
  if (!key) return nullptr;
  if ((flags(node) & kFlagInString) != 0) {
    if (kind(key) == Kind::kIdentifier) return literal(text(key));
    if (kind(key) == Kind::kInteger) {
      const std::string written(text(key));
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
      if (error == std::errc() && std::to_string(number) == written && number != INT64_MIN) return integer(number);
      return literal(written);
    }
  }
  return expression(key);
}

// Whether the node may do something or complain: neither a literal nor a variable.
bool FunctionLowering::is_active(NodeId given) const {
  const NodeId node = plain(given);
  const Kind what = kind(node);
  return what != Kind::kVariable && what != Kind::kInteger && what != Kind::kString && what != Kind::kFloat &&
         what != Kind::kConstant && what != Kind::kClassConstant && what != Kind::kIdentifier;
}

// $a[i][j] and $o->p[i]: PHP works out all keys before it reads the first element. Null where that is the same.
ExprPtr FunctionLowering::late_index(NodeId node) {
  std::vector<NodeId> levels;
  NodeId root = node;
  bool active = false;
  while (kind(root) == Kind::kIndex && !is_global_element(root) && child(root, 1)) {
    levels.push_back(root);
    const NodeId below = plain(base_of(root));
    const bool reads = kind(below) == Kind::kIndex || kind(below) == Kind::kProperty;
    active = active || (reads && is_active(child(root, 1)));
    root = below;
  }
  if (!active || (kind(root) != Kind::kVariable && kind(root) != Kind::kProperty)) return nullptr;
  if (kind(root) == Kind::kProperty && levels.size() != 1) return nullptr;
  if (levels.size() == 1) {
    ExprPtr key = convert(index_key(node), Rep::kValue);
    return runtime("IndexLate", Rep::kValue, std::move(key), convert(expression(root), Rep::kValue));
  }
  ExprPtr out = runtime("IndexPath", Rep::kValue, convert(expression(root), Rep::kValue));
  for (std::size_t i = levels.size(); i-- > 0;) {
    out->children.push_back(convert(index_key(levels[i]), Rep::kValue));
  }
  return out;
}

// get_defined_constants(true)['pcre']: those of an extension all of whose constants the runtime has. Null for others.
ExprPtr FunctionLowering::extension_constants(NodeId node) {
  const NodeId call = plain(base_of(node));
  if (kind(call) != Kind::kCall || kind(child(call, 0)) != Kind::kName || kind(child(node, 1)) != Kind::kString) {
    return nullptr;
  }
  const NodeId callee = child(call, 0);
  const ResolvedName name = names(callee).function_key(names(callee).text(callee));
  const auto given = children(child(call, 1));
  if ((name.fallback.empty() ? name.key : name.fallback) != "get_defined_constants" || user_function(callee) >= 0 ||
      given.size() != 1 || !is_true(argument_value(given[0])) || string_literal_value(text(child(node, 1))) != "pcre") {
    return nullptr;
  }
  return runtime("ExtensionConstants", Rep::kArray, literal("pcre"));
}

bool FunctionLowering::is_true(NodeId node) const {
  if (kind(node) != Kind::kConstant) return false;
  const std::string written = lowered(names(node).text(child(node, 0)));
  return written == "true" || written == "\\true";
}

ExprPtr FunctionLowering::lower_index(NodeId node) {
  ExprPtr key = nullptr;
  if (is_global_element(node)) return runtime("GlobalValue", Rep::kValue, global_name(node));
  if (ExprPtr made = late_index(node); made != nullptr) return made;
  if (ExprPtr made = extension_constants(node); made != nullptr) return made;
  ExprPtr base = expression(base_of(node));
  key = index_key(node);
  if (key == nullptr) return refused(node, "append-read");
  if (base->rep == Rep::kArray) {
    return method("Get", Rep::kValue, std::move(base), convert(std::move(key), Rep::kValue));
  }
  return runtime("Index", Rep::kValue, convert(std::move(base), Rep::kValue), convert(std::move(key), Rep::kValue));
}

// ---- Conditions ----

ExprPtr FunctionLowering::lower_ternary(NodeId node) {
  if (!child(node, 1)) {
    // a ?: b takes a once.
    return body_expression(node, [&](const std::function<void(ExprPtr)>& give) {
      ExprPtr first = expression(child(node, 0));
      const std::int32_t held = hold(std::move(first), node);
      hir::Stmt& stmt = emit(hir::StmtKind::kIf, node);
      stmt.expr = convert(load(held, node), Rep::kBool);
      fill_branches(stmt, [&] { give(copied(load(held, node))); }, [&] { give(copied(expression(child(node, 2)))); });
    });
  }
  return body_expression(node, [&](const std::function<void(ExprPtr)>& give) {
    lower_branches(
        child(node, 0), [&] { give(copied(expression(child(node, 1)))); },
        [&] { give(copied(expression(child(node, 2)))); }, node);
  });
}

ExprPtr FunctionLowering::lower_coalesce(NodeId node) {
  ExprPtr first = convert(quiet(child(node, 0)), Rep::kValue);
  if (is_simple(child(node, 1))) {
    return runtime("Coalesce", Rep::kValue, std::move(first), copied_value(child(node, 1)));
  }
  return body_expression(node, [&](const std::function<void(ExprPtr)>& give) {
    const std::int32_t held = hold(std::move(first), node);
    hir::Stmt& stmt = emit(hir::StmtKind::kIf, node);
    stmt.expr = native_not(runtime("IsNull", Rep::kBool, load(held, node)));
    fill_branches(stmt, [&] { give(copied(load(held, node))); }, [&] { give(copied(expression(child(node, 1)))); });
  });
}

std::int32_t FunctionLowering::hold(ExprPtr made, NodeId at) {
  const std::int32_t held = temporary(made->rep);
  hir::Stmt& stmt = emit(hir::StmtKind::kAssign, at);
  stmt.variable = held;
  stmt.expr = std::move(made);
  return held;
}

ExprPtr FunctionLowering::lower_match(NodeId node) {
  return body_expression(node, [&](const std::function<void(ExprPtr)>& give) {
    store_match(node, [&](ExprPtr made) { give(copied(std::move(made))); });
  });
}

// match as a switch whose arms end in `sink`.
void FunctionLowering::store_match(NodeId node, const std::function<void(ExprPtr)>& sink) {
  const NodeId subject_node = plain(child(node, 0));
  ExprPtr subject = expression(subject_node);
  const bool on_true = subject->kind == ExprKind::kBool && subject->integer != 0;
  const std::int32_t held = on_true ? -1 : hold(std::move(subject), node);
  hir::Stmt& stmt = emit(hir::StmtKind::kSwitch, node);
  stmt.target = jump_count_++;
  stmt.text = "match";
  hir::Block* const outer = out_;
  const Assigned before = assigned_;
  bool has_default = false;
  bool any = false;
  Assigned after;
  const auto close = [&] {
    if (reachable_) after = std::exchange(any, true) ? assigned_both(after, assigned_) : assigned_;
    assigned_ = before;
    reachable_ = true;
  };
  for (const NodeId arm : children(child(node, 1))) {
    hir::Case one;
    one.is_default = (flags(arm) & kFlagDefault) != 0;
    has_default = has_default || one.is_default;
    for (const NodeId test : children(child(arm, 0))) {
      if (one.is_default) break;
      ExprPtr wanted = expression(test);
      if (on_true && wanted->rep == Rep::kBool) {
        one.conditions.push_back(std::move(wanted));
      } else {
        one.conditions.push_back(
            comparison(TokenKind::kIdentical, on_true ? boolean(true) : load(held, test), std::move(wanted)));
      }
    }
    out_ = &one.body;
    sink(expression(child(arm, 1)));
    close();
    stmt.cases.push_back(std::move(one));
  }
  if (!has_default) {
    hir::Case one;
    one.is_default = true;
    out_ = &one.body;
    emit_expression(runtime("NoMatch", Rep::kNothing, on_true ? boolean(true) : convert(load(held, node), Rep::kValue)),
                    node);
    stmt.cases.push_back(std::move(one));
  }
  out_ = outer;
  assigned_ = any ? after : before;
  reachable_ = any;
}

bool FunctionLowering::is_conditional(NodeId node) const {
  return (kind(node) == Kind::kTernary && child(node, 1)) || kind(node) == Kind::kMatch;
}

// What `sink` does with the value happens in each branch, so that no value has to be made of statements.
void FunctionLowering::assign_conditional(NodeId node, const std::function<void(ExprPtr)>& sink) {
  const NodeId inner = plain(node);
  if (kind(inner) == Kind::kMatch) return store_match(inner, sink);
  if (kind(inner) != Kind::kTernary || !child(inner, 1)) return sink(expression(inner));
  lower_branches(
      child(inner, 0), [&] { assign_conditional(child(inner, 1), sink); },
      [&] { assign_conditional(child(inner, 2), sink); }, inner);
}

bool FunctionLowering::lower_conditional_statement(NodeId node) {
  const NodeId given = plain(child(node, 1));
  const std::string name = variable_name(child(node, 0));
  if (name.empty() || name == "this" || !is_conditional(given)) return false;
  assign_conditional(given, [&](ExprPtr made) {
    const std::uint32_t offset = made->offset;
    ExprPtr assigned = assign_variable(variable(name), kept(name, copied(std::move(made))), node);
    if (!reachable_) return;
    emit_expression(std::move(assigned), node);
    stand_at(offset);
  });
  return true;
}

ExprPtr FunctionLowering::body_expression(NodeId at,
                                          const std::function<void(const std::function<void(ExprPtr)>&)>& fill) {
  ExprPtr out = make(ExprKind::kBody, Rep::kNothing, at);
  hir::Block* const outer = std::exchange(out_, &out->body);
  const bool was_reachable = reachable_;
  const std::int32_t key = temporary(Rep::kNothing);
  fill([&](ExprPtr made) {
    const std::uint32_t offset = made->offset;
    if (made->rep == Rep::kNothing && made->kind == ExprKind::kRuntime) {
      emit_expression(std::move(made), at);
      stand_at(offset);
      reachable_ = false;
      return;
    }
    grow(key, made->rep == Rep::kNumber ? Rep::kValue : made->rep);
    hir::Stmt& stmt = emit(hir::StmtKind::kReturn, at);
    stmt.text = "value";
    stmt.expr = std::move(made);
    stand_at(offset);
  });
  out_ = outer;
  reachable_ = was_reachable;
  out->rep = function_.variables[static_cast<std::size_t>(key)].rep;
  if (out->rep == Rep::kNothing) out->rep = Rep::kValue;
  return out;
}

bool FunctionLowering::is_simple(NodeId node) const {
  switch (kind(plain(node))) {
    case Kind::kInteger:
    case Kind::kFloat:
    case Kind::kString:
      return true;
    case Kind::kArray:
      return children(plain(node)).empty();
    case Kind::kConstant: {
      const std::string low = lowered(text(plain(node)));
      return low == "null" || low == "true" || low == "false";
    }
    default:
      return false;
  }
}

// ---- isset, empty, ?? ----

ExprPtr FunctionLowering::lower_isset(NodeId node) {
  ExprPtr out;
  for (const NodeId one : children(node)) {
    ExprPtr test = isset_one(one);
    out = out == nullptr ? std::move(test) : native("&&", Rep::kBool, std::move(out), std::move(test));
  }
  return out == nullptr ? boolean(true) : std::move(out);
}

ExprPtr FunctionLowering::isset_one(NodeId given) {
  const NodeId node = plain(given);
  switch (kind(node)) {
    case Kind::kIndex: {
      if (is_global_element(node)) return native_not(runtime("IsNull", Rep::kBool, quiet(node)));
      ExprPtr base = convert(quiet_base(base_of(node)), Rep::kValue);
      ExprPtr key = index_key(node);
      if (key == nullptr) return refused(node, "append-read");
      return runtime("IssetIndex", Rep::kBool, std::move(base), convert(std::move(key), Rep::kValue));
    }
    case Kind::kProperty:
    case Kind::kNullsafeProperty: {
      ExprPtr object = convert(quiet_base(child(node, 0)), Rep::kValue);
      return runtime("IssetProp", Rep::kBool, std::move(object), member_name(child(node, 1)), scope());
    }
    default: {
      ExprPtr made = quiet(node);
      if (made->kind == ExprKind::kNull) return boolean(false);
      if (made->rep != Rep::kValue && made->rep != Rep::kNull && made->kind == ExprKind::kVariable)
        return boolean(true);
      return native_not(runtime("IsNull", Rep::kBool, convert(std::move(made), Rep::kValue)));
    }
  }
}

// What is asked for a part of: $this has to be there.
ExprPtr FunctionLowering::quiet_base(NodeId node) {
  return variable_name(plain(node)) == "this" ? expression(plain(node)) : quiet(node);
}

// Read without a word about what is not there.
ExprPtr FunctionLowering::quiet(NodeId given) {
  const NodeId node = plain(given);
  switch (kind(node)) {
    case Kind::kVariable:
    case Kind::kVariableVariable: {
      const std::string name = variable_name(node);
      if (name == "this" && !has_this()) return null();
      if (name == "this" && function_.is_rebindable) return runtime("ThisOrNil", Rep::kValue, verbatim("this"));
      if (name == "this" || is_superglobal(name)) return expression(node);
      if (name.empty()) return method("Quiet", Rep::kValue, verbatim("scope"), computed_name(node));
      ExprPtr made = load(variable(name), node);
      if (made->kind == ExprKind::kRuntime && made->text == "Read") {
        made->text = "Quiet";
        made->children.pop_back();
      }
      return made;
    }
    case Kind::kIndex: {
      if (is_global_element(node)) return runtime("QuietGlobal", Rep::kValue, global_name(node));
      ExprPtr base = convert(quiet_base(base_of(node)), Rep::kValue);
      ExprPtr key = index_key(node);
      if (key == nullptr) return refused(node, "append-read");
      return runtime("QuietIndex", Rep::kValue, std::move(base), convert(std::move(key), Rep::kValue));
    }
    case Kind::kProperty:
    case Kind::kNullsafeProperty: {
      ExprPtr object = convert(quiet_base(child(node, 0)), Rep::kValue);
      return runtime("QuietProp", Rep::kValue, std::move(object), member_name(child(node, 1)), scope());
    }
    case Kind::kStaticProperty:
      return runtime("QuietStaticProp", Rep::kValue, class_reference(child(node, 0)), static_property_name(node),
                     scope());
    default:
      return expression(node);
  }
}

// empty() of an element asks isset first, which objects with offsetExists notice.
ExprPtr FunctionLowering::empty_subject(NodeId given) {
  const NodeId node = plain(given);
  if (is_global_element(node)) return quiet(node);
  if (kind(node) == Kind::kIndex) {
    ExprPtr base = convert(quiet_base(base_of(node)), Rep::kValue);
    ExprPtr key = index_key(node);
    if (key == nullptr) return refused(node, "append-read");
    return native_not(runtime("EmptyIndex", Rep::kBool, std::move(base), convert(std::move(key), Rep::kValue)));
  }
  if (kind(node) == Kind::kProperty || kind(node) == Kind::kNullsafeProperty) {
    ExprPtr object = convert(quiet(child(node, 0)), Rep::kValue);
    return native_not(runtime("EmptyProp", Rep::kBool, std::move(object), member_name(child(node, 1)), scope()));
  }
  return quiet(node);
}

}  // namespace banyan::php
