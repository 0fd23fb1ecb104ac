// Functions: their signature, the types a docblock adds, and what is settled when their code has been read.
#include <algorithm>
#include <tuple>

#include "php_check/declarer.h"

namespace banyan::php {

namespace {

FunctionKind function_kind(NodeKind kind) {
  switch (kind) {
    case NodeKind::kMethod:
      return FunctionKind::kMethod;
    case NodeKind::kClosure:
      return FunctionKind::kClosure;
    case NodeKind::kArrowFunction:
      return FunctionKind::kArrowFunction;
    case NodeKind::kPropertyHook:
      return FunctionKind::kHook;
    default:
      return FunctionKind::kFunction;
  }
}

constexpr std::uint16_t kVisibility = kFlagPublic | kFlagProtected | kFlagPrivate;

}  // namespace

void Declarer::enter_namespace(NodeId node) { names_.enter_namespace(node); }

void Declarer::enter_function(NodeId node) {
  FunctionDeclaration made;
  made.kind = function_kind(kind(node));
  made.node = node;
  made.place = place(node);
  made.end_line = lines_.at(made.place.end).line;
  made.by_reference = (ast_.flags(node) & kFlagReference) != 0;
  made.has_body = (ast_.flags(node) & kFlagNoBody) == 0 && child(node, function_slot::kBody);
  const bool is_function = made.kind == FunctionKind::kFunction;
  made.is_conditional = is_function && !top_.contains(node.value);
  if (!is_function && !classes_.empty()) made.class_index = static_cast<std::int32_t>(classes_.back().index);
  if (made.kind != FunctionKind::kMethod) made.parent_index = static_cast<std::int32_t>(frame().function);
  const NodeId name = child(node, function_slot::kName);
  made.name_place = place(name ? name : node);
  made.name = method_function_name(node);
  if (is_function) made.key = lowered(made.name);
  if (made.kind == FunctionKind::kMethod) made.key = lowered(text(name));
  const NodeId modifiers = child(node, function_slot::kModifiers);
  made.modifiers = modifiers ? ast_.flags(modifiers) : 0;
  if ((made.modifiers & kVisibility) == 0) made.modifiers |= kFlagPublic;
  const std::string_view comment = docblock_of(node);
  const Docblock doc = parse_docblock(comment, doc_scope());
  made.doc = comment.substr(0, FunctionDeclaration::kDocBytesMax);
  made.doc_return = doc.returned;
  made.doc_throws = doc.throws;
  made.templates = doc.templates;
  made.is_deprecated = doc.is_deprecated;
  if (const NodeId type = child(node, function_slot::kReturnType)) {
    made.native_return = native_type(type);
    made.has_native_return = true;
  }
  if (is_function && made.is_conditional && frames_.size() > 1) hazard("declares-function", node, made.name);
  if (made.kind == FunctionKind::kClosure || made.kind == FunctionKind::kArrowFunction) {
    for (const NodeId use : ast_.children(child(node, function_slot::kUses))) {
      if ((ast_.flags(use) & kFlagReference) != 0) hazard("ref-capture", use);
      ++frame().variables[std::string(variable_name(child(use, 0)))].assignments;
    }
  }
  const std::size_t index = out_.functions.size();
  if (made.kind == FunctionKind::kMethod && !classes_.empty()) {
    out_.classes[classes_.back().index].methods.push_back(static_cast<std::int32_t>(index));
  }
  out_.functions.push_back(std::move(made));
  frames_.push_back({});
  frame().function = index;
  declare_parameters(node, doc);
  if (function().by_reference) hazard("ref-return", node);
  push_leave(node);
  const NodeId body = child(node, function_slot::kBody);
  push(body);
  push(child(node, function_slot::kParameters));
  function().statements += made.kind == FunctionKind::kArrowFunction ? 1 : 0;
}

std::string Declarer::method_function_name(NodeId node) const {
  const NodeId name = child(node, function_slot::kName);
  switch (kind(node)) {
    case Kind::kFunction:
      return names_.qualified(text(name));
    case Kind::kClosure:
    case Kind::kArrowFunction:
      return "{closure}";
    case Kind::kPropertyHook:
      return class_name_of(node) + "::{" + std::string(name ? text(name) : "hook") + "}";
    default:
      return class_name_of(node) + "::" + std::string(text(name));
  }
}

std::string Declarer::class_name_of(NodeId) const {
  return classes_.empty() ? "" : out_.classes[classes_.back().index].name;
}

void Declarer::declare_parameters(NodeId node, const Docblock& doc) {
  for (const DocVariable& global : doc.globals) {
    VariableUse& use = frame().variables[global.name];
    const std::vector<std::string> classes = global.type.class_names();
    if (classes.size() == 1) use.class_name = classes.front();
    use.from_docblock = true;
    function().doc_globals.emplace_back(global.name, global.type);
  }
  for (const NodeId parameter : ast_.children(child(node, function_slot::kParameters))) {
    if (kind(parameter) == Kind::kParameter) declare_parameter(parameter, doc);
  }
}

void Declarer::declare_parameter(NodeId node, const Docblock& doc) {
  ParameterDeclaration one;
  one.name = variable_name(child(node, parameter_slot::kVariable));
  const std::uint16_t flags = ast_.flags(node);
  one.by_reference = (flags & kFlagReference) != 0;
  one.variadic = (flags & kFlagVariadic) != 0;
  const NodeId value = child(node, parameter_slot::kDefault);
  one.optional = value || one.variadic;
  if (value) one.default_text = text(value).substr(0, 80);
  const NodeId modifiers = child(node, parameter_slot::kModifiers);
  one.promoted = static_cast<bool>(modifiers);
  if (const NodeId type = child(node, parameter_slot::kType)) {
    one.has_native = true;
    one.native = native_type(type);
    if (value && lowered(text(value)) == "null") one.native = join(one.native, Type(kTypeNull));
  }
  for (const DocVariable& claimed : doc.parameters) {
    if (claimed.name == one.name) one.doc = claimed.type;
  }
  if (one.by_reference) frame().by_reference.insert(one.name);
  const Type& said = one.has_native ? one.native : one.doc;
  const std::vector<std::string> classes = said.class_names();
  VariableUse& use = frame().variables[one.name];
  if (classes.size() == 1 && classes.front()[0] != '#' && said.without(kTypeNull).only(kTypeObject) && !one.variadic) {
    use.class_name = classes.front();
    use.from_docblock = !one.has_native;
  }
  use.assignments = use.class_name.empty() ? 1 : 0;
  for (const std::string& name : classes) mention(name);
  function().parameters.push_back(std::move(one));
  if (modifiers && !classes_.empty()) {
    const std::uint16_t made = ast_.flags(modifiers);
    declare_property(child(node, parameter_slot::kVariable), made, child(node, parameter_slot::kType), doc);
  }
}

void Declarer::settle_receivers() {
  for (const PendingReceiver& one : frame().pending) {
    const auto found = frame().variables.find(one.variable);
    if (found == frame().variables.end()) continue;
    const VariableUse& use = found->second;
    if (use.class_name.empty() || !use.all_new) continue;
    CallSite& site = function().calls[one.call];
    site.receiver = ReceiverKind::kClass;
    site.class_name = use.class_name;
    site.doc_only = use.from_docblock;
  }
}

void Declarer::leave_function() {
  settle_receivers();
  FunctionDeclaration& done = function();
  done.mentions.assign(frame().mentions.begin(), frame().mentions.end());
  std::sort(done.mentions.begin(), done.mentions.end());
  std::sort(done.calls.begin(), done.calls.end(), [](const CallSite& a, const CallSite& b) {
    return std::tie(a.place.offset, a.place.end, a.kind) < std::tie(b.place.offset, b.place.end, b.kind);
  });
  std::sort(done.hazards.begin(), done.hazards.end(), [](const Hazard& a, const Hazard& b) {
    return std::forward_as_tuple(a.place.offset, std::string_view(a.code), a.subject) <
           std::forward_as_tuple(b.place.offset, std::string_view(b.code), b.subject);
  });
  std::sort(done.effects.begin(), done.effects.end(), [](const EffectSite& a, const EffectSite& b) {
    return std::tie(a.place.offset, a.effect) < std::tie(b.place.offset, b.effect);
  });
  frames_.pop_back();
}

// ---- Types as written ----

Type Declarer::named_native_type(std::string_view name) {
  struct Simple {
    std::string_view name;
    std::uint32_t bits;
  };
  static constexpr Simple kSimple[] = {
      {"int", kTypeInt},     {"float", kTypeFloat},   {"string", kTypeString},     {"bool", kTypeBool},
      {"array", kTypeArray}, {"object", kTypeObject}, {"callable", kTypeCallable}, {"void", kTypeVoid},
      {"never", kTypeNever}, {"mixed", kTypeMixed},   {"null", kTypeNull},         {"false", kTypeFalse},
      {"true", kTypeTrue},
  };
  const std::string low = lowered(name);
  for (const Simple& one : kSimple) {
    if (one.name == low) return Type(one.bits);
  }
  if (low == "iterable") return join(Type(kTypeArray), Type::object("traversable"));
  const std::string key = resolve_class(name);
  if (key.empty() || key == "self" || key == "static" || key == "parent") return Type(kTypeObject);
  return Type::object(key);
}

Type Declarer::native_type(NodeId node) {
  switch (kind(node)) {
    case Kind::kNamedType:
      return named_native_type(name_text(child(node, 0)));
    case Kind::kNullableType:
      return join(native_type(child(node, 0)), Type(kTypeNull));
    case Kind::kUnionType: {
      Type type;
      for (const NodeId one : ast_.children(node)) type = join(type, native_type(one));
      return type;
    }
    case Kind::kIntersectionType:
      return ast_.children(node).empty() ? Type(kTypeObject) : native_type(ast_.children(node)[0]);
    default:
      return Type::mixed();
  }
}

// ---- Statements nothing leads to ----

bool Declarer::loop_is_endless(NodeId statement) const {
  const NodeId condition = child(statement, kind(statement) == Kind::kWhile ? 0 : 1);
  const std::string_view written = condition ? text(condition) : "";
  if (written != "true" && written != "1") return false;
  return text(statement).find("break") == std::string_view::npos &&
         text(statement).find("goto") == std::string_view::npos;
}

bool Declarer::terminates(NodeId statement) const {
  if (!statement) return false;
  switch (kind(statement)) {
    case Kind::kReturn:
    case Kind::kBreak:
    case Kind::kContinue:
    case Kind::kGoto:
      return true;
    case Kind::kExpressionStatement: {
      const Kind inner = kind(child(statement, 0));
      return inner == Kind::kThrow || inner == Kind::kExit;
    }
    case Kind::kBlock: {
      const std::span<const NodeId> list = ast_.children(statement);
      return !list.empty() && terminates(list.back());
    }
    case Kind::kWhile:
    case Kind::kDoWhile:
      return loop_is_endless(statement);
    case Kind::kIf: {
      const std::span<const NodeId> branches = ast_.children(statement);
      if (branches.empty() || child(branches.back(), 0)) return false;
      return std::all_of(branches.begin(), branches.end(), [this](NodeId one) { return terminates(child(one, 1)); });
    }
    default:
      return false;
  }
}

// Declarations count wherever they stand, labels can be jumped to, and what is empty is no statement.
void Declarer::note_unreachable(NodeId block) {
  bool ended = false;
  for (const NodeId one : ast_.children(block)) {
    const Kind what = kind(one);
    if (what == Kind::kLabel || what == Kind::kCase) ended = false;
    const bool counts = what >= Kind::kExpressionStatement && what <= Kind::kVoidStatement && what != Kind::kLabel &&
                        what != Kind::kHaltCompiler && what != Kind::kDeclare;
    if (ended && counts) {
      function().unreachable.push_back(place(one));
      return;
    }
    ended = ended || terminates(one);
  }
}

}  // namespace banyan::php
