// A class that extends one of PHP's own, as far as PHP checks it while it compiles: like check_inheritance.cpp, but
// what the inherited methods accept is known by number and by reference alone, not by type.
#include <algorithm>

#include "php_parse/builtin_methods.h"
#include "php_parse/builtin_names.h"
#include "php_parse/checker.h"

namespace banyan::php {

void Checker::inherit_builtin(ClassFacts& facts, const std::string& parent) {
  if (!has(Feature::kNameTokens)) return;  // before PHP 8 most of these methods took other parameters
  const std::vector<ParentMethod> methods = builtin_methods(parent);
  if (methods.empty()) return;
  collect_members(facts);
  if ((facts.modifiers & kFlagReadonly) != 0) {
    return complain(child(facts.node, class_slot::kExtends), "inherit.readonly",
                    "A readonly class and one that is not cannot extend each other");
  }
  for (const ParentMethod& inherited : methods) {
    const MethodFacts* const own = facts.method(std::string(inherited.name));
    if (own == nullptr) continue;
    if (const char* const problem = builtin_override_problem(*own, inherited)) {
      return complain(child(own->node, function_slot::kName), problem,
                      own->name + "() cannot override that of " + parent + " this way");
    }
    if (!types_are_known(*own)) return;  // PHP waits until the program runs
  }
  if ((facts.modifiers & kFlagAbstract) != 0) return;
  for (const ParentMethod& inherited : methods) {
    if (!inherited.is_abstract || facts.method(std::string(inherited.name)) != nullptr) continue;
    return complain(child(facts.node, class_slot::kName), "inherit.abstract",
                    "The class must be declared abstract or implement " + std::string(inherited.name) + "()");
  }
}

// The code of the diagnostic; null for none.
const char* Checker::builtin_override_problem(const MethodFacts& own, const ParentMethod& inherited) {
  if (inherited.is_final) return "inherit.final";
  if (((own.modifiers & kFlagStatic) != 0) != inherited.is_static) return "inherit.static";
  if (own.is_abstract && !inherited.is_abstract) return "inherit.abstract";
  if ((own.modifiers & (inherited.is_protected ? kFlagPrivate : kFlagPrivate | kFlagProtected)) != 0) {
    return "inherit.visibility";
  }
  const std::span<const NodeId> mine = children(child(own.node, function_slot::kParameters));
  const bool takes_rest = !mine.empty() && (flags(mine.back()) & kFlagVariadic) != 0;
  const std::string_view theirs = inherited.parameters;
  const auto is_needed = [](char one) { return one == '.' || one == '&' || one == '~'; };
  if (required_parameters(own.node) > static_cast<std::size_t>(std::ranges::count_if(theirs, is_needed))) {
    return "inherit.signature";
  }
  if (theirs.ends_with('*') && !takes_rest) return "inherit.signature";
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    if (i >= mine.size() && !takes_rest) return "inherit.signature";
    if (theirs[i] == '~' || theirs[i] == '*') continue;
    const bool by_reference = (flags(i < mine.size() ? mine[i] : mine.back()) & kFlagReference) != 0;
    if (by_reference != (theirs[i] == '&' || theirs[i] == '%')) return "inherit.signature";
  }
  return nullptr;
}

// Whether PHP knows all classes that the method's types name.
bool Checker::types_are_known(const MethodFacts& method) {
  const auto known = [&](const TypeInfo& type) {
    return std::ranges::all_of(type.classes, [&](const std::vector<std::string>& names) {
      return std::ranges::all_of(names, [&](const std::string& name) {
        return name == method.owner->name || classes_.contains(name) || is_builtin_class(name) ||
               !builtin_methods(name).empty();
      });
    });
  };
  for (const NodeId parameter : children(child(method.node, function_slot::kParameters))) {
    if (!known(type_in(*method.owner, child(parameter, parameter_slot::kType), parameter))) return false;
  }
  const NodeId returned = child(method.node, function_slot::kReturnType);
  return !returned || known(type_in(*method.owner, returned));
}

}  // namespace banyan::php
