// Whether a method may stand in another's place: modifiers, parameters and types (contravariant in, covariant out).
#include <algorithm>

#include "php_parse/builtin_names.h"
#include "php_parse/checker.h"

namespace banyan::php {

namespace {

constexpr std::uint16_t kVisibility = kFlagPublic | kFlagProtected | kFlagPrivate;

}  // namespace

Compatibility Checker::try_override(const ClassFacts& facts, const MethodFacts& own, const MethodFacts& inherited,
                                    bool report) {
  const bool constructor = inherited.name == "__construct";
  if ((inherited.modifiers & kFlagPrivate) != 0 && !inherited.is_abstract && !constructor) return Compatibility::kYes;
  const MethodFacts* parent = &inherited;
  const char* problem = nullptr;
  Compatibility status = Compatibility::kYes;
  const std::uint16_t changed = own.modifiers ^ parent->modifiers;
  if ((parent->modifiers & kFlagFinal) != 0) {
    problem = "inherit.final";
  } else if ((changed & kFlagStatic) != 0) {
    problem = "inherit.static";
  } else if (own.is_abstract && !parent->is_abstract) {
    problem = "inherit.abstract";
  } else {
    if (constructor) {
      const MethodFacts* const prototype = parent->is_abstract ? parent : parent->owner->constructor_prototype;
      if (prototype == nullptr) return Compatibility::kYes;
      parent = prototype;
    }
    if ((own.modifiers & kVisibility) > (parent->modifiers & kVisibility)) {
      problem = "inherit.visibility";
    } else {
      status = check_signature(own, *parent);
      if (status == Compatibility::kNo && !only_warns(own, *parent)) problem = "inherit.signature";
      if (status == Compatibility::kNo && problem == nullptr) status = Compatibility::kYes;
    }
  }
  if (problem == nullptr) return status;
  if (report) {
    complain(child(own.node, function_slot::kName), problem,
             own.name + "() cannot override that of " + inherited.owner->name + " this way");
  }
  static_cast<void>(facts);
  return Compatibility::kNo;
}

// Before PHP 8 a method that does not fit is refused only where the inherited one is abstract, or its return type is
// not kept.
bool Checker::only_warns(const MethodFacts& own, const MethodFacts& parent) {
  if (has(Feature::kNameTokens) || parent.is_abstract) return false;
  return check_return_types(own, parent) != Compatibility::kNo;
}

Compatibility Checker::check_return_types(const MethodFacts& own, const MethodFacts& parent) {
  const NodeId parent_type = child(parent.node, function_slot::kReturnType);
  if (!parent_type) return Compatibility::kYes;
  const NodeId own_type = child(own.node, function_slot::kReturnType);
  if (!own_type) return Compatibility::kNo;
  return is_covariant(*own.owner, type_in(*own.owner, own_type), *parent.owner, type_in(*parent.owner, parent_type));
}

// Up to the last one that has no default.
std::size_t Checker::required_parameters(NodeId function) const {
  std::size_t count = 0;
  std::size_t index = 0;
  for (const NodeId parameter : children(child(function, function_slot::kParameters))) {
    ++index;
    if (!child(parameter, parameter_slot::kDefault) && (flags(parameter) & kFlagVariadic) == 0) count = index;
  }
  return count;
}

Compatibility Checker::check_signature(const MethodFacts& own, const MethodFacts& parent) {
  if (required_parameters(own.node) > required_parameters(parent.node)) return Compatibility::kNo;
  if ((flags(parent.node) & kFlagReference) != 0 && (flags(own.node) & kFlagReference) == 0) return Compatibility::kNo;
  const Compatibility status = check_parameter_types(own, parent);
  if (status == Compatibility::kNo) return status;
  const Compatibility returned = check_return_types(own, parent);
  return returned == Compatibility::kYes ? status : returned;
}

Compatibility Checker::check_parameter_types(const MethodFacts& own, const MethodFacts& parent) {
  const std::span<const NodeId> mine = children(child(own.node, function_slot::kParameters));
  const std::span<const NodeId> theirs = children(child(parent.node, function_slot::kParameters));
  const auto is_variadic = [this](std::span<const NodeId> list) {
    return !list.empty() && (flags(list.back()) & kFlagVariadic) != 0;
  };
  if (is_variadic(theirs) && !is_variadic(mine)) return Compatibility::kNo;
  Compatibility status = Compatibility::kYes;
  const std::size_t count = std::max(mine.size(), theirs.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (i >= theirs.size() && !is_variadic(theirs)) continue;
    if (i >= mine.size() && !is_variadic(mine)) return Compatibility::kNo;
    const NodeId one = i < mine.size() ? mine[i] : mine.back();
    const NodeId other = i < theirs.size() ? theirs[i] : theirs.back();
    const TypeInfo type = type_in(*own.owner, child(one, parameter_slot::kType), one);
    const TypeInfo parent_type = type_in(*parent.owner, child(other, parameter_slot::kType), other);
    if (type.set && !(type.bits == kTypeMixed && !type.is_complex())) {
      if (!parent_type.set) return Compatibility::kNo;
      const Compatibility accepted = is_covariant(*parent.owner, parent_type, *own.owner, type);
      if (accepted == Compatibility::kNo) return accepted;
      if (accepted == Compatibility::kUnknown) status = accepted;
    }
    if (((flags(one) ^ flags(other)) & kFlagReference) != 0) return Compatibility::kNo;
  }
  return status;
}

// Properties are written and read, so their types must be the same both ways.
Compatibility Checker::check_property_types(const PropertyFacts& own, const PropertyFacts& parent) {
  if (!own.type || !parent.type) return own.type == parent.type ? Compatibility::kYes : Compatibility::kNo;
  const TypeInfo mine = type_in(*own.owner, own.type);
  const TypeInfo theirs = type_in(*parent.owner, parent.type);
  const Compatibility there = is_covariant(*own.owner, mine, *parent.owner, theirs);
  const Compatibility back = is_covariant(*parent.owner, theirs, *own.owner, mine);
  if (there == Compatibility::kNo || back == Compatibility::kNo) return Compatibility::kNo;
  return there == Compatibility::kYes ? back : there;
}

// The type as the class that declares it means it: self and parent replaced, null added for a default of null.
TypeInfo Checker::type_in(const ClassFacts& facts, NodeId type, NodeId parameter) {
  const std::size_t before = tree_.diagnostics.size();
  const std::shared_ptr<NameScope> outer = names_;
  names_ = facts.names;
  TypeInfo info = check_type(type);
  names_ = outer;
  tree_.diagnostics.resize(before);
  for (std::vector<std::string>& names : info.classes) {
    for (std::string& name : names) {
      if (name == "self") name = facts.name;
      if (name == "parent" && facts.parent != nullptr) name = facts.parent->name;
    }
  }
  const NodeId value = parameter ? child(parameter, parameter_slot::kDefault) : NodeId{};
  if (info.set && value && fold(value).type == kTypeNull && !child(parameter, parameter_slot::kModifiers)) {
    info.bits |= kTypeNull;
  }
  return info;
}

Compatibility Checker::is_covariant(const ClassFacts& scope, const TypeInfo& type, const ClassFacts& parent_scope,
                                    const TypeInfo& parent_type) {
  if (parent_type.bits == kTypeMixed && !parent_type.is_complex() && (type.bits & kTypeVoid) == 0) {
    return Compatibility::kYes;
  }
  std::uint32_t added = type.bits & ~parent_type.bits;
  if ((added & kTypeStatic) != 0) {
    const bool accepts_self =
        (parent_type.bits & kTypeObject) != 0 ||
        std::any_of(parent_type.classes.begin(), parent_type.classes.end(), [&](const std::vector<std::string>& names) {
          return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
            return is_subclass(scope.name, name) == Compatibility::kYes;
          });
        });
    if (accepts_self) added &= ~static_cast<std::uint32_t>(kTypeStatic);
  }
  static_cast<void>(parent_scope);
  if (added == kTypeNever) return Compatibility::kYes;
  if (added != 0) return Compatibility::kNo;
  Compatibility status = Compatibility::kYes;
  for (const std::vector<std::string>& names : type.classes) {
    const Compatibility one = is_subtype(names, parent_type);
    if (one == Compatibility::kNo) return one;
    if (one == Compatibility::kUnknown) status = one;
  }
  return status;
}

// Whether one class, or an intersection of several, fits some alternative of the type.
Compatibility Checker::is_subtype(const std::vector<std::string>& names, const TypeInfo& parent_type) {
  Compatibility best = Compatibility::kNo;
  if ((parent_type.bits & kTypeObject) != 0) {
    const bool known = is_subclass(names.front(), names.front()) == Compatibility::kYes &&
                       (classes_.contains(names.front()) || is_builtin_class(names.front()) ||
                        (binding_ != nullptr && binding_->name == names.front()));
    if (known || names.size() > 1) return Compatibility::kYes;
    best = Compatibility::kUnknown;
  }
  for (const std::vector<std::string>& alternative : parent_type.classes) {
    Compatibility all = Compatibility::kYes;
    for (const std::string& wanted : alternative) {
      Compatibility any = Compatibility::kNo;
      for (const std::string& name : names) {
        const Compatibility one = is_subclass(name, wanted);
        if (one == Compatibility::kYes) any = one;
        if (one == Compatibility::kUnknown && any == Compatibility::kNo) any = one;
      }
      if (any == Compatibility::kNo || (any == Compatibility::kUnknown && all == Compatibility::kYes)) all = any;
      if (all == Compatibility::kNo) break;
    }
    if (all == Compatibility::kYes) return all;
    if (all == Compatibility::kUnknown) best = all;
  }
  return best;
}

Compatibility Checker::is_subclass(const std::string& name, const std::string& ancestor) const {
  if (name == ancestor) return Compatibility::kYes;
  const auto find = [this](const std::string& wanted) -> const ClassFacts* {
    if (binding_ != nullptr && binding_->name == wanted) return binding_;
    const auto found = classes_.find(wanted);
    return found == classes_.end() ? nullptr : found->second.get();
  };
  const ClassFacts* const known = find(name);
  const bool ancestor_known = find(ancestor) != nullptr || is_builtin_class(ancestor);
  if (known == nullptr) {
    if (!is_builtin_class(name) || !ancestor_known) return Compatibility::kUnknown;
    return is_builtin_subclass(name, ancestor) ? Compatibility::kYes : Compatibility::kNo;
  }
  if (!ancestor_known) return Compatibility::kUnknown;
  for (const ClassFacts* facts = known; facts != nullptr; facts = facts->parent) {
    if (facts->name == ancestor) return Compatibility::kYes;
  }
  return Compatibility::kNo;
}

}  // namespace banyan::php
