// Calls: what is called, as far as the file itself tells, and the functions that read or make names.
#include <algorithm>

#include "php_check/builtins.h"
#include "php_check/declarer.h"

namespace banyan::php {

namespace {

constexpr std::size_t kWrittenMax = 80;

struct SpecialFunction {
  std::string_view name;
  const char* code;
};

// In order of name. What compact and call_user_func mean depends on their arguments.
constexpr SpecialFunction kSpecial[] = {
    {"assert_options", "setting"},
    {"call_user_func", "dyn-call"},
    {"call_user_func_array", "dyn-call"},
    {"class_alias", "class-alias"},
    {"compact", "dyn-var"},
    {"constant", "dyn-constant"},
    {"create_function", "eval"},
    {"debug_backtrace", "stack-inspection"},
    {"debug_print_backtrace", "stack-inspection"},
    {"extract", "dyn-var"},
    {"forward_static_call", "dyn-call"},
    {"forward_static_call_array", "dyn-call"},
    {"func_get_arg", "func-get-args"},
    {"func_get_args", "func-get-args"},
    {"func_num_args", "func-get-args"},
    {"get_called_class", "late-static"},
    {"get_defined_vars", "dyn-var"},
    {"get_object_vars", "object-inspection"},
    {"ini_set", "setting"},
    {"mb_parse_str", "dyn-var"},
    {"ob_get_clean", "output-buffering"},
    {"ob_start", "output-buffering"},
    {"parse_str", "dyn-var"},
    {"register_shutdown_function", "shutdown-function"},
    {"register_tick_function", "ticks"},
    {"set_error_handler", "error-handler"},
    {"set_exception_handler", "error-handler"},
    {"setlocale", "setting"},
    {"spl_autoload_register", "autoload"},
    {"unserialize", "unserialize"},
};

const char* special_code(std::string_view name) {
  const auto* const found =
      std::lower_bound(std::begin(kSpecial), std::end(kSpecial), name,
                       [](const SpecialFunction& one, std::string_view wanted) { return one.name < wanted; });
  return found != std::end(kSpecial) && found->name == name ? found->code : nullptr;
}

}  // namespace

NodeId Declarer::argument(NodeId arguments, std::uint32_t index) const {
  if (!arguments || kind(arguments) != Kind::kArguments) return {};
  return child(child(arguments, index), 1);
}

std::uint16_t Declarer::argument_count(NodeId arguments) const {
  if (!arguments || kind(arguments) != Kind::kArguments) return 0;
  return static_cast<std::uint16_t>(std::min<std::size_t>(ast_.children(arguments).size(), UINT16_MAX));
}

CallSite& Declarer::add_call(CallKind call_kind, NodeId node, NodeId arguments) {
  CallSite site;
  site.kind = call_kind;
  site.node = node;
  site.place = place(node);
  site.arguments = argument_count(arguments);
  if (site.arguments > 0) {
    for (const NodeId one : ast_.children(arguments)) site.spreads |= (ast_.flags(one) & kFlagSpread) != 0;
  }
  function().calls.push_back(std::move(site));
  return function().calls.back();
}

void Declarer::enter_call(NodeId node) {
  NodeId callee = child(node, 0);
  while (kind(callee) == Kind::kParenthesized) callee = child(callee, 0);
  if (kind(callee) == Kind::kName) return enter_function_call(node, callee);
  const bool closure = kind(callee) == Kind::kClosure || kind(callee) == Kind::kArrowFunction;
  CallSite& site = add_call(closure ? CallKind::kClosure : CallKind::kDynamic, node, child(node, 1));
  site.written = text(callee).substr(0, kWrittenMax);
  if (!closure) {
    hazard("dyn-call", node);
    effect(kEffectDynamicCode, node);
  }
  push_children(node);
}

void Declarer::enter_function_call(NodeId node, NodeId name) {
  const std::string written = name_text(name);
  const NodeId arguments = child(node, 1);
  CallSite& site = add_call(CallKind::kFunction, node, arguments);
  const ResolvedName resolved = names_.function_key(written);
  site.name = resolved.key;
  site.fallback = resolved.fallback;
  site.written = written;
  const std::string global = resolved.fallback.empty() ? resolved.key : resolved.fallback;
  enter_special_function(node, global);
  if (find_builtin_function(global) != nullptr) enter_callbacks(node);
  push(arguments);
}

void Declarer::enter_special_function(NodeId node, std::string_view name) {
  if (name == "define") return enter_define(node);
  const char* const code = special_code(name);
  if (code == nullptr) return;
  const NodeId arguments = child(node, 1);
  const NodeId first = argument(arguments, 0);
  const bool literal_first = first && (kind(first) == Kind::kString || kind(first) == Kind::kClosure);
  if (name == "compact") {
    const std::span<const NodeId> list = ast_.children(arguments);
    if (std::all_of(list.begin(), list.end(), [this](NodeId one) { return kind(child(one, 1)) == Kind::kString; })) {
      return;
    }
  }
  if ((name == "parse_str" || name == "mb_parse_str") && argument_count(arguments) > 1) return;
  if (std::string_view(code) == "dyn-call" && (literal_first || (first && kind(first) == Kind::kArray))) return;
  if (name == "constant" && literal_first) return;
  hazard(code, node);
  if (std::string_view(code) == "dyn-var" || std::string_view(code) == "dyn-call") effect(kEffectDynamicCode, node);
}

// Names of functions handed to those of PHP's own that call them.
void Declarer::enter_callbacks(NodeId node) {
  const NodeId arguments = child(node, 1);
  const CallSite& made = function().calls.back();
  const BuiltinFunction* const callee = find_builtin_function(made.fallback.empty() ? made.name : made.fallback);
  if (!arguments || kind(arguments) != Kind::kArguments) return;
  std::size_t index = 0;
  for (const NodeId one : ast_.children(arguments)) {
    const bool wanted = callee->takes_callable(index++);
    const NodeId value = child(one, 1);
    if (!wanted || !value) continue;
    if (kind(value) == Kind::kString) {
      const std::string_view quoted = text(value);
      std::string name = lowered(quoted.substr(1, quoted.size() < 2 ? 0 : quoted.size() - 2));
      if (name.starts_with('\\')) name.erase(0, 1);
      CallSite& site = add_call(CallKind::kCallback, value, {});
      const std::size_t colons = name.find("::");
      site.written = quoted.substr(0, kWrittenMax);
      site.name = colons == std::string::npos ? name : name.substr(colons + 2);
      if (colons != std::string::npos) site.class_name = name.substr(0, colons);
      if (colons != std::string::npos) site.receiver = ReceiverKind::kClass;
    } else if (kind(value) == Kind::kClosure || kind(value) == Kind::kArrowFunction) {
      add_call(CallKind::kClosure, value, {}).written = "{closure}";
    } else if (kind(value) == Kind::kArray && ast_.children(value).size() == 2) {
      const NodeId object = child(ast_.children(value)[0], 1);
      const NodeId method = child(ast_.children(value)[1], 1);
      if (!object || !method || kind(method) != Kind::kString) continue;
      CallSite& site = add_call(CallKind::kCallback, value, {});
      const std::string_view quoted = text(method);
      site.written = text(value).substr(0, kWrittenMax);
      site.name = lowered(quoted.substr(1, quoted.size() < 2 ? 0 : quoted.size() - 2));
      if (kind(object) == Kind::kString) {
        const std::string_view name = text(object);
        site.receiver = ReceiverKind::kClass;
        site.class_name = lowered(name.substr(1, name.size() < 2 ? 0 : name.size() - 2));
      } else {
        site.receiver = ReceiverKind::kUnknown;
        set_receiver(function().calls.back(), object);
        if (site.receiver == ReceiverKind::kUnknown) site.class_name = "?";
      }
    }
  }
}

void Declarer::set_receiver(CallSite& site, NodeId object) {
  while (kind(object) == Kind::kParenthesized || kind(object) == Kind::kClone) object = child(object, 0);
  const std::string name(variable_name(object));
  if (name == "this") {
    site.receiver = ReceiverKind::kThis;
  } else if (!name.empty()) {
    frame().pending.push_back({static_cast<std::size_t>(&site - function().calls.data()), name});
  } else if (kind(object) == Kind::kNew && kind(child(object, 0)) == Kind::kName) {
    site.receiver = ReceiverKind::kClass;
    site.class_name = resolve_class(name_text(child(object, 0)));
  } else if (kind(object) == Kind::kProperty && variable_name(child(object, 0)) == "this" &&
             kind(child(object, 1)) == Kind::kIdentifier) {
    site.receiver = ReceiverKind::kProperty;
    site.class_name = text(child(object, 1));
  }
}

void Declarer::enter_method_call(NodeId node) {
  const NodeId name = child(node, 1);
  const bool computed = kind(name) != Kind::kIdentifier;
  CallSite& site = add_call(computed ? CallKind::kDynamic : CallKind::kMethod, node, child(node, 2));
  if (computed) {
    site.written = text(name).substr(0, kWrittenMax);
    hazard("dyn-call", node);
    effect(kEffectDynamicCode, node);
  } else {
    site.name = lowered(text(name));
    site.written = "->" + std::string(text(name));
    set_receiver(site, child(node, 0));
  }
  push_children(node);
}

// The class before "::" or behind "new" and "instanceof".
void Declarer::enter_class_use(NodeId node, NodeId name) {
  if (kind(node) == Kind::kClassConstant && kind(child(node, 1)) == Kind::kIdentifier) {
    mention("::" + std::string(text(child(node, 1))));
  }
  if (kind(node) == Kind::kStaticProperty) {
    const std::string_view property = variable_name(child(node, 1));
    mention(property.empty() ? "->" : "->" + std::string(property));
    if (property.empty()) hazard("dyn-property", node);
    effect(kEffectStaticState, node);
  }
  if (kind(name) == Kind::kName) {
    const std::string key = names_.class_key(name_text(name));
    if (key == "static") hazard("late-static", node);
    mention(resolve_class(name_text(name)));
  } else if (kind(node) != Kind::kClassConstant && kind(node) != Kind::kInstanceof) {
    hazard("dyn-class", node);
    effect(kEffectDynamicCode, node);
  }
  push_children(node);
}

void Declarer::enter_static_call(NodeId node) {
  const NodeId class_node = child(node, 0);
  const NodeId name = child(node, 1);
  const bool computed = kind(name) != Kind::kIdentifier;
  CallSite& site = add_call(computed ? CallKind::kDynamic : CallKind::kStatic, node, child(node, 2));
  site.written =
      std::string(text(class_node).substr(0, kWrittenMax)) + "::" + std::string(text(name).substr(0, kWrittenMax));
  if (!computed) site.name = lowered(text(name));
  if (kind(class_node) == Kind::kName) {
    const std::string key = names_.class_key(name_text(class_node));
    site.receiver = key == "static"   ? ReceiverKind::kStatic
                    : key == "parent" ? ReceiverKind::kParent
                    : key == "self"   ? ReceiverKind::kThis
                                      : ReceiverKind::kClass;
    if (site.receiver == ReceiverKind::kClass) site.class_name = key;
  }
  if (computed) {
    hazard("dyn-call", node);
    effect(kEffectDynamicCode, node);
  }
  enter_class_use(node, class_node);
}

void Declarer::enter_new(NodeId node) {
  const NodeId class_node = child(node, 0);
  if (kind(class_node) == Kind::kAnonymousClass) return push_children(node);
  const bool named = kind(class_node) == Kind::kName;
  CallSite& site = add_call(named ? CallKind::kConstructor : CallKind::kDynamic, node, child(node, 1));
  site.written = "new " + std::string(text(class_node).substr(0, kWrittenMax));
  if (named) {
    const std::string key = names_.class_key(name_text(class_node));
    site.name = "__construct";
    site.receiver = key == "static"   ? ReceiverKind::kStatic
                    : key == "parent" ? ReceiverKind::kParent
                    : key == "self"   ? ReceiverKind::kThis
                                      : ReceiverKind::kClass;
    if (site.receiver == ReceiverKind::kClass) site.class_name = key;
  }
  enter_class_use(node, class_node);
}

}  // namespace banyan::php
