// Types: which may stand together, and which values may be their defaults.
#include <algorithm>
#include <string>

#include "php_lex/keywords.h"
#include "php_parse/checker.h"

namespace banyan::php {

namespace {

struct BuiltinType {
  std::string_view name;
  std::uint32_t bits;
  Feature since;
};

constexpr BuiltinType kBuiltinTypes[] = {
    {"null", kTypeNull, Feature::kUnionType},      {"false", kTypeFalse, Feature::kUnionType},
    {"true", kTypeTrue, Feature::kTrueType},       {"int", kTypeInt, Feature::kScalarTypes},
    {"float", kTypeFloat, Feature::kScalarTypes},  {"string", kTypeString, Feature::kScalarTypes},
    {"bool", kTypeBool, Feature::kScalarTypes},    {"void", kTypeVoid, Feature::kVoidType},
    {"object", kTypeObject, Feature::kObjectType}, {"mixed", kTypeMixed, Feature::kMixedType},
    {"never", kTypeNever, Feature::kNeverType},    {"iterable", kTypeArray, Feature::kIterableType},
};

using Names = std::vector<std::string>;

// Beyond this many alternatives nobody looks whether one covers another: each is held against all before it.
constexpr std::size_t kAlternativesMax = 1000;

bool covers(const Names& larger, const Names& smaller) {
  return std::all_of(smaller.begin(), smaller.end(), [&larger](const std::string& name) {
    return std::find(larger.begin(), larger.end(), name) != larger.end();
  });
}

}  // namespace

TypeInfo Checker::check_type(NodeId node) {
  if (!node) return {};
  TypeInfo type;
  const bool nullable = kind(node) == Kind::kNullableType;
  switch (kind(node)) {
    case Kind::kUnionType:
      type = check_union(node);
      break;
    case Kind::kIntersectionType:
      type = check_intersection(node);
      break;
    case Kind::kNullableType:
      type = check_single_type(child(node, 0));
      break;
    default:
      type = check_single_type(node);
      break;
  }
  type.set = true;
  if (nullable) {
    if (type.bits == kTypeMixed && !type.is_complex()) {
      complain(node, "type.nullable", "mixed cannot be nullable: it includes null");
    } else if ((type.bits & kTypeNull) != 0) {
      complain(node, "type.nullable", "null cannot be nullable");
    }
    type.bits |= kTypeNull;
  }
  for (const std::uint32_t alone : {kTypeVoid, kTypeNever}) {
    if ((type.bits & alone) != 0 && (type.is_complex() || type.bits != alone)) {
      complain(node, "type.alone", alone == kTypeVoid ? "void can only stand alone" : "never can only stand alone");
    }
  }
  if (!has(Feature::kStandaloneNull) && type.bits != 0 && !type.is_complex() &&
      (type.bits & ~static_cast<std::uint32_t>(kTypeNull | kTypeFalse)) == 0) {
    complain(node, "type.alone", "null and false can only be part of a union");
  }
  return type;
}

TypeInfo Checker::check_single_type(NodeId node) {
  TypeInfo type{.set = true};
  const NodeId name_node = child(node, 0);
  const std::string name = name_text(name_node);
  if (equals_ignoring_case(name, "array")) return type.bits = kTypeArray, type;
  if (equals_ignoring_case(name, "callable")) return type.bits = kTypeCallable, type;
  const bool qualified = name.find('\\') != std::string::npos;
  if (equals_ignoring_case(name, "static") && !qualified) {
    if (class_ == nullptr && scope_is_known()) {
      complain(node, "scope.static", "Cannot use static when no class scope is active");
    }
    return type.bits = kTypeStatic, type;
  }
  const std::string_view plain = std::string_view(name).substr(name.starts_with('\\') ? 1 : 0);
  for (const BuiltinType& builtin : kBuiltinTypes) {
    if (!equals_ignoring_case(plain, builtin.name) || !has(builtin.since)) continue;
    if (qualified) complain(node, "type.qualified", "The type " + std::string(plain) + " must not be qualified");
    type.bits = builtin.bits;
    if (builtin.name == "iterable") {
      type.has_iterable = true;
      type.classes.push_back({"traversable"});
    }
    return type;
  }
  check_scope_word(name_node);
  type.classes.push_back({names_->resolve_class(name)});
  const std::string& full = type.classes.back().front();
  if (!is_relative_class(name) && is_reserved(full.substr(full.rfind('\\') + 1)) && has(Feature::kScalarTypes)) {
    complain(node, "class.reserved", "Cannot use " + name + " as class name as it is reserved");
  }
  return type;
}

TypeInfo Checker::check_union(NodeId node) {
  TypeInfo type{.set = true};
  bool only_iterable = true;
  for (const NodeId member : children(node)) {
    if (kind(member) == Kind::kIntersectionType) {
      only_iterable = false;
      const TypeInfo single = check_intersection(member);
      if (!single.classes.empty()) add_to_union(type, single, member);
      continue;
    }
    const TypeInfo single = check_single_type(member);
    if (single.bits == kTypeMixed) complain(member, "type.alone", "mixed can only stand alone");
    if (single.is_complex() && !single.has_iterable) only_iterable = false;
    if ((type.bits & single.bits) != 0) complain(member, "type.redundant", "Duplicate type " + name_text(member));
    const bool true_and_false = (single.bits == kTypeFalse && (type.bits & kTypeTrue) != 0) ||
                                (single.bits == kTypeTrue && (type.bits & kTypeFalse) != 0);
    if (true_and_false) complain(member, "type.redundant", "A type with true and false is bool");
    type.bits |= single.bits;
    type.has_iterable = type.has_iterable || single.has_iterable;
    if (single.is_complex()) add_to_union(type, single, member);
  }
  const bool with_class = (type.is_complex() && !only_iterable) || (type.bits & kTypeStatic) != 0;
  if ((type.bits & kTypeObject) != 0 && with_class) {
    complain(node, "type.redundant", "A type with object and a class is redundant");
  }
  return type;
}

// `single` is one class or one intersection: neither may cover, or be covered by, what is there.
void Checker::add_to_union(TypeInfo& type, const TypeInfo& single, NodeId node) {
  const Names& added = single.classes.front();
  if (type.classes.size() > kAlternativesMax) return;
  for (const Names& present : type.classes) {
    if (covers(added, present) || covers(present, added)) {
      complain(node, "type.redundant", "The type " + name_text(node) + " is redundant");
      break;
    }
  }
  type.classes.push_back(added);
}

TypeInfo Checker::check_intersection(NodeId node) {
  TypeInfo type{.set = true};
  Names names;
  for (const NodeId member : children(node)) {
    const TypeInfo single = check_single_type(member);
    const bool relative = single.classes.size() == 1 && is_relative_class(single.classes.front().front());
    if (!single.is_complex() || single.has_iterable || relative) {
      complain(member, "type.intersection", "The type " + name_text(member) + " cannot be part of an intersection");
      continue;
    }
    const std::string& name = single.classes.front().front();
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      complain(member, "type.redundant", "Duplicate type " + name_text(member));
    }
    if (names.size() < kAlternativesMax) names.push_back(name);
  }
  if (!names.empty()) type.classes.push_back(std::move(names));
  return type;
}

// The type of a value that is a literal, as a bit; 0 where it is not known before the program runs.
std::uint32_t Checker::literal_type(NodeId value) const {
  value = without_parentheses(value);
  switch (kind(value)) {
    case Kind::kInteger:
      return literal_integer(value) ? kTypeInt : kTypeFloat;
    case Kind::kFloat:
      return kTypeFloat;
    case Kind::kString:
      return kTypeString;
    case Kind::kHeredoc: {
      const std::span<const NodeId> parts = children(value);
      const bool plain = parts.empty() || (parts.size() == 1 && kind(parts[0]) == Kind::kStringText);
      return plain ? static_cast<std::uint32_t>(kTypeString) : 0;
    }
    case Kind::kArray:
      return kTypeArray;
    case Kind::kMagicConstant:
      return ast_.header(value).first < tree_.stream.tokens.size() &&
                     tree_.stream.tokens[ast_.header(value).first].kind == TokenKind::kLineConstant
                 ? kTypeInt
                 : 0;
    case Kind::kUnary: {
      const TokenKind op = ast_.header(value).op;
      const std::uint32_t operand = literal_type(child(value, 0));
      return (op == TokenKind::kMinus || op == TokenKind::kPlus) && (operand & (kTypeInt | kTypeFloat)) != 0 ? operand
                                                                                                             : 0;
    }
    case Kind::kBinary: {
      const TokenKind op = ast_.header(value).op;
      if (op != TokenKind::kPlus && op != TokenKind::kMinus && op != TokenKind::kStar) return 0;
      const bool whole = kind(child(value, 0)) == Kind::kInteger && kind(child(value, 1)) == Kind::kInteger;
      return whole ? literal_type(child(value, 0)) & literal_type(child(value, 1)) : 0;
    }
    case Kind::kConstant: {
      const std::string name = name_text(child(value, 0));
      const std::string_view plain = std::string_view(name).substr(name.starts_with('\\') ? 1 : 0);
      if (equals_ignoring_case(plain, "null")) return kTypeNull;
      if (equals_ignoring_case(plain, "true")) return kTypeTrue;
      if (equals_ignoring_case(plain, "false")) return kTypeFalse;
      return 0;
    }
    default:
      return 0;
  }
}

bool Checker::default_fits(const TypeInfo& type, NodeId value) const {
  if (!type.set) return true;
  const std::uint32_t bits = fold(value).type;
  if (bits == 0 || (type.bits & bits) != 0) return true;
  return bits == kTypeInt && (type.bits & kTypeFloat) != 0;
}

}  // namespace banyan::php
