// Property hooks: how a get and a set may be written, and whether the property has a place of its own.
#include "php_parse/checker.h"

namespace banyan::php {

namespace {

constexpr std::uint32_t kOnMethod = 4;
constexpr std::uint16_t kSetVisibility = kFlagPublicSet | kFlagProtectedSet | kFlagPrivateSet;

bool is_scope(NodeKind kind) {
  return kind == NodeKind::kClosure || kind == NodeKind::kArrowFunction || kind == NodeKind::kFunction ||
         kind == NodeKind::kAnonymousClass || kind == NodeKind::kClass;
}

}  // namespace

// protected public(set): more may write than read. Without a word for reading it is public.
bool Checker::is_weaker_than_set(std::uint16_t modifiers) {
  if ((modifiers & kFlagPrivate) != 0) return (modifiers & (kFlagPublicSet | kFlagProtectedSet)) != 0;
  return (modifiers & kFlagProtected) != 0 && (modifiers & kFlagPublicSet) != 0;
}

// protected protected(set) says no more than protected does.
bool Checker::is_asymmetric(std::uint16_t modifiers) {
  if ((modifiers & kFlagPrivate) != 0) return (modifiers & kSetVisibility & ~kFlagPrivateSet) != 0;
  if ((modifiers & kFlagProtected) != 0) return (modifiers & kSetVisibility & ~kFlagProtectedSet) != 0;
  return (modifiers & kSetVisibility & ~kFlagPublicSet) != 0;
}

void Checker::check_hooks(NodeId hooks, const HookedProperty& property) {
  const std::uint16_t modifiers = property.modifiers;
  const bool in_interface = class_->kind == Kind::kInterface;
  if (children(hooks).empty()) complain(hooks, "hook.none", "The list of hooks must not be empty");
  if ((modifiers & kFlagStatic) != 0) complain(hooks, "hook.static", "A static property cannot have hooks");
  if (((modifiers | class_->modifiers) & kFlagReadonly) != 0) {
    complain(hooks, "hook.readonly", "A property with hooks cannot be readonly");
  }
  std::unordered_set<std::string> names;
  bool any_without_body = false;
  bool has_place = false;  // a property none of whose hooks reads or writes it has none
  bool get_by_reference = false;
  for (const NodeId hook : children(hooks)) {
    const std::string name = lowered(text(child(hook, function_slot::kName)));
    const NodeId body = child(hook, function_slot::kBody);
    if (!names.insert(name).second) complain(hook, "hook.duplicate", "Cannot redeclare the hook " + name);
    any_without_body = any_without_body || (flags(hook) & kFlagNoBody) != 0;
    const bool assigns = name == "set" && body && kind(body) != Kind::kBlock;
    has_place = has_place || assigns || uses_property(body, property.name);
    get_by_reference = get_by_reference || (name == "get" && (flags(hook) & kFlagReference) != 0);
    check_hook(hook, property);
  }
  if (class_->has_parent) return;  // it may give the property a place: PHP looks when it knows it
  if ((modifiers & kFlagAbstract) != 0 && !any_without_body && !in_interface) {
    complain(hooks, "hook.abstract", "An abstract property must have an abstract hook");
  }
  if (property.has_default && !has_place) {
    complain(hooks, "hook.default", "$" + property.name + " is nowhere kept, so it cannot have a default value");
  }
  if (has_place && get_by_reference && names.contains("set")) {
    complain(hooks, "hook.reference", "A get that gives a reference cannot stand beside a set");
  }
  if (!has_place && is_asymmetric(modifiers) && names.size() == 1) {
    complain(hooks, "hook.set-visibility", "A property with one hook that is nowhere kept has one visibility");
  }
}

void Checker::check_hook(NodeId hook, const HookedProperty& property) {
  const std::string name = lowered(text(child(hook, function_slot::kName)));
  const NodeId own_node = child(hook, function_slot::kModifiers);
  const std::uint16_t own = own_node ? flags(own_node) : 0;
  const bool without_body = (flags(hook) & kFlagNoBody) != 0;
  const bool in_interface = class_->kind == Kind::kInterface;
  const bool abstract = in_interface || ((property.modifiers & kFlagAbstract) != 0 && without_body);
  if (name != "get" && name != "set") complain(hook, "hook.name", "A hook is get or set");
  if ((own & ~kFlagFinal) != 0) complain(hook, "hook.modifier", "A hook may only be final");
  if ((own & kFlagFinal) != 0 && (abstract || (property.modifiers & kFlagPrivate) != 0)) {
    complain(hook, "hook.modifier", "A final hook can be neither abstract nor private");
  }
  if (abstract && (property.modifiers & kFlagPrivate) != 0) {
    complain(hook, "hook.modifier", "An abstract hook cannot be private");
  }
  if (without_body && !abstract) complain(hook, "hook.body", "A hook that is not abstract must have a body");
  if (!without_body && in_interface) complain(hook, "hook.body", "A hook in an interface cannot have a body");
  const NodeId parameters = child(hook, function_slot::kParameters);
  if (parameters && name == "get") complain(parameters, "hook.parameters", "The hook get takes no parameter list");
  if (parameters && name == "set") {
    const std::span<const NodeId> list = children(parameters);
    if (list.size() != 1) complain(parameters, "hook.parameters", "The hook set takes exactly one parameter");
    if (list.size() == 1) check_hook_parameter(list[0], property);
  }
  check_attributes(child(hook, function_slot::kAttributes), kOnMethod);
  hook_return_ = name == "set" ? TypeInfo{.set = true, .bits = kTypeVoid} : property.type;
  check_function(hook, own);
}

// What a set takes: a value by itself, of a type that takes all the property may hold.
void Checker::check_hook_parameter(NodeId parameter, const HookedProperty& property) {
  if ((flags(parameter) & (kFlagReference | kFlagVariadic)) != 0 || child(parameter, parameter_slot::kDefault)) {
    complain(parameter, "hook.parameters", "The parameter of the hook set is one plain value");
  }
  const std::size_t before = tree_.diagnostics.size();
  const TypeInfo type = check_type(child(parameter, parameter_slot::kType));
  tree_.diagnostics.resize(before);
  const bool simple = type.set && property.type.set && !type.is_complex() && !property.type.is_complex();
  if (type.set != property.type.set || (simple && (property.type.bits & ~type.bits) != 0)) {
    complain(parameter, "hook.parameters", "The type of the parameter must take all that the property may hold");
  }
}

// Whether $this->name, or $this->{...} that may be it, stands in a hook's body, functions and classes inside left out.
bool Checker::uses_property(NodeId body, std::string_view name) const {
  std::vector<NodeId> open = {body};
  while (!open.empty()) {
    const NodeId node = open.back();
    open.pop_back();
    if (!node) continue;
    const bool property = kind(node) == Kind::kProperty || kind(node) == Kind::kNullsafeProperty;
    const bool named = property && is_this(child(node, 0));
    if (named && (text(child(node, 1)) == name || kind(child(node, 1)) == Kind::kParenthesized)) return true;
    if (kind(node) == Kind::kAnonymousClass) open.push_back(child(node, class_slot::kArguments));
    if (is_scope(kind(node))) continue;
    open.insert(open.end(), children(node).begin(), children(node).end());
  }
  return false;
}

}  // namespace banyan::php
