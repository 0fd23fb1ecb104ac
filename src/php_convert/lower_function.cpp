// One function from its tree to its body, and what declarations say of types.
#include <algorithm>

#include "php_convert/lowering.h"
#include "php_rules/literal_value.h"

namespace banyan::php {

using hir::Rep;

FunctionLowering::FunctionLowering(FileLowering& shared, std::int32_t index)
    : shared_(shared),
      index_(index),
      function_(shared.program.functions[static_cast<std::size_t>(index)]),
      tree_(shared.file->tree),
      ast_(shared.file->tree.ast),
      source_(shared.file->source),
      node_(shared.nodes[static_cast<std::size_t>(index)]) {
  // Temporaries have no name; they are found again by their number.
  Temporaries temporaries{};
  for (std::size_t i = 0; i < function_.variables.size(); ++i) {
    const std::string& name = function_.variables[i].name;
    const Rep asked = function_.variables[i].asked;
    slots_.emplace(name.empty() ? temporary_key(asked, temporaries) : name, static_cast<std::int32_t>(i));
  }
  assigned_.resize(function_.variables.size());
}

NodeId FunctionLowering::plain(NodeId node) const {
  while (node && kind(node) == Kind::kParenthesized) node = child(node, 0);
  return node;
}

std::string FunctionLowering::variable_name(NodeId node) const {
  if (kind(node) == Kind::kVariable) return std::string(text(node).substr(1));
  if (kind(node) == Kind::kVariableVariable && (flags(node) & kFlagInString) != 0) {
    const NodeId inner = child(node, 0);
    if (kind(inner) == Kind::kIdentifier) return std::string(text(inner));
  }
  if (kind(node) == Kind::kIdentifier) return {};
  return {};
}

// With the white space behind its last token, which inside of strings belongs to it.
std::string_view FunctionLowering::text_whole(NodeId node) const {
  const NodeHeader header = ast_.header(node);
  const std::uint32_t begin = tree_.stream.tokens[header.first].offset;
  return source_.substr(begin, tree_.stream.tokens[header.end].offset - begin);
}

std::optional<std::int64_t> FunctionLowering::integer_value(NodeId node) const {
  return kind(plain(node)) == Kind::kInteger ? integer_literal_value(text(plain(node))) : std::nullopt;
}

void FunctionLowering::run() {
  function_.body.clear();
  function_.reasons.clear();
  std::erase_if(function_.reasons, [](const hir::Reason&) { return true; });
  out_ = &function_.body;
  scan();
  if (function_.is_main) {
    give_arguments();
    statements(children(node_));
  } else {
    bind_captures();
    bind_parameters();
    const NodeId body = child(node_, function_slot::kBody);
    if (kind(node_) == Kind::kArrowFunction) {
      emit_return(returned_value(body), body);
    } else {
      statements(children(body));
      if (reachable_) finish_without_return();
    }
    if (function_.is_generator) function_.result = Rep::kValue;
    if (returns_nothing_ && function_.result != Rep::kNothing) grow_result(Rep::kNull);
  }
  if (uses_this_ && !function_.uses_this) {
    function_.uses_this = true;
    shared_.changed = true;
  }
}

// The variables that php-cli gives a script.
void FunctionLowering::give_arguments() {
  if (shared_.program.is_mounted) return;
  const auto give = [&](const std::string& name, ExprPtr made) {
    if (slots_.contains(name)) emit_expression(assign_variable(variable(name), std::move(made), {}), {});
  };
  give("argc", runtime("Argc", Rep::kInt));
  give("argv", runtime("Argv", Rep::kArray));
}

// The end of a function without return gives null, where the type allows it.
void FunctionLowering::finish_without_return() {
  if (function_.is_generator) return;
  const std::string& type = function_.return_type;
  // What PHP says of it names the line of the closing brace.
  at_ = tree_.stream.tokens[ast_.header(node_).end - 1].offset;
  if (type == "never") {
    emit_expression(runtime("NeverReturned", Rep::kNothing, own_name()), {});
    return;
  }
  if (!type.empty() && type != "void" && function_.short_name != "__construct") {
    emit_expression(runtime("NoneReturned", Rep::kNothing, literal(type), own_name()), {});
    grow_result(rep_of_type(type));
  } else if (gives_reference()) {
    emit_return(nullptr, {});
  } else if (function_.result != Rep::kNothing || returns_value_) {
    return emit_return(null(), {});
  } else {
    return;
  }
  out_->back()->offset = at_;
}

// ---- Types as PHP writes them ----

// The classes first as they are written, then the rest in an order of PHP's own. Messages about properties show self
// and parent as they are, others the class that is meant.
std::string FunctionLowering::type_text(NodeId node, bool resolved) const {
  static constexpr const char* kOrder[] = {"static", "callable", "object", "array", "string", "int",
                                           "float",  "bool",     "false",  "true",  "void",   "never"};
  std::vector<std::string> classes;
  std::set<std::string> simple;
  if (node) read_type(node, resolved, classes, simple);
  std::string out;
  std::size_t count = 0;
  const auto add = [&](const std::string& one) { out += (count++ == 0 ? "" : "|") + one; };
  for (const std::string& one : classes) add(one);
  for (const char* one : kOrder) {
    if (simple.contains(one)) add(one);
  }
  if (count == 1 && out[0] == '(') return simple.contains("null") ? out + "|null" : out.substr(1, out.size() - 2);
  if (simple.contains("mixed")) return "mixed";
  if (!simple.contains("null")) return out;
  if (count == 0) return "null";
  return count == 1 && out[0] != '(' ? "?" + out : out + "|null";
}

void FunctionLowering::read_type(NodeId node, bool resolved, std::vector<std::string>& classes,
                                 std::set<std::string>& simple) const {
  static constexpr std::string_view kSimple[] = {"int",      "float",  "string", "bool",  "array", "mixed", "void",
                                                 "callable", "object", "null",   "false", "true",  "never", "static"};
  switch (kind(node)) {
    case Kind::kNullableType:
      simple.insert("null");
      return read_type(child(node, 0), resolved, classes, simple);
    case Kind::kUnionType:
      for (const NodeId one : children(node)) read_type(one, resolved, classes, simple);
      return;
    case Kind::kIntersectionType: {
      std::string out;
      for (const NodeId one : children(node)) out += (out.empty() ? "" : "&") + type_text(one, resolved);
      classes.push_back("(" + out + ")");
      return;
    }
    case Kind::kParenthesized:
      return read_type(child(node, 0), resolved, classes, simple);
    default:
      break;
  }
  const NodeId name = kind(node) == Kind::kNamedType ? child(node, 0) : node;
  const std::string low = lowered(text(name));
  if (std::find(std::begin(kSimple), std::end(kSimple), low) != std::end(kSimple)) {
    simple.insert(low);
  } else if (low == "iterable") {
    classes.emplace_back("Traversable");
    simple.insert("array");
  } else if ((low == "self" || low == "parent") && resolved && function_.class_index >= 0) {
    classes.push_back(low == "self" ? shared_.program.classes[static_cast<std::size_t>(function_.class_index)].name
                                    : parent_written());
  } else {
    classes.push_back(low == "self" || low == "parent" ? low : class_written(name));
  }
}

std::string FunctionLowering::parent_written() const {
  const NodeId node = shared_.class_nodes[static_cast<std::size_t>(function_.class_index)];
  const NodeId extends = child(node, class_slot::kExtends);
  if (!extends) return "parent";
  const auto list = children(extends);
  return class_written(list.empty() ? extends : list[0]);
}

Rep rep_of_type(std::string_view type) {
  if (type == "int") return Rep::kInt;
  if (type == "float") return Rep::kFloat;
  if (type == "string") return Rep::kString;
  if (type == "bool") return Rep::kBool;
  if (type == "array") return Rep::kArray;
  return Rep::kValue;
}

bool fits_type(Rep rep, std::string_view type) {
  if (type.empty() || type == "mixed") return true;
  const char* own = rep == Rep::kInt      ? "int"
                    : rep == Rep::kFloat  ? "float"
                    : rep == Rep::kString ? "string"
                    : rep == Rep::kBool   ? "bool"
                    : rep == Rep::kArray  ? "array"
                    : rep == Rep::kNull   ? "null"
                                          : nullptr;
  if (rep == Rep::kNothing) return true;
  if (rep == Rep::kNumber) return fits_type(Rep::kInt, type) && fits_type(Rep::kFloat, type);
  if (own == nullptr) return false;
  if (type.starts_with("?")) return rep == Rep::kNull || type.substr(1) == own;
  std::size_t begin = 0;
  while (begin <= type.size()) {
    const std::size_t end = std::min(type.find('|', begin), type.size());
    const std::string_view one = type.substr(begin, end - begin);
    if (one == own || (one == "iterable" && rep == Rep::kArray)) return true;
    begin = end + 1;
  }
  return false;
}

void declare_parameters(FileLowering& shared, std::int32_t index) {
  hir::Function& function = shared.program.functions[static_cast<std::size_t>(index)];
  const Ast& ast = shared.file->tree.ast;
  const FunctionLowering lowering(shared, index);
  for (const NodeId node :
       ast.children(ast.child(shared.nodes[static_cast<std::size_t>(index)], function_slot::kParameters))) {
    hir::Parameter made;
    made.name = lowering.text_of(ast.child(node, parameter_slot::kVariable)).substr(1);
    made.type = lowering.type_text(ast.child(node, parameter_slot::kType));
    made.by_reference = (ast.flags(node) & kFlagReference) != 0;
    made.variadic = (ast.flags(node) & kFlagVariadic) != 0;
    const NodeId given = ast.child(node, parameter_slot::kDefault);
    made.optional = static_cast<bool>(given);
    // A default of null makes a type nullable.
    if (given && lowered(lowering.text_of(given)) == "null" && !made.type.empty() && made.type[0] != '?' &&
        made.type != "mixed" && made.type.find("null") == std::string::npos) {
      made.type = made.type.find('|') == std::string::npos ? "?" + made.type : made.type + "|null";
    }
    made.rep = made.by_reference || function.is_closure || made.variadic ? Rep::kValue : rep_of_type(made.type);
    function.parameters.push_back(std::move(made));
  }
}

}  // namespace banyan::php
