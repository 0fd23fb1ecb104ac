// Places: what can be written through or referred to.
#include "php_convert/lowering.h"

namespace banyan::php {

using hir::ExprKind;
using hir::ExprPtr;
using hir::Rep;

bool FunctionLowering::is_place(NodeId given) const {
  const NodeId node = plain(given);
  switch (kind(node)) {
    case Kind::kVariable:
    case Kind::kIndex:
    case Kind::kProperty:
    case Kind::kStaticProperty:
      return true;
    case Kind::kVariableVariable:
      return !variable_name(node).empty();
    default:
      return false;
  }
}

ExprPtr FunctionLowering::to_place(ExprPtr made) const {
  return runtime("Temporary", Rep::kValue, convert(std::move(made), Rep::kValue));
}

// The place of what is indexed: objects found on the way stay what they are.
ExprPtr FunctionLowering::container_place(NodeId node) { return place_of(node); }

// The place of what is read and written within: PHP says where there is nothing yet.
ExprPtr FunctionLowering::updated_place(NodeId node) {
  const std::string name = variable_name(node);
  if (!name.empty() && name != "this" && name != "GLOBALS" && !is_superglobal(name)) {
    const bool is_there = is_assigned(variable(name));
    ExprPtr where = place_of(node);
    return is_there ? std::move(where) : runtime("UpdatedPlace", Rep::kValue, std::move(where), literal(name));
  }
  if (kind(node) != Kind::kIndex || is_global_element(node) || unsafe_link(node)) return place_of(node);
  ExprPtr where = updated_place(plain(base_of(node)));
  ExprPtr key = index_key(node);
  if (key == nullptr) return runtime("AppendPlace", Rep::kValue, std::move(where));
  return runtime("UpdatedIndex", Rep::kValue, std::move(where), convert(std::move(key), Rep::kValue));
}

ExprPtr FunctionLowering::place_of(NodeId given) {
  const NodeId node = plain(given);
  if (unsafe_link(node)) return refused(node, "nullsafe-chain");
  if (const std::string name = variable_name(node); !name.empty()) {
    if (name == "this") return to_place(this_value(node));
    if (name == "GLOBALS") return to_place(runtime("Globals", Rep::kArray));
    if (is_superglobal(name)) return runtime("SuperglobalPlace", Rep::kValue, literal(name));
    const std::int32_t slot = variable(name);
    ExprPtr out = place(slot);
    mark_assigned(slot);
    return out;
  }
  switch (kind(node)) {
    case Kind::kVariableVariable:
      return method("Place", Rep::kValue, verbatim("scope"), computed_name(node));
    case Kind::kIndex: {
      if (is_global_element(node)) return runtime("GlobalPlace", Rep::kValue, global_name(node));
      ExprPtr where = container_place(plain(base_of(node)));
      ExprPtr key = index_key(node);
      if (key == nullptr) return runtime("AppendPlace", Rep::kValue, std::move(where));
      return runtime("IndexPlace", Rep::kValue, std::move(where), convert(std::move(key), Rep::kValue));
    }
    case Kind::kProperty:
      if (ExprPtr field = own_field(node); field != nullptr) return field;
      return runtime("PropPlace", Rep::kValue, object_value(child(node, 0)), member_name(child(node, 1)), scope());
    case Kind::kStaticProperty:
      return runtime("StaticPropPlace", Rep::kValue, class_reference(child(node, 0)), static_property_name(node),
                     scope());
    default:  // a call gives the very reference where it returns one
      return to_place(kind(node) == Kind::kCall || may_give_reference(node) ? value_or_reference(node)
                                                                            : expression(node));
  }
}

// What unset($a[k]) takes k from: nothing is made on the way.
ExprPtr FunctionLowering::unset_place(NodeId node) {
  if (const std::string name = variable_name(node); !name.empty() && name != "this" && name != "GLOBALS") {
    if (is_superglobal(name)) return runtime("SuperglobalPlace", Rep::kValue, literal(name));
    const std::int32_t slot = variable(name);
    return is_assigned(slot) && array_variable(node) >= 0 ? load(slot, node) : place(slot);
  }
  if (kind(node) == Kind::kIndex && !is_global_element(node)) {
    ExprPtr where = unset_place(plain(base_of(node)));
    ExprPtr key = index_key(node);
    if (where == nullptr || key == nullptr) return nullptr;
    if (where->rep == Rep::kArray)
      return method("Within", Rep::kValue, std::move(where), convert(std::move(key), Rep::kValue));
    return runtime("UnsetWithin", Rep::kValue, std::move(where), convert(std::move(key), Rep::kValue));
  }
  if (kind(node) == Kind::kProperty) {
    return runtime("PropWithin", Rep::kValue, changed_object(child(node, 0), true), member_name(child(node, 1)),
                   scope());
  }
  return place_of(node);
}

ExprPtr FunctionLowering::reference_of(NodeId given) {
  const NodeId node = plain(given);
  if (unsafe_link(node)) return refused(node, "nullsafe-chain");
  if (const std::string name = variable_name(node); !name.empty()) {
    if (name == "this") return runtime("NewRef", Rep::kValue, this_value(node));
    if (name == "GLOBALS") return runtime("NewRef", Rep::kValue, convert(expression(node), Rep::kValue));
    if (is_superglobal(name)) return runtime("SuperglobalRef", Rep::kValue, literal(name));
    const std::int32_t slot = variable(name);
    const bool assigned = is_assigned(slot);
    ExprPtr out = box(slot);
    hir::Variable& v = function_.variables[static_cast<std::size_t>(slot)];
    if (!assigned) {
      if (!v.may_be_undefined) shared_.changed = true;
      v.may_be_undefined = true;
      mark_assigned(slot);
      return method("Defined", Rep::kValue, std::move(out));
    }
    return out;
  }
  switch (kind(node)) {
    case Kind::kVariableVariable:
      return method("Ref", Rep::kValue, verbatim("scope"), computed_name(node));
    case Kind::kIndex: {
      if (is_global_element(node)) return runtime("GlobalRef", Rep::kValue, global_name(node));
      ExprPtr where = container_place(plain(base_of(node)));
      ExprPtr key = index_key(node);
      if (key == nullptr) return runtime("AppendRef", Rep::kValue, std::move(where));
      return runtime("IndexRef", Rep::kValue, std::move(where), convert(std::move(key), Rep::kValue));
    }
    case Kind::kProperty:
      shared_.program.refers_to_properties = true;
      return runtime("PropRef", Rep::kValue, object_value(child(node, 0)), member_name(child(node, 1)), scope());
    case Kind::kStaticProperty:
      shared_.program.refers_to_properties = true;
      return runtime("StaticProp", Rep::kValue, class_reference(child(node, 0)), static_property_name(node), scope());
    default: {
      ExprPtr made = expression(node);
      if (made->kind == ExprKind::kRuntime && made->text == "DerefResult") return std::move(made->children[0]);
      if (made->kind == ExprKind::kRuntime && made->text == "CallValue") {
        made->children.insert(made->children.begin() + 1, nil());
        made->text = "CallValueIn";
      }
      if (made->kind == ExprKind::kRuntime && (made->text == "CallValueIn" || made->text == "CallMethodIn")) {
        made->text = made->text == "CallValueIn" ? "CallValueRef" : "CallMethodRef";
        return made;
      }
      if (made->kind == ExprKind::kRuntime && made->text == "CallStatic") {
        made->text = "CallStaticRef";
        return made;
      }
      return runtime("NewRef", Rep::kValue, convert(std::move(made), Rep::kValue));
    }
  }
}

// $GLOBALS[name], which is the variable itself.
bool FunctionLowering::is_global_element(NodeId node) const {
  return kind(node) == Kind::kIndex && child(node, 1) && variable_name(plain(child(node, 0))) == "GLOBALS";
}

ExprPtr FunctionLowering::global_name(NodeId node) { return convert(index_key(node), Rep::kString); }

// The name of $$a or ${...}.
ExprPtr FunctionLowering::computed_name(NodeId node) { return convert(expression(child(node, 0)), Rep::kString); }

// Whether an expression of the runtime is a pointer to a value rather than a value.
bool FunctionLowering::is_place_expression(const hir::Expr& e) {
  return e.text == "GlobalPlace" || (e.kind == ExprKind::kMethod && e.text == "Place") || e.text == "IndexPlace" ||
         e.text == "AppendPlace" || e.text == "PropPlace" || e.text == "StaticPropPlace" || e.text == "Temporary" ||
         e.text == "UnsetWithin" || e.text == "PropWithin" || e.text == "Field" || e.text == "SuperglobalPlace" ||
         e.text == "UpdatedPlace" || e.text == "UpdatedIndex" || e.text == "Referred" ||
         (e.kind == ExprKind::kMethod && e.text == "Within");
}

}  // namespace banyan::php
