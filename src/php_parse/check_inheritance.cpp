// Inheritance between the classes of one file, as far as PHP checks it while it compiles. See class_table.h.
//
// PHP first asks whether everything can be decided; where one type names a class it does not know yet, the whole check
// waits until the program runs, and nothing is refused here either.
#include <algorithm>

#include "php_parse/builtin_methods.h"
#include "php_parse/checker.h"

namespace banyan::php {

namespace {

constexpr std::uint16_t kVisibility = kFlagPublic | kFlagProtected | kFlagPrivate;

std::uint16_t with_visibility(std::uint16_t modifiers) {
  return (modifiers & kVisibility) == 0 ? static_cast<std::uint16_t>(modifiers | kFlagPublic) : modifiers;
}

// Public is 1, protected 2, private 4: larger is narrower.
bool is_narrower(std::uint16_t child, std::uint16_t parent) { return (child & kVisibility) > (parent & kVisibility); }

}  // namespace

// A class at the top of the file: linked where it can be, with what that refuses.
void Checker::bind_class(NodeId node, const std::string& name) {
  if (!may_bind(node)) return;
  auto facts = std::make_unique<ClassFacts>();
  facts->name = name;
  facts->node = node;
  facts->kind = kind(node);
  const NodeId modifiers = child(node, class_slot::kModifiers);
  if (modifiers) facts->modifiers = flags(modifiers);
  facts->names = names_;
  const NodeId extends = child(node, class_slot::kExtends);
  if (extends && facts->kind == Kind::kClass) {
    const std::string parent = names_->resolve_class(name_text(extends));
    const auto found = classes_.find(parent);
    if (found == classes_.end()) {
      if (is_final_builtin_class(parent)) complain(extends, "inherit.final", "Cannot extend the final class " + parent);
      return inherit_builtin(*facts, parent);
    }
    facts->parent = found->second.get();
    collect_members(*found->second);
    collect_members(*facts);
    binding_ = facts.get();
    const bool bound = inherit(*facts);
    binding_ = nullptr;
    if (!bound) return;
  }
  classes_.emplace(name, std::move(facts));
}

bool Checker::may_bind(NodeId node) const {
  if (!children(child(node, class_slot::kImplements)).empty()) return false;
  if (kind(node) == Kind::kInterface && child(node, class_slot::kExtends)) return false;
  for (const NodeId member : children(child(node, class_slot::kMembers))) {
    if (kind(member) == Kind::kTraitUse) return false;
    if (kind(member) != Kind::kMethod || kind(node) == Kind::kTrait) continue;
    // A class with __toString() implements Stringable.
    if (lowered(text(child(member, function_slot::kName))) == "__tostring" && has(Feature::kNameTokens)) return false;
  }
  return true;
}

void Checker::collect_members(ClassFacts& facts) {
  if (facts.collected) return;
  facts.collected = true;
  for (const NodeId member : children(child(facts.node, class_slot::kMembers))) {
    const NodeId modifiers_node = kind(member) == Kind::kMethod ? NodeId{} : child(member, member_slot::kModifiers);
    const std::uint16_t modifiers = with_visibility(modifiers_node ? flags(modifiers_node) : 0);
    if (kind(member) == Kind::kMethod) {
      collect_method(facts, member);
    } else if (kind(member) == Kind::kProperties) {
      const std::uint16_t all = static_cast<std::uint16_t>(modifiers | (facts.modifiers & kFlagReadonly));
      for (const NodeId item : children(child(member, member_slot::kItems))) {
        facts.add(PropertyFacts{std::string(variable_name(child(item, 0))), item, child(member, member_slot::kType),
                                &facts, all});
      }
    } else if (kind(member) == Kind::kConstants) {
      for (const NodeId item : children(child(member, member_slot::kItems))) {
        facts.add(ConstantFacts{std::string(text(child(item, 0))), item, &facts, modifiers});
      }
    }
  }
}

void Checker::collect_method(ClassFacts& facts, NodeId member) {
  auto method = std::make_unique<MethodFacts>();
  method->name = lowered(text(child(member, function_slot::kName)));
  method->node = member;
  method->owner = &facts;
  const NodeId modifiers = child(member, function_slot::kModifiers);
  method->modifiers = with_visibility(modifiers ? flags(modifiers) : 0);
  method->is_abstract = facts.kind == Kind::kInterface || (method->modifiers & kFlagAbstract) != 0;
  facts.add(method.get());
  facts.own_methods.push_back(std::move(method));
  for (const NodeId parameter : children(child(member, function_slot::kParameters))) {
    const NodeId promotion = child(parameter, parameter_slot::kModifiers);
    if (!promotion) continue;
    facts.add(PropertyFacts{
        std::string(variable_name(child(parameter, parameter_slot::kVariable))), parameter,
        child(parameter, parameter_slot::kType), &facts,
        with_visibility(static_cast<std::uint16_t>(flags(promotion) | (facts.modifiers & kFlagReadonly)))});
  }
}

// False where something is not known yet, or was refused: the class is not linked then.
bool Checker::inherit(ClassFacts& facts) {
  for (const MethodFacts* method : facts.parent->methods) {
    const MethodFacts* const own = facts.method(method->name);
    if (own == nullptr) continue;
    const Compatibility status = try_override(facts, *own, *method, false);
    if (status == Compatibility::kUnknown) return false;
    if (status == Compatibility::kNo) break;
  }
  for (const PropertyFacts& property : facts.parent->properties) {
    const PropertyFacts* const own = facts.property(property.name);
    if (own == nullptr || (property.modifiers & kFlagPrivate) != 0 || !property.type || !own->type) continue;
    if (check_property_types(*own, property) == Compatibility::kUnknown) return false;
  }
  const std::size_t before = tree_.diagnostics.size();
  if (check_parent(facts)) {
    inherit_properties(facts);
    inherit_constants(facts);
    inherit_methods(facts);
  }
  return tree_.diagnostics.size() == before;
}

bool Checker::check_parent(const ClassFacts& facts) {
  const NodeId at = child(facts.node, class_slot::kExtends);
  const ClassFacts& parent = *facts.parent;
  if ((parent.modifiers & kFlagFinal) != 0) {
    complain(at, "inherit.final", "Cannot extend the final class " + parent.name);
  } else if (parent.kind != Kind::kClass) {
    complain(at, "inherit.kind", parent.name + " is no class");
  } else if ((parent.modifiers & kFlagReadonly) != (facts.modifiers & kFlagReadonly)) {
    complain(at, "inherit.readonly", "A readonly class and one that is not cannot extend each other");
  } else {
    return true;
  }
  return false;
}

void Checker::inherit_methods(ClassFacts& facts) {
  for (const MethodFacts* method : facts.parent->methods) {
    const MethodFacts* const own = facts.method(method->name);
    if (own == nullptr) {
      facts.add(method);
      if (method->is_abstract && (facts.modifiers & kFlagAbstract) == 0) {
        complain(child(facts.node, class_slot::kName), "inherit.abstract",
                 "The class must be declared abstract or implement " + method->name + "()");
      }
      continue;
    }
    try_override(facts, *own, *method, true);
    if (method->name == "__construct")
      facts.constructor_prototype = method->is_abstract ? method : method->owner->constructor_prototype;
  }
}

void Checker::inherit_properties(ClassFacts& facts) {
  for (const PropertyFacts& parent : facts.parent->properties) {
    const PropertyFacts* const own = facts.property(parent.name);
    if (own == nullptr) {
      facts.add(parent);
      continue;
    }
    if ((parent.modifiers & kFlagPrivate) != 0) continue;
    const std::uint16_t changed = own->modifiers ^ parent.modifiers;
    if ((changed & kFlagStatic) != 0) {
      complain(own->at, "inherit.static", "Cannot change whether $" + parent.name + " is static");
    } else if ((changed & kFlagReadonly) != 0) {
      complain(own->at, "inherit.readonly", "Cannot change whether $" + parent.name + " is readonly");
    } else if (is_narrower(own->modifiers, parent.modifiers)) {
      complain(own->at, "inherit.visibility",
               "Cannot make $" + parent.name + " less visible than in " + parent.owner->name);
    } else if (static_cast<bool>(parent.type) != static_cast<bool>(own->type) ||
               (parent.type && check_property_types(*own, parent) == Compatibility::kNo)) {
      complain(own->at, "inherit.property-type",
               "The type of $" + parent.name + " must be as in " + parent.owner->name);
    }
  }
}

void Checker::inherit_constants(ClassFacts& facts) {
  for (const ConstantFacts& parent : facts.parent->constants) {
    const ConstantFacts* const own = facts.constant(parent.name);
    if (own == nullptr) {
      if ((parent.modifiers & kFlagPrivate) == 0) facts.add(parent);
    } else if (is_narrower(own->modifiers, parent.modifiers) && (parent.modifiers & kFlagPrivate) == 0) {
      complain(own->at, "inherit.visibility",
               "Cannot make " + parent.name + " less visible than in " + parent.owner->name);
    } else if ((parent.modifiers & kFlagFinal) != 0) {
      complain(own->at, "inherit.final", "Cannot override the final constant " + parent.name);
    }
  }
}

}  // namespace banyan::php
