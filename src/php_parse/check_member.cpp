// Members of classes: which modifiers they may have, where they may stand, and that none stands twice.
#include "php_lex/keywords.h"
#include "php_parse/checker.h"

namespace banyan::php {

namespace {

enum AttributeTarget : std::uint32_t { kOnMethod = 4, kOnProperty = 8, kOnConstant = 16 };

constexpr std::uint16_t kSetVisibility = kFlagPublicSet | kFlagProtectedSet | kFlagPrivateSet;

}  // namespace

void Checker::check_members(NodeId node) {
  NodeId first_abstract;
  NodeId overriding;  // a member that says it overrides another
  bool is_alone = class_->kind != Kind::kTrait && class_->kind != Kind::kEnum && !child(node, class_slot::kExtends) &&
                  children(child(node, class_slot::kImplements)).empty();
  for (const NodeId member : children(child(node, class_slot::kMembers))) {
    const Kind what = kind(member);
    const bool may_override = what == Kind::kMethod || what == Kind::kProperties;
    if (may_override && has_attribute(child(member, function_slot::kAttributes), "override")) overriding = member;
    const bool is_text = what == Kind::kMethod &&  // which makes the class a Stringable
                         equals_ignoring_case(text(child(member, function_slot::kName)), "__tostring");
    if (what == Kind::kTraitUse || is_text) is_alone = false;
    switch (kind(member)) {
      case Kind::kMethod: {
        check_method(member);
        const NodeId modifiers = child(member, function_slot::kModifiers);
        if (modifiers && (flags(modifiers) & kFlagAbstract) != 0 && !first_abstract) first_abstract = member;
        break;
      }
      case Kind::kProperties:
        check_properties(member);
        if ((flags(child(member, member_slot::kModifiers)) & kFlagAbstract) != 0 && !first_abstract &&
            has(Feature::kAbstractProperty)) {
          first_abstract = member;
        }
        break;
      case Kind::kConstants:
        check_class_constants(member);
        break;
      case Kind::kEnumCase:
        check_enum_case(member);
        break;
      case Kind::kTraitUse:
        check_trait_use(member);
        break;
      default:
        break;
    }
  }
  if (overriding && is_alone) {
    complain(overriding, "attribute.override", "The class has no parent, so its members override none");
  }
  const bool may_be_abstract =
      class_->kind == Kind::kInterface || class_->kind == Kind::kTrait || (class_->modifiers & kFlagAbstract) != 0;
  if (first_abstract && !may_be_abstract) {
    const bool is_method = kind(first_abstract) == Kind::kMethod;
    complain(
        first_abstract, is_method ? "method.abstract" : "property.abstract",
        std::string("A class with an abstract ") + (is_method ? "method" : "property") + " must be declared abstract");
  }
}

void Checker::check_method(NodeId node) {
  const NodeId modifiers_node = child(node, function_slot::kModifiers);
  const std::uint16_t modifiers = modifiers_node ? flags(modifiers_node) : 0;
  const NodeId name = child(node, function_slot::kName);
  check_attributes(child(node, function_slot::kAttributes), kOnMethod);
  check_method_modifiers(node, modifiers);
  const std::string lower = lowered(text(name));
  if (!class_->methods.insert(lower).second) {
    complain(name, "method.duplicate", "Cannot redeclare " + std::string(text(name)) + "()");
  }
  check_function(node, modifiers);
  check_magic_method(node, modifiers, lower);
}

void Checker::check_method_modifiers(NodeId node, std::uint16_t modifiers) {
  const bool in_interface = class_->kind == Kind::kInterface;
  const bool has_body = (flags(node) & kFlagNoBody) == 0;
  bool abstract = (modifiers & kFlagAbstract) != 0;
  if ((modifiers & kFlagReadonly) != 0) complain(node, "method.readonly", "A method cannot be readonly");
  if ((modifiers & kSetVisibility) != 0) complain(node, "method.modifier", "A method cannot have a set visibility");
  if (in_interface) {
    if ((modifiers & (kFlagPrivate | kFlagProtected)) != 0) {
      complain(node, "interface.visibility", "A method of an interface must be public");
    }
    if ((modifiers & kFlagFinal) != 0) complain(node, "interface.final", "A method of an interface must not be final");
    if (abstract) complain(node, "interface.abstract", "A method of an interface must not be declared abstract");
    abstract = true;
  }
  if (!abstract) {
    if (!has_body) complain(node, "method.body", "A method that is not abstract must have a body");
    return;
  }
  const bool in_trait = class_->kind == Kind::kTrait && has(Feature::kNameTokens);
  if ((modifiers & kFlagPrivate) != 0 && !in_trait) {
    complain(node, "method.private", "An abstract method cannot be private");
  }
  if (has_body) complain(node, "method.body", "An abstract method cannot have a body");
}

void Checker::check_properties(NodeId node) {
  const std::uint16_t modifiers = flags(child(node, member_slot::kModifiers));
  const bool hooks_allowed = has(Feature::kPropertyHook);
  if (class_->kind == Kind::kInterface && !hooks_allowed) {
    complain(node, "interface.property", "An interface may not have properties");
  }
  if (class_->kind == Kind::kEnum) complain(node, "enum.property", "An enum cannot have properties");
  if ((modifiers & (kFlagAbstract | kFlagFinal)) != 0 && !has(Feature::kAbstractProperty)) {
    complain(node, "property.modifier", "A property can be neither abstract nor final");
  }
  if (class_->kind == Kind::kInterface && (modifiers & (kFlagPrivate | kFlagProtected | kFlagFinal | kFlagAbstract))) {
    complain(node, "interface.property", "A property of an interface is public, and neither final nor called abstract");
  }
  if ((modifiers & kFlagFinal) != 0 && (modifiers & kFlagPrivate) != 0) {
    complain(node, "property.modifier", "A private property cannot be final: no other class sees it");
  }
  if (is_weaker_than_set(modifiers)) {
    complain(node, "property.set-visibility", "A property cannot be written to from where it cannot be read");
  }
  const TypeInfo type = check_type(child(node, member_slot::kType));
  if ((type.bits & (kTypeVoid | kTypeNever | kTypeCallable)) != 0) {
    complain(node, "property.type", "A property cannot be void, never or callable");
  }
  for (const NodeId item : children(child(node, member_slot::kItems))) check_property(item, type, modifiers);
  check_attributes(child(node, member_slot::kAttributes), kOnProperty);
}

void Checker::check_property(NodeId item, const TypeInfo& type, std::uint16_t modifiers) {
  const std::string name(variable_name(child(item, 0)));
  const NodeId value = child(item, 1);
  const NodeId hooks = child(item, 2);
  if (!class_->properties.insert(name).second) complain(item, "property.duplicate", "Cannot redeclare $" + name);
  if (value) {
    check_constant_expression(value, false);
    if (!default_fits(type, value)) {
      complain(value, "property.default", "The default value of $" + name + " does not fit its type");
    }
  }
  if (((modifiers | class_->modifiers) & kFlagReadonly) != 0) {
    if (!type.set) complain(item, "property.readonly", "The readonly property $" + name + " must have a type");
    if (value) complain(value, "property.readonly", "The readonly property $" + name + " cannot have a default value");
    if ((modifiers & kFlagStatic) != 0) complain(item, "property.readonly", "A static property cannot be readonly");
  }
  if ((modifiers & kSetVisibility) != 0) {
    if (!type.set) complain(item, "property.set-visibility", "A property with asymmetric visibility must have a type");
    if ((modifiers & kFlagStatic) != 0 && !has(Feature::kStaticAsymmetric)) {
      complain(item, "property.set-visibility", "A static property may not have asymmetric visibility");
    }
  }
  if (!hooks) {
    if ((modifiers & kFlagAbstract) != 0) complain(item, "property.abstract", "Only hooked properties may be abstract");
    if (class_->kind == Kind::kInterface && has(Feature::kPropertyHook))
      complain(item, "interface.property", "An interface may only have hooked properties");
    return;
  }
  check_hooks(hooks, {name, type, modifiers, static_cast<bool>(value)});
}

void Checker::check_class_constants(NodeId node) {
  const NodeId modifiers_node = child(node, member_slot::kModifiers);
  const std::uint16_t modifiers = modifiers_node ? flags(modifiers_node) : 0;
  constexpr std::uint16_t kNever = kFlagStatic | kFlagAbstract | kFlagReadonly | kSetVisibility;
  if ((modifiers & kNever) != 0 || ((modifiers & kFlagFinal) != 0 && !has(Feature::kFinalConstant))) {
    complain(node, "constant.modifier", "A constant cannot have this modifier");
  }
  if ((modifiers & kFlagPrivate) != 0 && (modifiers & kFlagFinal) != 0) {
    complain(node, "constant.private-final", "A private constant cannot be final: no other class sees it");
  }
  if (class_->kind == Kind::kInterface && (modifiers & (kFlagPrivate | kFlagProtected)) != 0) {
    complain(node, "interface.constant", "A constant of an interface must be public");
  }
  if (class_->kind == Kind::kTrait && !has(Feature::kTraitConstant)) {
    complain(node, "trait.constant", "A trait cannot have constants before PHP 8.2");
  }
  const TypeInfo type = check_type(child(node, member_slot::kType));
  if ((type.bits & (kTypeVoid | kTypeNever | kTypeCallable)) != 0) {
    complain(node, "constant.type", "A constant cannot be void, never or callable");
  }
  for (const NodeId item : children(child(node, member_slot::kItems))) {
    declare_constant(child(item, 0));
    check_constant_expression(child(item, 1), false);
    if (type.set && !default_fits(type, child(item, 1))) {
      complain(child(item, 1), "constant.value", "The value does not fit the constant's type");
    }
  }
  check_attributes(child(node, member_slot::kAttributes), kOnConstant);
}

// Names of constants keep their case; "class" is the name of the class.
void Checker::declare_constant(NodeId name) {
  if (equals_ignoring_case(text(name), "class")) {
    complain(name, "constant.class", "A class constant must not be called class");
  }
  if (!class_->constants.insert(std::string(text(name))).second) {
    complain(name, "constant.duplicate", "Cannot redefine class constant " + std::string(text(name)));
  }
}

void Checker::check_enum_case(NodeId node) {
  check_attributes(child(node, 0), kOnConstant);
  if (class_->kind != Kind::kEnum) return complain(node, "enum.case", "A case can only stand in an enum");
  declare_constant(child(node, 1));
  const NodeId value = child(node, 2);
  const bool backed = static_cast<bool>(child(class_->node, class_slot::kBacking));
  if (backed && !value) complain(node, "enum.value", "A case of a backed enum must have a value");
  if (!backed && value) complain(value, "enum.value", "A case of an enum without backing type must not have a value");
  if (!value) return;
  check_constant_expression(value, false);
  if (has(Feature::kDnfType) || !backed) return;  // from PHP 8.2 on the rest is only seen when a case is used
  const Folded given = fold(value);
  if (given.type == 0) return;
  if ((given.type & class_->backing) == 0) {
    complain(value, "enum.value", "The value of a case does not fit the backing type");
  } else if (given.integer || given.text) {
    const std::string known = given.integer ? std::to_string(*given.integer) : std::string(*given.text);
    if (!class_->case_values.insert(known).second) {
      complain(value, "enum.duplicate", "Another case of the enum has the value " + known);
    }
  }
}

void Checker::check_trait_use(NodeId node) {
  if (class_->kind == Kind::kInterface) complain(node, "interface.trait", "Cannot use traits inside of interfaces");
  check_class_references(child(node, 0), "trait name");
  for (const NodeId adaptation : children(child(node, 1))) {
    const NodeId class_name = child(child(adaptation, 0), 0);
    if (class_name) check_class_reference(class_name, "trait name");
    if (kind(adaptation) == Kind::kTraitPrecedence) {
      check_class_references(child(adaptation, 1), "trait name");
      continue;
    }
    const NodeId modifiers = child(adaptation, 1);
    if (!modifiers) continue;
    const bool final_allowed = has(Feature::kTypedClassConstant);
    const std::uint16_t never =
        static_cast<std::uint16_t>(kFlagStatic | kFlagAbstract | kFlagReadonly | (final_allowed ? 0 : kFlagFinal));
    if ((flags(modifiers) & never) != 0) complain(modifiers, "trait.modifier", "Cannot use this modifier for an alias");
  }
}

}  // namespace banyan::php
