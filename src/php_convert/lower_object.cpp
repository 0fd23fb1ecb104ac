// Objects and classes: new, properties, methods, constants, instanceof.
//
// Names of members are looked up by the runtime with the scope they are asked from, since visibility and magic methods
// depend on it. A call of one's own method that nothing overrides goes straight to it.
#include <algorithm>

#include "php_check/builtins.h"
#include "php_convert/lowering.h"
#include "php_rules/literal_value.h"

namespace banyan::php {

using hir::ExprKind;
using hir::ExprPtr;
using hir::Rep;

ExprPtr FunctionLowering::scope() const {
  if (function_.is_rebindable) return verbatim("within");
  if (function_.class_index < 0) return nil();
  return verbatim(shared_.program.classes[static_cast<std::size_t>(function_.class_index)].target);
}

ExprPtr FunctionLowering::this_value(NodeId node) {
  // The file may be included by a method, whose object it would have.
  if (function_.is_main && shared_.program.is_mounted) return refused(node, "include-this");
  if (!has_this()) return runtime("NoThis", Rep::kValue);
  uses_this_ = true;
  return runtime("Self", Rep::kValue, verbatim("this"));
}

bool FunctionLowering::has_this() const {
  std::int32_t at = index_;
  while (at >= 0) {
    const hir::Function& function = shared_.program.functions[static_cast<std::size_t>(at)];
    if (function.is_static) return false;
    if (function.is_rebindable) return true;
    if (!function.is_closure) return function.class_index >= 0 && !function.is_main;
    at = shared_.outer[static_cast<std::size_t>(at)];
  }
  return false;
}

// Whether the function, be it a static closure, stands in a method of an object.
bool FunctionLowering::stands_in_method(std::int32_t at) const {
  while (shared_.program.functions[static_cast<std::size_t>(at)].is_closure &&
         shared_.outer[static_cast<std::size_t>(at)] >= 0)
    at = shared_.outer[static_cast<std::size_t>(at)];
  const hir::Function& method = shared_.program.functions[static_cast<std::size_t>(at)];
  return method.class_index >= 0 && !method.is_static && !method.is_main && !method.is_closure;
}

// self, static or parent where there is no class.
ExprPtr FunctionLowering::no_scope(const char* word) { return runtime("NoScope", Rep::kValue, literal(word)); }

// What messages call the function: a closure also by its class.
ExprPtr FunctionLowering::own_name() const {
  const bool of_class = function_.is_rebindable || function_.class_index >= 0;
  if (!function_.is_closure || !of_class || !shared_.is_exact) return literal(function_.name);
  return runtime("ClosureName", Rep::kString, scope(), literal(function_.name));
}

ExprPtr FunctionLowering::static_class(NodeId) {
  if (function_.is_rebindable) return runtime("ClassScope", Rep::kValue, verbatim("static"), literal("static"));
  if (function_.class_index < 0) return no_scope("static");
  if (has_this() || stands_in_method(index_)) return runtime("ClassOf", Rep::kValue, verbatim("this"));
  return verbatim("static");
}

// A class by its key as the program or the runtime knows it.
ExprPtr FunctionLowering::class_named(const std::string& key, const std::string& written) const {
  const auto it = shared_.classes.find(key);
  if (it != shared_.classes.end()) {
    const hir::Class& found = shared_.program.classes[static_cast<std::size_t>(it->second)];
    if (found.is_hoisted) return verbatim(found.target);
  }
  return runtime("NeedClass", Rep::kValue, literal(written));
}

// Alias\Name in full, where the alias stands for a longer name; empty for other names.
std::string FunctionLowering::through_alias(const std::string& written, const std::string& key) const {
  const std::size_t slash = written.find('\\');
  if (slash == std::string::npos || key.size() + slash < written.size()) return {};
  const auto alias = shared_.imports.find(lowered(key.substr(0, key.size() + slash - written.size())));
  return alias == shared_.imports.end() ? std::string() : alias->second + written.substr(slash);
}

// The full name as it is to be shown: as declared where the file declares it, else as written.
std::string FunctionLowering::class_written(NodeId name) const {
  std::string written = names(name).text(name);
  const std::string key = names(name).class_key(written);
  if (is_relative_class(key)) return key;
  const auto it = shared_.classes.find(key);
  if (it != shared_.classes.end()) return shared_.program.classes[static_cast<std::size_t>(it->second)].name;
  if (written.starts_with('\\')) return written.substr(1);
  if (const auto import = shared_.imports.find(key); import != shared_.imports.end()) return import->second;
  if (std::string full = through_alias(written, key); !full.empty()) return full;
  const std::string plain_key = lowered(written);
  if (plain_key == key) return written;
  if (plain_key.starts_with("namespace\\")) written.erase(0, std::string_view("namespace\\").size());
  const std::string in_namespace = names(name).qualified(written);
  return lowered(in_namespace) == key ? in_namespace : key;
}

ExprPtr FunctionLowering::class_reference(NodeId node) {
  if (kind(node) == Kind::kName || kind(node) == Kind::kIdentifier) {
    const std::string written = class_written(node);
    if (function_.is_rebindable && (written == "self" || written == "parent")) {
      ExprPtr own = runtime("ClassScope", Rep::kValue, scope(), literal(written));
      return written == "self" ? std::move(own) : runtime("Parent", Rep::kValue, std::move(own));
    }
    if (written == "self") return function_.class_index < 0 ? no_scope("self") : scope();
    if (written == "static") return static_class(node);
    if (written == "parent") {
      return function_.class_index < 0 ? no_scope("parent") : runtime("Parent", Rep::kValue, scope());
    }
    return class_named(lowered(written), written);
  }
  return runtime("ClassFor", Rep::kValue, value(node));
}

ExprPtr FunctionLowering::member_name(NodeId node) {
  if (kind(node) == Kind::kIdentifier || kind(node) == Kind::kName) return literal(text(node));
  return convert(expression(node), Rep::kString);
}

ExprPtr FunctionLowering::static_property_name(NodeId node) {
  const NodeId name = child(node, 1);
  if (const std::string known = variable_name(name); !known.empty() && kind(name) == Kind::kVariable) {
    return literal(known);
  }
  if (kind(name) == Kind::kVariableVariable && child(name, 0)) return convert(expression(child(name, 0)), Rep::kString);
  return convert(expression(name), Rep::kString);
}

// The object whose property is written: what is on the way to it is looked up silently, as it would be made.
ExprPtr FunctionLowering::object_value(NodeId given) {
  const NodeId node = plain(given);
  const bool is_variable = kind(node) == Kind::kVariable || kind(node) == Kind::kVariableVariable;
  if (is_variable && variable_name(node) != "this") return convert(quiet(node), Rep::kValue);
  if (kind(node) == Kind::kIndex && child(node, 1) && !is_global_element(node)) {
    ExprPtr base = object_value(base_of(node));
    return runtime("HolderAt", Rep::kValue, std::move(base), convert(index_key(node), Rep::kValue));
  }
  if (kind(node) == Kind::kProperty && !continues_nullsafe(node)) {
    ExprPtr base = object_value(child(node, 0));
    return runtime("HolderIn", Rep::kValue, std::move(base), member_name(child(node, 1)), scope());
  }
  return value(node);
}

// The object of which a property is read and written, or unset: what is on the way to it is read aloud, or made.
ExprPtr FunctionLowering::changed_object(NodeId given, bool unsets) {
  const NodeId node = plain(given);
  const bool plain_chain = !continues_nullsafe(node);
  if (plain_chain && kind(node) == Kind::kIndex && child(node, 1) && !is_global_element(node)) {
    const bool may_make = unsets && kind(plain(base_of(node))) == Kind::kProperty;
    ExprPtr base = may_make ? changed_object(base_of(node), true)
                   : unsets ? convert(quiet_base(base_of(node)), Rep::kValue)
                            : value(base_of(node));
    return runtime(unsets ? "UnsetHolderAt" : "UpdateHolderAt", Rep::kValue, std::move(base),
                   convert(index_key(node), Rep::kValue));
  }
  if (plain_chain && unsets && kind(node) == Kind::kProperty) {
    return runtime("UnsetHolderIn", Rep::kValue, changed_object(child(node, 0), true), member_name(child(node, 1)),
                   scope());
  }
  return unsets ? convert(quiet_base(given), Rep::kValue) : value(given);
}

ExprPtr FunctionLowering::own_field(NodeId) { return nullptr; }

// Whether it does not show when the arguments are worked out.
bool FunctionLowering::is_inert_list(const hir::Expr& list) {
  return std::all_of(list.children.begin(), list.children.end(), [](const ExprPtr& one) {
    const bool is_copy =
        one->kind == ExprKind::kCopy && !(one->children[0]->kind == ExprKind::kRuntime && runs_code(*one));
    return is_inert(*one) || one->kind == ExprKind::kVariable || is_copy;
  });
}

// Whether it shows that arguments are worked out only when what is called was found: they run code, or may complain.
bool FunctionLowering::shows_when_worked_out(NodeId node) const {
  switch (kind(node)) {
    case Kind::kClosure:
    case Kind::kArrowFunction:
      return false;
    case Kind::kCall:
    case Kind::kMethodCall:
    case Kind::kNullsafeMethodCall:
    case Kind::kStaticCall:
    case Kind::kNew:
    case Kind::kIndex:
    case Kind::kAssign:
      return true;
    case Kind::kConstant: {
      const std::string name = names(child(node, 0)).text(child(node, 0));
      const std::string key = lowered(name);
      return key != "true" && key != "false" && key != "null" && builtin_constant_type(name).empty();
    }
    default: {
      const auto list = children(node);
      return std::ranges::any_of(list, [this](NodeId one) { return one && shows_when_worked_out(one); });
    }
  }
}

ExprPtr FunctionLowering::lower_new(NodeId node) {
  const NodeId which = child(node, 0);
  if (kind(which) == Kind::kAnonymousClass) {
    const auto it = shared_.class_of_node.find(which.value);
    if (it == shared_.class_of_node.end()) return refused(node, "anonymous-class");
    ExprPtr list = unknown_list(child(which, class_slot::kArguments), method_may_take_reference(node));
    return runtime("New", Rep::kValue, runtime("DeclareOnce", Rep::kValue, class_descriptor(it->second)), scope(),
                   std::move(list));
  }
  ExprPtr found = class_reference(which);
  ExprPtr list = unknown_list(child(node, 1), method_may_take_reference(node));
  // The object is made before the arguments, which shows where they make objects too.
  const bool may_be_abstract = kind(which) != Kind::kName || is_relative_class(lowered(text(which)));
  const bool comes_first = (shared_.shows_numbers || may_be_abstract) && !is_inert_list(*list);
  const char* name = comes_first ? "NewWith" : "New";
  ExprPtr out = runtime(name, Rep::kValue, std::move(found), scope(), std::move(list));
  out->offset = offset_of(which);  // which is the line that an exception names
  return out;
}

ExprPtr FunctionLowering::class_descriptor(std::int32_t index) const {
  return verbatim(shared_.program.classes[static_cast<std::size_t>(index)].target);
}

bool FunctionLowering::continues_nullsafe(NodeId node) const {
  NodeId base = plain(child(node, 0));
  for (int i = 0; i < kDepthMax && base; ++i) {
    switch (kind(base)) {
      case Kind::kNullsafeProperty:
      case Kind::kNullsafeMethodCall:
        return true;
      case Kind::kProperty:
      case Kind::kMethodCall:
      case Kind::kIndex:
        base = plain(child(base, 0));
        continue;
      default:
        return false;
    }
  }
  return false;
}

// The innermost ?-> of the chain that ends in the node, whose object is not known to be there yet.
NodeId FunctionLowering::unsafe_link(NodeId node) const {
  NodeId found{};
  for (NodeId at = node;; at = plain(child(at, 0))) {
    switch (kind(at)) {
      case Kind::kNullsafeProperty:
      case Kind::kNullsafeMethodCall:
        if (!safe_.contains(at.value)) found = at;
        continue;
      case Kind::kProperty:
      case Kind::kMethodCall:
      case Kind::kIndex:
        continue;
      default:
        return found;
    }
  }
}

// A chain with ?-> in it: null as a whole where the object of that is.
ExprPtr FunctionLowering::nullsafe(NodeId node, NodeId link) {
  return body_expression(node, [&](const std::function<void(ExprPtr)>& give) {
    const std::int32_t held = hold(value(child(link, 0)), node);
    hir::Stmt& stmt = emit(hir::StmtKind::kIf, node);
    stmt.expr = runtime("IsNull", Rep::kBool, load(held, node));
    fill_branches(stmt, [&] { give(convert(null(), Rep::kValue)); }, [] {});
    const Assigned before = assigned_;
    safe_.emplace(link.value, held);
    give(convert(copied(expression(node)), Rep::kValue));
    safe_.erase(link.value);
    assigned_ = before;  // null leaves the rest of the chain out
  });
}

// The object a member is asked of: what is held where it is asked for by ?->.
ExprPtr FunctionLowering::object_of(NodeId node) {
  const auto held = safe_.find(node.value);
  return held == safe_.end() ? value(child(node, 0)) : load(held->second, node);
}

ExprPtr FunctionLowering::lower_property(NodeId node) {
  ExprPtr object = object_of(node);
  ExprPtr made = runtime("Prop", Rep::kValue, std::move(object), member_name(child(node, 1)), scope());
  const Rep held = property_rep(node);
  made = convert(std::move(made), held);
  if (held != Rep::kValue) made->text = "held";
  return made;
}

// How the property is known to be held by its declaration, whichever class below this one the object is of: types of
// properties do not change. Arrays stay values, since they are the object's until they are copied.
Rep FunctionLowering::property_rep(NodeId node) const {
  const bool is_own = variable_name(plain(child(node, 0))) == "this" && kind(child(node, 1)) == Kind::kIdentifier;
  if (!is_own || function_.class_index < 0 || function_.is_rebindable) return Rep::kValue;
  const hir::Class* at = &shared_.program.classes[static_cast<std::size_t>(function_.class_index)];
  for (int i = 0; i < kDepthMax && at->kind != "trait"; ++i) {
    for (const hir::PropertySpec& one : at->properties) {
      const bool hidden = i > 0 && (one.modifiers & kFlagPrivate) != 0;
      if (one.name != text(child(node, 1)) || hidden || (one.modifiers & kFlagStatic) != 0) continue;
      const Rep rep = rep_of_type(one.type);
      return rep == Rep::kArray ? Rep::kValue : rep;
    }
    const auto parent = shared_.classes.find(lowered(at->parent));
    if (parent == shared_.classes.end()) break;
    at = &shared_.program.classes[static_cast<std::size_t>(parent->second)];
  }
  return Rep::kValue;
}

ExprPtr FunctionLowering::lower_static_property(NodeId node) {
  return runtime("StaticValue", Rep::kValue, class_reference(child(node, 0)), static_property_name(node), scope());
}

ExprPtr FunctionLowering::lower_method_call(NodeId node) {
  const NodeId arguments = child(node, 2);
  const NodeId named = child(node, 1);
  if (kind(arguments) == Kind::kCallablePlaceholder) {
    return runtime("MethodClosure", Rep::kValue, object_of(node), member_name(named), scope());
  }
  const std::string method_key = kind(named) == Kind::kIdentifier ? lowered(text(named)) : "";
  const bool binds = method_key == "bindto" || (method_key == "call" && !shared_.method_names.contains("call"));
  if (binds && (!shared_.is_exact || has_named(arguments))) return refused(node, "closure-bind");
  const auto call = [&](ExprPtr object) {
    if (kind(named) != Kind::kIdentifier) {
      ExprPtr which = value(named);
      return runtime("CallComputedMethod", Rep::kValue, std::move(object), std::move(which), scope(),
                     unknown_list(arguments, method_may_take_reference(node)));
    }
    ExprPtr list = unknown_list(arguments, method_may_take_reference(node));
    const NodeId receiver = plain(child(node, 0));
    const bool is_there = kind(receiver) == Kind::kNew || variable_name(receiver) == "this";
    if (!is_there && shows_when_worked_out(arguments)) {
      object = runtime("Callee", Rep::kValue, std::move(object), literal(text(named)), scope());
    }
    return runtime("CallMethodIn", Rep::kValue, std::move(object), literal(text(named)), scope(), std::move(list));
  };
  if (kind(node) == Kind::kMethodCall && variable_name(plain(child(node, 0))) == "this" && has_this() &&
      kind(named) == Kind::kIdentifier && !function_.is_rebindable) {
    const std::int32_t own = own_method(lowered(text(named)));
    if (own >= 0) {
      uses_this_ = true;
      return call_user(own, node, arguments, verbatim("this"));
    }
  }
  return call(object_of(node));
}

// The method of this very class that $this->name() surely calls; -1 where a descendant's may be meant.
std::int32_t FunctionLowering::own_method(const std::string& name) const {
  const hir::Class& owner = shared_.program.classes[static_cast<std::size_t>(function_.class_index)];
  for (const hir::MethodSpec& method : owner.methods) {
    if (lowered(method.name) != name || method.function < 0 || (method.modifiers & kFlagStatic) != 0) continue;
    const bool fixed = (method.modifiers & (kFlagPrivate | kFlagFinal)) != 0 || (owner.modifiers & kFlagFinal) != 0 ||
                       owner.kind == "enum" || !shared_.has_children.contains(owner.key);
    return fixed ? method.function : -1;
  }
  return -1;
}

ExprPtr FunctionLowering::lower_static_call(NodeId node) {
  const NodeId which = child(node, 0);
  const NodeId named = child(node, 1);
  const NodeId arguments = child(node, 2);
  if (kind(which) == Kind::kName && class_written(which) == "Closure") {
    if (lowered(text(named)) == "fromcallable" && children(arguments).size() == 1) {
      const NodeId given = argument_value(children(arguments)[0]);
      return runtime("FromCallable", Rep::kValue, seen_by_this(given, expression(given)), scope());
    }
    if (!shared_.is_exact || has_named(arguments)) return refused(node, "closure-bind");
  }
  const bool forwards = kind(which) == Kind::kName && is_relative_class(lowered(text(which)));
  ExprPtr target = class_reference(which);
  ExprPtr name = kind(named) == Kind::kIdentifier ? literal(text(named)) : computed_method(named);
  if (kind(arguments) == Kind::kCallablePlaceholder) {
    return runtime("StaticClosure", Rep::kValue, std::move(target), std::move(name), scope(), self_or_nil());
  }
  ExprPtr list = argument_list(arguments, method_may_take_reference(node));
  const bool in_class = function_.class_index >= 0 || function_.is_rebindable;
  const auto called_class = [&] { return forwards && in_class ? static_class(node) : nil(); };
  ExprPtr called = called_class();
  const bool may_lack = kind(named) == Kind::kIdentifier && may_lack_method(which, lowered(text(named)));
  if (may_lack && shows_when_worked_out(arguments)) {
    target = runtime("StaticCallee", Rep::kValue, std::move(target), literal(text(named)), scope(), called_class(),
                     self_or_nil());
  }
  return runtime("CallStatic", Rep::kValue, std::move(target), std::move(name), scope(), std::move(called),
                 self_or_nil(), std::move(list));
}

// Whether a class that is not named, or is that of the code itself, may be without the method.
bool FunctionLowering::may_lack_method(NodeId which, const std::string& name) const {
  if (kind(which) != Kind::kName) return true;
  const std::string written = lowered(text(which));
  if ((written != "static" && written != "self") || function_.class_index < 0) return false;
  const hir::Class& own = shared_.program.classes[static_cast<std::size_t>(function_.class_index)];
  return std::ranges::none_of(own.methods, [&name](const hir::MethodSpec& one) { return lowered(one.name) == name; });
}

// Whether a class that a callable names may be that of the code that is converted, or one above it.
bool FunctionLowering::may_be_above(const std::string& written) const {
  const hir::Class& own = shared_.program.classes[static_cast<std::size_t>(function_.class_index)];
  const std::string key = lowered(written.starts_with('\\') ? written.substr(1) : written);
  return is_relative_class(key) || key == own.key || !own.parent.empty() || own.kind == "trait";
}

// Whether a callable may be [class, method] or "class::method" with such a class.
bool FunctionLowering::may_name_method(NodeId given) const {
  const NodeId node = plain(given);
  switch (kind(node)) {
    case Kind::kClosure:
    case Kind::kArrowFunction:
      return false;
    case Kind::kCall:
    case Kind::kMethodCall:
    case Kind::kStaticCall:
      return kind(child(node, kind(node) == Kind::kCall ? 1 : 2)) != Kind::kCallablePlaceholder;
    case Kind::kString: {
      const std::string text_given = string_literal_value(text(node)).value_or("");
      const std::size_t colons = text_given.find("::");
      return colons != std::string::npos && may_be_above(text_given.substr(0, colons));
    }
    case Kind::kArray: {
      if (children(node).size() != 2 || !children(node)[0]) return false;
      const NodeId first = plain(child(children(node)[0], 1));
      if (kind(first) == Kind::kNew || variable_name(first) == "this") return false;
      if (kind(first) == Kind::kString) return may_be_above(string_literal_value(text(first)).value_or(""));
      const bool names = kind(first) == Kind::kClassConstant && kind(child(first, 0)) == Kind::kName;
      return !names || may_be_above(class_written(child(first, 0)));
    }
    default:
      return true;
  }
}

// A callable as the method sees it that hands it on: one that names a class is asked of $this where that belongs to it.
ExprPtr FunctionLowering::seen_by_this(NodeId node, ExprPtr made) {
  made = convert(std::move(made), Rep::kValue);
  if (function_.class_index < 0 || function_.is_rebindable || !may_name_method(node)) return made;
  ExprPtr called = static_class(node);
  return runtime("SeenByThis", Rep::kValue, std::move(made), scope(), self_or_nil(), std::move(called));
}

// is_callable() of one argument.
ExprPtr FunctionLowering::is_callable(NodeId node) {
  const bool is_static = function_.class_index >= 0 && !function_.is_rebindable && !has_this();
  ExprPtr made = expression(node);
  if (!is_static || !may_name_method(node)) {
    return runtime("IsCallableIn", Rep::kBool, seen_by_this(node, std::move(made)), scope());
  }
  ExprPtr called = static_class(node);
  return runtime("IsCallableStatically", Rep::kBool, convert(std::move(made), Rep::kValue), scope(), std::move(called));
}

// The name of a method that is called statically, which has to be a string.
ExprPtr FunctionLowering::computed_method(NodeId node) {
  ExprPtr made = expression(node);
  if (made->rep == Rep::kString) return made;
  return runtime("MethodName", Rep::kString, convert(std::move(made), Rep::kValue));
}

ExprPtr FunctionLowering::self_or_nil() {
  if (!has_this()) return nil();
  uses_this_ = true;
  return runtime(function_.is_rebindable ? "ThisOrNil" : "Self", Rep::kValue, verbatim("this"));
}

ExprPtr FunctionLowering::lower_class_constant(NodeId node) {
  const NodeId which = child(node, 0);
  const NodeId named = child(node, 1);
  if (kind(named) != Kind::kIdentifier) return refused(node, "class-constant-computed");
  const std::string_view name = text(named);
  if (lowered(name) == "class") {
    if (kind(which) == Kind::kName) {
      const std::string written = class_written(which);
      if (!is_relative_class(written)) return literal(written);
      if (shared_.is_exact && (function_.is_rebindable || function_.class_index < 0)) {
        ExprPtr own = !function_.is_rebindable ? nil() : written == "static" ? verbatim("static") : scope();
        return runtime("ScopeName", Rep::kString, std::move(own), literal(written));
      }
    }
    if (shared_.is_exact && kind(which) != Kind::kName) return runtime("ClassNameIn", Rep::kString, value(which));
    return runtime("NameOf", Rep::kString, class_reference(which));
  }
  if (function_.name == "{class}" && kind(which) == Kind::kName) {
    // Within a declaration messages name the class as it is written there.
    return runtime("ClassConstAs", Rep::kValue, class_reference(which), literal(name), scope(),
                   literal(class_written(which)));
  }
  return runtime("ClassConst", Rep::kValue, class_reference(which), literal(name), scope());
}

ExprPtr FunctionLowering::lower_instanceof(NodeId node) {
  const NodeId which = plain(child(node, 1));
  ExprPtr operand = value(child(node, 0));
  if (kind(which) == Kind::kName) {
    const std::string written = class_written(which);
    if (is_relative_class(written)) {
      return runtime("InstanceOf", Rep::kBool, std::move(operand), class_reference(which));
    }
    return runtime("IsA", Rep::kBool, std::move(operand), literal(written));
  }
  return runtime("InstanceOfValue", Rep::kBool, std::move(operand), value(which));
}

}  // namespace banyan::php
