// Variables, assignments and the statements that bind names: what they read, write and keep.
#include <algorithm>

#include "php_check/declarer.h"

namespace banyan::php {

namespace {

// The directory part of paths in __DIR__ is not known here: it is put in when files are linked.
constexpr std::string_view kDirectoryMark = "\x01";

std::string string_value(std::string_view quoted) {
  if (quoted.size() < 2) return {};
  std::string out;
  const std::string_view inside = quoted.substr(1, quoted.size() - 2);
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == '\\' && i + 1 < inside.size() && (inside[i + 1] == '\\' || inside[i + 1] == quoted[0])) ++i;
    out += inside[i];
  }
  return out;
}

}  // namespace

void Declarer::enter_variable(NodeId node) {
  const std::string_view name = variable_name(node);
  if (!is_superglobal(name)) return;
  if (name == "GLOBALS") {
    effect(kEffectGlobalRead, node);
    return hazard("globals-array", node);
  }
  effect(name == "_SESSION" ? kEffectSession : kEffectSuperglobalRead, node);
  hazard("superglobal", node, name);
}

void Declarer::note_target_effect(NodeId target) {
  if (target && kind(target) == Kind::kArray) {
    for (const NodeId item : ast_.children(target)) note_target_effect(child(item, 1));
    return;
  }
  if (target && (kind(target) == Kind::kProperty || kind(target) == Kind::kNullsafeProperty)) {
    effect(kEffectObjectWrite, target);
  }
  NodeId base = target;
  bool inside_property = false;
  while (base && (kind(base) == Kind::kIndex || kind(base) == Kind::kProperty || kind(base) == Kind::kParenthesized)) {
    inside_property = inside_property || kind(base) == Kind::kProperty;
    base = child(base, 0);
  }
  if (!base) return;
  if (inside_property && kind(target) == Kind::kIndex) effect(kEffectObjectWrite, target);
  if (kind(base) == Kind::kStaticProperty) {
    effect(kEffectStaticState, target);
    hazard("static-property", target);
  }
  const std::string name(variable_name(base));
  if (name.empty()) return;
  if (name == "GLOBALS" || (frame().globals.contains(name) && !inside_property)) {
    effect(kEffectGlobalWrite, target);
    hazard("global-write", target, name == "GLOBALS" ? "" : name);
  } else if (is_superglobal(name)) {
    effect(name == "_SESSION" ? kEffectSession : kEffectSuperglobalWrite, target);
    hazard("superglobal-write", target, name);
  } else if (frame().by_reference.contains(name) && !inside_property) {
    effect(kEffectReferenceWrite, target);
  }
}

void Declarer::note_write(NodeId target, NodeId value) {
  if (target && kind(target) == Kind::kArray) {
    for (const NodeId item : ast_.children(target)) note_write(child(item, 1), NodeId{});
    return;
  }
  const std::string name(variable_name(target));
  if (name.empty()) return;
  VariableUse& use = frame().variables[name];
  const bool is_new = value && kind(value) == Kind::kNew && kind(child(value, 0)) == Kind::kName;
  const std::string made = is_new ? resolve_class(name_text(child(value, 0))) : "";
  const bool was_claimed = use.from_docblock && !use.class_name.empty();
  if (made.empty() || (!was_claimed && !use.class_name.empty() && use.class_name != made)) use.all_new = false;
  if (use.assignments == 0 && use.class_name.empty()) use.class_name = made;
  ++use.assignments;
}

void Declarer::enter_assignment(NodeId node) {
  const NodeId target = child(node, 0);
  const bool plain = kind(node) == Kind::kAssign || kind(node) == Kind::kAssignReference;
  const bool replaces = plain && ast_.header(node).op == TokenKind::kAssign;
  note_target_effect(target);
  note_write(target, replaces && kind(node) == Kind::kAssign ? child(node, 1) : NodeId{});
  if (kind(node) == Kind::kAssignReference) {
    const bool local = kind(target) == Kind::kVariable;
    const Kind value = kind(child(node, 1));
    if (value != Kind::kNew) hazard(local ? "ref-alias" : "ref-escape", node);
    if (!local) effect(kEffectReferenceWrite, node);
  }
  push_children(node);
}

void Declarer::enter_global(NodeId node) {
  for (const NodeId variable : ast_.children(node)) {
    const std::string name(variable_name(variable));
    if (name.empty()) {
      hazard("dyn-var", variable);
      continue;
    }
    frame().globals.insert(name);
    hazard("global", variable, name);
  }
  effect(kEffectGlobalRead, node);
  ++function().statements;
}

void Declarer::enter_foreach(NodeId node) {
  ++function().statements;
  ++function().branches;
  const NodeId value = child(node, 2);
  NodeId target = value;
  if (target && kind(target) == Kind::kArrayItem) target = child(target, 1) ? child(target, 1) : child(target, 0);
  for (const NodeId one : {child(node, 1), target}) {
    if (!one) continue;
    note_target_effect(one);
    note_write(one, NodeId{});
  }
  push(child(node, 3));
  push(target);
  push(child(node, 1));
  push(child(node, 0));
}

void Declarer::enter_try(NodeId node) {
  const NodeId body = child(node, 0);
  const Place at = place(body);
  TryRange range{at.offset, at.end, {}};
  for (const NodeId one : ast_.children(child(node, 1))) {
    const std::span<const NodeId> names = ast_.children(child(one, 0));
    for (const NodeId name : names) range.catches.push_back(resolve_class(name_text(name)));
    const std::string variable(variable_name(child(one, 1)));
    if (variable.empty()) continue;
    VariableUse& use = frame().variables[variable];
    const std::string caught = names.size() == 1 ? resolve_class(name_text(names[0])) : "";
    use.all_new = use.all_new && !caught.empty() && (use.class_name.empty() || use.class_name == caught);
    use.class_name = caught;
    ++use.assignments;
  }
  ++function().statements;
  function().tries.push_back(std::move(range));
  push_children(node);
}

void Declarer::enter_throw(NodeId node) {
  const NodeId operand = child(node, 0);
  std::string thrown = "throwable";
  if (operand && kind(operand) == Kind::kNew && kind(child(operand, 0)) == Kind::kName) {
    thrown = resolve_class(name_text(child(operand, 0)));
  } else if (const std::string name(variable_name(operand)); !name.empty()) {
    const auto found = frame().variables.find(name);
    if (found != frame().variables.end() && !found->second.class_name.empty()) thrown = found->second.class_name;
  }
  effect(kEffectThrow, node);
  function().throws.push_back({thrown, place(node)});
  push_children(node);
}

// "a" . __DIR__ . '/b', dirname(__FILE__), dirname(__DIR__, 2) and ABSPATH, which stands for the root.
bool Declarer::constant_path(NodeId node, std::string& out, int depth) const {
  if (!node || depth > 32) return false;
  switch (kind(node)) {
    case Kind::kString:
      out += string_value(text(node));
      return true;
    case Kind::kParenthesized:
      return constant_path(child(node, 0), out, depth + 1);
    case Kind::kMagicConstant: {
      const std::string name = lowered(text(node));
      out += kDirectoryMark;
      if (name == "__file__") out += "/file";
      return name == "__dir__" || name == "__file__";
    }
    case Kind::kBinary:
      return ast_.header(node).op == TokenKind::kDot && constant_path(child(node, 0), out, depth + 1) &&
             constant_path(child(node, 1), out, depth + 1);
    case Kind::kConstant:
      if (text(node) != "ABSPATH") return false;
      out += "\x02/";
      return true;
    case Kind::kCall: {
      if (lowered(text(child(node, 0))) != "dirname") return false;
      const NodeId levels = argument(child(node, 1), 1);
      const int up = levels ? text(levels)[0] - '0' : 1;
      std::string inner;
      if (up < 1 || up > 9 || !constant_path(argument(child(node, 1), 0), inner, depth + 1)) return false;
      out += inner;
      for (int i = 0; i < up; ++i) out += "/..";
      return true;
    }
    default:
      return false;
  }
}

void Declarer::enter_include(NodeId node) {
  IncludeSite site;
  const TokenKind op = ast_.header(node).op;
  site.once = op == TokenKind::kIncludeOnce || op == TokenKind::kRequireOnce;
  site.required = op == TokenKind::kRequire || op == TokenKind::kRequireOnce;
  site.place = place(node);
  site.function = static_cast<std::int32_t>(frame().function);
  site.is_constant = constant_path(child(node, 0), site.path);
  if (!site.is_constant) {
    site.path.clear();
    hazard("include-dynamic", node);
    effect(kEffectDynamicCode, node);
  } else if (frame().function != 0) {
    hazard("include-in-function", node);
  }
  effect(kEffectInclude, node);
  out_.includes.push_back(std::move(site));
  push_children(node);
}

}  // namespace banyan::php
