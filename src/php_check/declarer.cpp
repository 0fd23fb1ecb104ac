#include "php_check/declarer.h"

#include <algorithm>

#include "php_check/declare.h"

namespace banyan::php {

FileDeclarations declare(const SyntaxTree& tree, std::string_view source) { return Declarer(tree, source).run(); }

namespace {

// FNV-1a over eight bytes at a time: only a name for the content, which nobody attacks.
std::uint64_t content_hash(std::string_view bytes) {
  std::uint64_t hash = 0xCBF29CE484222325U ^ bytes.size();
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word = 0;
    for (int i = 0; i < 8; ++i)
      word |= std::uint64_t{static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)])} << (8 * i);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 29;
  }
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash ^ (hash >> 32);
}

bool looks_like_name(std::string_view text) {
  if (text.empty() || text.size() > 200 || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '\\' ||
           c == ':' || static_cast<unsigned char>(c) >= 0x80;
  });
}

}  // namespace

Declarer::Declarer(const SyntaxTree& tree, std::string_view source)
    : tree_(tree), ast_(tree.ast), source_(source), lines_(source), names_(tree, source) {
  resolver_ = [this](std::string_view name) { return names_.class_key(name); };
}

FileDeclarations Declarer::run() {
  out_.content_hash = content_hash(source_);
  out_.bytes = static_cast<std::uint32_t>(source_.size());
  out_.lines = lines_.at(out_.bytes).line;
  out_.has_syntax_errors = !tree_.diagnostics.empty();
  FunctionDeclaration file;
  file.kind = FunctionKind::kFile;
  file.name = "{file}";
  file.node = ast_.root();
  file.place = {0, out_.bytes, 1, 1};
  file.end_line = out_.lines;
  out_.functions.push_back(std::move(file));
  frames_.push_back({});
  if (out_.has_syntax_errors) hazard("syntax-error", ast_.root());
  walk(ast_.root());
  leave_function();
  return std::move(out_);
}

void Declarer::walk(NodeId root) {
  push(root);
  while (!tasks_.empty()) {
    const Task task = tasks_.back();
    tasks_.pop_back();
    task.leaving ? leave(task.node) : enter(task.node);
  }
}

void Declarer::push_children(NodeId node) {
  const std::span<const NodeId> list = ast_.children(node);
  for (std::size_t i = list.size(); i > 0; --i) push(list[i - 1]);
}

void Declarer::mark_top(NodeId list) {
  for (const NodeId one : ast_.children(list)) {
    const Kind what = kind(one);
    if (what == Kind::kFunction || (what >= Kind::kClass && what <= Kind::kEnum)) top_.insert(one.value);
  }
}

void Declarer::enter_block(NodeId node) {
  note_unreachable(node);
  push_children(node);
}

void Declarer::enter(NodeId node) {
  switch (kind(node)) {
    case Kind::kFile:
      mark_top(node);
      return enter_block(node);
    case Kind::kNamespace:
      names_.enter_namespace(node);
      mark_top(child(node, 1));
      return push(child(node, 1));
    case Kind::kUse:
      return names_.enter_use(node);
    case Kind::kFunction:
    case Kind::kMethod:
    case Kind::kClosure:
    case Kind::kArrowFunction:
    case Kind::kPropertyHook:
      return enter_function(node);
    case Kind::kClass:
    case Kind::kAnonymousClass:
    case Kind::kInterface:
    case Kind::kTrait:
    case Kind::kEnum:
      return enter_class(node);
    case Kind::kConstants:
      if (classes_.empty()) declare_constants(node);
      return push(child(node, member_slot::kItems));
    case Kind::kBlock:
      return enter_block(node);
    case Kind::kAttributeGroup:
    case Kind::kModifiers:
    case Kind::kTraitUse:
    case Kind::kNamedType:
      return;
    case Kind::kParameter:
      push(child(node, parameter_slot::kHooks));
      return push(child(node, parameter_slot::kDefault));
    case Kind::kTry:
      return enter_try(node);
    case Kind::kForeach:
      return enter_foreach(node);
    case Kind::kGlobal:
      return enter_global(node);
    default:
      return enter_expression(node);
  }
}

void Declarer::leave(NodeId node) {
  if (kind(node) >= Kind::kClass && kind(node) <= Kind::kEnum) {
    classes_.pop_back();
  } else {
    leave_function();
  }
}

Place Declarer::place(NodeId node) const {
  const std::string_view inside = text(node);
  Place at;
  if (inside.data() != nullptr) at.offset = static_cast<std::uint32_t>(inside.data() - source_.data());
  at.end = at.offset + static_cast<std::uint32_t>(inside.size());
  const LineColumn where = lines_.at(std::min(at.offset, out_.bytes));
  at.line = where.line;
  at.column = where.column;
  return at;
}

std::string_view Declarer::variable_name(NodeId node) const {
  if (!node || kind(node) != Kind::kVariable) return {};
  std::string_view name = text(node);
  if (name.starts_with('$')) name.remove_prefix(1);
  return name;
}

// The comment right before the declaration: only white space and modifiers may stand between.
std::string_view Declarer::docblock_of(NodeId node) const {
  std::uint32_t token = ast_.header(node).first;
  while (token > 0) {
    const TokenKind before = tree_.stream.tokens[--token].kind;
    if (before == TokenKind::kDocComment) return tree_.token_text(source_, token);
    if (!is_trivia(before) || before == TokenKind::kOpenTag) return {};
  }
  return {};
}

DocScope Declarer::doc_scope() const {
  DocScope scope{resolver_, nullptr, {}};
  if (!classes_.empty()) {
    const ClassDeclaration& around = out_.classes[classes_.back().index];
    scope.templates = &around.templates;
    scope.self = around.key;
  }
  return scope;
}

void Declarer::hazard(const char* code, NodeId at, std::string_view subject) {
  std::vector<Hazard>& list = function().hazards;
  if (list.size() < FunctionDeclaration::kHazardsMax) list.push_back({code, std::string(subject), place(at)});
}

void Declarer::effect(Effects bit, NodeId at) {
  if ((frame().effects & bit) != 0) return;
  frame().effects |= bit;
  function().effects.push_back({bit, place(at)});
}

std::string Declarer::resolve_class(std::string_view written) const {
  std::string key = names_.class_key(written);
  if (classes_.empty()) return key;
  const ClassDeclaration& around = out_.classes[classes_.back().index];
  if (key == "self" || key == "static") return around.key;
  if (key == "parent") return around.parent;
  return key;
}

std::string Declarer::name_text(NodeId node) const { return node ? names_.text(node) : std::string(); }

// ---- Expressions: which of them say something ----

void Declarer::enter_expression(NodeId node) {
  switch (kind(node)) {
    case Kind::kVariable:
      return enter_variable(node);
    case Kind::kCall:
      return enter_call(node);
    case Kind::kMethodCall:
    case Kind::kNullsafeMethodCall:
      return enter_method_call(node);
    case Kind::kStaticCall:
      return enter_static_call(node);
    case Kind::kNew:
      return enter_new(node);
    case Kind::kAssign:
    case Kind::kAssignReference:
    case Kind::kPrefixUpdate:
    case Kind::kPostfixUpdate:
      return enter_assignment(node);
    case Kind::kInclude:
      return enter_include(node);
    case Kind::kThrow:
      return enter_throw(node);
    case Kind::kString: {
      const std::string_view quoted = text(node);
      const std::string_view inside = quoted.size() < 2 ? quoted : quoted.substr(1, quoted.size() - 2);
      if (looks_like_name(inside)) mention("'" + lowered(inside));
      return;
    }
    case Kind::kConstant: {
      const ResolvedName name = names_.constant_key(name_text(child(node, 0)));
      mention("#" + name.key);
      if (!name.fallback.empty()) mention("#" + name.fallback);
      return;
    }
    case Kind::kClassConstant:
    case Kind::kStaticProperty:
      return enter_class_use(node, child(node, 0));
    case Kind::kInstanceof:
      return enter_class_use(node, child(node, 1));
    default:
      return enter_statement(node);
  }
}

void Declarer::note_property(NodeId node) {
  const NodeId name = child(node, 1);
  if (kind(name) == Kind::kIdentifier) return mention("->" + std::string(text(name)));
  hazard("dyn-property", node);
  mention("->");
}

void Declarer::enter_statement(NodeId node) {
  FunctionDeclaration& here = function();
  switch (kind(node)) {
    case Kind::kInlineHtml:
    case Kind::kEcho:
    case Kind::kPrint:
      effect(kEffectOutput, node);
      break;
    case Kind::kEval:
      hazard("eval", node);
      effect(kEffectDynamicCode, node);
      break;
    case Kind::kExit:
      effect(kEffectExit, node);
      break;
    case Kind::kShellCommand:
      effect(kEffectProcess, node);
      hazard("shell", node);
      break;
    case Kind::kGoto:
      hazard("goto", node);
      break;
    case Kind::kYield:
    case Kind::kYieldFrom:
      if (!here.is_generator) hazard("generator", node);
      here.is_generator = true;
      break;
    case Kind::kVariableVariable:
      hazard("dyn-var", node);
      effect(kEffectDynamicCode, node);
      break;
    case Kind::kProperty:
    case Kind::kNullsafeProperty:
      note_property(node);
      break;
    case Kind::kStaticVariables:
      hazard("static-variable", node);
      effect(kEffectStaticState, node);
      break;
    case Kind::kArrayItem:
      if ((ast_.flags(node) & kFlagReference) != 0) hazard("ref-escape", node);
      break;
    case Kind::kUnary:
      if (ast_.header(node).op == TokenKind::kAt) hazard("error-suppression", node);
      break;
    case Kind::kDeclare:
      if (text(node).find("ticks") != std::string_view::npos) hazard("ticks", node);
      break;
    case Kind::kUnset:
      for (const NodeId target : ast_.children(node)) note_target_effect(target);
      break;
    case Kind::kIfBranch:
    case Kind::kWhile:
    case Kind::kDoWhile:
    case Kind::kFor:
    case Kind::kCase:
    case Kind::kTernary:
    case Kind::kMatchArm:
      ++here.branches;
      break;
    case Kind::kCatch:
      for (const NodeId name : ast_.children(child(node, 0))) mention(resolve_class(name_text(name)));
      break;
    default:
      break;
  }
  if (kind(node) >= Kind::kInlineHtml && kind(node) <= Kind::kVoidStatement) ++here.statements;
  push_children(node);
}

}  // namespace banyan::php
