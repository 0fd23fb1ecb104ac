// Methods whose names PHP gives a meaning: how many arguments they take, of what types, and what they return.
#include "php_parse/checker.h"

namespace banyan::php {

namespace {

constexpr std::int8_t kAnyCount = -1;

struct MagicMethod {
  std::string_view name;
  std::int8_t arguments;
  bool is_static;
  std::uint32_t first_type;   // 0: any
  std::uint32_t second_type;  // 0: any
  std::uint32_t return_type;  // 0: any
};

constexpr std::uint32_t kNoReturnType = 0xFFFFFFFF;

constexpr MagicMethod kMagicMethods[] = {
    {"__construct", kAnyCount, false, 0, 0, kNoReturnType},
    {"__destruct", 0, false, 0, 0, kNoReturnType},
    {"__clone", 0, false, 0, 0, kTypeVoid},
    {"__get", 1, false, kTypeString, 0, 0},
    {"__set", 2, false, kTypeString, 0, kTypeVoid},
    {"__unset", 1, false, kTypeString, 0, kTypeVoid},
    {"__isset", 1, false, kTypeString, 0, kTypeBool},
    {"__call", 2, false, kTypeString, kTypeArray, 0},
    {"__callstatic", 2, true, kTypeString, kTypeArray, 0},
    {"__tostring", 0, false, 0, 0, kTypeString},
    {"__debuginfo", 0, false, 0, 0, kTypeArray | kTypeNull},
    {"__serialize", 0, false, 0, 0, kTypeArray},
    {"__unserialize", 1, false, kTypeArray, 0, kTypeVoid},
    {"__set_state", 1, true, kTypeArray, 0, kTypeObject},
    {"__invoke", kAnyCount, false, 0, 0, 0},
    {"__sleep", 0, false, 0, 0, kTypeArray},
    {"__wakeup", 0, false, 0, 0, kTypeVoid},
};

// Those that are checked since PHP 8.0 only.
bool is_recent(std::string_view name) {
  return name == "__serialize" || name == "__unserialize" || name == "__set_state" || name == "__invoke" ||
         name == "__sleep" || name == "__wakeup" || name == "__debuginfo";
}

}  // namespace

// `name` is in lower case.
void Checker::check_magic_method(NodeId method, std::uint16_t modifiers, std::string_view name) {
  if (!name.starts_with("__")) return;
  for (const MagicMethod& magic : kMagicMethods) {
    if (magic.name != name) continue;
    const bool modern = has(Feature::kNameTokens);
    if (!modern && is_recent(name)) return;
    if (magic.arguments != kAnyCount) check_magic_arguments(method, name, static_cast<std::size_t>(magic.arguments));
    const bool is_static = (modifiers & kFlagStatic) != 0;
    if (is_static != magic.is_static && (modern || !magic.is_static || name == "__callstatic")) {
      complain(method, "magic.static",
               "The method " + std::string(name) + (magic.is_static ? "() must be static" : "() cannot be static"));
    }
    if (!modern) return;
    if (magic.first_type != 0) check_magic_argument_type(method, 0, magic.first_type);
    if (magic.second_type != 0) check_magic_argument_type(method, 1, magic.second_type);
    if (magic.return_type != 0) check_magic_return_type(method, magic.return_type);
    return;
  }
}

void Checker::check_magic_arguments(NodeId method, std::string_view name, std::size_t count) {
  const std::span<const NodeId> parameters = children(child(method, function_slot::kParameters));
  std::size_t fixed = 0;
  bool by_reference = false;
  for (const NodeId parameter : parameters) {
    if ((flags(parameter) & kFlagVariadic) == 0) ++fixed;
    by_reference = by_reference || (flags(parameter) & kFlagReference) != 0;
  }
  if (fixed != count) {
    complain(method, "magic.arguments",
             "The method " + std::string(name) + "() must take " + std::to_string(count) + " arguments");
  } else if (by_reference && count > 0) {
    complain(method, "magic.reference", "The method " + std::string(name) + "() cannot take arguments by reference");
  }
}

void Checker::check_magic_argument_type(NodeId method, std::size_t index, std::uint32_t bits) {
  const std::span<const NodeId> parameters = children(child(method, function_slot::kParameters));
  if (index >= parameters.size()) return;
  const std::size_t before = tree_.diagnostics.size();
  const TypeInfo type = check_type(child(parameters[index], parameter_slot::kType));
  tree_.diagnostics.resize(before);
  if (type.set && (type.bits & bits) == 0) {
    complain(
        parameters[index], "magic.argument-type",
        std::string(bits == kTypeString ? "string" : "array") + " must be the type of this argument when declared");
  }
}

void Checker::check_magic_return_type(NodeId method, std::uint32_t bits) {
  const NodeId node = child(method, function_slot::kReturnType);
  if (!node) return;
  const std::size_t before = tree_.diagnostics.size();
  const TypeInfo type = check_type(node);
  tree_.diagnostics.resize(before);
  if (bits == kNoReturnType) return complain(node, "magic.return-type", "This method cannot declare a return type");
  if ((type.bits & kTypeNever) != 0) return;
  std::uint32_t extra = type.bits & ~bits;
  bool complex = type.is_complex();
  if ((extra & kTypeStatic) != 0) {
    extra &= ~static_cast<std::uint32_t>(kTypeStatic);
    complex = true;
  }
  if (extra != 0 || (complex && bits != kTypeObject)) {
    complain(node, "magic.return-type", "The return type of this method does not fit its meaning");
  }
}

}  // namespace banyan::php
