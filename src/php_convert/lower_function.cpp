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
  std::int32_t temporaries = 0;
  for (std::size_t i = 0; i < function_.variables.size(); ++i) {
    const std::string& name = function_.variables[i].name;
    slots_.emplace(name.empty() ? "#" + std::to_string(temporaries++) : name, static_cast<std::int32_t>(i));
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

// The end of a function without return gives null, where the type allows it.
void FunctionLowering::finish_without_return() {
  if (function_.is_generator) return;
  const std::string& type = function_.return_type;
  if (type == "never") {
    emit_expression(runtime("NeverReturned", Rep::kNothing, literal(function_.name)), {});
    return;
  }
  if (!type.empty() && type != "void" && function_.short_name != "__construct") {
    emit_expression(runtime("NoneReturned", Rep::kNothing, literal(type), literal(function_.name)), {});
    grow_result(rep_of_type(type));
    return;
  }
  if (function_.result != Rep::kNothing || returns_value_) emit_return(null(), {});
}

// ---- Types as PHP writes them ----

std::string FunctionLowering::type_text(NodeId node) const {
  if (!node) return {};
  switch (kind(node)) {
    case Kind::kNullableType:
      return "?" + type_text(child(node, 0));
    case Kind::kUnionType:
    case Kind::kIntersectionType: {
      std::string out;
      for (const NodeId one : children(node)) {
        if (!out.empty()) out += kind(node) == Kind::kUnionType ? '|' : '&';
        out += kind(one) == Kind::kIntersectionType ? "(" + type_text(one) + ")" : type_text(one);
      }
      return out;
    }
    case Kind::kParenthesized:
      return type_text(child(node, 0));
    default: {
      const NodeId name = kind(node) == Kind::kNamedType ? child(node, 0) : node;
      const std::string written(text(name));
      const std::string low = lowered(written);
      static constexpr std::string_view kSimple[] = {"int",  "float",    "string",   "bool",   "array", "mixed",
                                                     "void", "callable", "iterable", "object", "null",  "false",
                                                     "true", "never",    "self",     "static", "parent"};
      if (std::find(std::begin(kSimple), std::end(kSimple), low) != std::end(kSimple)) {
        if (low == "self" && function_.class_index >= 0) {
          return shared_.program.classes[static_cast<std::size_t>(function_.class_index)].name;
        }
        return low;
      }
      return class_written(name);
    }
  }
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
